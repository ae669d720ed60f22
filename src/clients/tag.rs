//! What a public answer was made of, by the names that a kept copy of it can be thrown away by.
//!
//! In: public reads, which cannot be made without saying what they ask for, and their answers, which cannot be read without
//! saying what they show. Out: the tags of everything that a request was told, also of what does not exist.

use std::{collections::BTreeSet, fmt};

use contract::{CommentId, PostId, UserId, key_set::JwkSet};

/// One thing that an answer depends on. An object stands for its fields and counts, a list for which objects it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tag {
    /// A user.
    User(UserId),
    /// A post.
    Post(PostId),
    /// A comment.
    Comment(CommentId),
    /// All users.
    Users,
    /// All posts.
    Posts,
    /// Who follows a user.
    Followers(UserId),
    /// Whom a user follows.
    Following(UserId),
    /// A user's posts.
    PostsBy(UserId),
    /// The comments on a post.
    CommentsOn(PostId),
}

impl Tag {
    /// The type, in the schema, of what is shown: of the object, or of the list's items.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::User(_) | Self::Users | Self::Followers(_) | Self::Following(_) => "User",
            Self::Post(_) | Self::Posts | Self::PostsBy(_) => "Post",
            Self::Comment(_) | Self::CommentsOn(_) => "Comment",
        }
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => id.fmt(f),
            Self::Post(id) => id.fmt(f),
            Self::Comment(id) => id.fmt(f),
            Self::Users => f.write_str("users"),
            Self::Posts => f.write_str("posts"),
            Self::Followers(id) => write!(f, "{id}:followers"),
            Self::Following(id) => write!(f, "{id}:following"),
            Self::PostsBy(id) => write!(f, "{id}:posts"),
            Self::CommentsOn(id) => write!(f, "{id}:comments"),
        }
    }
}

/// A public record that is an object of its own.
pub(super) trait Tagged {
    fn tag(&self) -> Tag;
}

/// A public answer of a service.
pub(super) trait Shows {
    /// Adds what it shows beyond what was asked for by name.
    fn add_tags(&self, tags: &mut BTreeSet<Tag>);
}

impl Shows for JwkSet {
    fn add_tags(&self, _: &mut BTreeSet<Tag>) {}
}
