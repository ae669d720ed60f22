//! Validates text that users write: no invisible characters and no direction controls. In: a text. Out: nothing, or the
//! reason why it is invalid. Source: Unicode Standard Annex 44 (Default_Ignorable_Code_Point,
//! Bidi_Control), Unicode Technical Standard 51 (joiners, variation selectors and tags in emoji).

use icu_properties::{
    CodePointSetData,
    props::{BidiControl, DefaultIgnorableCodePoint, Emoji, Ideographic},
};

/// The result of a check; an error is the end of a sentence that begins with the field.
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

/// Not empty, and not white space only.
pub fn check_not_blank(text: &str) -> Verdict {
    if text.trim().is_empty() { Err("must not be blank") } else { Ok(()) }
}

fn check_visible(text: &str) -> Verdict {
    let characters: Vec<char> = text.chars().collect();
    for (place, &c) in characters.iter().enumerate() {
        if CodePointSetData::new::<BidiControl>().contains(c) {
            return Err("must be without characters that change the direction of text");
        }
        if is_invisible(c) && !forms_a_sequence(c, &characters[..place], &characters[place + 1..]) {
            return Err("must be without invisible characters");
        }
    }
    Ok(())
}

fn is_invisible(c: char) -> bool {
    // Blank glyphs that are not default ignorable: Braille, annotations, a music note head, Egyptian blanks.
    let is_blank = matches!(c, '\u{2800}' | '\u{fff9}'..='\u{fffb}' | '\u{1d159}' | '\u{13441}' | '\u{13442}');
    is_blank || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// Whether an invisible character forms one visible character with its neighbours.
fn forms_a_sequence(c: char, before: &[char], behind: &[char]) -> bool {
    let Some(&last) = before.last() else { return false };
    let is_emoji = |c: char| CodePointSetData::new::<Emoji>().contains(c);
    match c {
        ZERO_WIDTH_JOINER | ZERO_WIDTH_NON_JOINER => {
            let joins_emoji = c == ZERO_WIDTH_JOINER
                && (is_variation(last) || (is_emoji(last) && !last.is_ascii()))
                && behind.first().is_some_and(|&next| is_emoji(next) && !next.is_ascii());
            joins_emoji || uses_joiners(last)
        }
        // Keycaps: `1`, U+FE0F, U+20E3.
        '\u{fe0e}' | '\u{fe0f}' if last.is_ascii() => is_emoji(last) && behind.first() == Some(&'\u{20e3}'),
        '\u{fe0e}' | '\u{fe0f}' => is_emoji(last),
        _ if is_variation(c) => CodePointSetData::new::<Ideographic>().contains(last),
        // The flags of England, Scotland and Wales: a black flag, up to six tags, the end tag.
        '\u{e0020}'..='\u{e007f}' => {
            let tags = before.iter().rev().take_while(|c| matches!(c, '\u{e0020}'..='\u{e007e}')).count();
            let follow = behind.iter().take_while(|c| matches!(c, '\u{e0020}'..='\u{e007e}')).count();
            let is_of_flag = before.iter().rev().nth(tags) == Some(&'\u{1f3f4}');
            let is_ended = c == '\u{e007f}' || behind.get(follow) == Some(&'\u{e007f}');
            is_of_flag && is_ended && tags + follow < 7
        }
        _ => false,
    }
}

/// Whether the script of a letter uses joiners: Arabic and related scripts, Indic scripts, Myanmar, Khmer.
fn uses_joiners(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17b3}')
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
    fn invisible_characters_outside_of_a_sequence_are_refused() {
        for text in [
            "ada\u{fe0f}",
            "\u{e9}\u{fe0f}",
            "\u{e9}\u{200d}",
            "🦀\u{200d}",
            "a\u{e0100}",
            "1\u{fe0f}",
            "🏴\u{e0067}\u{e0062}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e0067}\u{e0067}\u{e007f}",
            "🦀\u{e0067}\u{e007f}",
            "a\u{1d159}b",
            "a\u{13441}b",
        ] {
            assert!(check_line(text).is_err() && check_lines(text).is_err(), "{text:?}");
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
