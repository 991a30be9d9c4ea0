//! How every kind of figure is written. One function per kind, no options that a page could choose wrongly.

use alloy_primitives::{Address, B256, U256};

/// A place in a row, from 1: `1st`, `2nd`, `3rd`, `11th`.
pub fn ordinal(n: u64) -> String {
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{}{ending}", count(n))
}

/// Digits of an unsigned integer in groups of three: `24,641,907`.
pub fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count of things: `1,112`.
pub fn count(n: u64) -> String {
    grouped(&n.to_string())
}

/// A count with its noun: `1 key`, `3 keys`.
pub fn plural(n: u64, one: &str) -> String {
    format!("{} {one}{}", count(n), if n == 1 { "" } else { "s" })
}

/// The two halves of a token amount, for a page that greys the fraction: (`"1,412,908"`, `".55"`).
///
/// Cut off after `places` decimals, trailing zeros dropped. An amount that is not zero but would be written
/// as zero becomes (`"< 0.0001"`, `""`) with as many decimals as asked for.
pub fn amount_parts(raw: U256, decimals: u8, places: usize) -> (String, String) {
    let digits = format!("{raw:0>width$}", width = usize::from(decimals) + 1);
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(decimals));
    let fraction = fraction[..fraction.len().min(places)].trim_end_matches('0');
    if !raw.is_zero() && whole.bytes().all(|d| d == b'0') && fraction.is_empty() {
        let places = places.min(usize::from(decimals));
        return (format!("< 0.{}1", "0".repeat(places.saturating_sub(1))), String::new());
    }
    let whole = grouped(whole.trim_start_matches('0').get(..).filter(|w| !w.is_empty()).unwrap_or("0"));
    (whole, if fraction.is_empty() { String::new() } else { format!(".{fraction}") })
}

/// A token amount as its receiver may rely on it: cut off, never rounded up.
pub fn amount(raw: U256, decimals: u8, places: usize) -> String {
    let (whole, fraction) = amount_parts(raw, decimals, places);
    whole + &fraction
}

/// An amount that somebody pays: rounded up to `places` decimals.
pub fn amount_up(raw: U256, decimals: u8, places: usize) -> String {
    let dropped = usize::from(decimals).saturating_sub(places);
    let step = U256::from(10).pow(U256::from(dropped));
    let rounded = raw.div_ceil(step).checked_mul(step).unwrap_or(raw);
    amount(rounded, decimals, places)
}

/// Wei per gas in gwei, rounded up to two decimals: `0.91 gwei`.
pub fn gwei(wei: u128) -> String {
    format!("{} gwei", amount_up(U256::from(wei), 9, 2))
}

/// A length of time in its two largest units: `41 s`, `16 min 51 s`, `5 h 3 min`, `9 d 14 h`.
pub fn duration(secs: u64) -> String {
    let (days, hours, minutes, seconds) = (secs / 86_400, secs / 3600 % 24, secs / 60 % 60, secs % 60);
    let pair = |a: u64, unit: &str, b: u64, small: &str| match b {
        0 => format!("{} {unit}", count(a)),
        _ => format!("{} {unit} {b} {small}", count(a)),
    };
    match () {
        () if days > 0 => pair(days, "d", hours, "h"),
        () if hours > 0 => pair(hours, "h", minutes, "min"),
        () if minutes > 0 => pair(minutes, "min", seconds, "s"),
        () => format!("{seconds} s"),
    }
}

/// A coarser length for an age that ticks: `5 s`, `4 min`, `3 h`, `12 d`.
pub fn age(secs: u64) -> String {
    match secs {
        0..60 => format!("{secs} s"),
        60..3600 => format!("{} min", secs / 60),
        3600..172_800 => format!("{} h", secs / 3600),
        _ => format!("{} d", count(secs / 86_400)),
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn moment(timestamp: u64) -> Option<time::OffsetDateTime> {
    time::OffsetDateTime::from_unix_timestamp(timestamp.try_into().ok()?).ok()
}

fn day(at: time::OffsetDateTime, now: u64) -> String {
    let month = MONTHS[usize::from(u8::from(at.month())) - 1];
    // the year only where it differs from the reader's
    if moment(now).is_some_and(|now| now.year() == at.year()) {
        format!("{} {month}", at.day())
    } else {
        format!("{} {month} {}", at.day(), at.year())
    }
}

/// A day: `14 Mar`, with the year when it is not that of `now`. Both are Unix seconds of a block.
pub fn date(timestamp: u64, now: u64) -> String {
    moment(timestamp).map_or_else(|| "never".to_owned(), |at| day(at, now))
}

/// A moment: `14 Mar, 07:52 UTC`.
pub fn date_time(timestamp: u64, now: u64) -> String {
    moment(timestamp).map_or_else(
        || "never".to_owned(),
        |at| format!("{}, {:02}:{:02} UTC", day(at, now), at.hour(), at.minute()),
    )
}

/// A time of day: `10:42:18 UTC`.
pub fn clock(timestamp: u64) -> String {
    moment(timestamp).map_or_else(
        || "never".to_owned(),
        |at| format!("{:02}:{:02}:{:02} UTC", at.hour(), at.minute(), at.second()),
    )
}

/// A moment for programs, as ISO 8601: `2026-03-14T07:52:08Z`; empty when it is not known.
pub fn iso(timestamp: Option<u64>) -> String {
    timestamp.and_then(moment).map_or_else(String::new, |at| {
        let (date, month) = (at.date(), u8::from(at.month()));
        format!(
            "{:04}-{month:02}-{:02}T{:02}:{:02}:{:02}Z",
            date.year(),
            date.day(),
            at.hour(),
            at.minute(),
            at.second()
        )
    })
}

/// An amount for programs: every digit, a point, no groups, no unit: `200000.000000000000000001`.
pub fn exact(raw: U256, decimals: u8) -> String {
    let places = usize::from(decimals);
    let digits = format!("{raw:0>width$}", raw = raw.to_string(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

/// An address in four and four: `0x2744…27B0`, with the checksum of EIP-55.
pub fn short_address(address: Address) -> String {
    let full = address.to_checksum(None);
    format!("{}…{}", &full[..6], &full[38..])
}

/// The forty digits of an address in ten groups of four, for reading aloud before signing.
pub fn address_groups(address: Address) -> Vec<String> {
    let full = address.to_checksum(None);
    full.as_bytes()[2..].chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect()
}

/// A hash in six and four: `0x1f3cb1…b7a9`.
pub fn short_hash(hash: B256) -> String {
    let full = hash.to_string();
    format!("{}…{}", &full[..8], &full[62..])
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{address, b256};

    use super::*;

    const ONE: u64 = 1_000_000_000_000_000_000;

    #[test]
    fn places_are_counted_as_people_do() {
        for (n, text) in [
            (1, "1st"),
            (2, "2nd"),
            (3, "3rd"),
            (4, "4th"),
            (11, "11th"),
            (13, "13th"),
            (22, "22nd"),
            (111, "111th"),
        ] {
            assert_eq!(ordinal(n), text);
        }
    }

    #[test]
    fn amounts_are_cut_off() {
        for (raw, text) in [
            ("0", "0"),
            ("1", "< 0.0001"),
            ("99999999999999", "< 0.0001"),
            ("100000000000000", "0.0001"),
            ("842109799999999999999", "842.1097"),
            ("842100000000000000000", "842.1"),
            ("200000000000000000000000", "200,000"),
            ("1412908550000000000000000", "1,412,908.55"),
        ] {
            assert_eq!(amount(raw.parse().expect("integer"), 18, 4), text, "{raw}");
        }
    }

    #[test]
    fn amounts_of_any_decimals() {
        assert_eq!(amount(U256::from(1234), 0, 4), "1,234");
        assert_eq!(amount(U256::from(1234), 2, 4), "12.34");
        assert_eq!(amount(U256::from(1), 2, 0), "< 0.1");
        assert_eq!(amount(U256::MAX, 255, 4), "< 0.0001");
        assert_eq!(amount(U256::from(ONE) + U256::from(1), 18, 18), "1.000000000000000001");
    }

    #[test]
    fn what_is_paid_is_rounded_up() {
        assert_eq!(amount_up(U256::from(1), 18, 5), "0.00001");
        assert_eq!(amount_up(U256::from(2_140_000_000_000_000u64), 18, 5), "0.00214");
        assert_eq!(amount_up(U256::from(2_140_000_000_000_001u64), 18, 5), "0.00215");
        assert_eq!(amount_up(U256::ZERO, 18, 5), "0");
        assert_eq!(gwei(900_000_001), "0.91 gwei");
    }

    #[test]
    fn durations_have_two_units() {
        for (secs, text) in [
            (0, "0 s"),
            (41, "41 s"),
            (60, "1 min"),
            (1011, "16 min 51 s"),
            (18_180, "5 h 3 min"),
            (162_000, "1 d 21 h"),
            (829_440, "9 d 14 h"),
        ] {
            assert_eq!(duration(secs), text);
        }
    }

    #[test]
    fn dates_name_the_year_only_when_it_differs() {
        let now = 1_773_312_138; // 12 Mar 2026, 10:42:18 UTC
        assert_eq!(date_time(now, now), "12 Mar, 10:42 UTC");
        assert_eq!(clock(now), "10:42:18 UTC");
        assert_eq!(date(1_763_042_400, now), "13 Nov 2025");
        assert_eq!(date(u64::MAX, now), "never");
    }

    #[test]
    fn addresses_and_hashes_are_shortened() {
        let address = address!("2744ccd10c7533BD736aD890F9Dd5Cab2aDB27B0");
        assert!(short_address(address).starts_with("0x2744…"));
        assert_eq!(address_groups(address).len(), 10);
        assert_eq!(address_groups(address).concat(), address.to_checksum(None)[2..]);
        let hash = b256!("1f3cb10000000000000000000000000000000000000000000000000000b7a9aa");
        assert_eq!(short_hash(hash), "0x1f3cb1…a9aa");
    }

    proptest::proptest! {
        #[test]
        fn never_more_than_there_is(raw: u128, places in 0usize..18) {
            let text = amount(U256::from(raw), 18, places);
            let plain = text.replace(',', "");
            if let Some(shown) = plain.strip_prefix("< ") {
                proptest::prop_assert!(raw > 0 && !shown.is_empty());
            } else {
                let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
                let shown: U256 = format!("{whole}{fraction:0<18}").parse().expect("digits");
                proptest::prop_assert!(shown <= U256::from(raw));
                proptest::prop_assert!(U256::from(raw) - shown < U256::from(10).pow(U256::from(18 - places)));
            }
        }
    }

    #[test]
    fn programs_get_every_digit() {
        let one = U256::from(10).pow(U256::from(18));
        for (raw, written) in [
            (U256::ZERO, "0"),
            (U256::ONE, "0.000000000000000001"),
            (one, "1"),
            (one * U256::from(200_000) + one / U256::from(2), "200000.5"),
        ] {
            assert_eq!(exact(raw, 18), written);
        }
        assert_eq!((exact(U256::from(7), 0), iso(None)), ("7".to_owned(), String::new()));
        assert_eq!(iso(Some(1_773_474_728)), "2026-03-14T07:52:08Z");
    }
}
