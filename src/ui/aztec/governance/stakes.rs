//! Own stake by who votes with it.

use alloy_primitives::{Address, U256};

use crate::{
    aztec::{
        Deployment,
        read::{Backing, Origin, Power, ProposalPage, ProposalPower},
        rules::{Backer, DefaultVote, backer},
    },
    chain::ReadError,
};

/// Own stake, in token units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stakes {
    /// All of it.
    pub(super) all: U256,
    /// Left with its rollups.
    pub(super) default: U256,
    /// Delegated to oneself.
    pub(super) own: U256,
    /// Delegated to others.
    pub(super) others: U256,
    /// With nobody.
    pub(super) nobody: U256,
}

/// Adds up own stake; an error where one of the stakes was not read.
pub(super) fn stakes(power: &Power) -> Result<Stakes, ReadError> {
    let mut sums = Stakes::default();
    for stake in &power.stakes {
        let stake = stake.need()?;
        let Some(instance) = stake.instance else { continue };
        let part = match backer(instance, stake.delegatee, power.account) {
            Backer::Default => &mut sums.default,
            Backer::Oneself => &mut sums.own,
            Backer::Other(_) => &mut sums.others,
            Backer::Nobody => &mut sums.nobody,
        };
        *part = part.saturating_add(stake.balance);
        sums.all = sums.all.saturating_add(stake.balance);
    }
    Ok(sums)
}

/// What decides about the default vote on a proposal, where all of it was read.
pub(super) fn default_vote(
    contracts: &Deployment,
    page: &ProposalPage,
    bonus: Address,
    power: &ProposalPower,
) -> Option<DefaultVote> {
    let proposer = page.row.proposal.get()?.standing.proposer;
    let current = contracts.governance_proposer?;
    let signalled_by = match page.origin.get()? {
        Origin::Signalled { rollup } if proposer == current => Some(*rollup),
        Origin::Signalled { .. } | Origin::Locked => None,
    };
    let latest = *power.latest.get()?;
    Some(DefaultVote { canonical: contracts.canonical().address, bonus, latest, signalled_by })
}

/// Own stake that was left with its rollups: what of it can vote yea by default, and what cannot vote at all.
pub(super) fn by_default(stakes: &[Backing], account: Address, vote: &DefaultVote) -> (U256, U256) {
    let mut sums = (U256::ZERO, U256::ZERO);
    for stake in stakes {
        let Some(instance) = stake.instance else { continue };
        if backer(instance, stake.delegatee, account) == Backer::Default {
            let part = if vote.covers(instance) { &mut sums.0 } else { &mut sums.1 };
            *part = part.saturating_add(stake.balance);
        }
    }
    sums
}

/// Own stakes that the account does not vote with itself.
pub(super) fn elsewhere(stakes: &[Backing], account: Address) -> Vec<Backing> {
    let held = stakes.iter().filter(|stake| stake.instance.is_some() && stake.delegatee != account);
    held.copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stake_of_an_old_rollup_does_not_vote() {
        let [canonical, old, bonus, me] = [1, 2, 3, 9].map(Address::repeat_byte);
        let stake = |instance, delegatee, n: u64| Backing {
            attester: Address::repeat_byte(7),
            instance: Some(instance),
            balance: U256::from(n),
            delegatee,
        };
        let all = [
            stake(bonus, bonus, 1),
            stake(canonical, canonical, 10),
            stake(old, old, 100),
            stake(bonus, me, 1_000),
            stake(canonical, Address::ZERO, 10_000),
        ];
        let vote = DefaultVote { canonical, bonus, latest: canonical, signalled_by: Some(canonical) };
        assert_eq!(by_default(&all, me, &vote), (U256::from(11), U256::from(100)));
        assert_eq!(elsewhere(&all, me).len(), 4);
        let locked = DefaultVote { signalled_by: None, ..vote };
        assert_eq!(by_default(&all, me, &locked), (U256::ZERO, U256::from(111)));
    }
}
