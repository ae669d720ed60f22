//! The objects of the graph as data, from the same declarations as the engine's types (`#[object]`): which members of a service's
//! record they show, and which routes their other fields ask. `execution/` runs queries by them.

use async_graphql::{Error, InputType, Name, Value as ConstValue};

use super::{errors::bad_request, roots::Guard, text::Text};
use crate::{
    cache::Tag,
    clients::{AnyRoute, Form},
};

/// An object type.
pub struct Table {
    /// Its name in the schema.
    pub name: &'static str,
    /// The cache tag of an object by its id, where objects are found by their ids.
    pub tag: Option<fn(u128) -> Tag>,
    /// The members of a service's record.
    pub members: &'static [Member],
    /// The fields that are no members.
    pub fields: &'static [Resolved],
}

/// A member of a record; a field unless it is hidden.
pub struct Member {
    /// Its name in the record; that of the field in camelCase.
    pub name: &'static str,
    /// Its form.
    pub form: Form,
    /// Whether it may be null.
    pub is_nullable: bool,
    /// The type of the objects in it.
    pub table: Option<fn() -> &'static Table>,
    /// Whether it is no field of the schema.
    pub is_hidden: bool,
}

/// A field that is no member of the record.
pub struct Resolved {
    /// Its name, in snake_case.
    pub name: &'static str,
    /// Where its value comes from.
    pub origin: Origin,
}

/// Where the value of a field comes from.
pub enum Origin {
    /// The object that the route has under the key.
    One(EdgeTable, fn() -> &'static Table),
    /// The page of a list that the route has under the key.
    Page(EdgeTable, fn() -> &'static Table),
    /// A member of the record that the route has under the key; without a member, a flag of the key.
    Value(EdgeTable, Option<Member>),
    /// A function of members of the record and of the field's arguments.
    Computed(Computed),
}

/// A field that asks a route.
#[derive(Clone, Copy)]
pub struct EdgeTable {
    /// The route.
    pub route: &'static dyn AnyRoute,
    /// The member with the key.
    pub key: &'static str,
    /// Who may read the field; everybody if there is no rule.
    pub access: Option<Access>,
}

/// The rule of a field that depends on the viewer (`access.rs`).
#[derive(Clone, Copy)]
pub enum Access {
    /// `VIEWER`
    Viewer,
    /// `SELF_OR_ADMIN`: the member with the user's id.
    SelfOrAdmin(&'static str),
    /// A rule on the object that is found: for others it does not exist.
    Guarded(&'static Guard),
}

/// A field that is computed.
pub struct Computed {
    /// The members that it is computed from.
    pub needs: &'static [&'static str],
    /// Its `@cost`: 1 if it has arguments, under which it may be selected many times.
    pub cost: u64,
    /// Computes it: from the members as JSON.
    pub compute: fn(&[&str], &Arguments<'_>) -> Result<Value, Error>,
}

/// A computed value.
pub struct Value {
    /// As JSON.
    pub json: String,
    /// Bytes of text in it that count against the bound of a response.
    pub text: usize,
}

/// The values of a field's arguments.
pub struct Arguments<'a>(pub &'a [(Name, ConstValue)]);

impl Arguments<'_> {
    /// The value of an argument that every document has.
    ///
    /// # Errors
    /// It is not there, or of another type: a defect, since operations are validated.
    pub fn required<T: InputType>(&self, name: &str) -> Result<T, Error> {
        let value = self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        T::parse(value).map_err(|_| Error::new("an argument of another type"))
    }

    /// The value of an argument, or its default.
    ///
    /// # Errors
    /// It is of another type: a defect, since operations are validated.
    pub fn get<T: InputType>(&self, name: &str, default: impl FnOnce() -> T) -> Result<T, Error> {
        match self.0.iter().find(|(known, _)| known == name) {
            None => Ok(default()),
            Some((_, value)) => T::parse(Some(value.clone())).map_err(|_| Error::new("an argument of another type")),
        }
    }
}

/// A type whose records are in a table.
pub trait Record {
    /// The table.
    fn table() -> &'static Table;
}

/// The type of a member.
pub trait Plain {
    /// Its form.
    const FORM: Form;
    /// Whether it may be null.
    const IS_NULLABLE: bool = false;
    /// The type of the objects in it.
    const TABLE: Option<fn() -> &'static Table> = None;
}

impl<T: Plain> Plain for Option<T> {
    const FORM: Form = T::FORM;
    const IS_NULLABLE: bool = true;
    const TABLE: Option<fn() -> &'static Table> = T::TABLE;
}

impl<T: Plain> Plain for Vec<T> {
    const FORM: Form = match T::FORM {
        _ if T::IS_NULLABLE => panic!("a list whose items may be null has no form"),
        Form::Leaf(leaf) => Form::Leaves(leaf),
        Form::Object => Form::Objects,
        Form::Leaves(_) | Form::Objects => panic!("a list of lists has no form"),
    };
    const TABLE: Option<fn() -> &'static Table> = T::TABLE;
}

impl Member {
    /// The member of that type.
    pub const fn of<T: Plain>(name: &'static str, is_hidden: bool) -> Self {
        Self { name, form: T::FORM, is_nullable: T::IS_NULLABLE, table: T::TABLE, is_hidden }
    }
}

impl Resolved {
    /// The object with the id that a command was given.
    pub const fn of_command(
        name: &'static str,
        route: &'static dyn AnyRoute,
        key: &'static str,
        table: fn() -> &'static Table,
    ) -> Self {
        Self { name, origin: Origin::One(EdgeTable { route, key, access: None }, table) }
    }
}

impl Table {
    /// The member of that name in the record.
    pub fn member(&self, name: &str) -> Option<&'static Member> {
        self.members.iter().find(|member| member.name == name)
    }
}

/// Whether the field of that name in the schema is declared under that name in snake_case.
pub fn is_field(declared: &str, name: &str) -> bool {
    let mut declared = declared.bytes();
    let mut shown = name.bytes();
    loop {
        let expected = match declared.next() {
            Some(b'_') => declared.next().map(|letter| letter.to_ascii_uppercase()),
            letter => letter,
        };
        match (expected, shown.next()) {
            (None, None) => return true,
            (expected, shown) if expected != shown => return false,
            _ => {}
        }
    }
}

/// The value of a member, which was judged when its record was read.
///
/// # Errors
/// It is of another type: a defect.
pub fn read<T: serde::de::DeserializeOwned>(json: Option<&&str>) -> Result<T, Error> {
    serde_json::from_str(json.copied().unwrap_or("null")).map_err(|_| Error::new("a member of another type"))
}

/// What a computed field returns.
pub trait Computable {
    /// The value.
    ///
    /// # Errors
    /// The field's own.
    fn value(self) -> Result<Value, Error>;
}

impl Computable for bool {
    fn value(self) -> Result<Value, Error> {
        Ok(Value { json: self.to_string(), text: 0 })
    }
}

impl Computable for Text {
    fn value(self) -> Result<Value, Error> {
        let json = serde_json::to_string(&self.0).map_err(|_| bad_request("text that is no JSON"))?;
        Ok(Value { json, text: self.0.len() })
    }
}

impl<T: Computable> Computable for Result<T, Error> {
    fn value(self) -> Result<Value, Error> {
        self.and_then(Computable::value)
    }
}
