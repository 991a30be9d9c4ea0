/// How sequencers signal: constants of the governance proposer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignalTerms {
    /// Slots of a round: `ROUND_SIZE()`.
    pub round_size: u64,
    /// Signals that win a round: `QUORUM_SIZE()`, more than half of the slots.
    pub quorum: u64,
    /// Rounds for which a won one can be submitted: `LIFETIME_IN_ROUNDS()`.
    pub lifetime: u64,
    /// Rounds that must pass before: `EXECUTION_DELAY_IN_ROUNDS()`.
    pub execution_delay: u64,
}

/// One round of one rollup, as `getRoundData` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoundFacts {
    /// Which. Rounds are counted from 0 on every rollup.
    pub round: u64,
    /// The last slot in which somebody signalled; 0 when nobody has.
    pub last_signal_slot: u64,
    /// Whether it was submitted.
    pub executed: bool,
}

/// What the rest of a running round can still bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// Slots that may still hold a signal; the running one counts while nobody has signalled in it.
    pub left: u64,
    quorum: u64,
}

impl SignalTerms {
    /// The round that a slot is in.
    pub const fn round_of(self, slot: u64) -> u64 {
        slot / self.round_size
    }

    /// A round's first slot.
    pub const fn first_slot(self, round: u64) -> u64 {
        round.saturating_mul(self.round_size)
    }

    /// What is left of a round at a slot.
    pub fn outlook(self, facts: RoundFacts, slot: u64) -> Outlook {
        let (begin, end) = (self.first_slot(facts.round), self.first_slot(facts.round.saturating_add(1)));
        // slot 0 of round 0 looks like a round without signals
        let after_last = if facts.last_signal_slot < begin { begin } else { facts.last_signal_slot + 1 };
        let first = slot.max(after_last);
        Outlook { left: end.saturating_sub(first), quorum: self.quorum }
    }

    /// Whether anybody may make the round's leader a proposal, when it has so many signals.
    pub const fn is_submittable(self, facts: RoundFacts, signals: u64, slot: u64) -> bool {
        let current = self.round_of(slot);
        !facts.executed
            && signals >= self.quorum
            && current > facts.round.saturating_add(self.execution_delay)
            && current <= facts.round.saturating_add(self.lifetime)
    }

    /// The slot at whose beginning a won round is lost.
    pub const fn deadline_slot(self, round: u64) -> u64 {
        self.first_slot(round.saturating_add(self.lifetime).saturating_add(1))
    }
}

impl Outlook {
    /// Signals that a payload still needs; zero when it has won.
    pub const fn missing(self, signals: u64) -> u64 {
        self.quorum.saturating_sub(signals)
    }

    /// Whether the slots that are left would suffice.
    pub const fn is_reachable(self, signals: u64) -> bool {
        self.missing(signals) <= self.left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMS: SignalTerms = SignalTerms { round_size: 100, quorum: 60, lifetime: 5, execution_delay: 0 };

    #[test]
    fn the_running_slot_counts_until_somebody_signalled_in_it() {
        let facts = RoundFacts { round: 1764, last_signal_slot: 176_425, executed: false };
        // as it was read on a chain: slot 176,430, the last signal in 176,425
        let outlook = TERMS.outlook(facts, 176_430);
        assert_eq!((outlook.left, outlook.missing(15), outlook.is_reachable(15)), (70, 45, true));
        assert!(outlook.is_reachable(0));
        let late = TERMS.outlook(facts, 176_441);
        assert_eq!((late.left, late.is_reachable(0), late.is_reachable(1)), (59, false, true));
        let now = RoundFacts { last_signal_slot: 176_430, ..facts };
        assert_eq!(TERMS.outlook(now, 176_430).left, 69);
        let nobody = RoundFacts { last_signal_slot: 0, ..facts };
        assert_eq!(TERMS.outlook(nobody, 176_400).left, 100);
        assert_eq!(TERMS.outlook(facts, 176_500).left, 0, "over");
    }

    #[test]
    fn a_round_is_submitted_after_it_and_within_its_lifetime() {
        let facts = RoundFacts { round: 10, last_signal_slot: 1_060, executed: false };
        for (slot, signals, possible) in
            [(1_099, 60, false), (1_100, 60, true), (1_100, 59, false), (1_599, 60, true), (1_600, 60, false)]
        {
            assert_eq!(
                TERMS.is_submittable(facts, signals, slot),
                possible,
                "slot {slot}, {signals} signals"
            );
        }
        assert_eq!(TERMS.deadline_slot(10), 1_600);
        assert!(!TERMS.is_submittable(RoundFacts { executed: true, ..facts }, 60, 1_100));
    }
}
