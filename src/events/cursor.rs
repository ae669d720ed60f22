//! Cursors and positions as clients see them: opaque text. A position holds one place in the events of each service; the cursor
//! of a message is the place in the events of its own service. In: text from clients. Out: a place, or nothing.

use std::{collections::BTreeMap, str};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use contract::Position;

use crate::services::Service;

/// Longest text of a cursor or position, in bytes.
const MAX_BYTES: usize = 512;

/// The cursor behind an event.
pub(crate) fn of_event(service: Service, position: &Position) -> String {
    BASE64.encode(format!("{service}:{position}"))
}

/// The position with these places.
pub(crate) fn of_all(positions: &BTreeMap<Service, Position>) -> String {
    let places: Vec<String> = positions.iter().map(|(service, position)| format!("{service}:{position}")).collect();
    BASE64.encode(places.join(","))
}

/// The place in the events of `service`; `None` if the text is malformed or has no such place. Places of services that are not
/// known here are ignored: another version may know them.
pub(crate) fn place(text: &str, service: Service) -> Option<Position> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let bytes = BASE64.decode(text).ok()?;
    let mut found = None;
    for place in str::from_utf8(&bytes).ok()?.split(',') {
        let (name, position) = place.split_once(':')?;
        let position: Position = position.parse().ok()?;
        if name == service.name() && found.replace(position).is_some() {
            return None;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_a_cursor_and_a_position_name_the_place_of_their_service() {
        let at = |text: &str| text.parse::<Position>().unwrap();
        let cursor = of_event(Service::Post, &at("a:7"));
        assert_eq!(place(&cursor, Service::Post), Some(at("a:7")));
        assert_eq!(place(&cursor, Service::Order), None);
        let position = of_all(&BTreeMap::from([(Service::Post, at("a:7")), (Service::Order, at("b:0"))]));
        assert_eq!(
            (place(&position, Service::Post), place(&position, Service::Order)),
            (Some(at("a:7")), Some(at("b:0")))
        );
        assert_eq!(place(&position, Service::User), None);
    }

    #[test]
    fn malformed_text_is_no_cursor() {
        let encoded = |text: &str| BASE64.encode(text);
        for text in ["", "!", "post", &encoded(""), &encoded("post"), &encoded("post:a"), &encoded("post:a:-1")] {
            assert_eq!(place(text, Service::Post), None, "{text}");
        }
        assert_eq!(place(&encoded("post:a:1,post:a:2"), Service::Post), None, "two places of one service");
        assert_eq!(place(&encoded("later:x:1,post:a:1"), Service::Post), "a:1".parse().ok());
        assert_eq!(place(&encoded(&"x".repeat(600)), Service::Post), None);
    }
}
