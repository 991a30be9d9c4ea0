use alloy_primitives::{Address, U256};
use serde_json::{Value, json};

use crate::{
    aztec::{
        model::ExitView,
        positions::{Gain, Line, Receiver, Sheet, Total},
        rules::Position,
    },
    chain::{BlockRef, Reading},
    units::{Bps, Token},
};

/// The whole sheet as JSON. Amounts are decimal strings in token units, times Unix seconds; what was not read is `null`.
pub fn json(sheet: &Sheet, owner: Address, token: &Token, chain_id: u64, block: BlockRef) -> String {
    let text = json!({
        "address": owner,
        "chainId": chain_id,
        "block": { "number": block.number, "hash": block.hash, "timestamp": block.timestamp },
        "token": { "address": token.address, "symbol": token.symbol, "decimals": token.decimals },
        "staked": amount(&sheet.staked),
        "leaving": amount(&sheet.exiting),
        "rewards": sheet.totals.iter().map(total).collect::<Vec<_>>(),
        "received": sheet.received.iter().map(receiver).collect::<Vec<_>>(),
        "stakes": sheet.lines.iter().map(line).collect::<Vec<_>>(),
    });
    format!("{text:#}\n")
}

fn amount(reading: &Reading<U256>) -> Option<String> {
    reading.get().map(ToString::to_string)
}

fn total(total: &Total) -> Value {
    let name = total.name.get();
    json!({
        "token": total.token,
        "symbol": name.map(|token| &token.symbol),
        "decimals": name.map(|token| token.decimals),
        "unclaimed": amount(&total.unclaimed),
        "notPaidOut": amount(&total.held_back),
        "inWarehouse": amount(&total.stored),
    })
}

fn gain(gain: &Gain) -> Value {
    json!({
        "token": gain.token,
        "unclaimed": amount(&gain.unclaimed),
        "notPaidOut": amount(&gain.held_back),
    })
}

fn receiver(received: &Receiver) -> Value {
    let made = received.made.as_ref();
    json!({
        "attester": made.map(|made| made.attester),
        "withdrawer": made.and_then(|made| made.withdrawer),
        "provider": made.map(|made| made.provider_id),
        "split": received.split,
        "takeRateBps": made.and_then(|made| made.take_rate).map(Bps::get),
        "rewards": received.gains.iter().map(gain).collect::<Vec<_>>(),
    })
}

fn line(line: &Line) -> Value {
    let stake = &line.stake;
    json!({
        "attester": stake.attester,
        "withdrawer": stake.withdrawer,
        "rollup": stake.rollup,
        "queued": { "block": stake.queued.block, "transaction": stake.queued.tx, "time": stake.queued.time },
        "provider": stake.delegation.as_ref().map(|made| made.provider_id),
        "split": stake.delegation.as_ref().map(|made| made.split),
        "takeRateBps": stake.delegation.as_ref().and_then(|made| made.take_rate).map(Bps::get),
        "position": line.position.get().map(position),
        "amount": amount(&line.amount),
        "slashed": stake.slashed().to_string(),
        "rewardsRecipient": line.recipient,
        "rewards": line.gains.iter().map(gain).collect::<Vec<_>>(),
    })
}

fn position(position: &Position) -> Value {
    match position {
        Position::Queued { ahead, .. } => json!({ "status": "queued", "ahead": ahead }),
        Position::Validating { .. } => json!({ "status": "validating" }),
        Position::Exiting { exit: view, .. } => exit("exiting", view),
        Position::Zombie { exit: view, .. } => exit("zombie", view),
        Position::Refunded => json!({ "status": "refunded" }),
        Position::Finished => json!({ "status": "finished" }),
    }
}

fn exit(status: &str, exit: &ExitView) -> Value {
    json!({
        "status": status,
        "exitableAt": exit.exitable_at,
        "unlocksAt": exit.unlocks_at.as_ref().ok(),
        "recipient": exit.recipient,
    })
}
