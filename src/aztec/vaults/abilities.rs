use alloy_primitives::Bytes;
use alloy_sol_types::SolCall as _;

use crate::aztec::abi::{IGSE, IStaker};

/// Something that a staker may or may not be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ability {
    /// Stake with a provider.
    StakeWithProvider,
    /// Start an exit, to the vault.
    Exit,
    /// Say who votes with stake that stays on its rollup.
    Delegate,
    /// The same of stake that follows upgrades: it looks for the instance that holds the stake.
    DelegateFollowing,
    /// Deposit tokens of the vault into Governance.
    Deposit,
    /// Vote with them.
    Vote,
    /// Propose a payload by locking them.
    Propose,
    /// Take them back.
    Withdraw,
    /// Send back what it holds itself.
    Return,
    /// Pay out all that is in the vault.
    Empty,
}

impl Ability {
    const ALL: [Self; 10] = [
        Self::StakeWithProvider,
        Self::Exit,
        Self::Delegate,
        Self::DelegateFollowing,
        Self::Deposit,
        Self::Vote,
        Self::Propose,
        Self::Withdraw,
        Self::Return,
        Self::Empty,
    ];

    /// The function that it takes.
    fn selector(self) -> [u8; 4] {
        match self {
            Self::StakeWithProvider => IStaker::stakeWithProviderCall::SELECTOR,
            Self::Exit => IStaker::initiateWithdrawCall::SELECTOR,
            Self::Delegate | Self::DelegateFollowing => IStaker::delegateCall::SELECTOR,
            Self::Deposit => IStaker::depositIntoGovernanceCall::SELECTOR,
            Self::Vote => IStaker::voteInGovernanceCall::SELECTOR,
            Self::Propose => IStaker::proposeWithLockCall::SELECTOR,
            Self::Withdraw => IStaker::initiateWithdrawFromGovernanceCall::SELECTOR,
            Self::Return => IStaker::moveFundsBackToATPCall::SELECTOR,
            Self::Empty => IStaker::withdrawAllTokensToBeneficiaryCall::SELECTOR,
        }
    }

    /// A function of another contract that it cannot do without.
    fn calls(self) -> Option<[u8; 4]> {
        (self == Self::DelegateFollowing).then_some(IGSE::isRegisteredCall::SELECTOR)
    }
}

/// What the code of one staker implementation can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Abilities(u16);

impl Abilities {
    /// By the selectors in its code: a compiler puts those of its own functions there to compare calldata with, and
    /// those that it calls. Four bytes are in code of 8,000 bytes by chance once in half a million times, and what is
    /// signed is simulated before.
    pub fn of_code(code: &Bytes) -> Self {
        let holds = |selector: [u8; 4]| code.windows(4).any(|window| window == selector);
        let able = |ability: &Ability| holds(ability.selector()) && ability.calls().is_none_or(holds);
        let bits = Ability::ALL.into_iter().filter(able).map(|ability| 1 << ability as u16);
        Self(bits.fold(0, |all, bit| all | bit))
    }

    /// Whether it can do something.
    pub fn has(self, ability: Ability) -> bool {
        self.0 & (1 << ability as u16) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(selectors: &[[u8; 4]]) -> Bytes {
        let pushes = selectors.iter().flat_map(|selector| [&[0x80, 0x63][..], selector, &[0x14]].concat());
        pushes.collect::<Vec<u8>>().into()
    }

    #[test]
    fn code_can_do_what_it_has_the_selectors_of() {
        let exits = Abilities::of_code(&code(&[IStaker::initiateWithdrawCall::SELECTOR]));
        for ability in Ability::ALL {
            assert_eq!(exits.has(ability), ability == Ability::Exit, "{ability:?}");
        }
        assert_eq!(Abilities::of_code(&Bytes::new()), Abilities::default());
        // half of a selector is none
        assert!(!Abilities::of_code(&Bytes::from_static(&[0x4a, 0xc3, 0xa7])).has(Ability::Exit));
    }

    #[test]
    fn stake_that_follows_upgrades_needs_a_staker_that_looks_for_it() {
        let blind = Abilities::of_code(&code(&[IStaker::delegateCall::SELECTOR]));
        assert!(blind.has(Ability::Delegate) && !blind.has(Ability::DelegateFollowing));
        let looks =
            Abilities::of_code(&code(&[IStaker::delegateCall::SELECTOR, IGSE::isRegisteredCall::SELECTOR]));
        assert!(looks.has(Ability::Delegate) && looks.has(Ability::DelegateFollowing));
    }
}
