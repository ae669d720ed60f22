//! Money between minor units, as the services count it, and exact decimal text, as the schema shows it.

use async_graphql::{InputObject, Object};
use contract::{Currency, Money as Minor};
use serde::Deserialize;

use super::{
    directives,
    scalars::{CurrencyCode, Decimal},
    table::{Computed, Member, Origin, Plain, Record, Resolved, Table, Value, read},
};
use crate::clients::Form;

/// An exact amount of money; made into text only when it is selected.
#[derive(Clone, Copy, Deserialize)]
#[serde(transparent)]
pub struct Money(Minor);

/// An exact amount of money.
#[derive(InputObject)]
pub struct MoneyInput {
    /// The amount, with at most the currency's number of digits.
    amount: Decimal,
    /// The currency.
    currency: CurrencyCode,
}

/// An exact amount of money.
#[Object(directive = directives::cache_control::apply(directives::MINUTE, None))]
impl Money {
    /// The amount, with the currency's number of digits.
    async fn amount(&self) -> Decimal {
        Decimal(to_text(self.0.amount, self.0.currency))
    }

    /// The currency.
    async fn currency(&self) -> CurrencyCode {
        CurrencyCode(self.0.currency)
    }
}

impl Record for Money {
    fn table() -> &'static Table {
        static TABLE: Table = Table {
            name: "Money",
            tag: None,
            // The first is the number of minor units, which the schema does not show.
            members: &[Member::of::<i64>("amount", true), Member::of::<CurrencyCode>("currency", false)],
            fields: &[Resolved {
                name: "amount",
                origin: Origin::Computed(Computed {
                    needs: &["amount", "currency"],
                    cost: 0,
                    compute: |members, _| {
                        let text = to_text(read(members.first())?, read(members.get(1))?);
                        Ok(Value { json: format!("\"{text}\""), text: 0 })
                    },
                }),
            }],
        };
        &TABLE
    }
}

impl Plain for Money {
    const FORM: Form = Form::Object;
    const TABLE: Option<fn() -> &'static Table> = Some(Self::table);
}

impl MoneyInput {
    /// The amount in minor units.
    ///
    /// # Errors
    /// More digits than the currency has, or more money than a 64-bit count of minor units; as the end of a sentence.
    pub fn minor_units(&self) -> Result<Minor, String> {
        let CurrencyCode(currency) = self.currency;
        Ok(Minor { amount: from_text(&self.amount.0, currency)?, currency })
    }
}

fn to_text(amount: i64, currency: Currency) -> String {
    let digits = currency.digits() as usize;
    if digits == 0 {
        return amount.to_string();
    }
    let sign = if amount < 0 { "-" } else { "" };
    let scale = 10_u64.pow(currency.digits());
    let (whole, fraction) = (amount.unsigned_abs() / scale, amount.unsigned_abs() % scale);
    format!("{sign}{whole}.{fraction:0digits$}")
}

fn from_text(text: &str, currency: Currency) -> Result<i64, String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = currency.digits() as usize;
    if fraction.len() > digits {
        return Err(format!("has more than the {digits} decimal places of {currency}"));
    }
    format!("{whole}{fraction:0<digits$}").parse().map_err(|_| "is too large".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn amounts_are_written_with_their_currency_s_digits_and_read_back() {
        for (amount, code, text) in [
            (1299, "EUR", "12.99"),
            (5, "EUR", "0.05"),
            (-5, "EUR", "-0.05"),
            (1299, "JPY", "1299"),
            (1299, "KWD", "1.299"),
            (i64::MIN, "EUR", "-92233720368547758.08"),
            (i64::MAX, "JPY", "9223372036854775807"),
        ] {
            assert_eq!(to_text(amount, currency(code)), text);
            assert_eq!(from_text(text, currency(code)), Ok(amount), "{text} {code}");
        }
        assert_eq!(from_text("12", currency("EUR")), Ok(1200));
        assert_eq!(from_text("12.9", currency("EUR")), Ok(1290));
    }

    #[test]
    fn too_many_digits_and_too_much_money_are_refused() {
        assert_eq!(from_text("1.0", currency("JPY")), Err("has more than the 0 decimal places of JPY".into()));
        assert_eq!(from_text("1.000", currency("EUR")), Err("has more than the 2 decimal places of EUR".into()));
        assert_eq!(from_text("92233720368547758.08", currency("EUR")), Err("is too large".into()));
    }
}
