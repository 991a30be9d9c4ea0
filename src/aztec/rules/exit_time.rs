/// The delays an exit meets if it starts now. Seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitTerms {
    /// `Rollup.getExitDelay()`.
    pub exit_delay: u64,
    /// `Governance.getConfiguration().votingDelay`.
    pub voting_delay: u64,
    /// `… .votingDuration`.
    pub voting_duration: u64,
    /// `… .executionDelay`.
    pub execution_delay: u64,
}

impl ExitTerms {
    /// How long governance holds a withdrawal (`ConfigurationLib.withdrawalDelay`).
    pub const fn governance_delay(self) -> u64 {
        (self.voting_delay / 5).saturating_add(self.voting_duration).saturating_add(self.execution_delay)
    }

    /// Seconds from start to end: both delays run at the same time.
    pub fn duration(self) -> u64 {
        self.exit_delay.max(self.governance_delay())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_delay_decides() {
        let day = 86_400;
        let mainnet = ExitTerms {
            exit_delay: 4 * day,
            voting_delay: 3 * day,
            voting_duration: 7 * day,
            execution_delay: 2 * day,
        };
        assert_eq!(mainnet.duration(), 829_440); // 9 d 14 h 24 min
        assert_eq!(ExitTerms { exit_delay: 30 * day, ..mainnet }.duration(), 30 * day);
        // integer division as in Solidity
        assert_eq!(
            ExitTerms { voting_delay: 4, voting_duration: 0, execution_delay: 0, exit_delay: 0 }.duration(),
            0
        );
        // checked on the real contracts: 259200 / 5 + 604800 + 2592000
        let checked = ExitTerms {
            exit_delay: 345_600,
            voting_delay: 259_200,
            voting_duration: 604_800,
            execution_delay: 2_592_000,
        };
        assert_eq!(checked.duration(), 3_248_640);
    }
}
