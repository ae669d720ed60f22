//! Selection sets: fields, aliases, fragments of all kinds, conditions.
//!
//! In: a type and how deep its selections may go. Out: selections that are valid on it. A fragment is added to the
//! document once it is finished, so none can spread itself.

use std::collections::BTreeMap;

use apollo_compiler::ast::{self, DirectiveList, Selection};
use apollo_compiler::schema::{ExtendedType, FieldDefinition};
use apollo_compiler::{Name, Node, Schema};

use super::{Fragment, Generator};

/// The object types behind each composite type, in the schema's order.
pub(crate) fn possible_types(schema: &Schema) -> BTreeMap<Name, Vec<Name>> {
    let implementers = schema.implementers_map();
    let possible = schema.types.iter().filter_map(|(name, ty)| {
        let objects = match ty {
            ExtendedType::Object(_) => vec![name.clone()],
            ExtendedType::Interface(_) => implementers.get(name)?.objects.iter().cloned().collect(),
            ExtendedType::Union(union) => union.members.iter().map(|member| (**member).clone()).collect(),
            _ => return None,
        };
        Some((name.clone(), objects))
    });
    possible.collect()
}

impl Generator<'_> {
    /// One to six selections on a type; a subscription's root gets one field only.
    pub(crate) fn selections(&mut self, ty: &Name, depth: usize) -> Vec<Selection> {
        let count = 1 + self.random.below(6);
        let mut selections: Vec<_> = (0..count).filter_map(|_| self.selection(ty, depth)).collect();
        if selections.is_empty() {
            selections.push(self.typename());
        }
        selections
    }

    /// The one field that a subscription may have at its root.
    pub(crate) fn single_root(&mut self, root: &Name) -> Vec<Selection> {
        let fields = self.fields_of(root);
        let field = self.random.pick(&fields).cloned();
        let field = field.and_then(|field| self.field(&field, self.shape.depth, false));
        field.map_or_else(|| vec![self.typename()], |field| vec![field])
    }

    fn selection(&mut self, ty: &Name, depth: usize) -> Option<Selection> {
        match self.random.below(100) {
            0..8 => Some(self.typename()),
            8..22 => self.inline_fragment(ty, depth),
            22..36 => self.spread(ty, depth),
            _ => {
                let fields = self.fields_of(ty);
                let field = self.random.pick(&fields)?.clone();
                self.field(&field, depth, true)
            }
        }
    }

    /// Of introspection's lists of types one is enough; see `field`.
    fn fields_of(&self, ty: &Name) -> Vec<Node<FieldDefinition>> {
        let mut fields: Vec<_> = match self.schema.types.get(ty) {
            Some(ExtendedType::Object(object)) => object.fields.values().cloned().collect(),
            Some(ExtendedType::Interface(interface)) => interface.fields.values().cloned().collect(),
            _ => Vec::new(),
        };
        if ty.starts_with("__") {
            fields.retain(|field| !matches!(field.name.as_str(), "interfaces" | "possibleTypes" | "inputFields"));
        }
        let is_query = self.schema.root_operation(ast::OperationType::Query) == Some(ty);
        if let (true, true, Ok(field)) = (self.shape.introspection, is_query, self.schema.type_field(ty, "__type")) {
            fields.push(field.clone());
        }
        fields
    }

    fn field(&mut self, field: &FieldDefinition, depth: usize, conditional: bool) -> Option<Selection> {
        let inner = field.ty.inner_named_type();
        let composite = self.possible.contains_key(inner);
        if composite && (depth <= 1 || self.making.fields_left == 0) {
            return None;
        }
        let arguments = self.arguments(field)?;
        self.making.fields_left = self.making.fields_left.saturating_sub(1);
        let printed: Vec<_> =
            arguments.iter().map(|argument| format!("{}: {}", argument.name, argument.value)).collect();
        let fresh = self.random.percent(10);
        let claim = (field.name.to_string(), printed.join(","), field.ty.to_string());
        let key = self.making.claims.key(claim, fresh);
        let alias = (key != field.name.as_str()).then(|| Name::new(&key).unwrap());
        // A list of types in a list of types in a third is refused as going round in circles.
        let depth = if field.name == "__type" { depth.min(4) } else { depth };
        let selection_set = composite.then(|| self.selections(inner, depth - 1));
        let directives = if conditional { self.conditions() } else { DirectiveList::default() };
        let field = ast::Field { alias, name: field.name.clone(), arguments, directives, selection_set };
        Some(Selection::Field(field.into()))
    }

    fn typename(&mut self) -> Selection {
        let claim = ("__typename".to_owned(), String::new(), "String!".to_owned());
        let key = self.making.claims.key(claim, false);
        debug_assert_eq!(key, "__typename");
        let field = ast::Field {
            alias: None,
            name: Name::new_static_unchecked("__typename"),
            arguments: Vec::new(),
            directives: DirectiveList::default(),
            selection_set: None,
        };
        Selection::Field(field.into())
    }

    fn inline_fragment(&mut self, ty: &Name, depth: usize) -> Option<Selection> {
        if depth == 0 {
            return None;
        }
        let condition = self.random.percent(85).then(|| self.overlapping(ty));
        let selection_set = self.selections(condition.as_ref().unwrap_or(ty), depth);
        let fragment = ast::InlineFragment { type_condition: condition, directives: self.conditions(), selection_set };
        Some(Selection::InlineFragment(fragment.into()))
    }

    /// Spreads a fragment that fits here, often one that is spread elsewhere already.
    fn spread(&mut self, ty: &Name, depth: usize) -> Option<Selection> {
        let fits =
            |fragment: &&Fragment| fragment.height <= depth && self.overlaps(ty, &fragment.definition.type_condition);
        let known: Vec<_> =
            self.making.fragments.iter().filter(fits).map(|fragment| fragment.definition.name.clone()).collect();
        let reused = if self.random.percent(60) { self.random.pick(&known).cloned() } else { None };
        let name = match reused {
            Some(name) => name,
            None if depth > 1 && self.making.fragments.len() < 6 => self.new_fragment(ty, depth - 1),
            None => return None,
        };
        let spread = ast::FragmentSpread { fragment_name: name, directives: self.conditions() };
        Some(Selection::FragmentSpread(spread.into()))
    }

    fn new_fragment(&mut self, ty: &Name, depth: usize) -> Name {
        let condition = self.overlapping(ty);
        let selection_set = self.selections(&condition, depth);
        let name = Name::new(&format!("Part{}", self.making.fragments.len() + 1)).unwrap();
        let definition = ast::FragmentDefinition {
            description: None,
            name: name.clone(),
            type_condition: condition,
            directives: DirectiveList::default(),
            selection_set,
        };
        self.making.fragments.push(Fragment { definition: definition.into(), height: depth });
        name
    }

    /// A type whose objects can stand where `ty` stands.
    fn overlapping(&mut self, ty: &Name) -> Name {
        let mut types: Vec<_> = self.possible.keys().filter(|other| self.overlaps(ty, other)).cloned().collect();
        types.retain(|other| !other.starts_with("__") || other == ty);
        self.random.pick(&types).unwrap_or(ty).clone()
    }

    fn overlaps(&self, one: &Name, other: &Name) -> bool {
        let objects = |ty| self.possible.get(ty).map(Vec::as_slice).unwrap_or_default();
        objects(one).iter().any(|object| objects(other).contains(object))
    }

    fn conditions(&mut self) -> DirectiveList {
        let mut directives = DirectiveList::default();
        for name in ["skip", "include"] {
            if self.random.percent(6) {
                let value = self.condition();
                let argument = ast::Argument { name: Name::new_static_unchecked("if"), value };
                let directive = ast::Directive { name: Name::new(name).unwrap(), arguments: vec![argument.into()] };
                directives.push(directive);
            }
        }
        directives
    }
}
