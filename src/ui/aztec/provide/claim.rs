use alloy_primitives::{Address, U256};
use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::{
        Learned, commission,
        plan::{self, Arrival, Claim, LeftOut, PlanError},
        read::Rewards,
    },
    chain::{At, Reading, Source},
    ui::{
        aztec::propose::setting_of,
        kit::{Figure, Written, icon, live, press},
        text,
    },
    units::{Token, format},
};

/// Reasons that are listed before the rest is a number.
const FIRST: usize = 6;

/// Shares below a hundredth of a token cost more to move than they are worth at any price there has been. One unit,
/// where it is not known what a token's units are.
fn dust(tokens: &[Token], token: Address) -> U256 {
    let known = tokens.iter().find(|known| known.address == token);
    known.map_or(U256::ONE, |token| U256::from(10).pow(U256::from(token.decimals.saturating_sub(2))))
}

fn tokens(rewards: &Rewards) -> Vec<Token> {
    rewards.tokens.values().filter_map(|token| token.get().cloned()).collect()
}

/// The commission of all splits, brought to whoever each of them names.
pub(super) fn claim(desk: Desk, provider_id: u64) -> AnyView {
    view! {
        <section class="panel" id="commission-claim">
            <header><h2>"Claim your commission"</h2><p>"From every split, to the recipient that each was made with"</p></header>
            {live(move || body(desk, provider_id))}
        </section>
    }
    .into_any()
}

/// As the chain stands; `None` while something is read. Without a wallet it is made for the recipient, to show what it
/// brings.
fn made(desk: Desk, provider_id: u64) -> Option<(Result<Claim, PlanError>, At<Rewards>)> {
    let from =
        desk.cx.account().or_else(|| desk.config(provider_id).map(|config| config.rewards_recipient))?;
    let at = desk.earned.with(|earned| earned.last().map(|at| At::clone(at)))?;
    let (splits, mut recipients) = desk.cx.scope.ledger.with(|ledger| {
        let (asked, recipients) = commission::asked(&ledger.as_ref()?.history, provider_id);
        Some((asked.into_iter().map(|asked| asked.split).collect::<Vec<_>>(), recipients))
    })?;
    recipients.extend(desk.config(provider_id).map(|config| config.rewards_recipient));
    let known = tokens(&at.value);
    let mut claim = None;
    setting_of(desk.cx, from, |setting| {
        let made = plan::commission(setting, &at.value, &splits, &recipients, &|token| dust(&known, token));
        let plan = made.as_ref().map(|made| made.plan.clone()).map_err(Clone::clone);
        claim = Some(made);
        plan
    })?
    .ok();
    Some((claim?, at))
}

fn body(desk: Desk, provider_id: u64) -> AnyView {
    let unread = desk.earned.with(|earned| earned.failure().map(text::read_error));
    if let Some(said) = unread {
        return view! { <p class="body status bad wrap" role="alert">{icon("warn", 14)}{said.what}</p> }
            .into_any();
    }
    let Some((claim, at)) = made(desk, provider_id) else {
        return view! { <div class="body" aria-busy="true"><span class="skel w12"></span></div> }.into_any();
    };
    let known = tokens(&at.value);
    match claim {
        Ok(claim) => offer(desk, provider_id, &claim, &at, &known),
        Err(PlanError::NothingToClaim(left)) => {
            view! { <div class="body stack"><p class="small ink2">"Nothing to claim at present."</p>{reasons(&left, &known)}</div> }
                .into_any()
        }
        Err(error) => {
            let said = desk.cx.scope.deployment().map(|contracts| text::plan_error(&error, &contracts.token));
            view! { <p class="body status bad wrap" role="alert">{icon("warn", 14)}{said}</p> }.into_any()
        }
    }
}

fn offer(desk: Desk, provider_id: u64, claim: &Claim, at: &At<Rewards>, known: &[Token]) -> AnyView {
    let arrivals: Vec<_> =
        claim.arrivals.iter().map(|arrival| line(desk, arrival, &at.value, known)).collect();
    let transactions = format::plural(claim.plan.steps.len() as u64, "transaction");
    let connected = desk.cx.shell.session.account().is_some();
    let words = if connected {
        format!("Claim commission, {transactions}")
    } else {
        "Connect a wallet to claim".to_owned()
    };
    let stale = desk.cx.scope.head.stale.get();
    let go = press(move || {
        if desk.cx.shell.session.account().is_none() {
            desk.cx.picker.set(true);
            return;
        }
        if let Some((Ok(claim), at)) = untrack(|| made(desk, provider_id)) {
            desk.cx.scope.transactions.learn(Learned::of(&at.value));
            desk.cx.scope.transactions.propose(claim.plan);
        }
    });
    view! {
        <div class="body stack tight">{arrivals}{reasons(&claim.left_out, known)}</div>
        <footer class="row apart">
            <span class="muted xs">"Anyone can trigger this, and it costs gas only. Delegators’ shares go to the warehouse at the same time."</span>
            <button type="button" class="btn primary" disabled=stale on:click=go>{words}</button>
        </footer>
    }
    .into_any()
}

fn line(desk: Desk, arrival: &Arrival, rewards: &Rewards, known: &[Token]) -> AnyView {
    let purse = rewards
        .purses
        .iter()
        .find(|purse| (purse.recipient, purse.token) == (arrival.recipient, arrival.token));
    let stored = purse.map(|purse| ("in the warehouse", purse.stored.source.clone()));
    let owed = rewards.splits.values().flat_map(|split| &split.accrued).next();
    let owed = owed.map(|first| ("getSequencerRewards of the first split", first.source.clone()));
    let formula = "the recipient’s shares of the splits that are claimed + what the warehouse holds";
    let reading = Reading::new(arrival.amount, Source::derived(formula, stored.into_iter().chain(owed)));
    let token = known.iter().find(|token| token.address == arrival.token).cloned();
    let write = |raw: &U256| match &token {
        Some(token) => Written::amount(token, *raw),
        None => Written::Text(raw.to_string()),
    };
    let name = format!("Arrives at {} in {}", arrival.recipient, arrival.token);
    let amount = desk.cx.sources.fig(name, Figure::of(&reading, write), "w8");
    view! { <div class="row apart"><b>{amount}</b><span class="small">"to "{desk.cx.addr(arrival.recipient)}</span></div> }
        .into_any()
}

/// What stays, each with its reason. Dust is told together.
fn reasons(left: &[LeftOut], known: &[Token]) -> AnyView {
    let is_dust = |left: &&LeftOut| matches!(left, LeftOut::Dust { .. });
    let dust = left.iter().filter(is_dust).count();
    let dust = (dust > 0).then(|| {
        let splits = format::plural(dust as u64, "split");
        view! { <li>{format!("{splits} left out: your share there is less than it costs to move.")}</li> }
    });
    let others: Vec<_> = left.iter().filter(|left| !is_dust(left)).collect();
    let rest = others.len().saturating_sub(FIRST);
    let rest = (rest > 0).then(|| view! { <li>{format!("and {rest} more")}</li> });
    let lines: Vec<_> = others
        .into_iter()
        .take(FIRST)
        .map(|left| view! { <li>{text::left_out(left, known)}</li> }.into_any())
        .collect();
    view! { <ul class="muted xs">{dust}{lines}{rest}</ul> }.into_any()
}
