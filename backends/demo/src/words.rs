//! Generates texts from a small vocabulary.
//! In: random numbers. Out: handles, names, titles, bodies and comments.

use crate::plan::Numbers;

const FIRST_NAMES: [&str; 24] = [
    "Alan",
    "Amira",
    "Barbara",
    "Chidi",
    "Donald",
    "Edsger",
    "Elif",
    "Frances",
    "Hedy",
    "Ingrid",
    "Jean",
    "Katherine",
    "Kwame",
    "Leslie",
    "Linus",
    "Margaret",
    "Niklaus",
    "Olga",
    "Ravi",
    "Radia",
    "Sofia",
    "Tomás",
    "Yuki",
    "Zoë",
];
const LAST_NAMES: [&str; 20] = [
    "Abebe",
    "Brandt",
    "Castillo",
    "Dvořák",
    "Eriksen",
    "Fontaine",
    "Greene",
    "Haddad",
    "Ito",
    "Jansen",
    "Kowalska",
    "Lindqvist",
    "Moreau",
    "Nguyen",
    "Okafor",
    "Petrov",
    "Quispe",
    "Rossi",
    "Šimić",
    "Tanaka",
];
const ADJECTIVES: [&str; 16] = [
    "blue",
    "brass",
    "carved",
    "folding",
    "glazed",
    "hand-made",
    "knitted",
    "light",
    "oak",
    "old",
    "patched",
    "quiet",
    "round",
    "small",
    "sturdy",
    "woven",
];
const THINGS: [&str; 20] = [
    "basket", "bell", "bench", "bowl", "box", "chair", "clock", "compass", "kite", "lamp", "lantern", "map", "mirror",
    "mosaic", "mug", "quilt", "shelf", "stool", "tile", "vase",
];
const SENTENCES: [&str; 16] = [
    "It took three weekends and a lot of tea.",
    "The first one broke, the second one did not.",
    "I kept notes of every step so that you can do the same.",
    "Nobody in the workshop believed that it would hold.",
    "The trick is to wait until the glue is really dry.",
    "Measured twice, cut once, measured again anyway.",
    "There are photographs of each stage, and a list of tools.",
    "Grandmother's instructions were shorter: do it well.",
    "The colour is better in daylight.",
    "What is left of the material went into a second, smaller piece.",
    "If you order one, tell me which size you need.",
    "It has been in use every day since.",
    "Next time I would use thinner thread.",
    "Repairing it is easy; that was the point.",
    "The pattern comes from an old book of tiles.",
    "Questions are welcome in the comments.",
];
const REMARKS: [&str; 12] = [
    "Lovely work!",
    "How long did it take?",
    "I would like one in green.",
    "Mine broke the same way. Thank you for the notes.",
    "The second photograph is missing, I think.",
    "Does it stand rain?",
    "Ordered. Cannot wait.",
    "Could you post the measurements?",
    "This is the best one yet.",
    "My cat approves.",
    "Reminds me of my grandfather's.",
    "What glue did you use?",
];
const TAGS: [&str; 10] =
    ["ceramics", "clay", "garden", "howto", "kitchen", "metal", "paper", "repair", "textile", "wood"];

pub(crate) fn name(numbers: &mut Numbers) -> String {
    format!("{} {}", numbers.one_of(&FIRST_NAMES), numbers.one_of(&LAST_NAMES))
}

pub(crate) fn title(numbers: &mut Numbers) -> String {
    format!("A {} {}", numbers.one_of(&ADJECTIVES), numbers.one_of(&THINGS))
}

pub(crate) fn body(numbers: &mut Numbers) -> String {
    let sentences = 3 + numbers.below(6);
    (0..sentences).map(|_| *numbers.one_of(&SENTENCES)).collect::<Vec<_>>().join(" ")
}

pub(crate) fn remark(numbers: &mut Numbers) -> String {
    (*numbers.one_of(&REMARKS)).to_owned()
}

pub(crate) fn tags(numbers: &mut Numbers) -> Vec<String> {
    let count = numbers.below(4);
    numbers.distinct(count, TAGS.len(), usize::MAX).into_iter().map(|index| TAGS[index].to_owned()).collect()
}
