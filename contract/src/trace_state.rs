//! W3C Trace Context's `tracestate`: the data of other tracing systems. In: the headers of a request. Out: one
//! header value to pass on unchanged, or nothing if any of it is malformed (sections 3.3 and 4.3).

use http::{HeaderMap, HeaderValue};

use crate::headers::TRACESTATE;

/// List members at most (section 3.3.1.1).
const MAX_MEMBERS: usize = 32;
/// Characters of a value at most (section 3.3.1.3.2).
const MAX_VALUE: usize = 256;

/// The state in these headers, of which several are one list (RFC 9110, 5.3).
pub(crate) fn read(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut members = Vec::new();
    for value in headers.get_all(TRACESTATE) {
        let list = value.to_str().ok()?.split(',').map(|member| member.trim_matches([' ', '\t']));
        members.extend(list.filter(|member| !member.is_empty()));
    }
    let is_good = (1..=MAX_MEMBERS).contains(&members.len()) && members.iter().all(|member| is_member(member));
    is_good.then(|| HeaderValue::from_str(&members.join(","))).and_then(Result::ok)
}

/// `key=value` (section 3.3.1.3).
fn is_member(member: &str) -> bool {
    let Some((key, value)) = member.split_once('=') else { return false };
    let (tenant, system) = match key.split_once('@') {
        Some((tenant, system)) => (tenant, Some(system)),
        None => (key, None),
    };
    let is_name = |name: &str, most: usize| {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-*/".contains(&b);
        (1..=most).contains(&name.len()) && name.bytes().all(plain)
    };
    let is_key = match system {
        None => is_name(tenant, 256) && starts_with_letter(tenant),
        Some(system) => is_name(tenant, 241) && is_name(system, 14) && starts_with_letter(system),
    };
    let is_value = |b: u8| matches!(b, b' '..=b'~') && b != b',' && b != b'=';
    is_key && (1..=MAX_VALUE).contains(&value.len()) && value.bytes().all(is_value)
}

fn starts_with_letter(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed_on(values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(TRACESTATE, HeaderValue::from_str(value).unwrap());
        }
        read(&headers).map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn several_headers_are_one_list_in_their_order() {
        assert_eq!(passed_on(&["rojo=00f067aa0ba902b7"]).as_deref(), Some("rojo=00f067aa0ba902b7"));
        assert_eq!(passed_on(&["a=1, b=2\t,", "", "fw529a3039@dt=4"]).as_deref(), Some("a=1,b=2,fw529a3039@dt=4"));
        let long: Vec<String> = (0..32).map(|number| format!("k{number}={}", "v".repeat(40))).collect();
        let long = long.join(",");
        assert!(long.len() > 512);
        assert_eq!(passed_on(&[&long]), Some(long));
    }

    #[test]
    fn a_malformed_state_is_dropped() {
        let many = (0..33).map(|number| format!("k{number}=v")).collect::<Vec<_>>().join(",");
        for value in ["", " , ", "a", "a=", "A=1", "1a=1", "a=b=c", "a@=1", "@b=1", "a@b@c=1", "a b=1", &many] {
            assert_eq!(passed_on(&[value]), None, "{value}");
            assert_eq!(passed_on(&["good=1", value]).is_some(), value.trim_matches([' ', ',']).is_empty(), "{value}");
        }
    }
}
