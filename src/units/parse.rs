//! What a person typed, as a value, or one sentence saying what to do about it.

use alloy_primitives::{Address, U256};

use super::Bps;

/// Why a text is not the value that was asked for. Its `Display` is the sentence under the field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// Nothing was typed.
    #[error("Fill this in")]
    Empty,
    /// A character that no number holds.
    #[error("Use digits and one point only")]
    NotANumber,
    /// More decimals than the unit has.
    #[error("At most {0} decimals")]
    TooPrecise(u8),
    /// More than 100 %, or more than fits a 256-bit integer.
    #[error("At most {0}")]
    TooLarge(&'static str),
    /// Not forty hexadecimal digits.
    #[error("{}", match got { 0..42 => format!("Too short: {got} of 42 characters"), _ => format!("Too long: {got} of 42 characters") })]
    AddressLength {
        /// Characters typed.
        got: usize,
    },
    /// Forty-two characters, but not `0x` and hexadecimal digits.
    #[error("An address begins with 0x and holds the digits 0-9 and a-f only")]
    NotAnAddress,
    /// Mixed case whose checksum (EIP-55) is wrong.
    #[error("Checksum does not match. Copy it again")]
    Checksum,
    /// Nobody holds the key of the zero address.
    #[error("The zero address would lose it. Enter an address you control")]
    ZeroAddress,
}

/// What may stand between groups of three digits.
const SEPARATORS: [char; 4] = [',', ' ', '\u{a0}', '_'];

/// A decimal number as an integer of `decimals` places. What groups its digits is dropped.
fn decimal(text: &str, decimals: u8, limit: &'static str) -> Result<U256, InputError> {
    let text: String = text.trim().chars().filter(|c| !SEPARATORS.contains(c)).collect();
    if text.is_empty() {
        return Err(InputError::Empty);
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    if !(whole.len() + fraction.len() > 0
        && whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()))
    {
        return Err(InputError::NotANumber);
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > usize::from(decimals) {
        return Err(InputError::TooPrecise(decimals));
    }
    let digits = format!("{whole}{fraction:0<width$}", width = usize::from(decimals));
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        Ok(U256::ZERO)
    } else {
        digits.parse().map_err(|_overflow| InputError::TooLarge(limit))
    }
}

/// A commission in per cent, with or without its sign: `"6.5"` and `"6.50 %"` are 650 basis points.
pub fn bps(text: &str) -> Result<Bps, InputError> {
    let text = text.trim();
    let text = text.strip_suffix('%').unwrap_or(text).trim();
    // a decimal comma must not make a commission of 6.5 % one of 65 %, nor a blank one of 1 % one of 15 %
    if text.contains(SEPARATORS) {
        return Err(InputError::NotANumber);
    }
    let hundredths = decimal(text, 2, "100 %")?;
    u16::try_from(hundredths).ok().and_then(Bps::new).ok_or(InputError::TooLarge("100 %"))
}

/// A token amount in its unit: `1,000.5` or `1 000.5`. Commas and blanks only where thousands are grouped: a decimal
/// comma must not make half a token five, nor a blank one and five tokens fifteen.
pub fn amount(text: &str, decimals: u8) -> Result<U256, InputError> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.split(SEPARATORS);
    let first = groups.next().unwrap_or_default().len();
    let grouped = whole.contains(SEPARATORS);
    if grouped && (first == 0 || first > 3 || !groups.all(|group| group.len() == 3)) {
        return Err(InputError::NotANumber);
    }
    if fraction.contains(SEPARATORS) {
        return Err(InputError::NotANumber);
    }
    decimal(text, decimals, "all there is")
}

/// An address of somebody who should receive something: never zero. A checksum is checked where there is one
/// (EIP-55: mixed case), all lower or all upper case is taken as it is.
pub fn address(text: &str) -> Result<Address, InputError> {
    let text = text.trim();
    match text.chars().count() {
        0 => return Err(InputError::Empty),
        42 => {}
        got => return Err(InputError::AddressLength { got }),
    }
    let digits =
        text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).ok_or(InputError::NotAnAddress)?;
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(InputError::NotAnAddress);
    }
    let parsed: Address = digits.parse().map_err(|_length| InputError::NotAnAddress)?;
    let mixed =
        digits.bytes().any(|b| b.is_ascii_lowercase()) && digits.bytes().any(|b| b.is_ascii_uppercase());
    if mixed && parsed.to_checksum(None)[2..] != *digits {
        return Err(InputError::Checksum);
    }
    if parsed.is_zero() { Err(InputError::ZeroAddress) } else { Ok(parsed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_comma_is_no_commission() {
        for typed in ["6,5", "0,5", "6,50 %", "1 5", "1_5 %", "1\u{a0}5", "6 .5"] {
            assert_eq!(bps(typed), Err(InputError::NotANumber), "{typed}");
        }
    }

    #[test]
    fn commissions() {
        for (text, expected) in [
            ("6.5", Ok(650)),
            ("6.50 %", Ok(650)),
            ("0", Ok(0)),
            ("100", Ok(10_000)),
            ("100.00%", Ok(10_000)),
            (".5", Ok(50)),
            ("5.", Ok(500)),
            ("", Err(InputError::Empty)),
            (" % ", Err(InputError::Empty)),
            (".", Err(InputError::NotANumber)),
            ("-1", Err(InputError::NotANumber)),
            ("1e3", Err(InputError::NotANumber)),
            ("6.555", Err(InputError::TooPrecise(2))),
            ("100.01", Err(InputError::TooLarge("100 %"))),
            (
                "99999999999999999999999999999999999999999999999999999999999999999999999999999999",
                Err(InputError::TooLarge("100 %")),
            ),
        ] {
            assert_eq!(bps(text).map(Bps::get), expected, "{text:?}");
        }
    }

    #[test]
    fn amounts_group_thousands_only() {
        for (text, expected) in [
            ("1,000", Some(1_000_000)),
            ("1,000,000.5", Some(1_000_000_500)),
            ("0.25", Some(250)),
            ("12", Some(12_000)),
            ("0,5", None),
            ("1,0000", None),
            (",500", None),
            ("1.5,000", None),
            ("1 000", Some(1_000_000)),
            (" 1\u{a0}000\u{a0}000.5 ", Some(1_000_000_500)),
            ("1_000", Some(1_000_000)),
            ("1 5", None),
            ("1 0000", None),
            ("1_5", None),
            ("0.2 5", None),
            ("0. 25", None),
            ("1 .5", None),
            ("", None),
        ] {
            assert_eq!(amount(text, 3).ok(), expected.map(U256::from), "{text:?}");
        }
    }

    #[test]
    fn decimals() {
        assert_eq!(decimal("1,000.5", 18, ""), Ok(U256::from(1_000_500_000_000_000_000_000u128)));
        assert_eq!(decimal("007", 0, ""), Ok(U256::from(7)));
        assert_eq!(decimal("0.1", 0, ""), Err(InputError::TooPrecise(0)));
    }

    #[test]
    fn addresses() {
        let good = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"; // from EIP-55
        assert_eq!(address(good).map(|a| a.to_checksum(None)), Ok(good.to_owned()));
        assert!(address(&good.to_lowercase()).is_ok());
        assert!(address(&format!("0x{}", good[2..].to_uppercase())).is_ok());
        assert_eq!(address("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed"), Err(InputError::Checksum));
        assert_eq!(address("0x5aAeb6"), Err(InputError::AddressLength { got: 8 }));
        assert_eq!(address(&"z".repeat(42)), Err(InputError::NotAnAddress));
        assert_eq!(address(&format!("0x{}", "0".repeat(40))), Err(InputError::ZeroAddress));
        assert_eq!(address("0x5aAeb6").expect_err("short").to_string(), "Too short: 8 of 42 characters");
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_reads_back(raw: u128) {
            let text = crate::units::format::amount(U256::from(raw), 18, 18);
            if !text.starts_with('<') {
                proptest::prop_assert_eq!(decimal(&text, 18, ""), Ok(U256::from(raw)));
            }
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = (decimal(&text, 18, ""), amount(&text, 18), bps(&text), address(&text));
        }
    }
}
