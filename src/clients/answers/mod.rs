//! Answers of the services as they came: the body, and where in it the wanted members of each record are. In: a body and a
//! [`Layout`], which names the members. Out: an [`Answer`], from which selected members are copied into the response. A wanted
//! member that is not as the contract says makes the whole answer a broken one; members that are not wanted are not read.
//!
//! `scan` finds the values in JSON, `leaf` judges scalars, `rows` reads records, `reader` the answer around them; `compact` drops what is
//! not wanted of large answers.

mod answer;
mod compact;
mod key;
mod layout;
mod leaf;
mod reader;
mod rows;
mod scan;

pub use answer::{Answer, AnswerRequest, Found, Page, Shape};
pub use key::RouteKey;
pub(crate) use key::id;
pub use layout::{Column, Form, Layout};
pub use leaf::{Leaf, Spelling};
pub(crate) use leaf::{plain, text_bytes};
pub use rows::{Cell, Rows};
