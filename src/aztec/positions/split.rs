use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::SolValue as _;

use crate::{aztec::abi::Split, chain::logs::LogEntry, units::Bps};

/// Characters that are read of terms: those of a split with a hundred recipients are fewer.
const MOST_TEXT: usize = 20_000;

/// How a split shares out what it receives. It keeps only the hash of this, so whoever calls it brings this along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitTerms {
    /// The provider's first, then the delegator's.
    pub recipients: Vec<Address>,
    /// In the same order.
    pub allocations: Vec<U256>,
    /// What the allocations are parts of.
    pub total: U256,
    /// What the caller of `distribute` would get; 0 in Aztec.
    pub incentive: u16,
}

impl SplitTerms {
    /// As the `StakingRegistry` makes them for a delegation.
    pub fn of_delegation(provider: Address, delegator: Address, take_rate: Bps) -> Self {
        Self {
            recipients: vec![provider, delegator],
            allocations: [take_rate, take_rate.complement()].map(|part| U256::from(part.get())).to_vec(),
            total: U256::from(Bps::WHOLE.get()),
            incentive: 0,
        }
    }

    /// As a `SplitUpdated` event tells them.
    pub fn from_event(entry: &LogEntry) -> Option<Self> {
        Split::abi_decode(entry.bytes()).ok().map(Into::into)
    }

    /// As somebody writes them: the data of a `SplitUpdated` event in hexadecimal, or recipients, allocations, their total
    /// and the incentive in this order, however they are separated, as `cast`, explorers and JSON do. Without a total it is
    /// the sum. Only the split's hash says whether they are its terms.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > MOST_TEXT {
            return None;
        }
        if let Some(digits) = text.strip_prefix("0x").filter(|digits| digits.len() > 40)
            && let Ok(data) = alloy_primitives::hex::decode(digits)
        {
            return Split::abi_decode(&data).ok().map(Into::into);
        }
        let (mut recipients, mut numbers) = (Vec::new(), Vec::new());
        for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
            if word.starts_with("0x") {
                recipients.push(word.parse::<Address>().ok()?);
            } else if word.starts_with(|c: char| c.is_ascii_digit())
                && word.bytes().all(|c| c.is_ascii_digit())
            {
                numbers.push(word.parse::<U256>().ok()?);
            }
        }
        let count = recipients.len();
        if count == 0 || numbers.len() < count || numbers.len() > count + 2 {
            return None;
        }
        let rest = numbers.split_off(count);
        let sum = || numbers.iter().try_fold(U256::ZERO, |sum, part| sum.checked_add(*part));
        let total = rest.first().copied().or_else(sum)?;
        let incentive = u16::try_from(rest.get(1).copied().unwrap_or_default()).ok()?;
        Some(Self { recipients, allocations: numbers, total, incentive })
    }

    /// As [`Self::parse`] reads them again.
    pub fn to_hex(&self) -> String {
        alloy_primitives::hex::encode_prefixed(self.to_abi().abi_encode())
    }

    /// As the contracts take them.
    pub fn to_abi(&self) -> Split {
        Split {
            recipients: self.recipients.clone(),
            allocations: self.allocations.clone(),
            totalAllocation: self.total,
            distributionIncentive: self.incentive,
        }
    }

    /// What the split says as `splitHash()` when these are its terms.
    pub fn hash(&self) -> B256 {
        keccak256(self.to_abi().abi_encode())
    }

    /// Who receives what when `amount` is shared out, each rounded down; the rest stays with the split.
    pub fn shares(&self, amount: U256) -> impl Iterator<Item = (Address, U256)> {
        let of_one = move |(recipient, allocation): (&Address, &U256)| {
            // an allocation is a part of the total: the product of real amounts is far below 2²⁵⁶
            let share = amount.checked_mul(*allocation).and_then(|product| product.checked_div(self.total));
            (*recipient, share.unwrap_or_default())
        };
        self.recipients.iter().zip(&self.allocations).map(of_one)
    }

    /// What one recipient gets of `amount`.
    pub fn share_of(&self, recipient: Address, amount: U256) -> U256 {
        let of_it = self.shares(amount).filter(|(to, _)| *to == recipient);
        of_it.fold(U256::ZERO, |sum, (_, share)| sum.saturating_add(share))
    }

    /// Who receives the provider's commission, as it was when the delegation was made.
    pub fn provider(&self) -> Option<Address> {
        self.recipients.first().copied()
    }

    /// The one whose stake earned it: who receives what the provider does not.
    pub fn delegator(&self) -> Option<Address> {
        self.recipients.get(1).or_else(|| self.recipients.first()).copied()
    }
}

impl From<Split> for SplitTerms {
    fn from(split: Split) -> Self {
        Self {
            recipients: split.recipients,
            allocations: split.allocations,
            total: split.totalAllocation,
            incentive: split.distributionIncentive,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROVIDER: Address = Address::repeat_byte(1);
    const DELEGATOR: Address = Address::repeat_byte(2);

    #[test]
    fn the_rest_of_a_share_stays_with_the_split() {
        let terms = SplitTerms::of_delegation(PROVIDER, DELEGATOR, Bps::new(1234).expect("a share"));
        let shares: Vec<_> = terms.shares(U256::from(99)).collect();
        assert_eq!(shares, [(PROVIDER, U256::from(12)), (DELEGATOR, U256::from(86))]);
        assert_eq!(terms.delegator(), Some(DELEGATOR));
        let nothing = SplitTerms { total: U256::ZERO, ..terms };
        assert_eq!(nothing.share_of(DELEGATOR, U256::from(99)), U256::ZERO, "no division by nothing");
    }

    #[test]
    fn terms_are_read_however_they_are_written() {
        let terms = SplitTerms::of_delegation(PROVIDER, DELEGATOR, Bps::new(500).expect("a share"));
        let json = format!(
            r#"{{"recipients":["{PROVIDER}","{DELEGATOR}"],"allocations":[500,"9500"],"totalAllocation":10000,"distributionIncentive":0}}"#
        );
        for text in [
            format!("([{PROVIDER}, {DELEGATOR}], [500, 9500], 10000, 0)"),
            format!("([{PROVIDER}, {DELEGATOR}], [500, 9500], 10000 [1e4], 0)"),
            format!("{PROVIDER}\n{DELEGATOR}\n500 9500"),
            json,
            terms.to_hex(),
        ] {
            assert_eq!(SplitTerms::parse(&text).as_ref(), Some(&terms), "{text}");
        }
        for text in ["", "500, 9500", "0x12 500", "0x", &format!("{PROVIDER} {DELEGATOR} 500")] {
            assert_eq!(SplitTerms::parse(text), None, "{text}");
        }
        let many = format!("{PROVIDER} 1 2 3 4");
        assert_eq!(SplitTerms::parse(&many), None, "what is too much is not guessed at");
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics_and_hexadecimal_survives(text: String, words: Vec<(u64, u64)>, total: u64, incentive: u16) {
            let _ = SplitTerms::parse(&text);
            let terms = SplitTerms {
                recipients: words.iter().map(|(of, _)| Address::left_padding_from(&of.to_be_bytes())).collect(),
                allocations: words.iter().map(|(_, part)| U256::from(*part)).collect(),
                total: U256::from(total),
                incentive,
            };
            proptest::prop_assert_eq!(SplitTerms::parse(&terms.to_hex()), Some(terms));
        }

        #[test]
        fn shares_never_exceed_what_there_is(amount: u128, rate in 0u16..=10_000) {
            let terms = SplitTerms::of_delegation(PROVIDER, DELEGATOR, Bps::new(rate).expect("a share"));
            let amount = U256::from(amount);
            let sum = terms.shares(amount).fold(U256::ZERO, |sum, (_, share)| sum + share);
            proptest::prop_assert!(sum <= amount && amount - sum < U256::from(2));
        }

        #[test]
        fn one_who_is_both_gets_both_shares(amount: u64, rate in 0u16..=10_000) {
            let rate = Bps::new(rate).expect("a share");
            let terms = SplitTerms::of_delegation(PROVIDER, PROVIDER, rate);
            let both = terms.shares(U256::from(amount)).fold(U256::ZERO, |sum, (_, share)| sum + share);
            proptest::prop_assert_eq!(terms.share_of(PROVIDER, U256::from(amount)), both);
        }
    }
}
