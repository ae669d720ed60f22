//! The states of an order and the steps that users take between them:
//! `pending → confirmed → shipped → delivered`, `pending → rejected`, `pending | confirmed → cancelled`.
//! The post service decides between `confirmed` and `rejected` by its stock; users take the other steps.

use std::str::FromStr;

use chassis::ApiError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The status of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Placed, not decided yet.
    Pending,
    /// The stock is reserved.
    Confirmed,
    /// The stock was too small.
    Rejected,
    /// Sent to the buyer.
    Shipped,
    /// Received by the buyer.
    Delivered,
    /// Cancelled.
    Cancelled,
}

/// Text that is not a status.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("is not the status of an order")]
pub struct OrderStatusError;

/// A step that a user takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Cancel,
    Ship,
    Deliver,
}

impl OrderStatus {
    const ALL: [Self; 6] =
        [Self::Pending, Self::Confirmed, Self::Rejected, Self::Shipped, Self::Delivered, Self::Cancelled];

    /// Its name in JSON and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
        }
    }
}

impl FromStr for OrderStatus {
    type Err = OrderStatusError;

    fn from_str(text: &str) -> Result<Self, OrderStatusError> {
        Self::ALL.into_iter().find(|status| status.word() == text).ok_or(OrderStatusError)
    }
}

impl Step {
    /// The status after the step; 409 if the step does not start at `status`.
    pub(crate) fn from(self, status: OrderStatus) -> Result<OrderStatus, ApiError> {
        match (self, status) {
            (Self::Cancel, OrderStatus::Pending | OrderStatus::Confirmed) => Ok(OrderStatus::Cancelled),
            (Self::Ship, OrderStatus::Confirmed) => Ok(OrderStatus::Shipped),
            (Self::Deliver, OrderStatus::Shipped) => Ok(OrderStatus::Delivered),
            _ => {
                let message = format!("an order that is {} cannot be {}", status.word(), self.participle());
                Err(ApiError::conflict("WRONG_STATE", message))
            }
        }
    }

    /// The kind of its event.
    pub(crate) const fn event(self) -> &'static str {
        match self {
            Self::Cancel => "order.cancelled",
            Self::Ship => "order.shipped",
            Self::Deliver => "order.delivered",
        }
    }

    const fn participle(self) -> &'static str {
        match self {
            Self::Cancel => "cancelled",
            Self::Ship => "shipped",
            Self::Deliver => "delivered",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_start_where_the_contract_says_and_nowhere_else() {
        let allowed = [
            (Step::Cancel, OrderStatus::Pending, OrderStatus::Cancelled),
            (Step::Cancel, OrderStatus::Confirmed, OrderStatus::Cancelled),
            (Step::Ship, OrderStatus::Confirmed, OrderStatus::Shipped),
            (Step::Deliver, OrderStatus::Shipped, OrderStatus::Delivered),
        ];
        for step in [Step::Cancel, Step::Ship, Step::Deliver] {
            for from in OrderStatus::ALL {
                let expected = allowed.iter().find(|row| (row.0, row.1) == (step, from)).map(|row| row.2);
                assert_eq!(step.from(from).ok(), expected, "{step:?} from {from:?}");
            }
        }
    }

    #[test]
    fn statuses_have_one_word_in_json_and_in_the_database() {
        for status in OrderStatus::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.word());
            assert_eq!(status.word().parse::<OrderStatus>().unwrap(), status);
        }
    }
}
