//! Numbers as programs write them: unlike what a person types ([`super::parse`]), without separators and never rounded.

use alloy_primitives::U256;

/// A coordinate as any tool ever wrote it: `0x` and up to 64 hexadecimal digits, with or without zeros in front, or a
/// decimal number. `None` for anything else, and for more than 256 bits.
pub fn coordinate(text: &str) -> Option<U256> {
    let text = text.trim();
    let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let (digits, radix, most) = match hexadecimal {
        Some(digits) => (digits, 16, 64),
        None => (text, 10, 78),
    };
    let plain = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
    let short = digits.trim_start_matches('0').len() <= most;
    (plain && short && digits.len() <= 4 * most)
        .then(|| U256::from_str_radix(digits, u64::from(radix)).ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn all_forms_are_read() {
        let table = [
            ("0x0", Some(0)),
            ("0x00ff", Some(255)),
            ("0XfF", Some(255)),
            ("0xabc", Some(2748)),
            ("12", Some(12)),
            (" 0012 ", Some(12)),
            ("", None),
            ("0x", None),
            ("-1", None),
            ("1.5", None),
            ("1e5", None),
            ("ff", None),
            ("0x 1", None),
            ("1_000", None),
        ];
        for (text, expected) in table {
            assert_eq!(coordinate(text), expected.map(U256::from), "{text}");
        }
        assert_eq!(coordinate(&U256::MAX.to_string()), Some(U256::MAX));
        assert_eq!(coordinate(&format!("{:#x}", U256::MAX)), Some(U256::MAX));
        assert_eq!(coordinate(&format!("0x0{:x}", U256::MAX)), Some(U256::MAX));
        assert_eq!(coordinate(&format!("0x1{:x}", U256::MAX)), None, "too large");
        assert_eq!(coordinate(&format!("{}0", U256::MAX)), None, "too large");
        assert_eq!(coordinate(&"0".repeat(1_000_000)), None, "not a number but a burden");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(limbs: [u64; 4], padded: bool) {
            let value = U256::from_limbs(limbs);
            prop_assert_eq!(coordinate(&value.to_string()), Some(value));
            let hex = if padded { format!("0x{value:064x}") } else { format!("{value:#x}") };
            prop_assert_eq!(coordinate(&hex), Some(value));
        }

        #[test]
        fn any_text_is_survived(text: String) {
            coordinate(&text);
        }
    }
}
