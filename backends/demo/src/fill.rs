//! Fills the three databases through the `seed` modules of the services. In: a plan and empty databases. Out: demo data,
//! with a progress bar at the large scale.

use chassis::database::{Database, DatabaseError};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    PASSWORD,
    orders::{Market, orders},
    people::people,
    plan::{Plan, Scale},
    posts::{Posts, currencies},
};

/// The services' databases, empty.
pub struct Databases<'a> {
    /// Of the user service.
    pub user: &'a Database,
    /// Of the post service.
    pub post: &'a Database,
    /// Of the order service.
    pub order: &'a Database,
}

/// The reason why demo data could not be written.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// A database failed.
    #[error("demo data cannot be written: {0}")]
    Database(#[from] DatabaseError),
    /// The password could not be hashed.
    #[error("the demo password cannot be hashed: {0}")]
    Password(String),
    /// A price has an unknown currency.
    #[error("a demo price {0}")]
    Currency(#[from] contract::money::CurrencyError),
}

/// Writes all demo data. All users have the same password, and so the same hash.
pub async fn fill(plan: Plan, databases: &Databases<'_>) -> Result<(), FillError> {
    let scale = plan.scale;
    let people = people(plan);
    let users: Vec<_> = people.users.iter().map(|user| user.id).collect();
    let posts = Posts::new(plan, users.clone(), &currencies()?);
    let likes: usize = posts.rows().map(|post| post.like_count as usize).sum();
    let rows = scale.users() + people.follows.len() + scale.posts() + scale.comments() + likes + scale.orders();
    let bar = progress(scale, rows as u64);

    let hash = user_service::seed::hash_password(PASSWORD).map_err(|error| FillError::Password(error.to_string()))?;
    user_service::seed::seed_users(databases.user, &hash, bar.wrap_iter(people.users.into_iter())).await?;
    user_service::seed::seed_follows(databases.user, bar.wrap_iter(people.follows.into_iter())).await?;
    post_service::seed::seed_posts(databases.post, bar.wrap_iter(posts.rows())).await?;
    post_service::seed::seed_comments(databases.post, bar.wrap_iter(posts.comments())).await?;
    post_service::seed::seed_likes(databases.post, bar.wrap_iter(posts.likes())).await?;
    let market = Market { users, sales: posts.sales() };
    order_service::seed::seed(databases.order, bar.wrap_iter(orders(plan, market))).await?;
    bar.finish_and_clear();
    Ok(())
}

/// A progress bar for the large scale; the small one takes a moment.
fn progress(scale: Scale, rows: u64) -> ProgressBar {
    match scale {
        Scale::Small => ProgressBar::hidden(),
        Scale::Large => {
            let style = ProgressStyle::with_template("making demo data {wide_bar} {percent}% {eta}");
            ProgressBar::new(rows).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        }
    }
}
