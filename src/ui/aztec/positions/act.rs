use alloy_primitives::{Address, U256};
use leptos::prelude::*;

use super::{Desk, leave::Leaver};
use crate::{
    aztec::{
        Learned,
        plan::{self, Claim, PlanError, Setting},
        positions::{Gain, Line},
        read::Rewards,
        rules::Position,
    },
    tx::Plan,
    ui::{kit::press, text},
    units::{Token, format},
};

/// Makes a plan for the connected account at the newest block; `None` without one.
pub(super) fn with_setting<T>(desk: Desk, make: impl FnOnce(&Setting<'_>) -> T) -> Option<T> {
    let scope = desk.cx.scope;
    let (contracts, from) = (scope.deployment()?, desk.cx.shell.session.account()?);
    let read_at = scope.head.block.get_untracked()?;
    let network = scope.network.with_value(|network| network.id.clone());
    Some(make(&Setting { network: &network, contracts: &contracts, from, read_at }))
}

/// Shares below a hundredth of a token cost more to move than they are worth at any price there has been. One unit,
/// where it is not known what a token's units are.
pub(super) fn dust(tokens: &[Token], token: Address) -> U256 {
    let known = tokens.iter().find(|known| known.address == token);
    known.map_or(U256::ONE, |token| U256::from(10).pow(U256::from(token.decimals.saturating_sub(2))))
}

/// The claim of some splits, as the chain stands, and where it is one of all of them, of what waits for the owner in the
/// warehouse. Without a wallet it is made for the owner, to show what it brings.
pub(super) fn claim(desk: Desk, splits: &[Address], all: bool) -> Option<Result<Claim, PlanError>> {
    let scope = desk.cx.scope;
    let contracts = scope.deployment()?;
    let from = desk.cx.shell.session.account().or_else(|| desk.owner.get())?;
    let read_at = scope.head.block.get()?;
    let network = scope.network.with_value(|network| network.id.clone());
    let setting = Setting { network: &network, contracts: &contracts, from, read_at };
    desk.read.with(|read| {
        let rewards: &Rewards = &read.last()?.value.rewards;
        let tokens = desk.tokens();
        Some(plan::claim(&setting, rewards, splits, desk.owner.get().filter(|_| all), &|token| {
            dust(&tokens, token)
        }))
    })
}

fn propose(desk: Desk, plan: Option<Result<Plan, PlanError>>) {
    match plan {
        Some(Ok(plan)) => drop(desk.cx.scope.transactions.propose(plan)),
        Some(Err(PlanError::NothingToClaim(left))) => {
            let tokens = desk.tokens();
            let reasons: Vec<_> = left.iter().map(|left| text::left_out(left, &tokens)).collect();
            desk.cx.toasts.bad("There is nothing to claim", reasons.join(" "));
        }
        Some(Err(error)) => {
            if let Some(contracts) = desk.cx.scope.deployment() {
                desk.cx.toasts.bad("Not possible now", text::plan_error(&error, &contracts.token));
            }
        }
        None => desk.cx.picker.set(true),
    }
}

/// Proposes to claim, once there is somebody to sign.
pub(super) fn propose_claim(desk: Desk, splits: &[Address], all: bool) {
    let made = desk.cx.shell.session.account().and_then(|_| claim(desk, splits, all));
    let learned = desk.read.with_untracked(|read| read.last().map(|at| Learned::of(&at.value.rewards)));
    desk.cx.scope.transactions.learn(learned.unwrap_or_default());
    propose(desk, made.map(|made| made.map(|claim| claim.plan)));
}

/// What can be done with one stake at present.
pub(super) fn buttons(desk: Desk, line: &Line, now: u64) -> AnyView {
    let stake = &line.stake;
    let key = format::short_address(stake.attester);
    let button = |word: &'static str, class: &'static str, act: Box<dyn FnMut(leptos::ev::MouseEvent)>| {
        let label = format!("{word} {key}");
        view! { <button type="button" class=class aria-label=label on:click=act>{word}</button> }.into_any()
    };
    let tokens = desk.tokens();
    let worth = |gain: &Gain| gain.unclaimed.get().is_some_and(|share| *share > dust(&tokens, gain.token));
    let claim = stake.delegation.as_ref().filter(|_| line.gains.iter().any(worth));
    let claim = claim.map(|made| {
        let split = made.split;
        button("Claim", "btn sm", press(move || propose_claim(desk, &[split], false)))
    });
    let (attester, withdrawer) = (stake.attester, stake.withdrawer);
    // who has to sign it is said where it is asked for
    let leave = move |rollup: usize, is_zombie| {
        press(move || desk.leaving.ask(Leaver { attester, withdrawer, rollup, is_zombie }))
    };
    let move_on = match line.position.get() {
        Some(Position::Validating { rollup, .. }) => Some(button("Exit", "btn sm", leave(*rollup, false))),
        Some(Position::Zombie { rollup, .. }) => {
            let class = if desk.is_own() { "btn primary sm" } else { "btn sm" };
            Some(button("Take back", class, leave(*rollup, true)))
        }
        Some(Position::Exiting { rollup, exit }) if exit.ends_at().is_ok_and(|end| end <= now) => {
            let (rollup, exit) = (*rollup, exit.clone());
            let finish = press(move || {
                let plan = with_setting(desk, |setting| {
                    plan::finish_exit(setting, &setting.contracts.rollups[rollup], attester, &exit)
                });
                propose(desk, plan);
            });
            Some(button("Finalise", "btn primary sm", finish))
        }
        _ => None,
    };
    view! { <span class="row fix">{claim}{move_on}</span> }.into_any()
}
