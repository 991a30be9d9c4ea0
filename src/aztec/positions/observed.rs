use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, U256};
use serde::{Deserialize, Serialize};

use super::{Line, Sheet, SplitTerms};
use crate::{
    aztec::{
        Deployment,
        events::Place,
        read::{Deed, Move, Positions, Proofs, SplitRewards},
        rules::{Position, RewardTerms, YEAR, likely},
    },
    chain::{ReadError, Reading},
    units::Ratio,
};

/// Below so many seconds of one delegation, chance says more than the rate: 30 days.
pub const ENOUGH_SECONDS: u64 = 30 * 86_400;

/// What rollups owed to splits at an earlier block, as this browser read it. Claims tell what was owed when somebody
/// claimed; between them nothing but such readings does, as no event tells what is credited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptReading {
    /// The block.
    pub block: u64,
    /// Its Unix second. Where the chain says another one, the block was undone and the reading counts for nothing.
    pub time: u64,
    /// By split, all rollups that pay in the staked token together, in its units.
    pub owed: BTreeMap<Address, U256>,
}

/// What is known at the beginning of an observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Began {
    /// It joined: nothing was owed.
    Joined,
    /// Everything was claimed.
    Claimed,
    /// This browser read what was owed.
    Read,
    /// Proofs are decoded from there on.
    Proofs,
}

/// What came in between two moments. Of one delegation, or of several together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observed {
    /// What is known at its beginning; of several, of the first one.
    pub began: Began,
    /// Unix seconds of the beginning.
    pub since: u64,
    /// Seconds, of all delegations together.
    pub seconds: u64,
    /// What was credited, after commission, rounded down, in token units.
    pub net: U256,
    /// How many checkpoints that was, at what one pays today.
    pub checkpoints: u64,
    /// Stake times seconds, of all delegations together.
    stake_time: U256,
    /// What one checkpoint pays after commission.
    one: U256,
}

impl Observed {
    /// Net of commission per stake and year, and the range that chance leaves around it. `None` below
    /// [`ENOUGH_SECONDS`].
    pub fn rate(&self) -> Option<(Ratio, (Ratio, Ratio))> {
        if self.seconds < ENOUGH_SECONDS {
            return None;
        }
        let year = U256::from(YEAR);
        let rate = Ratio::new(self.net.checked_mul(year)?, self.stake_time)?;
        let (low, high) = likely(self.checkpoints);
        // where nothing came in the upper end is of what one checkpoint would have paid
        let (paid, count) = if self.checkpoints == 0 { (self.one, 1) } else { (self.net, self.checkpoints) };
        let end = |thousandths: u64| {
            let part = paid.checked_mul(year)?.checked_mul(U256::from(thousandths))?;
            Ratio::new(part, self.stake_time.checked_mul(U256::from(count))?.checked_mul(U256::from(1_000))?)
        };
        Some((rate, (end(low)?, end(high)?)))
    }

    /// Whole days, of all delegations together.
    pub const fn days(&self) -> u64 {
        self.seconds / 86_400
    }
}

/// What can be said about what one delegation earned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Since it joined, and since the last known moment that is long enough ago, where there is one.
    Known(Box<Observed>, Option<Box<Observed>>),
    /// A rollup pays it in another token than the staked one: no rate without a price.
    OtherToken,
    /// The time of a block is still being read.
    Waiting,
    /// Not read.
    Unread(ReadError),
}

/// Outcomes with the places of their lines in the sheet.
pub type Outcomes = Vec<(usize, Outcome)>;

/// What observing needs besides the sheet.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    /// The contracts.
    pub contracts: &'a Deployment,
    /// What is read for the sheet.
    pub read: &'a Positions,
    /// What each rollup pays.
    pub terms: &'a [Reading<RewardTerms>],
    /// All claims.
    pub moves: &'a [Move],
    /// Of this browser, oldest first.
    pub kept: &'a [KeptReading],
    /// Unix seconds of the block that all of it is of.
    pub now: u64,
    /// When a block was, in Unix seconds; `None` while that is read.
    pub time: &'a dyn Fn(&Place) -> Option<u64>,
}

impl core::fmt::Debug for Given<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Given").field("now", &self.now).finish_non_exhaustive()
    }
}

/// What each delegation that joined was credited, by its place in the sheet (recipe R5, b and c): what was claimed since a
/// moment when it is known what was owed, and what is owed now, less what was owed then.
pub fn observed(sheet: &Sheet, given: Given<'_>) -> Outcomes {
    let of_line = |(place, line): (usize, &Line)| {
        let split = line.stake.delegation.as_ref()?.split;
        let joined = line.stake.joined()?;
        let outcome = match one(line, split, joined, given) {
            Ok(found) => found,
            Err(error) => Outcome::Unread(error),
        };
        Some((place, outcome))
    };
    sheet.lines.iter().enumerate().filter_map(of_line).collect()
}

/// What decoded proofs credited a delegation since they are decoded, or since it joined if that is later (recipe R5, a):
/// without fees. `None` where it was not asked about, where not every proof that may be about it tells what it credited,
/// where some paid in another token, and while something that it needs is not read.
pub fn by_proofs(line: &Line, proofs: &Proofs, given: Given<'_>) -> Option<Observed> {
    let split = line.stake.delegation.as_ref()?.split;
    let credit = proofs.credit_of(split)?;
    let rollup = line.position.get().and_then(Position::rollup).unwrap_or(given.contracts.canonical);
    if proofs.unknown_up_to(rollup) > 0 || credit.elsewhere > 0 {
        return None;
    }
    let share = given.read.rewards.splits.get(&split)?.terms.clone().ok()?;
    let to = share.delegator()?;
    let (first, last) = proofs.between;
    let since = (given.time)(&line.stake.joined()?)?.max(first);
    let until = match ended(line, given).ok()? {
        Some(place) => (given.time)(&place)?.min(last),
        None => last,
    };
    let seconds = until.checked_sub(since)?;
    Some(Observed {
        began: Began::Proofs,
        since,
        seconds,
        net: share.share_of(to, credit.gross),
        checkpoints: credit.checkpoints,
        stake_time: line.stake.deposited?.checked_mul(U256::from(seconds))?,
        one: share.share_of(to, given.terms.get(rollup)?.get()?.per_checkpoint()),
    })
}

/// All observations since joining together. `None` where any is missing: the sum would tell of the others only.
pub fn pooled(all: &[(usize, Outcome)]) -> Option<Observed> {
    let mut sum: Option<Observed> = None;
    for (_, outcome) in all {
        let Outcome::Known(found, _) = outcome else { return None };
        sum = Some(match sum {
            None => **found,
            Some(before) => Observed {
                began: Began::Joined,
                since: before.since.min(found.since),
                seconds: before.seconds.checked_add(found.seconds)?,
                net: before.net.checked_add(found.net)?,
                checkpoints: before.checkpoints.checked_add(found.checkpoints)?,
                stake_time: before.stake_time.checked_add(found.stake_time)?,
                one: before.one.max(found.one),
            },
        });
    }
    sum
}

/// A moment at which it is known what was owed.
struct Known {
    began: Began,
    time: u64,
    /// Claims after this one count.
    after: (u64, u64),
    owed: U256,
}

/// What a split was paid by claims in the staked token.
struct Paid {
    rollup: Address,
    place: Place,
    amount: U256,
}

fn one(line: &Line, split: Address, joined: Place, given: Given<'_>) -> Result<Outcome, ReadError> {
    let Given { contracts, read, moves, time, now, .. } = given;
    let found = read.rewards.splits.get(&split).ok_or(ReadError::Incomplete)?;
    let share = found.terms.clone()?;
    let Some(owed) = owed_by(found, given)? else { return Ok(Outcome::OtherToken) };
    let mut paid = Vec::new();
    for moved in moves {
        match moved.deed {
            Deed::Claimed { rollup, split: of, token, amount } if of == split => {
                if token != contracts.token.address {
                    return Ok(Outcome::OtherToken);
                }
                paid.push(Paid { rollup, place: moved.place, amount });
            }
            _ => {}
        }
    }
    let (Some(begun), Some(until)) = (time(&joined), ended(line, given)?.map_or(Some(now), |at| time(&at)))
    else {
        return Ok(Outcome::Waiting);
    };
    let Some(mut known) = claimed_out(&paid, &owed, time) else { return Ok(Outcome::Waiting) };
    known.extend(given.kept.iter().filter_map(|kept| read_before(kept, split, time)));
    let start = Known { began: Began::Joined, time: begun, after: (0, 0), owed: U256::ZERO };
    let stake = line.stake.deposited.ok_or(ReadError::Incomplete)?;
    let rollup = line.position.get().and_then(Position::rollup).unwrap_or(contracts.canonical);
    let per_checkpoint = given.terms.get(rollup).ok_or(ReadError::Incomplete)?.need()?.per_checkpoint();
    let owed: U256 = owed.values().fold(U256::ZERO, |sum, owed| sum.saturating_add(*owed));
    let since = |from: &Known| between(from, until, (&paid, owed), (&share, stake, per_checkpoint));
    let whole = since(&start).ok_or(ReadError::Decode)?;
    let long_enough = |from: &&Known| {
        from.time > begun && from.time.checked_add(ENOUGH_SECONDS).is_some_and(|end| end <= until)
    };
    let last = known.iter().filter(long_enough).max_by_key(|known| known.time);
    Ok(Outcome::Known(Box::new(whole), last.and_then(since).map(Box::new)))
}

/// What each rollup owes to a split now; `None` where any pays it in another token than the staked one.
fn owed_by(split: &SplitRewards, given: Given<'_>) -> Result<Option<BTreeMap<Address, U256>>, ReadError> {
    let mut owed = BTreeMap::new();
    let paying = given.read.rewards.rollups.iter().zip(&given.contracts.rollups);
    for ((paying, rollup), accrued) in paying.zip(&split.accrued) {
        let amount = accrued.need()?;
        if !amount.is_zero() && paying.fee_asset.need()? != given.contracts.token.address {
            return Ok(None);
        }
        owed.insert(rollup.address, amount);
    }
    Ok(Some(owed))
}

/// Where a stake stopped to validate; `None` while it does.
fn ended(line: &Line, given: Given<'_>) -> Result<Option<Place>, ReadError> {
    let position = line.position.need()?;
    if matches!(position, Position::Validating { .. }) {
        return Ok(None);
    }
    // one that a slash ejected has no other event
    let slashed = line.stake.slashes.last().map(|(place, _)| *place);
    let place = line.stake.ended().or(slashed);
    let place = place.filter(|place| (given.time)(place).is_none_or(|time| time <= given.now));
    place.map(Some).ok_or(ReadError::Incomplete)
}

/// The moments at which nothing was owed because all of it was claimed; `None` while the time of one is read.
///
/// A claim empties what one rollup owes. Another one owed nothing at that moment if nothing of it was claimed later and it
/// owes nothing now.
fn claimed_out(
    paid: &[Paid],
    owed: &BTreeMap<Address, U256>,
    time: &dyn Fn(&Place) -> Option<u64>,
) -> Option<Vec<Known>> {
    let mut known = Vec::new();
    for claim in paid {
        let together: BTreeSet<Address> =
            paid.iter().filter(|other| other.place.tx == claim.place.tx).map(|other| other.rollup).collect();
        let emptied = |(rollup, owed): (&Address, &U256)| {
            let later =
                |other: &Paid| other.rollup == *rollup && other.place.position() > claim.place.position();
            together.contains(rollup) || (owed.is_zero() && !paid.iter().any(later))
        };
        let last = paid
            .iter()
            .filter(|other| other.place.tx == claim.place.tx)
            .map(|other| other.place.position())
            .max();
        if let Some(after) = last.filter(|_| owed.iter().all(emptied)) {
            known.push(Known { began: Began::Claimed, time: time(&claim.place)?, after, owed: U256::ZERO });
        }
    }
    Some(known)
}

fn read_before(kept: &KeptReading, split: Address, time: &dyn Fn(&Place) -> Option<u64>) -> Option<Known> {
    let place = Place { block: kept.block, index: 0, tx: alloy_primitives::B256::ZERO, time: None };
    let stands = time(&place)? == kept.time;
    let owed = *kept.owed.get(&split).filter(|_| stands)?;
    Some(Known { began: Began::Read, time: kept.time, after: (kept.block, u64::MAX), owed })
}

/// `None` where what was owed is more than what came of it: then one of the two is wrong.
fn between(
    from: &Known,
    until: u64,
    (paid, owed): (&[Paid], U256),
    (share, stake, per_checkpoint): (&SplitTerms, U256, U256),
) -> Option<Observed> {
    let later = paid.iter().filter(|claim| claim.place.position() > from.after);
    let gross = later.fold(owed, |sum, claim| sum.saturating_add(claim.amount)).checked_sub(from.owed)?;
    let to = share.delegator()?;
    let seconds = until.checked_sub(from.time)?;
    let checkpoints = gross.checked_div(per_checkpoint)?;
    Some(Observed {
        began: from.began,
        since: from.time,
        seconds,
        net: share.share_of(to, gross),
        checkpoints: u64::try_from(checkpoints).ok()?,
        stake_time: stake.checked_mul(U256::from(seconds))?,
        one: share.share_of(to, per_checkpoint),
    })
}

impl KeptReading {
    /// What rollups owe now, to be kept; `None` where a part of it was not read.
    pub fn of(contracts: &Deployment, read: &Positions, (block, time): (u64, u64)) -> Option<Self> {
        let mut owed = BTreeMap::new();
        for (split, found) in &read.rewards.splits {
            let mut sum = U256::ZERO;
            for (paying, accrued) in read.rewards.rollups.iter().zip(&found.accrued) {
                if *paying.fee_asset.get()? == contracts.token.address {
                    sum = sum.checked_add(*accrued.get()?)?;
                }
            }
            owed.insert(*split, sum);
        }
        Some(Self { block, time, owed })
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::B256;

    use super::*;
    use crate::units::Bps;

    const OLD: Address = Address::repeat_byte(1);
    const NEW: Address = Address::repeat_byte(2);

    fn token(n: u64) -> U256 {
        U256::from(n) * U256::from(10).pow(U256::from(18))
    }

    fn place(block: u64, index: u64) -> Place {
        // a transaction for each block
        Place {
            block,
            index,
            tx: B256::with_last_byte(u8::try_from(block).expect("small")),
            time: Some(block * 100),
        }
    }

    fn paid(rollup: Address, block: u64, amount: u64) -> Paid {
        Paid { rollup, place: place(block, u64::from(rollup.0[0])), amount: token(amount) }
    }

    fn observe(from: &Known, paid: &[Paid], owed: u64) -> Option<Observed> {
        let share = SplitTerms::of_delegation(OLD, NEW, Bps::new(1_000).expect("a rate"));
        between(from, from.time + ENOUGH_SECONDS, (paid, token(owed)), (&share, token(200_000), token(350)))
    }

    fn joined() -> Known {
        Known { began: Began::Joined, time: 0, after: (0, 0), owed: U256::ZERO }
    }

    #[test]
    fn a_claim_counts_only_where_it_left_nothing_anywhere() {
        let owed = |old, new| BTreeMap::from([(OLD, token(old)), (NEW, token(new))]);
        let blocks = |paid: &[Paid], owed: &BTreeMap<_, _>| -> Vec<u64> {
            let known = claimed_out(paid, owed, &|place| Some(place.block * 100)).expect("all times");
            known.iter().map(|known| known.after.0).collect()
        };
        // the other rollup never owed anything
        assert_eq!(blocks(&[paid(NEW, 5, 10)], &owed(0, 3)), [5]);
        // it owes something now, perhaps since before the claim
        assert_eq!(blocks(&[paid(NEW, 5, 10)], &owed(1, 3)), [0; 0]);
        // it paid later what it may have owed then; afterwards nothing is left of it
        assert_eq!(blocks(&[paid(NEW, 5, 10), paid(OLD, 6, 1), paid(NEW, 7, 1)], &owed(0, 3)), [7]);
        // both in one transaction
        let both = [paid(OLD, 5, 1), paid(NEW, 5, 10)];
        assert_eq!(blocks(&both, &owed(4, 4)), [5, 5]);
        assert!(claimed_out(&both, &owed(0, 0), &|_| None).is_none(), "waits for times");
    }

    #[test]
    fn what_was_owed_before_is_not_credited_again() {
        let all = observe(&joined(), &[paid(NEW, 5, 700), paid(NEW, 8, 350)], 350).expect("some");
        assert_eq!((all.net, all.checkpoints), (token(1_260), 4));
        let read = Known { began: Began::Read, time: 600, after: (6, u64::MAX), owed: token(100) };
        let later = observe(&read, &[paid(NEW, 5, 700), paid(NEW, 8, 350)], 100).expect("some");
        assert_eq!((later.net, later.checkpoints), (token(315), 1));
        // more was owed than came of it: the reading is of another chain
        assert!(observe(&Known { owed: token(1_000), ..read }, &[], 999).is_none());
    }

    #[test]
    fn a_rate_has_a_range_and_needs_thirty_days() {
        let found = observe(&joined(), &[], 3_500).expect("some");
        let (rate, (low, high)) = found.rate().expect("long enough");
        // 3,150 net of 200,000 in 30 days of 365
        assert_eq!(rate.percent(), "19.1 %");
        assert_eq!((low.percent(), high.percent()), ("10.3 %".to_owned(), "32.4 %".to_owned()));
        let short = Observed { seconds: ENOUGH_SECONDS - 1, ..found };
        assert_eq!(short.rate(), None);
        // nothing came in: that is no proof of nothing
        let (rate, (low, high)) = observe(&joined(), &[], 0).expect("some").rate().expect("a rate");
        assert_eq!((rate.percent(), low.percent()), ("0.0 %".to_owned(), "0.0 %".to_owned()));
        assert!(high.permille() > 50, "{}", high.percent());
    }

    #[test]
    fn together_they_say_more_than_each() {
        let one = observe(&joined(), &[], 3_500).expect("some");
        let known = |found| Outcome::Known(Box::new(found), None);
        let both = pooled(&[(0, known(one)), (1, known(one))]).expect("both");
        assert_eq!(both.rate().expect("a rate").0.percent(), one.rate().expect("a rate").0.percent());
        let width = |found: &Observed| {
            let (_, (low, high)) = found.rate().expect("a rate");
            high.permille() - low.permille()
        };
        assert!(width(&both) < width(&one));
        assert_eq!(pooled(&[(0, known(one)), (1, Outcome::Waiting)]), None);
        assert_eq!(pooled(&[]), None);
    }

    proptest::proptest! {
        /// Wherever it is cut, what came in before and after adds up to all of it.
        #[test]
        fn parts_add_up_to_the_whole(amounts in proptest::collection::vec(1u64..1_000, 1..20), cut in 0usize..20, owed in 0u64..1_000, then in 0u64..1_000) {
            let paid: Vec<Paid> = amounts.iter().zip(1..).map(|(amount, block)| paid(NEW, block, *amount)).collect();
            let cut = cut.min(paid.len());
            let then = token(then.min(paid[cut..].iter().zip(&amounts[cut..]).map(|(_, amount)| amount).sum::<u64>() + owed));
            let whole = observe(&joined(), &paid, owed).expect("all");
            let read = Known { began: Began::Read, time: 1, after: (cut as u64, u64::MAX), owed: then };
            let after = observe(&read, &paid, owed).expect("a part");
            let before = between(&joined(), ENOUGH_SECONDS, (&paid[..cut], then), (&SplitTerms::of_delegation(OLD, NEW, Bps::new(1_000).expect("a rate")), token(200_000), token(350))).expect("the other");
            // each is rounded down once
            let sum = before.net + after.net;
            proptest::prop_assert!(sum <= whole.net && whole.net - sum <= U256::ONE);
        }
    }
}
