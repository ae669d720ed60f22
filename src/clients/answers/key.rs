//! Keys as they stand in requests and answers: ids without their prefix, and names.

use std::sync::Arc;

/// A key that a route has values for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RouteKey {
    /// An id, without its prefix.
    Id(u128),
    /// A name.
    Name(Arc<str>),
    /// None: the route is a list of its own.
    None,
}

/// The number that 32 lower-case hex digits write.
pub(crate) fn id(digits: &str) -> Option<u128> {
    let digits: &[u8; 32] = digits.as_bytes().try_into().ok()?;
    let (high, low) = digits.split_at(16);
    Some(u128::from(half(high)?) << 64 | u128::from(half(low)?))
}

fn half(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |number: u64, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(number << 4 | u64::from(value))
    })
}
