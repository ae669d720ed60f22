//! Reasons why a command had no effect. In: a service's refusal, or an id that is none. Out: `userErrors`; or nothing, if the refusal is
//! a failure, which is a GraphQL error.

use async_graphql::{Enum, ID};
use contract::{Id, IdError, IdKind};
use macros::object;
use serde::{Deserialize, Serialize};

use crate::clients::{Detail, Refusal, RefusalKind};

/// A reason why a mutation had no effect, suitable for display beside a form field.
#[object]
#[derive(Serialize)]
pub struct UserError {
    /// The machine-readable code.
    code: UserErrorCode,
    /// Path to the invalid input member; `null` if the error concerns the whole input.
    field: Option<Vec<String>>,
    /// A description of the error in one sentence.
    message: String,
}

/// Machine-readable codes of user errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, Enum)]
#[serde(rename_all = "snake_case")]
pub enum UserErrorCode {
    /// A value is invalid.
    Invalid,
    /// The handle or e-mail address is already in use.
    Taken,
    /// An object that the input refers to does not exist, or the viewer may not see it.
    NotFound,
    /// The e-mail address and password, or the refresh token, are not valid.
    WrongCredentials,
    /// The stock is not sufficient.
    StockExhausted,
    /// The items have prices in different currencies.
    CurrencyMismatch,
    /// The viewer cannot order their own post.
    OwnPost,
    /// The post has no offer.
    NotForSale,
    /// The order is not in a state that allows this.
    WrongState,
    /// The object was changed concurrently; reload it and retry.
    Conflict,
    /// The idempotency key was already used with a different request.
    IdempotencyKeyReused,
}

impl UserError {
    /// An invalid member of the input.
    pub fn invalid(field: &[&str], message: impl Into<String>) -> Self {
        let field = Some(field.iter().map(|&segment| segment.to_owned()).collect());
        Self { code: UserErrorCode::Invalid, field, message: message.into() }
    }
}

/// Why a command had no effect; `None` if the refusal is a failure.
pub fn user_errors(refusal: &Refusal) -> Option<Vec<UserError>> {
    code(refusal).map(|code| reasons(refusal, code))
}

/// The outcome that a refusal means; `None` if it is a failure.
fn code(refusal: &Refusal) -> Option<UserErrorCode> {
    match (refusal.code.as_str(), refusal.kind) {
        ("WRONG_CREDENTIALS", _) => Some(UserErrorCode::WrongCredentials),
        ("TAKEN", _) => Some(UserErrorCode::Taken),
        ("STOCK_EXHAUSTED", _) => Some(UserErrorCode::StockExhausted),
        ("CURRENCY_MISMATCH", _) => Some(UserErrorCode::CurrencyMismatch),
        ("OWN_POST", _) => Some(UserErrorCode::OwnPost),
        ("NOT_FOR_SALE", _) => Some(UserErrorCode::NotForSale),
        ("WRONG_STATE", _) => Some(UserErrorCode::WrongState),
        ("IDEMPOTENCY_KEY_REUSED", _) => Some(UserErrorCode::IdempotencyKeyReused),
        (_, RefusalKind::NotFound) => Some(UserErrorCode::NotFound),
        (_, RefusalKind::Conflict) => Some(UserErrorCode::Conflict),
        (_, RefusalKind::Invalid) => Some(UserErrorCode::Invalid),
        _ => None,
    }
}

/// An id of a known kind in an input.
pub fn id_of<K: IdKind>(field: &[&str], id: &ID) -> Result<Id<K>, UserError> {
    id.parse().map_err(|error: IdError| UserError::invalid(field, error.to_string()))
}

/// One error for each member that the service names, or one for the whole.
fn reasons(refusal: &Refusal, code: UserErrorCode) -> Vec<UserError> {
    if refusal.details.is_empty() {
        return vec![UserError { code, field: None, message: refusal.message.clone() }];
    }
    let reason =
        |detail: &Detail| UserError { code, field: Some(input_path(&detail.field)), message: detail.issue.clone() };
    refusal.details.iter().map(reason).collect()
}

/// `items[0].unit_price` as a path into the input: `["items", "0", "unitPrice"]`.
fn input_path(member: &str) -> Vec<String> {
    member.split(['.', '[']).map(|segment| camel_case(segment.trim_end_matches(']'))).collect()
}

fn camel_case(snake_case: &str) -> String {
    let mut words = snake_case.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        name.extend(letters);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_of_a_body_becomes_a_path_into_the_input() {
        assert_eq!(input_path("items[0].unit_price"), ["items", "0", "unitPrice"]);
        assert_eq!(input_path("avatar_url"), ["avatarUrl"]);
    }
}
