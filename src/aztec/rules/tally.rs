use alloy_primitives::{Address, U256, U512};

/// A fraction of one in `quorum` and `requiredYeaMargin`.
const WHOLE: u64 = 1_000_000_000_000_000_000;

/// What a proposal must reach: `getProposal(id).config`, its own copy, which later changes do not touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Part of the total power that must vote, of 10^18.
    pub quorum: U256,
    /// By how much of the votes cast yea must exceed nay, of 10^18.
    pub required_yea_margin: U256,
    /// Compared with the total power, not with votes. Token units.
    pub minimum_votes: U256,
}

/// Votes cast, in token units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ballot {
    /// For it.
    pub yea: U256,
    /// Against it.
    pub nay: U256,
}

impl Ballot {
    /// Both together. The contract keeps each in 128 bits.
    pub fn cast(self) -> U256 {
        self.yea.saturating_add(self.nay)
    }
}

/// What votes come to, as `ProposalLib.voteTabulation` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Votes that must be cast: the quorum of the total power, rounded up.
    pub needed: U256,
    /// Of the votes cast, yea must be more than this. `None` where every vote is yea: then any number will do.
    pub yea_limit: Option<U256>,
    /// What follows.
    pub verdict: Verdict,
}

/// Why votes suffice or not. The order is the contract's: the first that applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It passes.
    Accepted,
    /// All power there is lies below the proposal's minimum: no votes can change that.
    PowerBelowMinimum,
    /// The quorum comes to nothing, or to more than there is: no votes can change that.
    QuorumInvalid,
    /// Fewer votes than the quorum asks for.
    TooFewVotes,
    /// The margin asks for more yea than votes were cast.
    MarginInvalid,
    /// Yea does not exceed its limit.
    TooFewYeas,
}

/// `ceil(a * b / 10^18)` without loss in between, as `Math.mulDiv` has it. `None` where the contract would revert.
fn part_of(a: U256, b: U256) -> Option<U256> {
    let product: U512 = a.widening_mul(b);
    let quotient = product.div_ceil(U512::from(WHOLE));
    (quotient.bit_len() <= U256::BITS).then(|| quotient.wrapping_to())
}

impl Thresholds {
    /// Counts votes against the power there was in all at the snapshot.
    pub fn tally(&self, ballot: Ballot, total_power: U256) -> Tally {
        // more than 256 bits is more than there is
        let needed = part_of(total_power, self.quorum).unwrap_or(U256::MAX);
        let cast = ballot.cast();
        let yea_limit = (ballot.yea != cast).then(|| {
            let part = self.required_yea_margin.saturating_add(U256::from(WHOLE)).div_ceil(U256::from(2));
            part_of(cast, part).unwrap_or(U256::MAX)
        });
        let verdict = if total_power < self.minimum_votes {
            Verdict::PowerBelowMinimum
        } else if needed.is_zero() || needed > total_power {
            Verdict::QuorumInvalid
        } else if cast < needed {
            Verdict::TooFewVotes
        } else {
            match yea_limit {
                Some(limit) if limit > cast => Verdict::MarginInvalid,
                Some(limit) if ballot.yea <= limit => Verdict::TooFewYeas,
                None | Some(_) => Verdict::Accepted,
            }
        };
        Tally { needed, yea_limit, verdict }
    }

    /// How many more yea votes it takes to pass when nobody else votes; zero when it passes already. `None` when all
    /// the power that has not voted would not do.
    pub fn missing_yeas(&self, ballot: Ballot, total_power: U256) -> Option<U256> {
        let passes = |more: U256| {
            let yea = ballot.yea.saturating_add(more);
            self.tally(Ballot { yea, ..ballot }, total_power).verdict == Verdict::Accepted
        };
        // each further yea raises its own limit by at most one: once it passes, more yea never fails it
        let mut enough = total_power.checked_sub(ballot.cast())?;
        if !passes(enough) {
            return None;
        }
        let mut too_few = U256::ZERO;
        if passes(too_few) {
            return Some(too_few);
        }
        while enough - too_few > U256::ONE {
            let middle = too_few + (enough - too_few) / U256::from(2);
            if passes(middle) {
                enough = middle;
            } else {
                too_few = middle;
            }
        }
        Some(enough)
    }
}

/// How far a proposal is: the contract's own words and order (`IGovernance.ProposalState`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProposalState {
    /// Voting has not begun.
    Pending,
    /// Votes count.
    Active,
    /// Accepted; waits before it may be executed.
    Queued,
    /// Anybody may execute it.
    Executable,
    /// The votes did not suffice.
    Rejected,
    /// Its actions have run.
    Executed,
    /// Its proposer was replaced: anybody may drop it.
    Droppable,
    /// Somebody dropped it.
    Dropped,
    /// Accepted and never executed in time.
    Expired,
}

impl ProposalState {
    const ALL: [Self; 9] = [
        Self::Pending,
        Self::Active,
        Self::Queued,
        Self::Executable,
        Self::Rejected,
        Self::Executed,
        Self::Droppable,
        Self::Dropped,
        Self::Expired,
    ];

    /// The state behind the contract's number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// Whether nothing can happen to it any more, whoever governs.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Executed | Self::Dropped)
    }
}

/// Unix seconds of the last moment of each phase: through and including it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phases {
    /// Until here it waits; at this moment voting power is counted (the snapshot).
    pub pending: u64,
    /// Until here votes count.
    pub active: u64,
    /// Until here an accepted one waits.
    pub queued: u64,
    /// Until here it may be executed.
    pub executable: u64,
}

impl Phases {
    /// From the creation and a proposal's own `votingDelay`, `votingDuration`, `executionDelay` and `gracePeriod`.
    pub const fn new(creation: u64, delays: [u64; 4]) -> Self {
        let [delay, duration, execution, grace] = delays;
        let pending = creation.saturating_add(delay);
        let active = pending.saturating_add(duration);
        let queued = active.saturating_add(execution);
        Self { pending, active, queued, executable: queued.saturating_add(grace) }
    }
}

/// What a proposal's state is computed from, besides the clock and the power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What the contract noted; only [`ProposalState::is_final`] ones are to be trusted.
    pub cached: ProposalState,
    /// Who proposed it: the governance proposer of then, or Governance itself for one that was proposed with a lock.
    pub proposer: Address,
    /// Its times.
    pub phases: Phases,
    /// What it must reach.
    pub thresholds: Thresholds,
    /// Its votes.
    pub ballot: Ballot,
}

impl Standing {
    /// `Governance.getProposalState(id)` at a moment of chain time. `proposers` are today's governance proposer and
    /// Governance itself; `power` is asked for the total power at the snapshot only where it decides.
    pub fn state<E>(
        &self,
        proposers: [Address; 2],
        now: u64,
        power: impl FnOnce() -> Result<U256, E>,
    ) -> Result<ProposalState, E> {
        if self.cached.is_final() {
            return Ok(self.cached);
        }
        if !proposers.contains(&self.proposer) {
            return Ok(ProposalState::Droppable);
        }
        if now <= self.phases.pending {
            return Ok(ProposalState::Pending);
        }
        if now <= self.phases.active {
            return Ok(ProposalState::Active);
        }
        let accepted = self.thresholds.tally(self.ballot, power()?).verdict == Verdict::Accepted;
        Ok(match now {
            _ if !accepted => ProposalState::Rejected,
            now if now <= self.phases.queued => ProposalState::Queued,
            now if now <= self.phases.executable => ProposalState::Executable,
            _ => ProposalState::Expired,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mainnet() -> Thresholds {
        Thresholds {
            quorum: U256::from(WHOLE / 5),
            required_yea_margin: U256::from(WHOLE / 100 * 33),
            minimum_votes: U256::from(100),
        }
    }

    fn ballot(yea: u64, nay: u64) -> Ballot {
        Ballot { yea: U256::from(yea), nay: U256::from(nay) }
    }

    #[test]
    fn the_first_thing_that_fails_is_the_verdict() {
        for (yea, nay, power, verdict) in [
            (20, 0, 100, Verdict::Accepted),
            (20, 0, 99, Verdict::PowerBelowMinimum),
            (19, 0, 100, Verdict::TooFewVotes),
            // 66.5 % of 1,000 is 665, and yea must be more
            (665, 335, 1000, Verdict::TooFewYeas),
            (666, 334, 1000, Verdict::Accepted),
        ] {
            let tally = mainnet().tally(ballot(yea, nay), U256::from(power));
            assert_eq!(tally.verdict, verdict, "{yea} : {nay} of {power}");
        }
        let greedy = Thresholds { quorum: U256::from(WHOLE) + U256::ONE, ..mainnet() };
        assert_eq!(greedy.tally(ballot(100, 0), U256::from(100)).verdict, Verdict::QuorumInvalid);
        let nothing = Thresholds { minimum_votes: U256::ZERO, ..mainnet() };
        assert_eq!(nothing.tally(ballot(0, 0), U256::ZERO).verdict, Verdict::QuorumInvalid);
    }

    #[test]
    fn what_is_missing_counts_quorum_and_margin() {
        let missing = |yea, nay| mainnet().missing_yeas(ballot(yea, nay), U256::from(1000));
        assert_eq!(missing(0, 0), Some(U256::from(200)));
        assert_eq!(missing(200, 0), Some(U256::ZERO));
        // 202 exceed 66.5 % of 302, rounded up to 201; 201 of 301 do not
        assert_eq!(missing(150, 100), Some(U256::from(52)));
        // with 400 nay, all of the other 600 are no two thirds
        assert_eq!(missing(0, 400), None);
    }

    proptest::proptest! {
        #[test]
        fn what_is_missing_is_the_least_that_passes(
            yea in 0u64..5_000, nay in 0u64..2_000, power in 0u64..10_000,
            quorum in 0u64..=WHOLE, margin in 0u64..=WHOLE,
        ) {
            let terms = Thresholds {
                quorum: U256::from(quorum), required_yea_margin: U256::from(margin), minimum_votes: U256::from(100),
            };
            let power = power.max(yea + nay);
            let passes = |more: u64| terms.tally(ballot(yea + more, nay), U256::from(power)).verdict == Verdict::Accepted;
            let least = (0..=power - yea - nay).find(|more| passes(*more)).map(U256::from);
            proptest::prop_assert_eq!(terms.missing_yeas(ballot(yea, nay), U256::from(power)), least);
        }

        #[test]
        fn no_numbers_panic(yea: [u64; 4], nay: [u64; 4], power: [u64; 4], quorum: [u64; 4], margin: [u64; 4]) {
            let [yea, nay, power, quorum, margin] = [yea, nay, power, quorum, margin].map(U256::from_limbs);
            let terms = Thresholds { quorum, required_yea_margin: margin, minimum_votes: U256::ZERO };
            let _ = (terms.tally(Ballot { yea, nay }, power), terms.missing_yeas(Ballot { yea, nay }, power));
        }
    }
}
