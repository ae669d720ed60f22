//! Posts: by id, locked for a change, inserted, replaced, deleted.
//! In: ids or records. Out: records.

use chassis::database::{
    Connection, DatabaseError, Sql, Value,
    row::{parsed, time},
};
use contract::PostId;
use sqlx::{FromRow, Row, any::AnyRow};

use super::{authors, tags};
use crate::records::{Offer, PostRecord, Price};

/// The columns of a [`PostRecord`].
pub(super) const COLUMNS: &str = "p.id, p.author_id, p.title, p.body, p.tags, p.price_amount, p.price_currency, p.stock, \
                                  p.published_at, p.updated_at, p.version";

/// The insert, up to the values, which are in the order of [`row`].
pub(crate) const INSERT: &str = "INSERT INTO posts (id, author_id, title, body, tags, price_amount, price_currency, \
                                 stock, for_sale, published_at, updated_at, version, comment_count, like_count) VALUES ";

/// A post that is locked until the transaction ends.
pub(crate) struct LockedPost {
    pub(crate) record: PostRecord,
    likes: i64,
}

impl FromRow<'_, AnyRow> for PostRecord {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let tags: &str = row.try_get("tags")?;
        let offer = match row.try_get("price_amount")? {
            Some(amount) => {
                let price = Price { amount, currency: parsed(row, "price_currency")? };
                Some(Offer { price, stock: row.try_get("stock")? })
            }
            None => None,
        };
        Ok(Self {
            id: parsed(row, "id")?,
            author_id: parsed(row, "author_id")?,
            title: row.try_get("title")?,
            body: row.try_get("body")?,
            tags: tags.split_terminator(',').map(str::to_owned).collect(),
            offer,
            published_at: time(row, "published_at")?,
            updated_at: time(row, "updated_at")?,
            version: row.try_get("version")?,
        })
    }
}

impl FromRow<'_, AnyRow> for LockedPost {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self { record: PostRecord::from_row(row)?, likes: row.try_get("like_count")? })
    }
}

/// The posts of those ids that exist.
pub(crate) async fn by_ids(connection: &mut Connection, ids: &[PostId]) -> Result<Vec<PostRecord>, DatabaseError> {
    let select = Sql::new("SELECT ").push(COLUMNS).push(" FROM posts p WHERE p.id IN ");
    connection.all(select.bind_list(ids.iter().copied())).await
}

/// The post, locked until the transaction ends; `None` if there is none.
pub(crate) async fn lock(connection: &mut Connection, id: PostId) -> Result<Option<LockedPost>, DatabaseError> {
    let select = Sql::new("SELECT ").push(COLUMNS).push(", p.like_count FROM posts p WHERE p.id = ").bind(id);
    connection.locked(select).await
}

/// Adds a post, and counts it for its author.
pub(crate) async fn insert(connection: &mut Connection, post: &PostRecord) -> Result<(), DatabaseError> {
    let mut statement = Sql::new(INSERT);
    for (index, value) in row(post, 0, 0).into_iter().enumerate() {
        statement = statement.push(if index == 0 { "(" } else { ", " }).bind(value);
    }
    connection.execute(statement.push(")")).await?;
    tags::insert(connection, post, 0).await?;
    authors::published(connection, post.author_id).await
}

/// Replaces the locked post by `new`.
pub(crate) async fn replace(
    connection: &mut Connection,
    old: &LockedPost,
    new: &PostRecord,
) -> Result<(), DatabaseError> {
    let (amount, currency, stock) = offer_values(new.offer);
    let update = Sql::new("UPDATE posts SET title = ")
        .bind(new.title.as_str())
        .push(", body = ")
        .bind(new.body.as_str())
        .push(", tags = ")
        .bind(new.tags.join(","))
        .push(", price_amount = ")
        .bind(amount)
        .push(", price_currency = ")
        .bind(currency)
        .push(", stock = ")
        .bind(stock)
        .push(", for_sale = ")
        .bind(new.offer.is_some())
        .push(", updated_at = ")
        .bind(new.updated_at)
        .push(", version = ")
        .bind(new.version)
        .push(" WHERE id = ")
        .bind(new.id);
    connection.execute(update).await?;
    let was = &old.record;
    if was.tags != new.tags || was.offer.is_some() != new.offer.is_some() {
        tags::delete(connection, new.id).await?;
        tags::insert(connection, new, old.likes).await?;
    }
    Ok(())
}

/// Deletes the locked post; its tags, comments and likes go with it (ON DELETE CASCADE).
pub(crate) async fn delete(connection: &mut Connection, post: &LockedPost) -> Result<(), DatabaseError> {
    connection.execute(Sql::new("DELETE FROM posts WHERE id = ").bind(post.record.id)).await?;
    authors::unpublished(connection, post.record.author_id).await
}

/// A row of `posts`, in the order of [`INSERT`], with that many comments and likes.
pub(crate) fn row(post: &PostRecord, comments: i64, likes: i64) -> Vec<Value> {
    let (amount, currency, stock) = offer_values(post.offer);
    vec![
        post.id.into(),
        post.author_id.into(),
        post.title.as_str().into(),
        post.body.as_str().into(),
        post.tags.join(",").into(),
        amount,
        currency,
        stock,
        post.offer.is_some().into(),
        post.published_at.into(),
        post.updated_at.into(),
        post.version.into(),
        comments.into(),
        likes.into(),
    ]
}

fn offer_values(offer: Option<Offer>) -> (Value, Value, Value) {
    match offer {
        Some(Offer { price, stock }) => (price.amount.into(), price.currency.code().into(), stock.into()),
        None => (Value::NoNumber, Value::NoText, Value::NoNumber),
    }
}
