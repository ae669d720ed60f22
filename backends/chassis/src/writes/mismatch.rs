//! Why JSON does not fit a type, in words for the client: nothing of Rust in them. In: what serde finds. Out: the path
//! of the member and what is wrong with it.

use std::fmt::{self, Display};

use serde::de::{Error, Expected, Unexpected};

/// What is wrong, and with which member of the place where it was found, if not with the place itself.
#[derive(Debug)]
pub(super) struct Mismatch {
    member: Option<&'static str>,
    issue: String,
}

impl Mismatch {
    fn here(issue: impl Into<String>) -> Self {
        Self { member: None, issue: issue.into() }
    }

    /// The path from the body to the member, empty for the body itself; and the issue.
    pub(super) fn at(self, place: &serde_path_to_error::Path) -> (String, String) {
        let place = if place.iter().len() == 0 { String::new() } else { place.to_string() };
        let path = match self.member {
            Some(member) if place.is_empty() => member.to_owned(),
            Some(member) => format!("{place}.{member}"),
            None => place,
        };
        (path, self.issue)
    }
}

impl Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.issue)
    }
}

impl std::error::Error for Mismatch {}

impl Error for Mismatch {
    /// Our own types' words: what is no id, no currency.
    fn custom<T: Display>(message: T) -> Self {
        Self::here(message.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::here(wanted(&expected.to_string()))
    }

    fn invalid_value(found: Unexpected<'_>, _: &dyn Expected) -> Self {
        let is_number = matches!(found, Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_));
        Self::here(if is_number { "is out of range" } else { "is not valid" })
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self::here("is not of the right length")
    }

    fn unknown_variant(_: &str, variants: &'static [&'static str]) -> Self {
        Self::here(format!("must be one of: {}", variants.join(", ")))
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self::here("has a member that is not known")
    }

    fn missing_field(member: &'static str) -> Self {
        Self { member: Some(member), issue: "is missing".into() }
    }

    fn duplicate_field(member: &'static str) -> Self {
        Self { member: Some(member), issue: "is there more than once".into() }
    }
}

/// What serde's visitors expect, in JSON's words.
fn wanted(expected: &str) -> &'static str {
    match expected {
        "a string" => "must be a string",
        "a boolean" => "must be true or false",
        "a sequence" => "must be an array",
        "a map" => "must be an object",
        "i8" | "i16" | "i32" | "i64" | "isize" | "u8" | "u16" | "u32" | "u64" | "usize" => "must be a whole number",
        "f32" | "f64" => "must be a number",
        _ if expected.starts_with("struct ") => "must be an object",
        _ if expected.starts_with("enum ") => "must be a string",
        _ => "is not valid",
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU8;

    use serde::Deserialize;

    use super::super::json::Json;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Colour {
        Red,
        DarkBlue,
    }

    #[derive(Debug, Deserialize)]
    struct Dot {
        x: i32,
        colour: Option<Colour>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only whether they can be read is asked")]
    struct Drawing {
        name: String,
        #[serde(default)]
        dots: Vec<Dot>,
        scale: Option<f32>,
        shown: Option<bool>,
        pens: Option<NonZeroU8>,
    }

    fn read(body: &str) -> Result<Drawing, (String, String)> {
        let json: Json = serde_json::from_str(body).unwrap();
        serde_path_to_error::deserialize(json).map_err(|error| {
            let path = error.path().clone();
            error.into_inner().at(&path)
        })
    }

    #[test]
    fn what_fits_is_read() {
        let body = r#"{"more": [{}], "name": "n", "dots": [{"x": -1, "colour": "dark_blue"}, {"x": 2}], "scale": 2}"#;
        let drawing = read(body).unwrap();
        assert_eq!((drawing.name.as_str(), drawing.dots[0].x, drawing.dots.len()), ("n", -1, 2));
        assert!(matches!(drawing.dots[0].colour, Some(Colour::DarkBlue)));
        assert_eq!((drawing.scale, drawing.shown), (Some(2.0), None));
    }

    #[test]
    fn every_mismatch_says_where_and_what_in_our_words() {
        for (body, path, issue) in [
            (r#"["n"]"#, "", "must be an object"),
            ("null", "", "must be an object"),
            ("{}", "name", "is missing"),
            (r#"{"name": null}"#, "name", "must be a string"),
            (r#"{"name": "n", "name": "m"}"#, "name", "is there more than once"),
            (r#"{"name": "n", "dots": {}}"#, "dots", "must be an array"),
            (r#"{"name": "n", "dots": [{"x": 1}, [1, null]]}"#, "dots[1]", "must be an object"),
            (r#"{"name": "n", "dots": [{}]}"#, "dots[0].x", "is missing"),
            (r#"{"name": "n", "dots": [{"x": 1.5}]}"#, "dots[0].x", "must be a whole number"),
            (r#"{"name": "n", "dots": [{"x": 3000000000}]}"#, "dots[0].x", "is out of range"),
            (
                r#"{"name": "n", "dots": [{"x": 1, "colour": "blue"}]}"#,
                "dots[0].colour",
                "must be one of: red, dark_blue",
            ),
            (r#"{"name": "n", "dots": [{"x": 1, "colour": {"red": null}}]}"#, "dots[0].colour", "must be a string"),
            (r#"{"name": "n", "scale": "2"}"#, "scale", "must be a number"),
            (r#"{"name": "n", "shown": 1}"#, "shown", "must be true or false"),
            (r#"{"name": "n", "pens": "1"}"#, "pens", "is not valid"),
        ] {
            let found = read(body).unwrap_err();
            assert_eq!((found.0.as_str(), found.1.as_str()), (path, issue), "{body}");
        }
    }
}
