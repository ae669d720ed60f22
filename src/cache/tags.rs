//! Cache tags (surrogate keys): the objects and lists that a public response depends on, so that caches can purge it.
//! Collected from every public read and its answer; written into the response's tag header.

use std::fmt;

use contract::{Id, IdKind};

/// A cache tag. An object's tag covers its fields and counts; a list's tag covers which objects it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag {
    /// The list's name; empty for an object.
    list: &'static str,
    /// The object, or the object that the list belongs to: prefix and UUID.
    object: Option<(&'static str, u128)>,
    /// The type, in the schema, of the object or of the list's items.
    type_name: &'static str,
}

impl Tag {
    /// The tag of an object: `pst_…`.
    pub fn object<K: IdKind>(type_name: &'static str, id: &Id<K>) -> Self {
        Self { list: "", object: Some((K::PREFIX, id.as_u128())), type_name }
    }

    /// The tag of the list of all objects of a type: `posts`.
    pub const fn list(type_name: &'static str, list: &'static str) -> Self {
        Self { list, object: None, type_name }
    }

    /// The tag of a list that belongs to an object: `usr_…:posts`.
    pub fn list_of<K: IdKind>(owner: &Id<K>, type_name: &'static str, list: &'static str) -> Self {
        Self { list, ..Self::object(type_name, owner) }
    }

    /// The type, in the schema, of the object or of the list's items.
    pub const fn type_name(&self) -> &'static str {
        self.type_name
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.object {
            None => f.write_str(self.list),
            Some((prefix, uuid)) if self.list.is_empty() => write!(f, "{prefix}{uuid:032x}"),
            Some((prefix, uuid)) => write!(f, "{prefix}{uuid:032x}:{}", self.list),
        }
    }
}
