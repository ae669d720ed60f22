//! Figures of the rounds as a table in Markdown: medians, with the lowest and the highest round.

use crate::measure::Round;

/// What a row is called, and its figure in a round.
type Row = (&'static str, fn(&Round) -> f64);

const ROWS: [Row; 14] = [
    ("**first time**: scan, judge, coerce, flatten, plan", |round| round.first),
    ("**known**, the same values (aim: 5 % of first time)", |round| round.known),
    ("**known**, other values", |round| round.other_values),
    ("**stock async-graphql**, up to the first resolver", |round| round.stock.whole),
    ("– `parse_query`, with the check of its depth", |round| round.stock.reading),
    ("– `check_rules`, strict", |round| round.stock.rules),
    ("– the rest", |round| round.stock.rest),
    ("**the engine on the prepared document**, up to the first resolver", |round| round.walk.whole),
    ("– our clone of it", |round| round.cloning),
    ("– `check_recursive_depth`", |round| round.walk.reading),
    ("– `check_rules`, fast", |round| round.walk.rules),
    ("– the rest, with `remove_skipped_selection` and dropping the clone", |round| round.walk.rest),
    ("**all for a known operation**: known, other values, and the engine on its document", |round| {
        round.other_values + round.walk.whole
    }),
    ("a request without a document to speak of (`{ __typename }`), with the hooks that take the times", |round| {
        round.nothing
    }),
];

/// A median and what it lies between.
struct Spread {
    median: f64,
    lowest: f64,
    highest: f64,
}

impl Spread {
    fn of(figures: impl Iterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.collect();
        figures.sort_by(f64::total_cmp);
        Self { median: figures[figures.len() / 2], lowest: figures[0], highest: figures[figures.len() - 1] }
    }

    fn cell(&self, digits: usize) -> String {
        let Self { median, lowest, highest } = self;
        format!("{median:.digits$} ({lowest:.digits$}–{highest:.digits$})")
    }
}

/// The table; ratios are of the same round each, so that what the machine does meanwhile is nearly the same for both.
pub fn table(rounds: &[Round]) -> String {
    let heading = "\
| 60 fields, 7 variables | µs, median (lowest–highest round) | % of first time | % of stock |
|---|--:|--:|--:|
";
    let rows = ROWS.iter().map(|(name, figure)| {
        let time = Spread::of(rounds.iter().map(figure)).cell(2);
        let of_first = Spread::of(rounds.iter().map(|round| 100.0 * figure(round) / round.first)).cell(1);
        let of_stock = Spread::of(rounds.iter().map(|round| 100.0 * figure(round) / round.stock.whole)).cell(1);
        format!("| {name} | {time} | {of_first} | {of_stock} |\n")
    });
    heading.to_owned() + &rows.collect::<String>()
}
