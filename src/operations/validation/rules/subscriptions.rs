//! `SingleFieldSubscriptionsRule`, section 5.2.4.1: a subscription has one field at its root.
//!
//! In: a document. Out: subscriptions with several. The compiler counts selections where the specification counts
//! response keys, so that one field selected through two fragments is two for it; its word on this rule is not heard.

use std::collections::HashSet;

use apollo_compiler::ExecutableDocument;

use super::{Found, LineIndex};

/// The compiler's own name of the rule that this one takes the place of.
pub(crate) const REPLACED: &str = "SubscriptionUsesMultipleFields";

/// Every subscription with more than one field in its answer.
pub(crate) fn several_root_fields(document: &ExecutableDocument, lines: &LineIndex) -> Vec<Found> {
    let subscriptions = document.operations.iter().filter(|operation| operation.is_subscription());
    let several = subscriptions.filter(|operation| {
        let fields = operation.selection_set.root_fields(document);
        fields.map(|field| field.response_name()).collect::<HashSet<_>>().len() > 1
    });
    let message = "a subscription can have only one field at its root";
    several.map(|operation| (message.to_owned(), lines.locate_span(operation.location()))).collect()
}
