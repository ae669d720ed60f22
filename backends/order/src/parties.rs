//! The parties of an order: its buyer and its sellers, and admins beside them. In: an order and the viewer. Out: whether the
//! viewer may read the order, and which steps the viewer may take.

use chassis::{ApiError, Viewer};

use crate::{lifecycle::Step, records::OrderRecord};

/// The viewer's part in an order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Party {
    buys: bool,
    /// Sells at least one of the items.
    sells: bool,
    is_admin: bool,
}

impl Party {
    /// The viewer's part in `order`.
    pub(crate) fn of(order: &OrderRecord, viewer: &Viewer) -> Self {
        let sells = order.items.iter().any(|item| item.seller_id == viewer.id());
        Self { buys: order.buyer_id == viewer.id(), sells, is_admin: viewer.is_admin() }
    }

    /// Whether the viewer may read the order; for other viewers it does not exist.
    pub(crate) const fn may_read(self) -> bool {
        self.buys || self.sells || self.is_admin
    }

    /// 403 if the viewer may read the order but not take this step.
    pub(crate) fn check_step(self, step: Step) -> Result<(), ApiError> {
        let (is_allowed, rule) = match step {
            Step::Cancel => (self.buys, "only the buyer cancels an order"),
            Step::Ship => (self.sells, "only a seller ships an order"),
            Step::Deliver => (self.buys || self.sells, "only the buyer or a seller marks an order as delivered"),
        };
        if is_allowed || self.is_admin { Ok(()) } else { Err(ApiError::forbidden(rule)) }
    }
}
