//! The sizes of the demo data, and its random numbers: one generator per kind of data, so that a change to one kind does not
//! change the others. In: seed and scale. Out: the same numbers each time.

use std::time::Duration;

use contract::{Id, IdKind, Time};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

/// 2026-01-01T00:00:00Z: all times are before it.
pub const END: Time = Time::from_millis(1_767_225_600_000);

/// The amount of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// 50 users, 500 posts, 2,000 comments, 300 orders.
    Small,
    /// 10,000 users, 200,000 posts, 1,000,000 comments, 200,000 orders.
    Large,
}

/// The parameters of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The seed: the same seed gives the same data.
    pub seed: u64,
    /// The amount.
    pub scale: Scale,
}

impl Scale {
    /// The scale's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Large => "large",
        }
    }

    pub(crate) const fn users(self) -> usize {
        match self {
            Self::Small => 50,
            Self::Large => 10_000,
        }
    }

    pub(crate) const fn posts(self) -> usize {
        match self {
            Self::Small => 500,
            Self::Large => 200_000,
        }
    }

    pub(crate) const fn comments(self) -> usize {
        match self {
            Self::Small => 2_000,
            Self::Large => 1_000_000,
        }
    }

    pub(crate) const fn orders(self) -> usize {
        match self {
            Self::Small => 300,
            Self::Large => 200_000,
        }
    }

    /// The most users that a user follows.
    pub(crate) const fn followed(self) -> usize {
        12
    }

    /// The most likes of a post.
    pub(crate) const fn likes(self) -> usize {
        8
    }
}

impl Plan {
    /// The random numbers of one kind of data.
    pub(crate) fn numbers(self, kind: &str) -> Numbers {
        // FNV-1a of the kind, so that each kind has another generator.
        let mix = kind
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Numbers(Xoshiro256PlusPlus::seed_from_u64(self.seed ^ mix))
    }
}

/// A generator of random numbers.
pub(crate) struct Numbers(Xoshiro256PlusPlus);

impl Numbers {
    /// A number below `end`, which is at least 1.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }

    /// A random element.
    pub(crate) fn one_of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// True with that probability in percent.
    pub(crate) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// An id of that time.
    pub(crate) fn id<K: IdKind>(&mut self, at: Time) -> Id<K> {
        Id::from_parts(at, self.0.random())
    }

    /// `count` different numbers below `end`, without `except`; fewer if there are not that many.
    pub(crate) fn distinct(&mut self, count: usize, end: usize, except: usize) -> Vec<usize> {
        let mut chosen = Vec::with_capacity(count);
        // Bounded: if `count` is close to `end`, a few may be missing.
        for _ in 0..count * 3 {
            let candidate = self.below(end);
            if chosen.len() < count && candidate != except && !chosen.contains(&candidate) {
                chosen.push(candidate);
            }
        }
        chosen
    }
}

/// The time of the `index`th of `count` objects that are spread evenly between two days before [`END`], oldest first.
pub(crate) fn spread(index: usize, count: usize, from: u64, until: u64) -> Time {
    let days = (from - until) as f64 * (1.0 - index as f64 / count as f64);
    END.minus(Duration::from_hours(until * 24) + Duration::from_hours(24).mul_f64(days))
}

/// A later time, by up to that many days.
pub(crate) fn later(time: Time, numbers: &mut Numbers, days: usize) -> Time {
    time.plus(Duration::from_mins(1 + numbers.below(days * 24 * 60) as u64))
}
