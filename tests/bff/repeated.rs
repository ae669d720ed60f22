//! Long documents out of short parts.

/// `part` that many times, numbered where it says `#`.
pub fn repeated(times: usize, part: &str) -> String {
    (0..times).map(|place| part.replace('#', &place.to_string())).collect()
}
