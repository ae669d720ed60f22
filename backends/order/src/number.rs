//! The order number for people, such as `T-7K3M-9QX2-PD4W`: the last 60 bits of the order's id in Crockford's base32 (no I,
//! L, O, U). In: an id. Out: its number, always the same.

use contract::OrderId;

const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The order's number. The bits are random (RFC 9562, section 5.7: the end of `rand_b`); a unique index rejects collisions.
pub(crate) fn of(id: OrderId) -> String {
    let text = id.to_string();
    // Fifteen hex digits; an id is 4 characters and 32 hex digits long.
    let bits = u64::from_str_radix(&text[text.len() - 15..], 16).unwrap_or_default();
    let mut number = String::from("T");
    for place in (0..12).rev() {
        if place % 4 == 3 {
            number.push('-');
        }
        number.push(char::from(DIGITS[(bits >> (place * 5)) as usize & 31]));
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_made_of_the_ids_last_bits() {
        let number = |last: &str| of(format!("ord_018bcfe5680070008{last}").parse().unwrap());
        assert_eq!(number("000000000000000"), "T-0000-0000-0000");
        assert_eq!(number("000000000000021"), "T-0000-0000-0011");
        assert_eq!(number("fffffffffffffff"), "T-ZZZZ-ZZZZ-ZZZZ");
    }
}
