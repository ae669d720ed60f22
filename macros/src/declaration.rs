//! Reads the declaration of an object. In: the struct and the attributes of its fields. Out: plain fields as they are, and
//! for each other field the route or function that it comes from, or an error at the place of the mistake.

use quote::ToTokens;
use syn::{
    Attribute, Error, Expr, Field, Fields, Ident, ItemStruct, LitStr, Path, Result, Token, Type, parenthesized,
    parse::{Parse, ParseStream},
    parse_quote,
    punctuated::Punctuated,
    token,
};

/// An object as declared.
pub(crate) struct Declaration {
    /// The struct, without the fields that are resolved.
    pub(crate) item: ItemStruct,
    /// The names of its fields that are no fields of the schema.
    pub(crate) hidden: Vec<Ident>,
    /// The route that finds the object by its id.
    pub(crate) route: Option<Path>,
    /// The fields that are resolved, in the order of the declaration.
    pub(crate) resolved: Vec<Resolved>,
}

/// A field that is not a member of the answer.
pub(crate) struct Resolved {
    /// Its doc comment, and what is for the engine.
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) ty: Type,
    pub(crate) origin: Origin,
}

/// Where a resolved field comes from.
pub(crate) enum Origin {
    One(Edge),
    Page(Edge),
    Value(Edge),
    Computed(Computed),
}

/// `ROUTE.MEMBER, key = FIELD, access = RULE(FIELD)`
pub(crate) struct Edge {
    pub(crate) route: Path,
    pub(crate) member: Option<Ident>,
    pub(crate) key: Ident,
    pub(crate) access: Option<Access>,
}

/// `RULE`, or `RULE(FIELD)`: the field with the user whom the value belongs to; for `PartyOrAdmin`, the guard that judges the object.
pub(crate) struct Access {
    pub(crate) rule: Ident,
    pub(crate) owner: Option<Ident>,
}

impl Access {
    /// The guard that judges the object which was found.
    pub(crate) fn guard(&self) -> Option<&Ident> {
        self.owner.as_ref().filter(|_| self.rule == "PartyOrAdmin")
    }
}

/// `FUNCTION(FIELD, name: Type = DEFAULT, "description")`
pub(crate) struct Computed {
    pub(crate) function: Path,
    /// Fields of the object.
    pub(crate) members: Vec<Ident>,
    /// Arguments of the field.
    pub(crate) arguments: Vec<Argument>,
}

/// `name: Type = DEFAULT, "description"`
pub(crate) struct Argument {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
    pub(crate) default: Expr,
    pub(crate) description: LitStr,
}

/// `route = ROUTE`, or nothing.
pub(crate) struct ObjectArguments(Option<Path>);

impl Declaration {
    pub(crate) fn of(arguments: ObjectArguments, mut item: ItemStruct) -> Result<Self> {
        let Fields::Named(fields) = &mut item.fields else {
            return Err(Error::new_spanned(&item, "an object has named fields"));
        };
        let (mut resolved, mut hidden) = (Vec::new(), Vec::new());
        let mut plain = Punctuated::<Field, Token![,]>::new();
        for mut field in std::mem::take(&mut fields.named) {
            match origin(&mut field)? {
                None => {
                    if is_hidden(&field) {
                        hidden.extend(field.ident.clone());
                    }
                    plain.push(field);
                }
                Some(origin) => {
                    let name = field.ident.clone().ok_or_else(|| Error::new_spanned(&field, "a field has a name"))?;
                    resolved.push(Resolved { attributes: field.attrs, name, ty: field.ty, origin });
                }
            }
        }
        fields.named = plain;
        Ok(Self { item, hidden, route: arguments.0, resolved })
    }
}

/// Whether the engine skips the field.
fn is_hidden(field: &Field) -> bool {
    let skip: Attribute = parse_quote!(#[graphql(skip)]);
    field.attrs.contains(&skip)
}

/// Takes our attribute off the field. `None`: the field is plain.
fn origin(field: &mut Field) -> Result<Option<Origin>> {
    const OURS: [&str; 5] = ["hidden", "one", "page", "value", "computed"];
    let (ours, others): (Vec<_>, Vec<_>) =
        field.attrs.drain(..).partition(|attribute| OURS.iter().any(|name| attribute.path().is_ident(name)));
    field.attrs = others;
    let mut ours = ours.into_iter();
    let Some(attribute) = ours.next() else { return Ok(None) };
    if let Some(second) = ours.next() {
        return Err(Error::new_spanned(second, "a field has one origin"));
    }
    if attribute.path().is_ident("hidden") {
        attribute.meta.require_path_only()?;
        field.attrs.push(parse_quote!(#[graphql(skip)]));
        return Ok(None);
    }
    let is = |name: &str| attribute.path().is_ident(name);
    Ok(Some(if is("one") {
        Origin::One(attribute.parse_args()?)
    } else if is("page") {
        Origin::Page(attribute.parse_args()?)
    } else if is("value") {
        Origin::Value(attribute.parse_args()?)
    } else {
        Origin::Computed(attribute.parse_args()?)
    }))
}

impl Parse for ObjectArguments {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.is_empty() {
            return Ok(Self(None));
        }
        named(input, "route")?;
        input.parse().map(Some).map(Self)
    }
}

impl Parse for Edge {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let route = input.parse()?;
        let member = input.parse::<Option<Token![.]>>()?.map(|_| input.parse()).transpose()?;
        input.parse::<Token![,]>()?;
        named(input, "key")?;
        let key = input.parse()?;
        let mut access = None;
        if input.parse::<Option<Token![,]>>()?.is_some() {
            named(input, "access")?;
            access = Some(input.parse()?);
        }
        Ok(Self { route, member, key, access })
    }
}

impl Parse for Access {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let rule = input.parse()?;
        let mut owner = None;
        if input.peek(token::Paren) {
            let content;
            parenthesized!(content in input);
            owner = Some(content.parse()?);
        }
        Ok(Self { rule, owner })
    }
}

impl Parse for Computed {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let function = input.call(Path::parse_mod_style)?;
        let (mut members, mut arguments) = (Vec::new(), Vec::new());
        let content;
        parenthesized!(content in input);
        while !content.is_empty() {
            if content.peek2(Token![:]) {
                arguments.push(content.parse()?);
            } else {
                members.push(content.parse()?);
            }
            content.parse::<Option<Token![,]>>()?;
        }
        Ok(Self { function, members, arguments })
    }
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        let ty = input.parse()?;
        input.parse::<Token![=]>()?;
        let default = input.parse()?;
        input.parse::<Token![,]>()?;
        Ok(Self { name, ty, default, description: input.parse()? })
    }
}

/// `name =`
fn named(input: ParseStream<'_>, name: &str) -> Result<()> {
    let found: Ident = input.parse()?;
    if found != name {
        let message = format!("expected `{name} = …`, found `{}`", found.to_token_stream());
        return Err(Error::new(found.span(), message));
    }
    input.parse::<Token![=]>().map(drop)
}
