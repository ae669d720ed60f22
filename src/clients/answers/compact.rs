//! What is kept of a large answer: only the values that are wanted, if they are less than half of it. In: an answer as it came. Out:
//! the same rows and pages over a smaller body. Answers are kept until the response is written, and most of their bytes may be members
//! that no place of the operation selects.

use std::ops::Range;

use bytes::Bytes;

use super::{Answer, Found, Layout, Page, Rows};

/// Bodies of fewer bytes are kept as they are: copying would cost more than it saves.
const LARGE: usize = 256 * 1024;

impl Answer {
    /// The answer without what is not wanted of it, if that is most of it.
    pub(super) fn compact(self, layout: &Layout) -> Self {
        let Self { body, mut rows, mut found } = self;
        if body.len() <= LARGE {
            return Self { body, rows, found };
        }
        let mut wanted = 0;
        each_range(&mut rows, layout, &mut found, &mut |range| {
            wanted += range.len();
            range
        });
        if wanted > body.len() / 2 {
            return Self { body, rows, found };
        }
        let mut kept = Vec::with_capacity(wanted);
        each_range(&mut rows, layout, &mut found, &mut |range| {
            let start = kept.len();
            kept.extend_from_slice(&body[range]);
            start..kept.len()
        });
        Self { body: Bytes::from(kept), rows, found }
    }
}

/// Gives each wanted value the place that the function says.
fn each_range(
    rows: &mut Rows,
    layout: &Layout,
    found: &mut [Found],
    place: &mut impl FnMut(Range<usize>) -> Range<usize>,
) {
    rows.each_range(layout, place);
    for found in found {
        if let Found::Page(Page { cursors, .. }) = found {
            cursors.iter_mut().for_each(|cursor| *cursor = place(cursor.clone()));
        }
    }
}
