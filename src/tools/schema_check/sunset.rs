//! The sunset of schema elements: `@deprecated(reason: "… sunset 2027-06-30")` on a field, an argument, an enum value or an input field.
//! In: a schema. Out: the deprecation of each element, by coordinate. After the day of the sunset the element may be removed.

use std::collections::BTreeMap;

use apollo_compiler::{
    Schema,
    ast::{DirectiveList, FieldDefinition, InputValueDefinition},
    schema::ExtendedType,
};
use jiff::civil::Date;

use super::{change::Change, named_types::is_own};

/// The deprecation of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Deprecation {
    /// Not deprecated.
    None,
    /// Deprecated without a date.
    Undated,
    /// It may be removed after that day.
    Sunset(Date),
    /// The word after `sunset` is no date.
    Malformed(String),
}

/// The deprecation of every element of a schema.
pub(crate) fn deprecations(schema: &Schema) -> BTreeMap<String, Deprecation> {
    let mut found = BTreeMap::new();
    for (name, ty) in schema.types.iter().filter(|(name, _)| is_own(name)) {
        match ty {
            ExtendedType::Object(object) => of_fields(name, object.fields.values().map(|it| &**it), &mut found),
            ExtendedType::Interface(it) => of_fields(name, it.fields.values().map(|it| &**it), &mut found),
            ExtendedType::InputObject(it) => {
                of_values(it.fields.values().map(|it| &**it), |field| format!("{name}.{field}"), &mut found);
            }
            ExtendedType::Enum(it) => found.extend(
                it.values.iter().map(|(value, definition)| (format!("{name}.{value}"), of(&definition.directives))),
            ),
            ExtendedType::Scalar(_) | ExtendedType::Union(_) => {}
        }
    }
    for (name, directive) in &schema.directive_definitions {
        let arguments = directive.arguments.iter().map(|it| &**it);
        of_values(arguments, |argument| format!("@{name}({argument}:)"), &mut found);
    }
    found
}

/// Changes in the deprecation of elements that exist in both schemas.
pub(crate) fn changes(old: &BTreeMap<String, Deprecation>, new: &BTreeMap<String, Deprecation>) -> Vec<Change> {
    use Deprecation::{None as Stays, Sunset};
    let change = |coordinate: &String, old: &Deprecation, new: &Deprecation| match (old, new) {
        (old, new) if old == new => None,
        (Sunset(before), Sunset(after)) if after < before => {
            Some(Change::dangerous(coordinate, format!("has its sunset on {after}, no longer on {before}")))
        }
        (Stays, Sunset(date)) => Some(Change::safe(coordinate, format!("was deprecated, with its sunset on {date}"))),
        (_, Sunset(date)) => Some(Change::safe(coordinate, format!("has its sunset on {date} now"))),
        (Stays, _) => Some(Change::safe(coordinate, "was deprecated, without a sunset")),
        (_, Stays) => Some(Change::safe(coordinate, "is deprecated no longer")),
        (Sunset(_), _) => Some(Change::safe(coordinate, "has no sunset any more")),
        _ => None,
    };
    old.iter().filter_map(|(coordinate, old)| change(coordinate, old, new.get(coordinate)?)).collect()
}

/// Parses a date of the form `2027-06-30`.
pub fn date(text: &str) -> Option<Date> {
    let shape: String = text.chars().map(|it| if it.is_ascii_digit() { '0' } else { it }).collect();
    (shape == "0000-00-00").then(|| text.parse().ok()).flatten()
}

fn of_fields<'a>(
    ty: &str,
    fields: impl Iterator<Item = &'a FieldDefinition>,
    found: &mut BTreeMap<String, Deprecation>,
) {
    for field in fields {
        let coordinate = format!("{ty}.{}", field.name);
        let arguments = field.arguments.iter().map(|it| &**it);
        of_values(arguments, |argument| format!("{coordinate}({argument}:)"), found);
        found.insert(coordinate, of(&field.directives));
    }
}

fn of_values<'a>(
    values: impl Iterator<Item = &'a InputValueDefinition>,
    coordinate: impl Fn(&str) -> String,
    found: &mut BTreeMap<String, Deprecation>,
) {
    found.extend(values.map(|value| (coordinate(&value.name), of(&value.directives))));
}

fn of(directives: &DirectiveList) -> Deprecation {
    let Some(deprecated) = directives.get("deprecated") else { return Deprecation::None };
    let reason = deprecated.specified_argument_by_name("reason").and_then(|reason| reason.as_str());
    let reason = reason.unwrap_or_default();
    let mut words = reason.split_whitespace().map(|word| word.trim_matches(|it: char| !it.is_alphanumeric()));
    if !words.by_ref().any(|word| word.eq_ignore_ascii_case("sunset")) {
        return Deprecation::Undated;
    }
    let word = words.find(|word| !word.is_empty()).unwrap_or_default();
    date(word).map_or_else(|| Deprecation::Malformed(word.to_owned()), Deprecation::Sunset)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_reason(reason: &str) -> Deprecation {
        let sdl = format!("type Query {{ a: Int @deprecated(reason: {reason:?}) b: Int }}");
        let schema = Schema::parse_and_validate(sdl, "schema.graphql").unwrap();
        assert_eq!(deprecations(&schema)["Query.b"], Deprecation::None);
        deprecations(&schema)["Query.a"].clone()
    }

    #[test]
    fn a_sunset_is_the_date_behind_the_word() {
        let day = Deprecation::Sunset(date("2027-06-30").unwrap());
        for reason in ["Use b. sunset 2027-06-30", "Sunset: 2027-06-30.", "(sunset 2027-06-30), was 2020-01-01"] {
            assert_eq!(of_reason(reason), day, "{reason}");
        }
        assert_eq!(of_reason("Use b since 2027-06-30"), Deprecation::Undated);
        for (reason, word) in [("sunset 2027-02-30", "2027-02-30"), ("sunset 30.6.2027", "30.6.2027"), ("sunset", "")] {
            assert_eq!(of_reason(reason), Deprecation::Malformed(word.to_owned()), "{reason}");
        }
    }

    #[test]
    fn a_day_has_one_form() {
        assert!(date("2027-06-30").is_some());
        for text in ["", "20270630", "2027-6-30", "2027-13-01", "2027-06-30T00:00", "+002027-06-30"] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
