use alloy_primitives::{Address, U256};

use super::{Fate, Line, Sheet, Stake};
use crate::{
    aztec::{
        Deployment, Names,
        events::{Fact, Place},
        history::History,
        read::{Deed, Move, Rewards},
    },
    units::{Bps, format},
};

/// What kind of thing happened, as files and lists name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A deposit into the entry queue.
    Stake,
    /// It was paid back.
    Refund,
    /// Stake was taken away.
    Slash,
    /// Its withdrawer named who gets it back.
    ExitStarted,
    /// It came back.
    ExitPaid,
    /// A rollup paid a split.
    Claim,
    /// A split shared out.
    Distribute,
    /// The warehouse paid.
    Withdraw,
    /// A vote.
    Vote,
    /// A proposal with a lock.
    Propose,
    /// Tokens became voting power in Governance.
    GovernanceDeposit,
    /// They began to leave it.
    GovernanceWithdrawal,
    /// A provider of one of the stakes changed what it takes of new ones.
    Commission,
}

impl Kind {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stake => "stake",
            Self::Refund => "refund",
            Self::Slash => "slash",
            Self::ExitStarted => "exit started",
            Self::ExitPaid => "exit paid",
            Self::Claim => "claim",
            Self::Distribute => "distribute",
            Self::Withdraw => "withdraw",
            Self::Vote => "vote",
            Self::Propose => "proposal",
            Self::GovernanceDeposit => "governance deposit",
            Self::GovernanceWithdrawal => "governance withdrawal",
            Self::Commission => "commission",
        }
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// Where.
    pub place: Place,
    /// What.
    pub kind: Kind,
    /// The token that `amount` is of.
    pub token: Address,
    /// In its units; what the recipient gets, where a split shares out. `None` while it is not known, and where nothing
    /// moves.
    pub amount: Option<U256>,
    /// Where a split shared out: all of it, and the provider's part.
    pub gross: Option<(U256, U256)>,
    /// Who paid a stake, also where a slash took from it, or whom a refund or an exit went to; `None` where no event says
    /// it, and of all else. The withdrawer of a stake need be neither.
    pub party: Option<Address>,
    /// Whose, and about what.
    pub note: String,
}

/// Everything that happened to somebody's stakes, rewards and votes, in chain order. `moves` is `None` while they are not
/// read: then the list is of stakes and commissions alone. `owner` is whose it is.
pub fn story(
    contracts: &Deployment,
    sheet: &Sheet,
    history: &History,
    (owner, moves): (Address, Option<&[Move]>),
    (names, rewards): (&Names, &Rewards),
) -> Vec<Happened> {
    let staked = contracts.token.address;
    let mut all: Vec<Happened> =
        sheet.lines.iter().flat_map(|line| of_stake(contracts, history, &line.stake, names)).collect();
    for moved in moves.into_iter().flatten() {
        all.extend(of_move(moved, (owner, staked), sheet, names, rewards));
    }
    all.extend(commissions(sheet, history, staked, names));
    all.sort_by_key(|happened| happened.place.position());
    all
}

/// Who paid for a stake with a provider: whoever called `StakingRegistry.stake`. Of a deposit without a provider no event
/// that is read says it.
fn payer(history: &History, stake: &Stake) -> Option<Address> {
    let made = stake.delegation.as_ref()?;
    history.facts().find_map(|told| match told.fact {
        Fact::Staked { account, .. } if told.place.position() == (made.block, made.index) => Some(account),
        _ => None,
    })
}

fn of_stake(contracts: &Deployment, history: &History, stake: &Stake, names: &Names) -> Vec<Happened> {
    let (key, token) = (stake.attester, contracts.token.address);
    // before it joined no event says how much it is: what one stake is on that rollup
    let one = contracts.rollup(stake.rollup).and_then(|rollup| rollup.activation_threshold.get().copied());
    let deposited = stake.deposited.or(one);
    let with = match &stake.delegation {
        Some(made) => format!("with {}", names.label(made.provider_id)),
        None => "own sequencer".to_owned(),
    };
    let mut rows = Vec::new();
    let mut add = |place, kind, amount, party, note| {
        rows.push(Happened { place, kind, token, amount, gross: None, party, note });
    };
    let payer = payer(history, stake);
    let by = match payer {
        Some(payer) if payer == stake.withdrawer => String::new(),
        Some(payer) => format!(", paid by {payer}"),
        None => ", who paid is in no event".to_owned(),
    };
    add(stake.queued, Kind::Stake, deposited, payer, format!("{with}, attester {key}{by}"));
    if let Fate::Refunded(place) = stake.fate {
        let note = format!("the deposit failed, attester {key}");
        add(place, Kind::Refund, deposited, Some(stake.withdrawer), note);
    }
    for (place, amount) in &stake.slashes {
        add(*place, Kind::Slash, Some(*amount), payer, format!("{with}, attester {key}"));
    }
    let to = |recipient: Address| format!("to {recipient}, attester {key}");
    if let Some(step) = &stake.exit_started {
        add(step.place, Kind::ExitStarted, Some(step.amount), Some(step.recipient), to(step.recipient));
    }
    if let Some(step) = &stake.paid {
        add(step.place, Kind::ExitPaid, Some(step.amount), Some(step.recipient), to(step.recipient));
    }
    rows
}

fn of_split(sheet: &Sheet, split: Address, names: &Names) -> String {
    match sheet.delegation(split) {
        Some(made) => format!("{}, split {split}", names.label(made.provider_id)),
        None => format!("split {split}"),
    }
}

fn of_move(
    moved: &Move,
    (owner, staked): (Address, Address),
    sheet: &Sheet,
    names: &Names,
    rewards: &Rewards,
) -> Option<Happened> {
    let happened = |kind, token, amount, gross, note| Happened {
        place: moved.place,
        kind,
        token,
        amount,
        gross,
        party: None,
        note,
    };
    Some(match moved.deed {
        Deed::Claimed { rollup, split, token, amount } => {
            let note = format!("{}, from rollup {rollup}", of_split(sheet, split, names));
            happened(Kind::Claim, token, Some(amount), None, note)
        }
        Deed::Shared { split, token, amount } => {
            let terms = rewards.splits.get(&split).and_then(|split| split.terms.as_ref().ok());
            let shares = terms.and_then(|terms| {
                let net = terms.share_of(terms.delegator()?, amount);
                // what rounding leaves is neither's
                let all = terms.shares(amount).fold(U256::ZERO, |sum, (_, share)| sum.saturating_add(share));
                Some((net, all.saturating_sub(net)))
            });
            let note = of_split(sheet, split, names);
            let gross = shares.map(|(_, commission)| (amount, commission));
            happened(Kind::Distribute, token, shares.map(|(net, _)| net), gross, note)
        }
        Deed::Withdrawn { token, amount } => {
            happened(Kind::Withdraw, token, Some(amount), None, "from the warehouse".to_owned())
        }
        Deed::Voted { by, proposal, support, amount } => {
            let note = format!("{} on proposal {proposal}{}", side(support), through(by, owner));
            happened(Kind::Vote, staked, Some(amount), None, note)
        }
        Deed::VotedWithStake { proposal, support, amount } => {
            let note = format!("{} on proposal {proposal}, with delegated stake", side(support));
            happened(Kind::Vote, staked, Some(amount), None, note)
        }
        Deed::Proposed { by, proposal, payload, locked } => {
            let note = format!("number {proposal} with a lock, payload {payload}{}", through(by, owner));
            happened(Kind::Propose, staked, locked, None, note)
        }
        Deed::Deposited { of, amount } => {
            let note = format!("became voting power{}", through(of, owner));
            happened(Kind::GovernanceDeposit, staked, Some(amount), None, note)
        }
        Deed::Undeposited { to, withdrawal, amount } => {
            let note = format!("number {withdrawal} began, to {to}");
            happened(Kind::GovernanceWithdrawal, staked, Some(amount), None, note)
        }
        // not necessarily of the address
        Deed::ProposedBySomebody { .. } => return None,
    })
}

const fn side(support: bool) -> &'static str {
    if support { "yea" } else { "nay" }
}

/// Who acted in Governance, where it was not the address itself.
fn through(by: Address, owner: Address) -> String {
    if by == owner { String::new() } else { format!(", by vault staker {by}") }
}

/// What the providers of these stakes take of new ones, since the first stake with each.
fn commissions(sheet: &Sheet, history: &History, token: Address, names: &Names) -> Vec<Happened> {
    let since = |provider: u64| {
        let made = sheet.lines.iter().filter_map(|line| line.stake.delegation.as_ref());
        made.filter(|made| made.provider_id == provider).map(|made| made.block).min()
    };
    let changed = |rate: &Bps, provider: u64| {
        let mine = "those of before keep theirs";
        format!("{} takes {rate} of new delegations; {mine}", names.label(provider))
    };
    let facts = history.facts().filter_map(|told| match told.fact {
        Fact::TakeRateSet { provider, take_rate } => Some((told.place, provider, take_rate)),
        _ => None,
    });
    facts
        .filter(|(place, provider, _)| since(*provider).is_some_and(|block| place.block >= block))
        .map(|(place, provider, rate)| Happened {
            place,
            kind: Kind::Commission,
            token,
            amount: None,
            gross: None,
            party: None,
            note: changed(&rate, provider),
        })
        .collect()
}

/// What came to an address so far, in one token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Income {
    /// Its net shares of what splits shared out.
    pub shared: U256,
    /// What the warehouse paid it, of whichever splits.
    pub withdrawn: U256,
}

/// Adds up what came to an address. `None` when it is not known whose a share is.
pub fn income(owner: Address, token: Address, moves: &[Move], rewards: &Rewards) -> Option<Income> {
    let mut sums = Income::default();
    for moved in moves {
        match moved.deed {
            Deed::Shared { split, token: of, amount } if of == token => {
                let terms = rewards.splits.get(&split)?.terms.as_ref().ok()?;
                if terms.delegator() == Some(owner) {
                    sums.shared = sums.shared.saturating_add(terms.share_of(owner, amount));
                }
            }
            Deed::Withdrawn { token: of, amount } if of == token => {
                sums.withdrawn = sums.withdrawn.saturating_add(amount);
            }
            _ => {}
        }
    }
    Some(sums)
}

/// Proposals that a sequencer is expected to have made before that its split never received more than dust says something:
/// with this many a chance of less than one in a thousand is left that it had none (they are Poisson distributed).
pub const ENOUGH_PROPOSALS: u64 = 7;

/// How many proposals were to be expected of a stake whose split received less than `dust` in all, where that is enough to
/// rule out chance; otherwise `None`. `active` sequencers share the slots of `slot_seconds` each. Dust is not nothing:
/// anybody can send some, and a warning must not end by that.
pub fn never_paid(
    line: &Line,
    (moves, dust): (&[Move], U256),
    rewards: &Rewards,
    (now, slot_seconds, active): (u64, u64, u64),
    time: &dyn Fn(&Place) -> Option<u64>,
) -> Option<u64> {
    let split = line.stake.delegation.as_ref()?.split;
    let joined = line.stake.joined()?;
    let until = match line.stake.ended() {
        Some(place) => time(&place)?,
        None => now,
    };
    let slots = until.saturating_sub(time(&joined)?).checked_div(slot_seconds)?;
    let expected = slots.checked_div(active)?;
    let found = rewards.splits.get(&split)?;
    // what was not read is no zero, and a rollup of which nothing was asked neither
    let assets = rewards.rollups.iter().map(|rollup| rollup.fee_asset.get());
    let assets = assets.collect::<Option<Vec<_>>>()?;
    if assets.is_empty() || !assets.iter().all(|asset| found.balances.contains_key(*asset)) {
        return None;
    }
    // anybody can have a split share out a token of their own making
    let counts = |token: &Address| assets.contains(&token);
    let gone = moves.iter().filter_map(|moved| match moved.deed {
        Deed::Shared { split: of, token, amount } if of == split && counts(&token) => Some(amount),
        _ => None,
    });
    let mut all = gone.fold(U256::ZERO, U256::saturating_add);
    for accrued in &found.accrued {
        all = all.saturating_add(*accrued.get()?);
    }
    for balance in found.balances.values() {
        all = all.saturating_add(*balance.held.get()?).saturating_add(*balance.stored.get()?);
    }
    let claimed = moves.iter().filter_map(|moved| match moved.deed {
        Deed::Claimed { split: of, amount, .. } if of == split => Some(amount),
        _ => None,
    });
    // what was claimed is there or was shared out
    let all = all.max(claimed.fold(U256::ZERO, U256::saturating_add));
    (all < dust && expected >= ENOUGH_PROPOSALS).then_some(expected)
}

/// What a list says of one thing that happened.
pub fn said(happened: &Happened) -> String {
    let mut word = happened.kind.word().to_owned();
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("{word}: {}", shortened(&happened.note))
}

/// Whole addresses in a note as pages write them.
fn shortened(note: &str) -> String {
    let word = |word: &str| {
        let bare = word.trim_end_matches([',', ';', '.']);
        match bare.parse::<Address>() {
            Ok(address) => word.replace(bare, &format::short_address(address)),
            Err(_) => word.to_owned(),
        }
    };
    note.split(' ').map(word).collect::<Vec<_>>().join(" ")
}
