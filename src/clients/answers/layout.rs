//! Which members of a record are wanted, and of which form they are. A layout is made once for each operation.

use super::Leaf;

/// The form of a member.
#[derive(Clone, Copy)]
pub enum Form {
    /// A scalar.
    Leaf(&'static Leaf),
    /// A list of scalars.
    Leaves(&'static Leaf),
    /// An object.
    Object,
    /// A list of objects.
    Objects,
}

/// The wanted members of one kind of record.
#[derive(Default)]
pub struct Layout {
    /// The wanted members.
    pub columns: Vec<Column>,
}

/// A wanted member.
pub struct Column {
    /// Its name in the answer.
    pub name: &'static str,
    /// The same as most services write it: `"title":`
    pub quoted: Box<str>,
    /// Its form.
    pub form: Form,
    /// Whether it may be null or absent.
    pub is_nullable: bool,
    /// The members of the object, or objects, in it; empty for scalars.
    pub below: Layout,
}

impl Layout {
    /// The place of that member.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The place of that member; adds it if it is not there.
    pub fn column(&mut self, name: &'static str, form: Form, is_nullable: bool) -> usize {
        self.find(name).unwrap_or_else(|| {
            debug_assert!(self.columns.len() < 128, "rows count their columns in 128 bits");
            self.columns.push(Column {
                name,
                quoted: format!("\"{name}\":").into(),
                form,
                is_nullable,
                below: Self::default(),
            });
            self.columns.len() - 1
        })
    }
}
