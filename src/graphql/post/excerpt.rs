//! `Post.excerpt`: the beginning of a text in one line. In: the text and a number of characters. Out: whole words, or whole
//! grapheme clusters of the first one, with a mark where the text goes on.

use async_graphql::Result;
use unicode_segmentation::UnicodeSegmentation;

use crate::graphql::{
    errors,
    text::{Text, Written},
};

/// The longest excerpt, in characters.
const MAX_LENGTH: i32 = 1000;

/// The beginning of the post's text.
///
/// # Errors
/// `BAD_REQUEST`: the length is not 1 to 1000.
pub fn excerpt(body: &Text, length: i32) -> Result<Text> {
    match usize::try_from(length) {
        Ok(characters) if (1..=MAX_LENGTH).contains(&length) => Ok(Written(cut(&body.0, characters))),
        _ => Err(errors::bad_request(format!("`length` must be between 1 and {MAX_LENGTH}, not {length}"))),
    }
}

/// At most `length` characters of the text's words.
fn cut(body: &str, length: usize) -> String {
    let mut line = String::new();
    let mut used = 0;
    for word in body.split_whitespace() {
        let space = usize::from(used > 0);
        // No more of a long word than decides.
        let characters = word.graphemes(true).take(length + 1).count();
        if used + space + characters > length {
            // Room for the mark that something is missing; a first word that is too long is cut.
            let mut kept: String = line.graphemes(true).take(length - 1).collect();
            if kept.is_empty() {
                kept.extend(word.graphemes(true).take(length - 1));
            }
            kept.push('…');
            return kept;
        }
        if space == 1 {
            line.push(' ');
        }
        line.push_str(word);
        used += space + characters;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn an_excerpt_is_cut_between_grapheme_clusters() {
        let flags = "🇩🇪🇫🇷🇮🇹🇪🇸🇵🇹";
        assert_eq!(cut(flags, 4), "🇩🇪🇫🇷🇮🇹…");
        let family = "👩\u{200d}👩\u{200d}👧";
        assert_eq!(cut(&family.repeat(5), 4), format!("{}…", family.repeat(3)));
        let accents = "e\u{301}".repeat(6);
        assert_eq!(cut(&accents, 4), format!("{}…", "e\u{301}".repeat(3)));
        assert_eq!(cut("각\u{11a8}1\u{fe0f}\u{20e3}नी123", 4), "각\u{11a8}1\u{fe0f}\u{20e3}नी…");
        assert_eq!(cut(&accents, 6), accents);
    }

    /// Each alias of the field would look at the whole word again.
    #[test]
    fn a_short_excerpt_of_a_long_word_is_quick() {
        let word = "e\u{301}".repeat(10_000);
        let begun = std::time::Instant::now();
        for _ in 0..1_000 {
            assert_eq!(cut(&word, 3), "e\u{301}e\u{301}…");
        }
        assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{:?}", begun.elapsed());
    }

    #[test]
    fn an_excerpt_never_has_more_characters_than_asked_for() {
        let body = "Größe  zählt\nnicht 🦀🦀🦀 immer";
        assert_eq!(cut(body, 1000), "Größe zählt nicht 🦀🦀🦀 immer");
        assert_eq!(cut(body, 14), "Größe zählt…");
        assert_eq!(cut("unbreakable", 4), "unb…");
        assert_eq!(cut("", 4), "");
        for length in 1..40 {
            assert!(cut(body, length).chars().count() <= length, "{length}");
        }
    }
}
