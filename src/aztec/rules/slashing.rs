/// How slashes are voted on: constants of the slashing proposer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlashTerms {
    /// Slots of a round: `ROUND_SIZE()`.
    pub round_size: u64,
    /// Votes that slash: `QUORUM()`.
    pub quorum: u64,
    /// Rounds after which one can no more be executed: `LIFETIME_IN_ROUNDS()`.
    pub lifetime: u64,
    /// Rounds that must pass before: `EXECUTION_DELAY_IN_ROUNDS()`.
    pub execution_delay: u64,
}

/// How far a round is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlashStage {
    /// Votes still come.
    Voting,
    /// Fewer votes than a quorum: nobody is slashed.
    TooFew,
    /// It has a quorum, and the vetoer still has time.
    Waiting,
    /// Anybody may execute it.
    Executable,
    /// It could be executed, but slashing is switched off: `isSlashingEnabled()`. That ends by itself.
    Disabled,
    /// The stake was taken.
    Executed,
    /// The vetoer has objected: it can never be executed.
    Vetoed,
    /// Nobody executed it in time.
    Expired,
}

impl SlashStage {
    /// The same for a slasher that is switched off or not.
    #[must_use]
    pub const fn of_slasher(self, enabled: bool) -> Self {
        match self {
            Self::Executable if !enabled => Self::Disabled,
            other => other,
        }
    }
}

impl SlashTerms {
    /// How far a round is when `current` is the round of now.
    pub const fn stage(
        self,
        round: u64,
        current: u64,
        (executed, votes): (bool, u64),
        vetoed: bool,
    ) -> SlashStage {
        if executed {
            return SlashStage::Executed;
        }
        if current <= round {
            return SlashStage::Voting;
        }
        if votes < self.quorum {
            return SlashStage::TooFew;
        }
        if vetoed {
            return SlashStage::Vetoed;
        }
        if current > round.saturating_add(self.lifetime) {
            return SlashStage::Expired;
        }
        if current > round.saturating_add(self.execution_delay) {
            SlashStage::Executable
        } else {
            SlashStage::Waiting
        }
    }

    /// The first slot in which a round can be executed.
    pub const fn executable_slot(self, round: u64) -> u64 {
        round.saturating_add(self.execution_delay).saturating_add(1).saturating_mul(self.round_size)
    }

    /// The first slot in which it no longer can.
    pub const fn end_slot(self, round: u64) -> u64 {
        round.saturating_add(self.lifetime).saturating_add(1).saturating_mul(self.round_size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_waits_then_can_be_executed_then_expires() {
        let terms = SlashTerms { round_size: 128, quorum: 65, lifetime: 34, execution_delay: 28 };
        for (current, known, vetoed, expected) in [
            (100, (false, 70), false, SlashStage::Voting),
            (101, (false, 64), false, SlashStage::TooFew),
            (101, (false, 65), false, SlashStage::Waiting),
            (128, (false, 65), false, SlashStage::Waiting),
            (129, (false, 65), false, SlashStage::Executable),
            (134, (false, 65), false, SlashStage::Executable),
            (135, (false, 65), false, SlashStage::Expired),
            (129, (false, 65), true, SlashStage::Vetoed),
            (129, (true, 65), false, SlashStage::Executed),
        ] {
            assert_eq!(terms.stage(100, current, known, vetoed), expected, "{current} {known:?}");
        }
        let stage = |current| terms.stage(100, current, (false, 65), false);
        assert_eq!(stage(129).of_slasher(false), SlashStage::Disabled);
        assert_eq!(stage(129).of_slasher(true), SlashStage::Executable);
        for current in [100, 101, 135] {
            assert_eq!(stage(current).of_slasher(false), stage(current), "{current}");
        }
        assert_eq!((terms.executable_slot(100), terms.end_slot(100)), (129 * 128, 135 * 128));
    }
}
