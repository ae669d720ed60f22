//! Content negotiation between the two media types of GraphQL over HTTP. In: the `Accept` headers. Out: the type that the
//! client ranks highest, or none. Source: GraphQL-over-HTTP draft, "Accept"; RFC 9110, section 12.5.1.

use std::cmp::Reverse;

use contract::MediaRange;
use http::{HeaderMap, HeaderValue};

/// The media type of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// `application/graphql-response+json`: the status depends on the outcome.
    GraphqlResponse,
    /// `application/json`: for older clients, which read a body only under 200.
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

    /// The media type that the client ranks highest; `None` if it accepts neither. Without `Accept`, and where only wildcards
    /// match both, it is `application/json`. The most specific range that matches a type sets its weight.
    pub fn accepted(headers: &HeaderMap) -> Option<Self> {
        let Some(ranges) = MediaRange::accepted(headers) else { return Some(Self::Json) };
        let candidates = [Self::Json, Self::GraphqlResponse].into_iter();
        let ranked = candidates.filter_map(|media_type| Some((media_type.rank(&ranges)?, media_type)));
        ranked.max_by_key(|(rank, media_type)| (*rank, *media_type == Self::Json)).map(|(_, media_type)| media_type)
    }

    /// The rank of the most specific range that matches; `None` if none does, or its weight is 0.
    fn rank(self, ranges: &[MediaRange]) -> Option<Rank> {
        let name = match self {
            Self::GraphqlResponse => "application/graphql-response+json",
            Self::Json => "application/json",
        };
        let mut by_specificity = ["*/*", "application/*", name].into_iter().enumerate().rev();
        let rank = by_specificity.find_map(|(specificity, name)| {
            let position = ranges.iter().position(|range| range.name == name)?;
            Some(Rank { weight: ranges[position].weight, specificity, position: Reverse(position) })
        });
        rank.filter(|rank| rank.weight > 0)
    }
}

/// How the messages of a subscription are written to a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamType {
    /// `text/event-stream`
    Sse,
    /// `multipart/mixed;subscriptionSpec=1.0`
    Multipart,
}

impl StreamType {
    /// The stream that the client ranks highest, of equal ones the first; `None` if it accepts none. A client that accepts
    /// everything, or says nothing, accepts Server-Sent Events.
    pub fn accepted(headers: &HeaderMap) -> Option<Self> {
        let Some(ranges) = MediaRange::accepted(headers) else { return Some(Self::Sse) };
        let named = ranges.iter().filter_map(|range| Some((range.weight, Self::named(range)?)));
        // Of equal ones, `max_by_key` returns the last.
        let best = named.filter(|(weight, _)| *weight > 0).rev().max_by_key(|(weight, _)| *weight);
        let accepts_all = || ranges.iter().any(|range| range.weight > 0 && matches!(&*range.name, "*/*" | "text/*"));
        best.map(|(_, stream)| stream).or_else(|| accepts_all().then_some(Self::Sse))
    }

    fn named(range: &MediaRange) -> Option<Self> {
        let has_spec = || range.parameters.iter().any(|(name, value)| name == "subscriptionspec" && value == "1.0");
        match range.name.as_str() {
            "text/event-stream" => Some(Self::Sse),
            "multipart/mixed" if has_spec() => Some(Self::Multipart),
            _ => None,
        }
    }
}

/// How a client ranks a media type: by weight, then by the specificity of the range, then by its position in the list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    weight: u16,
    specificity: usize,
    position: Reverse<usize>,
}

#[cfg(test)]
mod tests {
    use http::header::ACCEPT;

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
