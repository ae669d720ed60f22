//! `SingleFieldSubscriptionsRule`, section 5.2.4.1: a subscription has one field at its root.
//!
//! In: a document. Out: subscriptions with several. The compiler counts selections where the specification counts
//! response keys, so that one field selected through two fragments counts twice; its own rule is replaced.

use std::collections::HashSet;

use apollo_compiler::ExecutableDocument;

use super::LineIndex;
use crate::operations::rejection::Violation;

/// The compiler's name of the rule that this one replaces.
pub(crate) const REPLACED: &str = "SubscriptionUsesMultipleFields";

/// Every subscription with more than one root field in its response.
pub(crate) fn several_root_fields(document: &ExecutableDocument, lines: &LineIndex) -> Vec<Violation> {
    let subscriptions = document.operations.iter().filter(|operation| operation.is_subscription());
    let several = subscriptions.filter(|operation| {
        let fields = operation.selection_set.root_fields(document);
        fields.map(|field| field.response_name()).collect::<HashSet<_>>().len() > 1
    });
    let message = "a subscription can have only one field at its root";
    several.map(|operation| Violation::new(message, lines.locate_span(operation.location()))).collect()
}
