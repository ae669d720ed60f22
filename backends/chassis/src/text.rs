//! Rules for text that people write: nothing invisible, nothing that reverses the direction of the text around it. In: a
//! text. Out: nothing, or what is wrong with it. Source: Unicode Standard Annex 44 (Default_Ignorable_Code_Point,
//! Bidi_Control), Unicode Technical Standard 51 (joiners, variation selectors and tags in emoji).

use icu_properties::{
    CodePointSetData,
    props::{BidiControl, DefaultIgnorableCodePoint},
};

/// What is wrong with a text, as the end of a sentence that begins with its field.
pub type Verdict = Result<(), &'static str>;

const ZERO_WIDTH_NON_JOINER: char = '\u{200c}';
const ZERO_WIDTH_JOINER: char = '\u{200d}';

/// One line: not blank, without control characters, line separators, invisible characters and direction controls.
pub fn check_line(text: &str) -> Verdict {
    check_not_blank(text)?;
    if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err("must be one line without control characters");
    }
    check_visible(text)
}

/// Several lines: of control characters only line breaks and tabs, no invisible characters and no direction controls.
pub fn check_lines(text: &str) -> Verdict {
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err("must be without control characters other than line breaks and tabs");
    }
    check_visible(text)
}

/// Something other than white space.
pub fn check_not_blank(text: &str) -> Verdict {
    if text.trim().is_empty() { Err("must not be blank") } else { Ok(()) }
}

fn check_visible(text: &str) -> Verdict {
    let mut before = None;
    for c in text.chars() {
        if CodePointSetData::new::<BidiControl>().contains(c) {
            return Err("must be without characters that change the direction of text");
        }
        if is_invisible(c) && !before.is_some_and(|before| may_follow(c, before)) {
            return Err("must be without invisible characters");
        }
        before = Some(c);
    }
    Ok(())
}

fn is_invisible(c: char) -> bool {
    // The blank Braille pattern and the marks of interlinear annotations show nothing either.
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        || matches!(c, '\u{2800}' | '\u{fff9}'..='\u{fffb}')
}

/// Whether an invisible character has a meaning behind that one: it forms the characters beside it.
fn may_follow(c: char, before: char) -> bool {
    let is_visible = !before.is_whitespace() && !is_invisible(before);
    match c {
        // In emoji sequences, and between letters of Persian and Indic scripts.
        ZERO_WIDTH_JOINER | ZERO_WIDTH_NON_JOINER => !before.is_ascii() && (is_visible || is_variation(before)),
        _ if is_variation(c) => is_visible,
        // The flags of England, Scotland and Wales: a black flag and tags.
        '\u{e0020}'..='\u{e007f}' => matches!(before, '\u{1f3f4}' | '\u{e0020}'..='\u{e007e}'),
        _ => false,
    }
}

fn is_variation(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_all_scripts_and_emoji_is_accepted() {
        for text in [
            "A",
            "Ådа 🦀",
            "ليلى",
            "می\u{200c}خواهم",
            "ക്\u{200d}",
            "👩\u{200d}👩\u{200d}👧",
            "❤\u{fe0f}",
            "🏳\u{fe0f}\u{200d}🌈",
            "1\u{fe0f}\u{20e3}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "葛\u{e0100}",
            "e\u{301}",
            "한국",
        ] {
            assert_eq!((check_line(text), check_lines(text)), (Ok(()), Ok(())), "{text:?}");
        }
        assert_eq!(check_lines("one\ntwo\tthree\r\n"), Ok(()));
    }

    #[test]
    fn invisible_characters_and_direction_controls_are_refused() {
        let invisible = [
            '\u{ad}',
            '\u{34f}',
            '\u{115f}',
            '\u{17b4}',
            '\u{180b}',
            '\u{200b}',
            '\u{200c}',
            '\u{200d}',
            '\u{2060}',
            '\u{2064}',
            '\u{2800}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{fff9}',
            '\u{1d173}',
            '\u{e0041}',
            '\u{e0001}',
        ];
        let direction = ['\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}'];
        for c in invisible.into_iter().chain(direction) {
            for text in [c.to_string(), format!(" {c}"), format!("{c}a")] {
                assert!(check_line(&text).is_err() && check_lines(&text).is_err(), "{text:?}");
            }
        }
        for c in direction.into_iter().chain(['\u{200b}', '\u{ad}', '\u{2800}', '\u{feff}', '\u{200d}', '\u{e0067}']) {
            assert!(check_line(&format!("a{c}b")).is_err(), "{c:?} between letters");
        }
    }

    #[test]
    fn one_line_is_one_line() {
        for text in ["", " \u{a0}", "a\nb", "a\0", "a\u{85}b", "a\u{2028}b", "a\u{2029}b", "\u{3000}"] {
            assert!(check_line(text).is_err(), "{text:?}");
        }
        for text in ["a\0b", "a\u{1b}[2J"] {
            assert!(check_lines(text).is_err(), "{text:?}");
        }
    }
}
