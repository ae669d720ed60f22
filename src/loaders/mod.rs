//! DataLoaders, made anew for each request: keys in from the resolvers of one level of a query, one call per batch route
//! out, records back. One file per noun with its batch functions; `batch.rs` is the mechanism, `dispatch.rs` its timing.

mod batch;
mod comment;
mod dispatch;
mod order;
mod post;
mod user;

use std::sync::{Arc, Mutex, PoisonError};

pub use batch::Batch;
pub use order::OrdersByUser;

use crate::{
    auth::Viewer,
    clients::{CallContext, Clients},
};
use dispatch::Dispatcher;

/// The context, viewer and clients of one request, shared by its resolvers and loaders.
pub struct Request {
    /// Deadline, ids and the record of calls.
    pub context: CallContext,
    /// The viewer; `None` when anonymous.
    pub viewer: Option<Viewer>,
    /// The services.
    pub clients: Clients,
    dispatcher: Dispatcher,
}

/// The loaders of one request, by the noun and the key they load by.
pub struct Loaders {
    /// Users by id.
    pub users_by_id: user::UsersById,
    /// Users by handle in lower case.
    pub users_by_handle: user::UsersByHandle,
    /// Followers of a user.
    pub followers: user::UsersByUser,
    /// Whom a user follows.
    pub following: user::UsersByUser,
    /// Numbers of followers and followed.
    pub follow_counts: user::FollowCounts,
    /// E-mail and role.
    pub accounts: user::Accounts,
    /// Whether the viewer follows a user.
    pub followed_by_viewer: user::FollowedByViewer,
    /// Posts by id.
    pub posts_by_id: post::PostsById,
    /// Posts of an author.
    pub posts_by_author: post::PostsByAuthor,
    /// Number of an author's posts.
    pub post_counts: post::PostCounts,
    /// Comments by id.
    pub comments_by_id: comment::CommentsById,
    /// Comments on a post.
    pub comments_by_post: comment::CommentsByPost,
    /// Number of a post's comments.
    pub comment_counts: comment::CommentCounts,
    /// Number of a post's likes.
    pub like_counts: post::LikeCounts,
    /// Whether the viewer likes a post.
    pub liked_by_viewer: post::LikedByViewer,
    /// Orders by id.
    pub orders_by_id: order::OrdersById,
    /// Orders of a buyer.
    pub orders_by_buyer: OrdersByUser,
    /// Orders with something of a seller's.
    pub orders_by_seller: OrdersByUser,
}

impl Loaders {
    /// Loaders that have loaded nothing yet.
    pub fn new(request: &Arc<Request>) -> Self {
        Self {
            users_by_id: user::users_by_id(request),
            users_by_handle: user::users_by_handle(request),
            followers: user::followers(request),
            following: user::following(request),
            follow_counts: user::follow_counts(request),
            accounts: user::accounts(request),
            followed_by_viewer: user::followed_by_viewer(request),
            posts_by_id: post::posts_by_id(request),
            posts_by_author: post::posts_by_author(request),
            post_counts: post::post_counts(request),
            comments_by_id: comment::comments_by_id(request),
            comments_by_post: comment::comments_by_post(request),
            comment_counts: comment::comment_counts(request),
            like_counts: post::like_counts(request),
            liked_by_viewer: post::liked_by_viewer(request),
            orders_by_id: order::orders_by_id(request),
            orders_by_buyer: order::orders_by_buyer(request),
            orders_by_seller: order::orders_by_seller(request),
        }
    }
}

/// A request's loaders, which forget everything when the request has changed something.
pub struct Scope {
    /// The request.
    pub request: Arc<Request>,
    loaders: Mutex<Arc<Loaders>>,
}

impl Scope {
    /// The scope of a request.
    pub fn new(context: CallContext, viewer: Option<Viewer>, clients: Clients) -> Self {
        let request = Arc::new(Request { context, viewer, clients, dispatcher: Dispatcher::default() });
        let loaders = Mutex::new(Arc::new(Loaders::new(&request)));
        Self { request, loaders }
    }

    /// The queue of the batches that these loaders open, which drives the execution.
    pub(crate) fn dispatcher(&self) -> Dispatcher {
        self.request.dispatcher.clone()
    }

    /// The loaders as they are now.
    pub fn loaders(&self) -> Arc<Loaders> {
        Arc::clone(&self.loaders.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Starts over, as each mutation does: `likePost` then `unlikePost` in one document must each see the truth.
    pub fn forget(&self) -> &Self {
        *self.loaders.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(Loaders::new(&self.request));
        self
    }
}
