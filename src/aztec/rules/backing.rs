use alloy_primitives::Address;

/// Where the vote of one stake is, as the GSE has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backer {
    /// The rollup, or the bonus instance, that holds it: it can vote yea by default.
    Default,
    /// The account itself: it votes with it.
    Oneself,
    /// Nobody: it does not vote.
    Nobody,
    /// Somebody it was given to.
    Other(Address),
}

/// Who votes with a stake on `instance` that has this delegatee.
pub fn backer(instance: Address, delegatee: Address, account: Address) -> Backer {
    match delegatee {
        same if same == instance => Backer::Default,
        own if own == account => Backer::Oneself,
        none if none.is_zero() => Backer::Nobody,
        other => Backer::Other(other),
    }
}

/// What decides whether stake that was left with its rollup votes on a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DefaultVote {
    /// Today's canonical rollup: only it may vote by default.
    pub canonical: Address,
    /// The instance of stake that follows upgrades.
    pub bonus: Address,
    /// The rollup that this stake was with at the snapshot, or is with now where that is not past.
    pub latest: Address,
    /// The rollup whose sequencers signalled for the proposal; `None` for one with locked tokens, or of a governance
    /// proposer that was replaced.
    pub signalled_by: Option<Address>,
}

impl DefaultVote {
    /// Whether stake on `instance`, left with it, can vote yea by default on the proposal.
    pub fn covers(&self, instance: Address) -> bool {
        let held = instance == self.canonical || instance == self.bonus && self.latest == self.canonical;
        held && self.signalled_by == Some(self.canonical)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Address = Address::repeat_byte(1);
    const NEW: Address = Address::repeat_byte(2);
    const BONUS: Address = Address::repeat_byte(3);

    #[test]
    fn only_stake_of_the_rollup_that_signalled_votes_by_default() {
        let vote = DefaultVote { canonical: NEW, bonus: BONUS, latest: NEW, signalled_by: Some(NEW) };
        assert!(vote.covers(NEW) && vote.covers(BONUS) && !vote.covers(OLD));
        // proposed with locked tokens
        let locked = DefaultVote { signalled_by: None, ..vote };
        assert!(!locked.covers(NEW) && !locked.covers(BONUS));
        // signalled on the rollup before: nobody can trigger it any more
        let old = DefaultVote { signalled_by: Some(OLD), ..vote };
        assert!(!old.covers(NEW) && !old.covers(OLD));
        // following stake was elsewhere at the snapshot
        let moved = DefaultVote { latest: OLD, ..vote };
        assert!(moved.covers(NEW) && !moved.covers(BONUS));
    }

    #[test]
    fn a_vote_is_with_one_of_four() {
        let (me, other) = (Address::repeat_byte(9), Address::repeat_byte(8));
        for (delegatee, expected) in [
            (BONUS, Backer::Default),
            (me, Backer::Oneself),
            (Address::ZERO, Backer::Nobody),
            (other, Backer::Other(other)),
        ] {
            assert_eq!(backer(BONUS, delegatee, me), expected);
        }
    }
}
