//! Exact money: integer minor units of an ISO 4217 currency. Between services it is `{"amount": 1299, "currency": "EUR"}`;
//! the number of digits of the minor unit (JPY 0, EUR 2, KWD 3) belongs to the currency.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text;

/// A currency of ISO 4217 that has a minor unit (codes without one, such as gold and test codes, are rejected).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

/// Text that is not a currency code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not an ISO 4217 currency code such as `EUR`")]
pub struct CurrencyError;

/// An amount in minor units of its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Minor units: cents of a euro, yen of a yen.
    pub amount: i64,
    /// The currency whose minor units they are.
    pub currency: Currency,
}

impl Currency {
    /// The three letters.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Whether the currency is withdrawn, so that new prices must not use it.
    pub fn is_withdrawn(self) -> bool {
        // ISO 4217 still lists the Venezuelan bolívar as VES; VED is its second code.
        self.0.is_superseded().is_some() && self.0 != iso_currency::Currency::VES
    }

    /// Digits behind the decimal point: 0 to 4.
    pub fn digits(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(text: &str) -> Result<Self, CurrencyError> {
        iso_currency::Currency::from_code(text)
            .filter(|currency| currency.exponent().is_some() && currency.code() == text)
            .map(Self)
            .ok_or(CurrencyError)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::parse(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_know_their_digits() {
        let digits = |code: &str| code.parse::<Currency>().unwrap().digits();
        assert_eq!((digits("JPY"), digits("EUR"), digits("KWD")), (0, 2, 3));
    }

    #[test]
    fn withdrawn_currencies_are_known_as_such() {
        let is_withdrawn = |code: &str| code.parse::<Currency>().unwrap().is_withdrawn();
        assert!(["HRK", "BGN", "ZWL", "SLL", "CUC"].into_iter().all(is_withdrawn));
        assert!(!["EUR", "JPY", "SLE", "ZWG", "CUP", "VES", "VED", "XCG"].into_iter().any(is_withdrawn));
        assert_eq!("ANG".parse::<Currency>(), Err(CurrencyError));
    }

    #[test]
    fn only_upper_case_codes_of_currencies_with_a_minor_unit_are_accepted() {
        for text in ["eur", "EURO", "", "XAU", "XXX", "ZZZ"] {
            assert_eq!(text.parse::<Currency>(), Err(CurrencyError), "{text}");
        }
    }
}
