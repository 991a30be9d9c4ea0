//! Every sentence about a failure that did not come from a contract. Contract errors: `aztec::reason`.

use alloy_primitives::{Address, U256};

use crate::{
    aztec::{
        plan::{LeftOut, PlanError, VaultError},
        reason,
    },
    chain::{Fault, FeeMarket, ReadError, RpcError},
    tx::{
        Explanation, Refusal, WalletError,
        machine::{Pause, Run},
    },
    units::{Token, format},
};

/// What an endpoint does wrong, after its name: `eth.drpc.org answered …`.
pub(crate) fn fault(fault: &Fault) -> String {
    match fault {
        Fault::Unreachable => "cannot be reached".to_owned(),
        Fault::NotAllowed => "is not in Settings".to_owned(),
        Fault::TimedOut(limit) => format!("did not answer within {} s", limit.as_secs()),
        Fault::RateLimited { .. } => "answered “rate limited”".to_owned(),
        Fault::Http(status) => format!("answered with HTTP status {status}"),
        Fault::TooLarge(_) => "sent more than can be right".to_owned(),
        Fault::NotJson => "sent something that is no answer".to_owned(),
        Fault::WrongId => "answered another question".to_owned(),
        Fault::Malformed(_) => "sent an answer of the wrong shape".to_owned(),
        Fault::WrongChain { expected, got } => format!("serves chain {got} instead of {expected}"),
        Fault::WrongBlock(block) => format!("answered for another block than {}", format::count(*block)),
        Fault::NoBlock(_) => "is behind".to_owned(),
        Fault::Internal(_) => "has an internal error".to_owned(),
    }
}

/// Why nothing could be read, and what to do.
pub(crate) fn rpc_error(error: &RpcError) -> Explanation {
    match error {
        RpcError::NoEndpoint => Explanation::new("This network has no endpoint.", "Add one in Settings."),
        RpcError::Node(refused) => {
            let what = "The endpoint refuses the question.";
            Explanation {
                raw: Some(refused.to_string()),
                ..Explanation::new(what, "Add another endpoint in Settings.")
            }
        }
        RpcError::AllFailed(faults) => {
            let each: Vec<_> =
                faults.iter().map(|(label, reason)| format!("{label} {}", fault(reason))).collect();
            Explanation::new(
                format!("{}.", each.join("; ")),
                "Rota tries again by itself. You can add an endpoint in Settings.",
            )
        }
    }
}

/// Why a figure or a screen was not read.
pub(crate) fn read_error(error: &ReadError) -> Explanation {
    match error {
        ReadError::Rpc(error) => rpc_error(error),
        ReadError::Reverted(_) => Explanation::new(
            "The contract refuses this question.",
            "This generation of the contract may not have it.",
        ),
        ReadError::Empty => Explanation::new(
            "There is no such contract at this address.",
            "Check the network's addresses in Settings, and that the endpoint serves its chain.",
        ),
        ReadError::Decode => Explanation::new(
            "The contract answers in a form that Rota does not know.",
            "It may be newer than this version of Rota.",
        ),
        ReadError::Incomplete => {
            Explanation::new("A part of it was not read.", "Rota tries again at the next block.")
        }
        ReadError::LogsMissing => {
            Explanation::new("The events are not read yet.", "They are being read, newest first.")
        }
    }
}

/// Why a plan cannot be made: below the button that it disables.
pub(crate) fn plan_error(error: &PlanError, token: &Token) -> String {
    match error {
        PlanError::ContractsDisagree => {
            "The contracts of this network contradict each other. Nothing is signed here.".to_owned()
        }
        PlanError::NotRead(what) => format!("Waits until {what} can be read."),
        PlanError::NothingChosen => "Choose at least one sequencer.".to_owned(),
        PlanError::NoSuchProvider => "There is no provider with this number.".to_owned(),
        PlanError::NotEnoughKeys(0) => {
            "This provider has no keys left. Choose another one, or wait until it adds keys.".to_owned()
        }
        PlanError::NotEnoughKeys(left) => format!("This provider has {} left.", format::plural(*left, "key")),
        PlanError::BadKey { place, attester, problem } => {
            let reason = reason::bad_key(*place, *attester, problem);
            format!("{} {}", reason.what, reason.todo)
        }
        PlanError::NotEnoughTokens { needed, held } => {
            format!("Needs {}. Your account holds {}.", token.amount(*needed), token.amount(*held))
        }
        PlanError::CannotFollow => {
            "Stake cannot be said to follow upgrades at present. Untick “Follow rollup upgrades”, or wait."
                .to_owned()
        }
        PlanError::NotAdmin(admin) => {
            format!("Only the admin {} can do this. Connect that account.", format::short_address(*admin))
        }
        PlanError::NoKeys => "There is no key to add or remove.".to_owned(),
        PlanError::NotOffered(to) if to.is_zero() => "This provider was offered to nobody.".to_owned(),
        PlanError::NotOffered(to) => {
            format!("It was offered to {}. Connect that account to accept.", format::short_address(*to))
        }
        PlanError::NoAmount => "Enter an amount.".to_owned(),
        PlanError::NotEnoughPower { needed, held } => {
            format!("Needs {}. {} is left.", token.amount(*needed), token.amount(*held))
        }
        PlanError::NotVotingYet => "Voting has not begun.".to_owned(),
        PlanError::NoStake => "There is no stake behind this key.".to_owned(),
        PlanError::NotUntil(time) => format!("Possible from {}.", format::date_time(*time, *time)),
        PlanError::NothingToSettle => "It can neither be executed nor dropped now.".to_owned(),
        PlanError::NotWithdrawer(withdrawer) => {
            let who = format::short_address(*withdrawer);
            format!("Only the withdrawer {who} can start this exit. Connect that account.")
        }
        PlanError::NoRecipient => "Its withdrawer has to say first where the stake goes.".to_owned(),
        PlanError::NotYet(at) => format!("Can be finalised from {} on.", format::date_time(*at, *at)),
        PlanError::NothingToClaim(left) => {
            let reasons = left.iter().map(|left| left_out(left, std::slice::from_ref(token)));
            std::iter::once("There is nothing to claim.".to_owned())
                .chain(reasons)
                .collect::<Vec<_>>()
                .join(" ")
        }
        PlanError::SameValue => "This is the present value.".to_owned(),
        PlanError::Vault(error) => vault_error(error, token),
    }
}

/// What a token vault does not allow.
fn vault_error(error: &VaultError, token: &Token) -> String {
    let short = format::short_address;
    match error {
        VaultError::NotBeneficiary(who) => {
            format!("Only the vault’s beneficiary {} can do this. Connect that account.", short(*who))
        }
        VaultError::NotOperator(who) if who.is_zero() => {
            "The vault has no operator yet. Its beneficiary has to name one first.".to_owned()
        }
        VaultError::NotOperator(who) => {
            format!("Only the vault’s operator {} can do this. Connect that account.", short(*who))
        }
        VaultError::NeverClaimable => {
            "This type of vault never pays out by a claim. Its tokens leave through its staker.".to_owned()
        }
        VaultError::NothingUnlocked => "Nothing can be claimed from this vault now.".to_owned(),
        VaultError::NotApprovableBefore(at) => {
            format!("The vault lets nobody stake before {}.", format::date_time(*at, *at))
        }
        VaultError::StakeableOnly { stakeable, needed } => {
            format!("Needs {}. Only {} of the vault can be staked.", token.amount(*needed), token.amount(*stakeable))
        }
        VaultError::HoldsOnly { held, needed } => {
            format!("Needs {}. The vault holds {}.", token.amount(*needed), token.amount(*held))
        }
        VaultError::Revoked => "The vault’s milestone failed: it was revoked.".to_owned(),
        VaultError::NoFunction => {
            "Neither the vault’s staker nor the newest one that its registry offers can do this.".to_owned()
        }
        VaultError::NeedsUpgrade(who) => {
            format!("The vault’s staker cannot do this. Its beneficiary {} has to upgrade it first.", short(*who))
        }
        VaultError::NeedsApproval(who) => {
            format!("The vault’s beneficiary {} has to approve this amount for its staker first.", short(*who))
        }
        VaultError::NothingToReturn => "The vault’s staker holds nothing.".to_owned(),
        VaultError::NeverStaked => {
            "The vault’s staker keeps in mind whether it ever staked, and says no. One stake through it opens this way out.".to_owned()
        }
        VaultError::NotBefore(at) => format!("Possible from {} on.", format::date_time(*at, *at)),
        VaultError::StakerCannotVote => {
            "A staker cannot vote with what is delegated to it. Name a wallet.".to_owned()
        }
    }
}

/// Token units in words; the number as it stands where Rota does not know the token.
fn of_token(raw: U256, of: Address, tokens: &[Token]) -> String {
    match tokens.iter().find(|token| token.address == of) {
        Some(token) => token.amount(raw),
        None => format!("{raw} units of token {of}"),
    }
}

/// What a claim leaves where it is, and why.
pub(crate) fn left_out(left: &LeftOut, tokens: &[Token]) -> String {
    let short = format::short_address;
    match left {
        LeftOut::Dust { split, token: of, share } => {
            let share = of_token(*share, *of, tokens);
            format!("{share} at split {} stays: less than it costs to move.", short(*split))
        }
        LeftOut::HeldBack { split, token: of, amount } => {
            let amount = of_token(*amount, *of, tokens);
            format!(
                "{amount} for split {} stays: its rollup does not pay rewards out at present.",
                short(*split)
            )
        }
        LeftOut::NotRead { split } => format!("Split {} was not read, and is left out.", short(*split)),
        LeftOut::PurseNotRead { recipient } => {
            format!("What {} has in the warehouse was not read, and is left there.", short(*recipient))
        }
        LeftOut::Paused { split } => format!("Split {} is paused.", short(*split)),
        LeftOut::OnlyItself { recipient } => {
            format!("{} lets nobody withdraw for it; its share waits in the warehouse.", short(*recipient))
        }
    }
}

/// Why a wallet did not do what it was asked.
pub(crate) fn wallet_error(error: &WalletError) -> Explanation {
    let nothing = "Nothing was sent.";
    match error {
        WalletError::Rejected => Explanation::new("You rejected the request.", nothing),
        WalletError::Unauthorized => Explanation::new(
            "The wallet does not show this page an account.",
            "Allow it in the wallet, then connect again.",
        ),
        WalletError::Unsupported => {
            Explanation::new("The wallet cannot do this.", "Do it in the wallet itself.")
        }
        WalletError::Disconnected => Explanation::new("The wallet has no connection.", "Connect it again."),
        WalletError::ChainDisconnected => {
            Explanation::new("The wallet has no connection to this chain.", "Check its network settings.")
        }
        WalletError::UnknownChain => {
            Explanation::new("The wallet does not know this chain.", "Add it in the wallet.")
        }
        WalletError::Busy => {
            Explanation::new("The wallet has another request open.", "Open the wallet and answer it.")
        }
        WalletError::Other { code, message } => Explanation {
            raw: Some(format!("{message} ({code})")),
            ..Explanation::new("The wallet refuses.", nothing)
        },
    }
}

/// Why it is not known whether a wallet sent what it was asked to.
fn unclear(error: &WalletError) -> Explanation {
    Explanation {
        raw: Some(error.to_string()),
        ..Explanation::new(
            "The wallet failed without saying whether it sent the transaction. Rota looks for it.",
            "Look in your wallet. If it is there, wait. If not, ask again: a second one takes the same place, so that it cannot happen twice.",
        )
    }
}

/// What gas costs, rounded up; gas is `None` where a step was not simulated, the price where it was not read.
pub(crate) fn cost(gas: Option<u64>, fees: Option<FeeMarket>) -> String {
    match (gas, fees) {
        (Some(gas), Some(fees)) => {
            let fee = U256::from(gas) * U256::from(fees.price());
            format!(
                "about {} ETH: {} gas at {}",
                format::amount_up(fee, 18, 5),
                format::count(gas),
                format::gwei(fees.price())
            )
        }
        (Some(gas), None) => format!("{} gas; the price was not read", format::count(gas)),
        (None, _) => "known when each step is simulated, right before you sign it".to_owned(),
    }
}

/// Names of the chains that wallets are found on.
pub(crate) fn chain_name(chain_id: u64) -> String {
    match chain_id {
        1 => "Ethereum".to_owned(),
        11_155_111 => "Sepolia".to_owned(),
        31_337 => "a local chain".to_owned(),
        1088 => "Metis".to_owned(),
        other => format!("chain {other}"),
    }
}

/// Why a step is not put before the wallet.
pub(crate) fn refusal(refusal: &Refusal) -> Explanation {
    match refusal {
        Refusal::Reverts { because, .. } | Refusal::Unwise(because) => because.clone(),
        Refusal::TooMuchGas { gas, cap } => Explanation::new(
            format!(
                "This needs {} gas. Ethereum lets one transaction use {} at most.",
                format::count(*gas),
                format::count(*cap)
            ),
            "Nothing was sent. Do less in one transaction.",
        ),
        Refusal::NoEther { needed, held } => Explanation::new(
            format!(
                "The account cannot pay for the gas: {} ETH are needed, it holds {} ETH.",
                format::amount_up(*needed, 18, 5),
                format::amount(*held, 18, 5)
            ),
            "Nothing was sent. Send it some ether first.",
        ),
        Refusal::OtherAccount { expected, found } => Explanation::new(
            match found {
                Some(found) => format!(
                    "Your wallet is on {} now, this was made for {}.",
                    format::short_address(*found),
                    format::short_address(*expected)
                ),
                None => format!("The wallet with {} is not connected.", format::short_address(*expected)),
            },
            "Nothing more was signed. Choose that account in your wallet to go on.",
        ),
        Refusal::OtherChain { expected, found } => Explanation::new(
            format!("Your wallet is on {}, this is for {}.", chain_name(*found), chain_name(*expected)),
            "Nothing more was signed. Switch the network in your wallet to go on.",
        ),
        Refusal::NotReadable(raw) => Explanation {
            raw: Some(raw.clone()),
            ..Explanation::new(
                "The chain cannot be read, so nothing can be checked.",
                "Nothing was signed. Try again.",
            )
        },
        Refusal::WalletSilent(raw) => Explanation {
            raw: Some(raw.clone()),
            ..Explanation::new(
                "The wallet does not answer.",
                "Nothing was signed. Open the wallet and try again.",
            )
        },
        Refusal::TooFarBack => Explanation::new(
            "Your account sent other transactions since, and no endpoint lets Rota look that far back: this step may be one of them.",
            "Nothing more was signed. Look in your wallet: if it is not there, stop here and begin anew. An endpoint with old states (archive) in Settings lets Rota look itself.",
        ),
        Refusal::PutAway => Explanation::new(
            "Another tab finished this, or put it away.",
            "Nothing was signed here. Close it; what is staked shows in the list of sequencers.",
        ),
        Refusal::Elsewhere => Explanation::new(
            "This account has a transaction going on in another tab.",
            "Nothing was signed here. Finish or close it there first.",
        ),
    }
}

/// Why a run waits at a step.
pub(crate) fn pause(run: &Run, step: usize, pause: &Pause) -> Explanation {
    if run.may_happen_twice(step) && matches!(pause, Pause::Uncertain | Pause::Unclear(_)) {
        return Explanation::new(
            "Whether this was proposed, or will still be executed, is not known here: your account is a contract.",
            "Look in its queue of transactions, in the Safe. If it is there, sign it there. Go on here only if it is not: a second one would be another transaction, and both could be executed.",
        );
    }
    match pause {
        Pause::Refused(reason) => refusal(reason),
        Pause::Wallet(error) => wallet_error(error),
        Pause::Unclear(error) => unclear(error),
        Pause::Reverted => Explanation::new(
            "The transaction reverted: it changed nothing but cost its gas.",
            "Look at the reason before you try again.",
        ),
        Pause::Cancelled { by } => Explanation::new(
            format!("The transaction was cancelled in the wallet, by {}.", format::short_hash(*by)),
            "Nothing was changed. You can try again.",
        ),
        Pause::Replaced { by: Some(by) } => Explanation::new(
            format!("Another transaction took its place: {}.", format::short_hash(*by)),
            "What Rota asked for was not done. You can try again.",
        ),
        Pause::Replaced { by: None } => Explanation::new(
            "Its place in your account is used, and none of your transactions since does what it should have done.",
            "It was not done. You can try again.",
        ),
        Pause::Unproven { by } => Explanation::new(
            format!(
                "Your account says that it carried this out, in {}. Rota does not see in that transaction what was proposed.",
                format::short_hash(*by)
            ),
            "It may be done all the same. Look at that transaction. Try again only if it did something else: a second one would be another transaction, and both would count.",
        ),
        Pause::Dropped { again: false, again_from, .. } => Explanation::new(
            "No endpoint shows the transaction yet. It may still be mined: Rota keeps looking.",
            format!(
                "Your wallet may show what became of it. If nothing is seen of it until block {}, you can send it again here.",
                format::count(*again_from)
            ),
        ),
        Pause::Dropped { again: true, nonce, .. } => Explanation::new(
            "No endpoint has shown the transaction for long, and its place in your account is free.",
            format!(
                "Look in your wallet. If it is not there, send it again: it takes the same place (nonce {nonce}), so that it cannot happen twice."
            ),
        ),
        Pause::Stopped => Explanation::new("Stopped here, as you asked.", "Go on whenever you like."),
        Pause::Reloaded => {
            Explanation::new("The page was loaded again before this step.", "Look at what is left and go on.")
        }
        Pause::Uncertain => Explanation::new(
            "Whether your wallet sent this is not known: the page was closed while it was open, or something else of your account waits. Rota looks for it.",
            "If you signed it, wait: it will be found when it is mined. If not, go on: a second one takes the same place, so that it cannot happen twice.",
        ),
    }
}
