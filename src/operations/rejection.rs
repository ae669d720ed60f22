//! Why an operation is rejected: one code, and violations with their locations.
//!
//! In: violations found by the scanner, the validator, the coercion, the flattener. Out: a value that transports write
//! as `errors`. Messages are our own or the compiler's display text, bounded in number and length.

use std::fmt;

/// Violations that one rejection reports; the others are only counted.
const REPORTED: usize = 10;
/// Characters of one message.
const MESSAGE_LENGTH: usize = 300;
/// Characters of one word in a message: a name of a megabyte is not echoed.
const WORD_LENGTH: usize = 64;

/// The code of a rejection, as it appears in `errors[].extensions.code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RejectionCode {
    /// The text is not a GraphQL document.
    ParseFailed,
    /// The document breaks a rule of the specification's section 5, or a scalar's literal is not one.
    ValidationFailed,
    /// No operation of that name, or no name although there are several operations.
    OperationResolutionFailed,
    /// A variable's value is not of its type.
    VariableCoercionFailed,
    /// More lexical tokens than allowed.
    TooManyTokens,
    /// More fields than allowed once flattened.
    TooManyFields,
    /// Nested deeper than allowed.
    TooDeep,
    /// More aliases than allowed.
    TooManyAliases,
    /// More directives than allowed.
    TooManyDirectives,
    /// More fields at the root than allowed.
    TooManyRootFields,
    /// Costlier than allowed.
    TooCostly,
}

impl RejectionCode {
    /// The code as clients see it, for example `GRAPHQL_PARSE_FAILED`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::OperationResolutionFailed => "OPERATION_RESOLUTION_FAILED",
            Self::VariableCoercionFailed => "VARIABLE_COERCION_FAILED",
            Self::TooManyTokens => "TOO_MANY_TOKENS",
            Self::TooManyFields => "TOO_MANY_FIELDS",
            Self::TooDeep => "QUERY_TOO_DEEP",
            Self::TooManyAliases => "TOO_MANY_ALIASES",
            Self::TooManyDirectives => "TOO_MANY_DIRECTIVES",
            Self::TooManyRootFields => "TOO_MANY_ROOT_FIELDS",
            Self::TooCostly => "QUERY_TOO_COSTLY",
        }
    }
}

/// A place in the document's text; both numbers start at 1, columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Location {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// One reason for a rejection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// A sentence for the client's engineer, at most 300 characters.
    pub message: String,
    /// Locations in the document; empty for variables and limits.
    pub locations: Vec<Location>,
}

impl Violation {
    /// A violation, and its place where there is one; the message is cut to a readable length.
    pub(crate) fn new(message: &str, location: Option<Location>) -> Self {
        Self { message: readable(message), locations: location.into_iter().collect() }
    }
}

/// A document, operation or set of variables that may not run. Never empty; at most ten violations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    code: RejectionCode,
    violations: Vec<Violation>,
}

impl Rejection {
    /// A rejection with one violation that has no place in the text.
    pub(crate) fn new(code: RejectionCode, message: impl Into<String>) -> Self {
        Self { code, violations: vec![Violation::new(&message.into(), None)] }
    }

    /// A rejection with all violations, cut to a readable number; `None` if there are none.
    pub(crate) fn of(code: RejectionCode, found: impl IntoIterator<Item = Violation>) -> Option<Self> {
        let mut found = found.into_iter();
        let mut violations: Vec<_> = found.by_ref().take(REPORTED).collect();
        let unreported = found.count();
        if let (1.., Some(last)) = (unreported, violations.last_mut()) {
            let more = unreported + 1;
            *last = Violation::new(&format!("{more} more errors are not shown."), None);
        }
        (!violations.is_empty()).then_some(Self { code, violations })
    }

    /// The one code that all violations share.
    pub fn code(&self) -> RejectionCode {
        self.code
    }

    /// The violations, in the order of the document: one to ten.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Bytes held, for the cache's account.
    pub(crate) fn bytes(&self) -> usize {
        let texts: usize = self.violations.iter().map(|v| v.message.len()).sum();
        texts + self.violations.len() * (size_of::<Violation>() + size_of::<Location>())
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code.as_str())?;
        for violation in &self.violations {
            write!(f, ": {}", violation.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Rejection {}

/// Cuts long words and long messages, and turns control characters into spaces.
fn readable(message: &str) -> String {
    let mut text = String::with_capacity(message.len().min(MESSAGE_LENGTH));
    let (mut length, mut word) = (0, 0);
    for character in message.chars() {
        let character = if character.is_control() { ' ' } else { character };
        word = if character.is_alphanumeric() || character == '_' { word + 1 } else { 0 };
        if word == WORD_LENGTH {
            text.push('…');
        }
        if word >= WORD_LENGTH {
            continue;
        }
        if length == MESSAGE_LENGTH {
            text.push('…');
            break;
        }
        text.push(character);
        length += 1;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_huge_name_is_not_echoed() {
        let message = format!("no field {} here", "x".repeat(100_000));
        let rejection = Rejection::new(RejectionCode::ValidationFailed, message);
        let shown = &rejection.violations()[0].message;
        assert!(shown.ends_with("… here") && shown.chars().count() < 100, "{shown}");
    }

    #[test]
    fn a_message_is_cut_at_its_length() {
        let rejection = Rejection::new(RejectionCode::ValidationFailed, "a b ".repeat(1_000));
        assert_eq!(rejection.violations()[0].message.chars().count(), MESSAGE_LENGTH + 1);
    }

    #[test]
    fn control_characters_do_not_reach_a_client() {
        let rejection = Rejection::new(RejectionCode::ParseFailed, "a\u{1b}[31m\r\nb");
        assert_eq!(rejection.violations()[0].message, "a [31m  b");
    }

    #[test]
    fn errors_beyond_ten_are_counted() {
        let found = (0..25).map(|number| Violation::new(&format!("error {number}"), None));
        let rejection = Rejection::of(RejectionCode::ValidationFailed, found).unwrap();
        assert_eq!(rejection.violations().len(), 10);
        assert_eq!(rejection.violations()[9].message, "16 more errors are not shown.");
        assert_eq!(Rejection::of(RejectionCode::ValidationFailed, []), None);
    }
}
