//! Arguments: literals, variables and their values.
//!
//! In: the definition of a place. Out: a literal of its type, or a variable that may stand there, with its definition
//! (non-null, with a default, or nullable where that is allowed) and a value, or none where it needs none.

use apollo_compiler::ast::{self, Type, Value as Literal, VariableDefinition};
use apollo_compiler::schema::{ExtendedType, FieldDefinition, InputValueDefinition};
use apollo_compiler::{Name, Node};
use serde_json::{Map, Value, json};

use super::Generator;

/// How deep input objects may hold input objects.
const INPUT_DEPTH: usize = 3;

/// What a place says about variables beyond its type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nothing.
    Plain,
    /// It has a default, so a variable without a value may stand there.
    HasDefault,
    /// It is the member of a `@oneOf` object: its variable must be declared non-null.
    OneOf,
}

impl Place {
    fn of(definition: &InputValueDefinition) -> Self {
        if definition.default_value.is_some() { Self::HasDefault } else { Self::Plain }
    }
}

impl Generator<'_> {
    /// Arguments for a field; `None` if a required one cannot be given.
    pub(crate) fn arguments(&mut self, field: &FieldDefinition) -> Option<Vec<Node<ast::Argument>>> {
        let mut arguments = Vec::new();
        for definition in &field.arguments {
            if !definition.is_required() && self.random.percent(45) {
                continue;
            }
            match self.argument(definition) {
                Some(value) => arguments.push(ast::Argument { name: definition.name.clone(), value }.into()),
                None if definition.is_required() => return None,
                None => {}
            }
        }
        Some(arguments)
    }

    /// A literal or variable that decides a condition.
    pub(crate) fn condition(&mut self) -> Node<Literal> {
        let value = self.random.percent(50);
        match self.random.percent(60) {
            true => {
                let ty = Type::NonNullNamed(Name::new_static_unchecked("Boolean"));
                self.variable(ty, json!(value), Place::Plain)
            }
            false => Literal::Boolean(value).into(),
        }
    }

    fn argument(&mut self, definition: &InputValueDefinition) -> Option<Node<Literal>> {
        let value = self.value(&definition.ty, INPUT_DEPTH)?;
        Some(match self.random.below(100) {
            0..35 => self.variable((*definition.ty).clone(), value, Place::of(definition)),
            _ => self.literal(&definition.ty, &value),
        })
    }

    /// Defines a variable for a place of type `ty`, and decides how its value reaches the server.
    fn variable(&mut self, ty: Type, value: Value, place: Place) -> Node<Literal> {
        let name = format!("v{}", self.making.variables.len() + 1);
        let with_default = self.random.percent(25) && !value.is_null();
        let may_relax = place != Place::OneOf && (place == Place::HasDefault || with_default);
        let declared = match self.random.percent(50) {
            true if may_relax => ty.clone().nullable(),
            true if !value.is_null() && !ty.is_non_null() => ty.clone().non_null(),
            _ => ty.clone(),
        };
        let default = with_default.then(|| self.constant(&declared, &value));
        let may_be_missing = default.is_some() || !declared.is_non_null();
        let missing = may_be_missing && self.random.percent(40);
        if !missing {
            let coerced = if self.random.percent(20) { single(&declared, value) } else { value };
            self.making.values.insert(name.clone(), coerced);
        }
        let name = Name::new(&name).unwrap();
        let definition = VariableDefinition {
            description: None,
            name: name.clone(),
            ty: declared.into(),
            default_value: default,
            directives: ast::DirectiveList::default(),
        };
        self.making.variables.push(definition.into());
        Literal::Variable(name).into()
    }

    /// A JSON value of a type; `None` if the pool has none for it.
    fn value(&mut self, ty: &Type, depth: usize) -> Option<Value> {
        if !ty.is_non_null() && self.random.percent(12) {
            return Some(Value::Null);
        }
        if ty.is_list() {
            let count = self.random.below(4);
            let items: Option<Vec<_>> = (0..count).map(|_| self.value(ty.item_type(), depth)).collect();
            return items.map(Value::Array);
        }
        let schema = self.schema;
        match schema.types.get(ty.inner_named_type())? {
            ExtendedType::Enum(values) => {
                let names: Vec<_> = values.values.keys().collect();
                Some(json!(self.random.pick(&names)?.as_str()))
            }
            ExtendedType::InputObject(_) if depth == 0 => None,
            ExtendedType::InputObject(object) => {
                let fields: Vec<_> = object.fields.values().map(|field| (**field).clone()).collect();
                match object.is_one_of() {
                    true => self.one_of(&fields, depth),
                    false => self.object(&fields, depth),
                }
            }
            _ => self.scalar(ty.inner_named_type()),
        }
    }

    fn object(&mut self, fields: &[InputValueDefinition], depth: usize) -> Option<Value> {
        let mut members = Map::new();
        for field in fields {
            if !field.is_required() && self.random.percent(40) {
                continue;
            }
            match self.value(&field.ty, depth - 1) {
                Some(value) => drop(members.insert(field.name.to_string(), value)),
                None if field.is_required() => return None,
                None => {}
            }
        }
        Some(Value::Object(members))
    }

    fn one_of(&mut self, fields: &[InputValueDefinition], depth: usize) -> Option<Value> {
        let field = self.random.pick(fields)?.clone();
        let value = self.value(&field.ty.as_ref().clone().non_null(), depth - 1)?;
        Some(json!({ field.name.as_str(): value }))
    }

    fn scalar(&mut self, name: &str) -> Option<Value> {
        let (least, greatest) = self.pool.integers;
        let span = usize::try_from(greatest - least).unwrap() + 1;
        let integer = least + i32::try_from(self.random.below(span)).unwrap();
        Some(match name {
            "Int" => json!(integer),
            "Float" if self.random.percent(50) => json!(integer),
            "Float" => json!(f64::from(integer) + 0.25),
            "Boolean" => json!(self.random.percent(50)),
            "String" => json!(self.random.pick(&self.pool.words)?),
            "ID" => json!(self.random.pick(&self.pool.ids)?),
            custom => self.random.pick(self.pool.scalars.get(custom)?)?.clone(),
        })
    }

    /// A literal for a value; parts of it become variables now and then.
    fn literal(&mut self, ty: &Type, value: &Value) -> Node<Literal> {
        let schema = self.schema;
        let literal = match value {
            Value::Array(items) if ty.is_list() => {
                // One item may stand for its list, but a variable has to have the type of its place.
                if let ([item], true) = (items.as_slice(), self.random.percent(30))
                    && !item.is_null()
                {
                    return Self::plain(schema, ty.item_type(), item).into();
                }
                let items = items.iter().map(|item| self.part(ty.item_type(), item, Place::Plain));
                Literal::List(items.collect())
            }
            Value::Object(members) => {
                let Some(ExtendedType::InputObject(object)) = schema.types.get(ty.inner_named_type()) else {
                    return untyped(value).into();
                };
                let one_of = object.is_one_of();
                let members = members.iter().map(|(name, value)| {
                    let field = object.fields.get(name.as_str()).unwrap();
                    let part = match one_of {
                        true => self.part(&field.ty.as_ref().clone().non_null(), value, Place::OneOf),
                        false => self.part(&field.ty, value, Place::of(field)),
                    };
                    (field.name.clone(), part)
                });
                Literal::Object(members.collect())
            }
            Value::String(name) if matches!(schema.types.get(ty.inner_named_type()), Some(ExtendedType::Enum(_))) => {
                Literal::Enum(Name::new(name).unwrap())
            }
            other => untyped(other),
        };
        literal.into()
    }

    /// A literal without variables.
    fn constant(&mut self, ty: &Type, value: &Value) -> Node<Literal> {
        let before = self.making.variables.len();
        let literal = self.literal(ty, value);
        let added = self.making.variables.split_off(before);
        for variable in &added {
            self.making.values.remove(variable.name.as_str());
        }
        if added.is_empty() { literal } else { Self::plain(self.schema, ty, value).into() }
    }

    fn part(&mut self, ty: &Type, value: &Value, place: Place) -> Node<Literal> {
        match self.random.percent(12) {
            true => self.variable(ty.clone(), value.clone(), place),
            false => self.literal(ty, value),
        }
    }

    fn plain(schema: &apollo_compiler::Schema, ty: &Type, value: &Value) -> Literal {
        match (schema.types.get(ty.inner_named_type()), value) {
            (_, Value::Array(items)) if ty.is_list() => {
                let items = items.iter().map(|item| Self::plain(schema, ty.item_type(), item).into());
                Literal::List(items.collect())
            }
            (Some(ExtendedType::Enum(_)), Value::String(name)) => Literal::Enum(Name::new(name).unwrap()),
            (Some(ExtendedType::InputObject(object)), Value::Object(members)) => {
                let members = members.iter().map(|(name, value)| {
                    let field = object.fields.get(name.as_str()).unwrap();
                    (field.name.clone(), Self::plain(schema, &field.ty, value).into())
                });
                Literal::Object(members.collect())
            }
            (_, other) => untyped(other),
        }
    }
}

/// A list of one item as the item alone, which means the same.
fn single(ty: &Type, value: Value) -> Value {
    match value {
        Value::Array(mut items) if ty.is_list() && items.len() == 1 && !items[0].is_null() => items.remove(0),
        other => other,
    }
}

fn untyped(value: &Value) -> Literal {
    match value {
        Value::Null => Literal::Null,
        Value::Bool(value) => Literal::Boolean(*value),
        Value::Number(number) => match number.as_i64().and_then(|whole| i32::try_from(whole).ok()) {
            Some(whole) => Literal::from(whole),
            None => Literal::Float(number.as_f64().unwrap().into()),
        },
        Value::String(text) => Literal::String(text.clone()),
        Value::Array(items) => Literal::List(items.iter().map(|item| untyped(item).into()).collect()),
        Value::Object(members) => Literal::Object(
            members.iter().map(|(name, value)| (Name::new(name).unwrap(), untyped(value).into())).collect(),
        ),
    }
}
