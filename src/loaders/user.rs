//! Loaders of the user service's batch routes.

use std::{collections::HashMap, sync::Arc};

use contract::UserId;

use super::{Batch, Request};
use crate::clients::{
    PageArguments, PageRecord,
    user::{AccountRecord, FollowCountsRecord, UserRecord},
};

/// Users by id.
pub type UsersById = Batch<(), UserId, UserRecord>;
/// Users by handle in lower case.
pub type UsersByHandle = Batch<(), String, UserRecord>;
/// A page of users for each user.
pub type UsersByUser = Batch<PageArguments, UserId, PageRecord<UserRecord>>;
/// Numbers of followers and followed.
pub type FollowCounts = Batch<(), UserId, FollowCountsRecord>;
/// E-mail and role, of nobody without a viewer.
pub type Accounts = Batch<(), UserId, AccountRecord>;
/// Whether the viewer follows a user; no answer without a viewer.
pub type FollowedByViewer = Batch<(), UserId, bool>;

pub(super) fn users_by_id(request: &Arc<Request>) -> UsersById {
    Batch::new(request, |request, (), ids| {
        Box::pin(async move { request.clients.users.users_by_ids(&request.context, &ids).await })
    })
}

pub(super) fn users_by_handle(request: &Arc<Request>) -> UsersByHandle {
    Batch::new(request, |request, (), handles| {
        Box::pin(async move { request.clients.users.users_by_handles(&request.context, &handles).await })
    })
}

pub(super) fn followers(request: &Arc<Request>) -> UsersByUser {
    Batch::new(request, |request, page, ids| {
        Box::pin(async move { request.clients.users.followers_by_user(&request.context, (&ids, &page)).await })
    })
}

pub(super) fn following(request: &Arc<Request>) -> UsersByUser {
    Batch::new(request, |request, page, ids| {
        Box::pin(async move { request.clients.users.following_by_user(&request.context, (&ids, &page)).await })
    })
}

pub(super) fn follow_counts(request: &Arc<Request>) -> FollowCounts {
    Batch::new(request, |request, (), ids| {
        Box::pin(async move { request.clients.users.follow_counts(&request.context, &ids).await })
    })
}

pub(super) fn accounts(request: &Arc<Request>) -> Accounts {
    Batch::new(request, |request, (), ids| {
        Box::pin(async move {
            let Some(viewer) = &request.viewer else { return Ok(HashMap::new()) };
            request.clients.users.accounts_by_ids(&request.context, (viewer, &ids)).await
        })
    })
}

pub(super) fn followed_by_viewer(request: &Arc<Request>) -> FollowedByViewer {
    Batch::new(request, |request, (), ids| {
        Box::pin(async move {
            let Some(viewer) = &request.viewer else { return Ok(HashMap::new()) };
            request.clients.users.followed_by_viewer(&request.context, (viewer, &ids)).await
        })
    })
}
