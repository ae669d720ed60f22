//! Which of the two media types of GraphQL over HTTP an answer gets. In: the `Accept` headers. Out: the type that the
//! client ranks highest, or none. Source: GraphQL-over-HTTP draft, "Accept"; RFC 9110, section 12.5.1.

use std::cmp::Reverse;

use http::{HeaderMap, HeaderValue, header::ACCEPT};

/// The media type of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// `application/graphql-response+json`: the status says how it went.
    GraphqlResponse,
    /// `application/json`: for older clients, which take anything but 200 for a broken network.
    Json,
}

impl MediaType {
    /// As a `Content-Type`.
    pub fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        })
    }

    /// What the client accepts best; `None` if neither. Without the header, and where only wildcards speak of both, it is
    /// `application/json`. The range that names a type most exactly decides on it.
    pub fn accepted(headers: &HeaderMap) -> Option<Self> {
        let ranges: Vec<_> = ranges(headers).collect();
        if lists(headers).all(|range| range.trim().is_empty()) {
            return Some(Self::Json);
        }
        let candidates = [Self::Json, Self::GraphqlResponse].into_iter().filter_map(|media_type| {
            let (exactness, place, weight) = media_type.ranked(&ranges)?;
            // Of equal weights the one that is named comes first, then the one that is named earlier.
            (weight > 0).then_some((weight, exactness, Reverse(place), media_type))
        });
        let best = candidates.max_by_key(|(weight, exactness, place, media_type)| {
            (*weight, *exactness, *place, *media_type == Self::Json)
        });
        best.map(|(.., media_type)| media_type)
    }

    /// The most exact range that it falls into: how exact, its place, its weight.
    fn ranked(self, ranges: &[(String, u16)]) -> Option<(usize, usize, u16)> {
        let name = match self {
            Self::GraphqlResponse => "application/graphql-response+json",
            Self::Json => "application/json",
        };
        let mut places = ["*/*", "application/*", name].into_iter().enumerate().rev();
        places.find_map(|(exactness, range)| {
            let place = ranges.iter().position(|(name, _)| name == range)?;
            Some((exactness, place, ranges[place].1))
        })
    }
}

/// The media ranges of `Accept` in lower case, each with its weight in thousandths; those that are malformed, or ask for
/// another charset than UTF-8, are not among them.
pub fn ranges(headers: &HeaderMap) -> impl Iterator<Item = (String, u16)> {
    lists(headers).filter_map(range)
}

fn lists(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lists = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(','))
}

fn range(range: &str) -> Option<(String, u16)> {
    let mut parameters = range.split(';').map(str::trim);
    let name = parameters.next()?.to_ascii_lowercase();
    let mut weight = 1000;
    for parameter in parameters {
        let Some((name, value)) = parameter.split_once('=') else { continue };
        match name.trim().to_ascii_lowercase().as_str() {
            "q" => {
                let given = value.trim().parse::<f32>().ok().filter(|weight| (0.0..=1.0).contains(weight))?;
                weight = (given * 1000.0).round() as u16;
            }
            // Nothing but UTF-8 is ever sent.
            "charset" if !value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8") => return None,
            _ => {}
        }
    }
    Some((name, weight))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_ranked_of_the_two_types_is_chosen() {
        use MediaType::{GraphqlResponse, Json};
        for (accept, expected) in [
            ("application/graphql-response+json", Some(GraphqlResponse)),
            ("application/json", Some(Json)),
            ("*/*", Some(Json)),
            ("application/*", Some(Json)),
            ("Application/GraphQL-Response+JSON; charset=UTF-8", Some(GraphqlResponse)),
            ("application/graphql-response+json, application/json;q=0.9", Some(GraphqlResponse)),
            ("application/json;q=0.5, application/graphql-response+json;q=0.4", Some(Json)),
            (
                "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed",
                Some(GraphqlResponse),
            ),
            ("application/json;q=0", None),
            ("application/json; charset=latin-1", None),
            ("text/html", None),
            ("", Some(Json)),
            ("application/json, */*;q=0", Some(Json)),
            ("application/*;q=0, application/json", Some(Json)),
            ("application/*;q=0", None),
            ("application/json;q=0, */*", Some(GraphqlResponse)),
            ("application/json, */*", Some(Json)),
            ("text/html, application/xhtml+xml, */*;q=0.8", Some(Json)),
            ("application/json;q=0.5, application/graphql-response+json", Some(GraphqlResponse)),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(MediaType::accepted(&headers), expected, "{accept}");
        }
        assert_eq!(MediaType::accepted(&HeaderMap::new()), Some(Json));
    }
}
