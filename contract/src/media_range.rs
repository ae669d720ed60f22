//! Media types and media ranges with their parameters (RFC 9110, sections 8.3.1 and 12.5.1). In: a `Content-Type`, or an
//! element of `Accept`. Out: type and subtype, and the weight.

use http::{HeaderMap, header::ACCEPT};

/// A media type, or a range of media types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaRange {
    /// Type and subtype in lower case; a range has `*`.
    pub name: String,
    /// The weight `q` in thousandths.
    pub weight: u16,
    /// The other parameters, but for `charset`: names in lower case, values without quotation marks.
    pub parameters: Vec<(String, String)>,
}

impl MediaRange {
    /// A media range; `None` if its weight is malformed, or its charset is not UTF-8, which is the only one in use.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parameters = text.split(';').map(str::trim);
        let name = parameters.next()?.to_ascii_lowercase();
        let (mut weight, mut others) = (1000, Vec::new());
        for parameter in parameters {
            let Some((name, value)) = parameter.split_once('=') else { continue };
            match name.trim().to_ascii_lowercase().as_str() {
                "q" => {
                    let given = value.trim().parse::<f32>().ok().filter(|weight| (0.0..=1.0).contains(weight))?;
                    weight = (given * 1000.0).round() as u16;
                }
                "charset" if !value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8") => return None,
                "charset" => {}
                name => others.push((name.to_owned(), value.trim().trim_matches('"').to_owned())),
            }
        }
        Some(Self { name, weight, parameters: others })
    }

    /// The well-formed ranges of `Accept`; `None` if the header is absent or empty.
    pub fn accepted(headers: &HeaderMap) -> Option<Vec<Self>> {
        let lists = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let mut elements =
            lists.flat_map(|list| list.split(',')).filter(|element| !element.trim().is_empty()).peekable();
        elements.peek()?;
        Some(elements.filter_map(Self::parse).collect())
    }
}
