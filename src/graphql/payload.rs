//! Payloads of mutations. In: a command. Out: a record with its answer and the reasons why it had no effect, as the members of the
//! payload's table. The engine runs the commands one after the other; what is selected of a payload is written by waves
//! (`execution/payloads.rs`), and business outcomes are data where failures are errors.

use std::{borrow::Cow, marker::PhantomData, sync::Arc};

use async_graphql::{
    Context, ContextSelectionSet, Error, OutputType, Positioned, ServerResult, Value, parser::types::Field,
    registry::Registry,
};
use bytes::Bytes;
use futures::future::BoxFuture;
use serde_json::json;

use super::{
    edge::scope,
    errors,
    outcome::{UserError, user_errors},
};
use crate::clients::{Answer, CallError, Cause, Command, Layout};

/// The payload of a mutation, of the schema's type `T`.
pub struct Payload<T> {
    record: Answer,
    of: PhantomData<fn() -> T>,
}

/// Writes the payloads of a mutation. Each is known by its key in the response.
pub(crate) trait Payloads: Send + Sync {
    /// The members of a payload's record that are wanted.
    fn layout(&self, key: &str) -> Option<&Layout>;

    /// Writes a payload before the next command runs.
    fn write<'a>(&'a self, key: &'a str, record: Answer) -> BoxFuture<'a, ()>;
}

/// What the record of a payload has if the command took effect.
#[derive(Clone, Copy, Default)]
pub struct Effect<'a> {
    /// The member that is the command's answer. Without it, the answer has no body.
    pub answer: Option<&'static str>,
    /// A member with an id that the command was given.
    pub id: Option<(&'static str, &'a str)>,
}

impl Effect<'_> {
    /// The command is answered with the object in that member.
    pub const fn answered(member: &'static str) -> Self {
        Self { answer: Some(member), id: None }
    }
}

/// Sends a command, and makes the payload of what becomes of it.
///
/// # Errors
/// The service failed, or the viewer may not do this.
pub async fn send<T>(ctx: &Context<'_>, command: Command<'_>, effect: Effect<'_>) -> Result<Payload<T>, Error> {
    let layout = layout(ctx)?;
    let request = &scope(ctx).request;
    let read = |body: &Bytes| Answer::record(&record(effect, body)?, layout);
    match request.clients.call(&request.context, command.answered(&read)).await {
        Ok(record) => Ok(Payload { record, of: PhantomData }),
        Err(CallError::Refused(refusal)) => match user_errors(&refusal) {
            Some(reasons) => without_effect(ctx, &reasons),
            None => Err(errors::failed_call(CallError::Refused(refusal))),
        },
        Err(error) => Err(errors::failed_call(error)),
    }
}

/// The payload of a command that was not sent.
///
/// # Errors
/// A defect.
pub fn refused<T>(ctx: &Context<'_>, reason: UserError) -> Result<Payload<T>, Error> {
    without_effect(ctx, &[reason])
}

fn without_effect<T>(ctx: &Context<'_>, reasons: &[UserError]) -> Result<Payload<T>, Error> {
    let body = serde_json::to_vec(&json!({ "user_errors": reasons }));
    let record = body.ok().and_then(|body| Answer::record(&body.into(), layout(ctx).ok()?).ok());
    let record = record.ok_or_else(|| Error::new("the reasons of a refusal are not as their table says"))?;
    Ok(Payload { record, of: PhantomData })
}

fn layout<'a>(ctx: &Context<'a>) -> Result<&'a Layout, Error> {
    let key = &ctx.item.node.response_key().node;
    payloads(ctx.data_unchecked()).layout(key).ok_or_else(|| Error::new("a mutation is in no table"))
}

fn payloads(payloads: &Arc<dyn Payloads>) -> &dyn Payloads {
    &**payloads
}

/// The record of a command that took effect.
fn record(effect: Effect<'_>, body: &Bytes) -> Result<Bytes, Cause> {
    let Effect { answer, id } = effect;
    let mut record = b"{\"user_errors\":[]".to_vec();
    if let Some((member, id)) = id {
        record.extend_from_slice(format!(",\"{member}\":\"{id}\"").as_bytes());
    }
    match answer {
        Some(member) => {
            // An object of its own: it cannot end its member and begin others.
            Answer::record(body, &Layout::default())?;
            record.extend_from_slice(format!(",\"{member}\":").as_bytes());
            record.extend_from_slice(body);
        }
        // A body where none belongs, such as the page of a proxy, is no proof of the effect.
        None if !body.is_empty() => return Err(Cause::UnexpectedBody),
        None => {}
    }
    record.push(b'}');
    Ok(record.into())
}

impl<T: OutputType> OutputType for Payload<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    /// Null: the payload is not written here.
    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let key = &field.node.response_key().node;
        payloads(ctx.data_unchecked()).write(key, self.record.clone()).await;
        Ok(Value::Null)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(effect: Effect<'_>, body: &'static str) -> Result<String, Cause> {
        record(effect, &Bytes::from(body)).map(|record| String::from_utf8_lossy(&record).into_owned())
    }

    #[test]
    fn a_record_has_the_answer_as_one_member_and_nothing_else_of_it() {
        let post = Effect::answered("post");
        assert_eq!(text(post, r#"{"id":"pst_1"}"#).unwrap(), r#"{"user_errors":[],"post":{"id":"pst_1"}}"#);
        for broken in [r#"{},"user_errors":[{}]"#, r#"{}} {"a":{"#, "null", "[]", "", "{", "<html>"] {
            assert!(text(post, broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn without_an_answer_a_body_is_no_proof_of_the_effect() {
        let liked = Effect { answer: None, id: Some(("post_id", "pst_1")) };
        assert_eq!(text(liked, "").unwrap(), r#"{"user_errors":[],"post_id":"pst_1"}"#);
        assert_eq!(text(liked, "{}"), Err(Cause::UnexpectedBody));
    }
}
