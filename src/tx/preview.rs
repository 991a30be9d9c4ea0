//! What a call does, decoded from the bytes that will be signed.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, I256, U256};
use alloy_sol_types::{SolEvent, sol};

use super::{
    Call, Lexicon,
    simulate::{Event, Simulated},
};
use crate::{
    chain::{
        MULTICALL3,
        abi::{DecodedCall, cast_send, write_value},
        unbundle,
    },
    units::Token,
};

sol! {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);
}

/// One argument as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Parameter name in the contract's source.
    pub name: String,
    /// Solidity type.
    pub ty: String,
    /// The value as `cast` writes it.
    pub value: String,
    /// Set when the value is an address: it is shown in groups of four.
    pub address: Option<Address>,
    /// What it means.
    pub meaning: Option<String>,
}

/// Tokens that change hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// The token.
    pub token: Token,
    /// Whose balance changes.
    pub account: Address,
    /// What it is, if known; "You" for the sender.
    pub name: Option<String>,
    /// By how much, in token units; negative leaves.
    pub change: I256,
}

/// A permission to take tokens that stands after the step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The token.
    pub token: Token,
    /// Who may take them.
    pub spender: Address,
    /// What the spender is, if known.
    pub name: Option<String>,
    /// How much, in token units. 0 takes it back.
    pub amount: U256,
}

/// A call as it is shown before signing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// What the target is, if it is one of the system's contracts.
    pub target: Option<String>,
    /// `StakingRegistry.stake`, or `None` when the bytes are no known call: they are shown raw and marked.
    pub function: Option<String>,
    /// Its arguments; none when it is made of calls.
    pub lines: Vec<Line>,
    /// The calls that it makes through Multicall3, with their targets.
    pub calls: Vec<(Address, Self)>,
    /// The command that sends the same.
    pub cast: String,
}

/// Decodes a call. Uses nothing but its bytes and what is known about the system.
pub fn preview(lexicon: &dyn Lexicon, from: Address, call: &Call) -> Preview {
    let decoded = lexicon.decode(call);
    let bundled = (call.to == MULTICALL3).then(|| unbundle(&call.data)).flatten().unwrap_or_default();
    let calls = bundled.into_iter().map(|(to, data)| {
        let inner = Call::new(to, data);
        (to, described(lexicon, from, &inner, lexicon.decode_bundled(&inner)))
    });
    let calls: Vec<_> = calls.collect();
    let mut shown = described(lexicon, from, call, decoded);
    if !calls.is_empty() {
        shown.lines.clear();
    }
    shown.calls = calls;
    shown
}

fn described(lexicon: &dyn Lexicon, from: Address, call: &Call, decoded: Option<DecodedCall>) -> Preview {
    let target = lexicon.name(call.to);
    let lines = decoded.iter().flat_map(|decoded| {
        decoded.args.iter().enumerate().map(|(index, argument)| {
            let address = argument.value.as_address();
            let known = |address: Address| {
                if address == from { Some("You".to_owned()) } else { lexicon.name(address) }
            };
            Line {
                name: argument.name.clone(),
                ty: argument.ty.clone(),
                value: write_value(&argument.value),
                address,
                meaning: lexicon.meaning(call, decoded, index).or_else(|| address.and_then(known)),
            }
        })
    });
    Preview {
        lines: lines.collect(),
        calls: Vec::new(),
        function: decoded.as_ref().map(|decoded| match &target {
            Some(target) => format!("{target}.{}", decoded.name),
            None => decoded.name.clone(),
        }),
        cast: cast_send(from, call.to, call.value, decoded.as_ref(), &call.data),
        target,
    }
}

/// What events of transfers amount to, of whichever tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetChanges {
    /// By token and account: by how much its balance changes. Zero where as much comes as goes.
    pub changes: BTreeMap<(Address, Address), I256>,
    /// Accounts that receive and send.
    pub passing: BTreeSet<Address>,
}

/// The net change of every account by token.
pub fn net_changes(events: &[Event]) -> NetChanges {
    let mut changes: BTreeMap<(Address, Address), I256> = BTreeMap::new();
    let (mut senders, mut receivers) = (BTreeSet::new(), BTreeSet::new());
    for event in events {
        if let Ok(transfer) = Transfer::decode_log_data(&event.data) {
            // more than that there is of no token
            let value = I256::try_from(transfer.value).unwrap_or(I256::MAX);
            let mut add = |account, change: I256| {
                let sum = changes.entry((event.address, account)).or_default();
                *sum = sum.saturating_add(change);
            };
            add(transfer.from, -value);
            add(transfer.to, value);
            if !value.is_zero() {
                senders.insert(transfer.from);
                receivers.insert(transfer.to);
            }
        }
    }
    NetChanges { changes, passing: senders.intersection(&receivers).copied().collect() }
}

/// Permissions of `owner` by token and spender, as the last events leave them, of whichever tokens.
pub fn allowances(owner: Address, events: &[Event]) -> BTreeMap<(Address, Address), U256> {
    let mut last = BTreeMap::new();
    for event in events {
        if let Ok(approval) = Approval::decode_log_data(&event.data)
            && approval.owner == owner
        {
            last.insert((event.address, approval.spender), approval.value);
        }
    }
    last
}

/// What a simulated call moves: the net change of every account by token, the sender's first.
///
/// Only tokens the system knows count: any contract may emit an event that looks like a transfer. `None` where the
/// endpoint told no events.
pub fn movements(lexicon: &dyn Lexicon, from: Address, simulated: &Simulated) -> Option<Vec<Movement>> {
    let Simulated::Succeeds { events: Some(events), .. } = simulated else { return None };
    let mut moved: Vec<_> = net_changes(events)
        .changes
        .into_iter()
        .filter(|(_, change)| !change.is_zero())
        .filter_map(|((token, account), change)| {
            let name = if account == from { Some("You".to_owned()) } else { lexicon.name(account) };
            Some(Movement { token: lexicon.token(token)?, account, name, change })
        })
        .collect();
    moved.sort_by_key(|movement| (movement.account != from, movement.change));
    Some(moved)
}

/// Permissions that a simulated call gives or takes back.
pub fn permissions(lexicon: &dyn Lexicon, from: Address, simulated: &Simulated) -> Vec<Permission> {
    let Simulated::Succeeds { events: Some(events), .. } = simulated else { return Vec::new() };
    allowances(from, events)
        .into_iter()
        .filter_map(|((token, spender), amount)| {
            Some(Permission { token: lexicon.token(token)?, spender, name: lexicon.name(spender), amount })
        })
        .collect()
}

/// What a simulated call does besides moving tokens, see [`Lexicon::deeds`].
pub fn deeds(lexicon: &dyn Lexicon, call: &Call, simulated: &Simulated) -> Vec<String> {
    match simulated {
        Simulated::Succeeds { events: Some(events), .. } => lexicon.deeds(call, events),
        _ => Vec::new(),
    }
}
