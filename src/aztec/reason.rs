//! What the contracts refuse, in words a person can act on. In every case here nothing moved: the call reverted or
//! was not sent.

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{Address, U256, hex};

use super::{Deployment, Names, abi::CATALOG, plan::staked_with, read::KeyProblem};
use crate::{
    chain::{abi::DecodedError, text::tame},
    tx::{Call, Explanation},
    units::{Bps, format},
};

/// Revert data of a call in words. An error that no known contract has is shown with its selector and data.
pub fn explain(contracts: &Deployment, names: &Names, call: &Call, revert: &[u8]) -> Explanation {
    let Some(error) = CATALOG.error(revert) else { return unknown(revert) };
    let provider =
        staked_with(contracts, call).map_or_else(|| "The provider".to_owned(), |id| names.label(id));
    let (what, todo) = sentence(contracts, &provider, &error).unwrap_or_else(|| {
        (
            format!("The contract refuses: {}.", humanised(&error.name)),
            "Nothing was changed. The error below names the rule.".to_owned(),
        )
    });
    // a contract may say as much as it likes
    Explanation { what, todo, raw: Some(tame(&error.text(), 400)) }
}

fn unknown(revert: &[u8]) -> Explanation {
    if revert.is_empty() {
        return Explanation::new(
            "The contract refuses without a reason.",
            "Nothing was changed. Check that the address is the right contract, or try again at the next block.",
        );
    }
    let (selector, data) = revert.split_at(revert.len().min(4));
    let data = hex::encode(&data[..data.len().min(256)]);
    Explanation {
        what: "The contract refuses with an error that Rota does not know.".to_owned(),
        todo: "Nothing was changed. Look the selector up before you try again.".to_owned(),
        raw: Some(format!("{} {data}", hex::encode_prefixed(selector)).trim_end().to_owned()),
    }
}

/// `StakingRegistry__NotProviderAdmin` → `not provider admin`.
fn humanised(name: &str) -> String {
    let rule = name.rsplit("__").next().unwrap_or(name);
    let mut words = String::new();
    for c in rule.chars() {
        if c.is_ascii_uppercase() && !words.is_empty() && !words.ends_with(|p: char| p.is_ascii_uppercase()) {
            words.push(' ');
        }
        words.push(c);
    }
    words.to_ascii_lowercase()
}

/// What concerns proposals and signalling rounds.
fn proposals(name: &str) -> Option<(String, String)> {
    let plain = |what: &str, todo: &str| Some((what.to_owned(), todo.to_owned()));
    match name {
        "Governance__CannotCallAsset" => plain(
            "The proposal calls governance's own token, which is forbidden.",
            "It can never be executed.",
        ),
        "GovernanceProposer__GSEPayloadInvalid" => plain(
            "Less than two thirds of all stake are with the latest rollup.",
            "It cannot be executed until stake has moved.",
        ),
        "OutsideBusinessHours" => {
            plain("The payload allows its execution at certain hours only.", "Try again within them.")
        }
        "Staking__NotOurProposal" => plain(
            "The sequencers of this rollup did not signal for the proposal: its stake does not vote by default.",
            NOTHING,
        ),
        "Staking__IncorrectGovProposer" => {
            plain("The proposal is of a governance proposer that was replaced.", "It can be dropped.")
        }
        "EmpireBase__RoundTooNew" => plain("The round is not over yet.", "Wait for its last slot."),
        "EmpireBase__RoundTooOld" => {
            plain("The round is too old to be submitted.", "Its payload has to win another one.")
        }
        "EmpireBase__PayloadAlreadySubmitted" => {
            plain("Somebody was faster: the round was submitted already.", "Look for the newest proposal.")
        }
        "EmpireBase__InsufficientSignals" | "EmpireBase__PayloadCannotBeAddressZero" => {
            plain("No payload won this round.", NOTHING)
        }
        _ => None,
    }
}

/// What concerns token vaults and their stakers.
fn vaults(contracts: &Deployment, args: &Args<'_>, name: &str) -> Option<(String, String)> {
    let plain = |what: &str, todo: &str| Some((what.to_owned(), todo.to_owned()));
    match name {
        "NotBeneficiary" => Some((
            format!("Only the vault's beneficiary {} may do this.", args.address(1)),
            "Connect that account.".to_owned(),
        )),
        "NotOperator" => Some((
            format!("Only the vault's operator {} may do this.", args.address(1)),
            "Connect that account, or let the beneficiary name another operator.".to_owned(),
        )),
        "NoClaimable" => plain("Nothing can be claimed from this vault.", NOTHING),
        "ExecutionNotAllowedYet" => Some((
            format!("The vault lets nobody stake before {}.", args.moment(1, 0)),
            "Nothing was changed. Come back then.".to_owned(),
        )),
        "InsufficientStakeable" => Some((
            format!("Only {} of this vault can be staked.", contracts.token.amount(args.number(0))),
            "Nothing was changed. Use less.".to_owned(),
        )),
        "UnRegisteredStaker" | "InvalidUpgrade" => {
            plain("The vault's registry does not offer this staker.", "Look at the vault again.")
        }
        "RevokedOrFailed" => plain("The vault's milestone failed: it was revoked.", NOTHING),
        "StakingNotOccurred" => {
            plain("The vault's staker has never staked.", "One stake through it opens this way out.")
        }
        "WithdrawalDelayNotPassed" => plain("The vault cannot be emptied yet.", "Look at its date."),
        _ => None,
    }
}

struct Args<'a>(&'a DecodedError);

impl Args<'_> {
    fn at(&self, index: usize) -> Option<&DynSolValue> {
        self.0.args.get(index).map(|argument| &argument.value)
    }

    fn number(&self, index: usize) -> U256 {
        self.at(index).and_then(DynSolValue::as_uint).map_or(U256::ZERO, |(number, _)| number)
    }

    fn rate(&self, index: usize) -> String {
        u16::try_from(self.number(index))
            .ok()
            .and_then(Bps::new)
            .map_or_else(|| "an impossible rate".to_owned(), |r| r.to_string())
    }

    fn address(&self, index: usize) -> String {
        self.at(index)
            .and_then(DynSolValue::as_address)
            .map_or_else(|| "an address".to_owned(), format::short_address)
    }

    fn moment(&self, index: usize, now: usize) -> String {
        format::date_time(self.number(index).saturating_to(), self.number(now).saturating_to())
    }
}

const NOTHING: &str = "Nothing was changed.";

/// What happened and what to do, for the errors that a person can meet.
fn sentence(contracts: &Deployment, provider: &str, error: &DecodedError) -> Option<(String, String)> {
    let args = Args(error);
    let token = |index| contracts.token.amount(args.number(index));
    let plain = |what: &str, todo: &str| Some((what.to_owned(), todo.to_owned()));
    match error.name.as_str() {
        // staking with a provider
        "QueueIsEmpty" => Some((format!("{provider} has no keys left."), "Nothing was staked. Choose another provider, or wait until it adds keys.".to_owned())),
        "StakingRegistry__UnexpectedTakeRate" => Some((
            format!("{provider} changed its commission from {} to {}.", args.rate(0), args.rate(1)),
            "Nothing was staked. Decide again at the new commission.".to_owned(),
        )),
        "StakingRegistry__InvalidProviderIdentifier" => Some((format!("There is no provider {}.", args.number(0)), "Choose one from the list.".to_owned())),
        "StakingRegistry__ZeroAddress" => plain("An address is missing.", "Fill in every address; the zero address is not allowed."),
        "StakingRegistry__InvalidTakeRate" => plain("The commission is above 100 %.", "Enter 0 to 100 %."),
        "StakingRegistry__NotProviderAdmin" => plain("Only the provider's admin may do this.", "Connect the admin's account. It is shown on the provider's page."),
        "StakingRegistry__UpdatedProviderTakeRateToSameValue" => plain("This is the commission already.", NOTHING),
        "StakingRegistry__UpdatedProviderAdminToSameAddress" => plain("This is the admin already.", NOTHING),
        "StakingRegistry__NotPendingProviderAdmin" => plain("This account was not proposed as admin.", "Ask the present admin to propose it."),
        "Registry__RollupNotRegistered" => plain("The rollup is not registered.", "Governance may just have changed it. Load the page again."),
        "Registry__NoRollupsRegistered" => plain("The Registry knows no rollup.", "Check the network's addresses in Settings."),
        "QueueIndexOutOfBounds" => plain("The key is no longer in the queue.", "Load the page again."),
        "Staking__AlreadyExiting" => Some((
            format!("The provider's next key {} is leaving the rollup. No stake with this provider is possible until it removes the key.", args.address(0)),
            "Nothing was staked. Choose another provider, or tell this one to remove the key from the front of its queue.".to_owned(),
        )),
        "Staking__InvalidDeposit" => plain("The provider's next key has no address.", "Nothing was staked. Choose another provider."),

        // tokens
        "ERC20InsufficientBalance" => Some((
            format!("{} has {}, {} are needed.", args.address(0), token(1), token(2)),
            "Nothing was moved. Get the tokens first.".to_owned(),
        )),
        "ERC20InsufficientAllowance" => Some((
            format!("The contract may take {}, it needs {}.", token(1), token(2)),
            "Nothing was moved. Approve the amount first; another transaction may have used the allowance up.".to_owned(),
        )),
        "ERC20InvalidSpender" | "ERC20InvalidReceiver" | "ERC20InvalidApprover" | "ERC20InvalidSender" => plain("The token refuses the zero address.", NOTHING),
        "SafeERC20FailedOperation" => plain("The token refused the transfer.", "Nothing was moved. Check balance and allowance."),

        // exits
        "Staking__NotExiting" => plain("This sequencer is not leaving.", "Start the exit first."),
        "Staking__InitiateWithdrawNeeded" => plain("Nobody has said who receives this stake.", "The withdrawer starts the exit first."),
        "Staking__WithdrawalNotUnlockedYet" | "Governance__WithdrawalNotUnlockedYet" => Some((
            format!("The stake is locked until {}.", args.moment(1, 0)),
            "Nothing was changed. Come back then.".to_owned(),
        )),
        "Staking__NotWithdrawer" | "GSE__NotWithdrawer" => Some((format!("Only the withdrawer {} may do this.", args.address(0)), "Connect that account.".to_owned())),
        "Staking__NothingToExit" => plain("There is nothing to leave with on this rollup, or it is leaving already.", "Look at the sequencer's status."),
        "Staking__InvalidRecipient" | "Governance__CannotWithdrawToAddressZero" => plain("The receiver is missing.", "Enter an address you control."),
        "Staking__WithdrawFailed" => plain("The rollup could not withdraw the stake.", NOTHING),
        "Staking__NotCanonical" => plain("The rollup is not the current one any more.", "Load the page again."),
        "Staking__DepositOutOfGas" => plain("The transaction ran out of gas while it admitted a sequencer.", "Try again with more gas."),
        "Staking__QueueEmpty" => plain("The entry queue is empty.", NOTHING),

        // keys
        "GSE__AlreadyRegistered" | "Staking__AlreadyRegistered" => plain("The key is in use.", "Use another key."),
        "GSE__CannotChangePublicKeys" | "GSE__ProofOfPossessionAlreadySeen" => plain("The key was used before and cannot be used again.", "Use another key."),
        "GSE__InvalidProofOfPossession" => plain("The key's proof of possession is wrong.", "Generate the key file again."),
        "MulPointFail" | "AddPointFail" => plain("A point of the public key is not on the curve.", "Generate the key file again."),
        "InfinityNotAllowed" => plain("The public key is zero.", "Generate the key file again."),
        "PairingFail" => plain("The second public key is not a point of its group.", "Generate the key file again."),
        "SqrtFail" | "GammaZero" => plain("The key's proof needs more gas than the GSE grants.", "Generate another key."),

        // governance
        "Governance__InsufficientPower" | "Delegation__InsufficientPower" => Some((
            format!("{} has {} of voting power left, {} are needed.", args.address(0), token(1), token(2)),
            "Power counts as of the moment the vote opened. Use less.".to_owned(),
        )),
        "Governance__ProposalNotActive" => plain("This proposal is not open for votes.", "Look at its dates."),
        "Governance__ProposalNotExecutable" => plain("This proposal cannot be executed now.", "Look at its state."),
        "Governance__ProposalDoesNotExists" => plain("There is no such proposal.", NOTHING),
        "Governance__ProposalCannotBeDropped" | "Governance__ProposalAlreadyDropped" => plain("This proposal cannot be dropped.", NOTHING),
        "Governance__WithdrawalNotInitiated" => plain("There is no such withdrawal.", NOTHING),
        "Governance__WithdrawalAlreadyClaimed" => plain("This withdrawal was paid out already.", NOTHING),
        "Governance__DepositNotAllowed" => plain("This account may not deposit into Governance.", NOTHING),
        "Governance__CheckpointedUintLib__NotInPast" => plain("Voting power can be asked for the past only.", "Wait for the next block."),
        "Governance__CallFailed" => Some((format!("A call of the proposal to {} fails.", args.address(0)), NOTHING.to_owned())),

        // rewards
        "Rollup__RewardsNotClaimable" => plain("Rewards of this rollup cannot be claimed yet.", "Governance has to unlock them."),
        "InvalidSplit" => plain("These are not the split's parameters.", "Load the page again."),
        "WithdrawalPaused" => Some((format!("{} paused withdrawals for everybody else.", args.address(0)), "Connect that account.".to_owned())),

        // what every compiler adds
        "Error" => {
            let text = args.at(0).and_then(DynSolValue::as_str).unwrap_or_default();
            Some((format!("The contract refuses: “{}”.", crate::chain::text::tame(text, 160)), NOTHING.to_owned()))
        }
        "Panic" => plain("The contract met an arithmetic or internal error.", "Nothing was changed. An amount may be zero or too large."),
        "OwnableUnauthorizedAccount" => plain("Only the contract's owner may do this.", NOTHING),
        name => proposals(name).or_else(|| vaults(contracts, &args, name)),
    }
}

/// Why a key of a provider must not be staked with. `place` is how many keys stand before it in the queue.
pub fn bad_key(place: usize, attester: Address, problem: &KeyProblem) -> Explanation {
    let short = format::short_address(attester);
    let which = match place {
        0 => "The provider's next key".to_owned(),
        _ => format!("The {} key in the provider's queue", format::ordinal(place as u64 + 1)),
    };
    let key = format!("{which} {short}");
    let refund = "A stake with it would wait in the entry queue, fail there and come back days later.";
    let stuck = match place {
        0 => "No stake with this provider is possible until the key is removed.",
        _ => "The keys before it can be staked with; then no stake is possible until it is removed.",
    };
    let what = match problem {
        KeyProblem::Used(by) => {
            format!("{key} was staked with before, by {}. {refund}", format::short_address(*by))
        }
        KeyProblem::PublicKeyUsed => format!("{key} has a public key that was staked with before. {refund}"),
        KeyProblem::Queued { version } => {
            format!("{key} waits in the entry queue of rollup {version} already. {refund}")
        }
        KeyProblem::Repeated => format!("{key} stands in the queue twice. {refund}"),
        KeyProblem::Exiting { version } => format!("{key} is leaving rollup {version}. {stuck}"),
        KeyProblem::Active { version } => format!("{key} is active on rollup {version}. {refund}"),
        KeyProblem::Empty => format!("{which} has no address. {stuck}"),
    };
    let todo = match place {
        0 => {
            "Nothing was staked. Choose another provider, or tell this one to remove the key from the front of its queue."
        }
        _ => "Nothing was staked. Stake with the keys before it only, or choose another provider.",
    };
    Explanation::new(what, todo)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_words() {
        assert_eq!(humanised("StakingRegistry__NotProviderAdmin"), "not provider admin");
        assert_eq!(humanised("SlashingProposer__RoundNotComplete"), "round not complete");
        assert_eq!(humanised("MulPointFail"), "mul point fail");
    }

    #[test]
    fn a_bad_key_is_told_with_its_place() {
        let said = |place| bad_key(place, Address::repeat_byte(1), &KeyProblem::Repeated).what;
        assert!(said(0).starts_with("The provider's next key 0x0101…0101 stands in the queue twice."));
        assert!(said(2).starts_with("The 3rd key in the provider's queue 0x0101…0101 stands"));
        let stuck = bad_key(3, Address::ZERO, &KeyProblem::Empty);
        assert!(stuck.what.contains("4th key") && stuck.what.contains("keys before it can be staked with"));
    }

    #[test]
    fn unknown_errors_show_selector_and_data() {
        assert_eq!(unknown(&[0xde, 0xad, 0xbe, 0xef, 0x01]).raw.as_deref(), Some("0xdeadbeef 01"));
        assert_eq!(unknown(&[0xde, 0xad, 0xbe, 0xef]).raw.as_deref(), Some("0xdeadbeef"));
        assert_eq!(unknown(&[]).raw, None);
        assert!(unknown(&vec![7; 100_000]).raw.is_some_and(|raw| raw.len() < 600));
    }
}
