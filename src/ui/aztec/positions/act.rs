use alloy_primitives::{Address, U256};
use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::{
        plan::{self, Claim, PlanError, Setting},
        positions::Line,
        read::Rewards,
        rules::Position,
    },
    tx::Plan,
    ui::{kit::press, text},
    units::format,
};

/// Makes a plan for the connected account at the newest block; `None` without one.
pub(super) fn with_setting<T>(desk: Desk, make: impl FnOnce(&Setting<'_>) -> T) -> Option<T> {
    let scope = desk.cx.scope;
    let (contracts, from) = (scope.deployment()?, desk.cx.shell.session.account()?);
    let read_at = scope.head.block.get_untracked()?;
    let network = scope.network.with_value(|network| network.id.clone());
    Some(make(&Setting { network: &network, contracts: &contracts, from, read_at }))
}

/// Shares below a hundredth of a token cost more to move than they are worth at any price there has been.
pub(super) fn dust(desk: Desk) -> U256 {
    let decimals = desk.cx.scope.deployment().map_or(0, |contracts| contracts.token.decimals);
    U256::from(10).pow(U256::from(decimals.saturating_sub(2)))
}

/// The claim of some splits, as the chain stands. Without a wallet it is made for the owner, to show what it brings.
pub(super) fn claim(desk: Desk, splits: &[Address]) -> Option<Result<Claim, PlanError>> {
    let scope = desk.cx.scope;
    let contracts = scope.deployment()?;
    let from = desk.cx.shell.session.account().or_else(|| desk.owner.get())?;
    let read_at = scope.head.block.get()?;
    let network = scope.network.with_value(|network| network.id.clone());
    let setting = Setting { network: &network, contracts: &contracts, from, read_at };
    desk.read.with(|read| {
        let rewards: &Rewards = &read.last()?.value.rewards;
        Some(plan::claim(&setting, rewards, splits, dust(desk)))
    })
}

fn propose(desk: Desk, plan: Option<Result<Plan, PlanError>>) {
    match plan {
        Some(Ok(plan)) => drop(desk.cx.scope.transactions.propose(plan)),
        Some(Err(error)) => {
            if let Some(contracts) = desk.cx.scope.deployment() {
                desk.cx.toasts.bad("Not possible now", text::plan_error(&error, &contracts.token));
            }
        }
        None => desk.cx.picker.set(true),
    }
}

/// Proposes to claim, once there is somebody to sign.
pub(super) fn propose_claim(desk: Desk, splits: &[Address]) {
    let made = desk.cx.shell.session.account().and_then(|_| claim(desk, splits));
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
    let worth = line.unclaimed.as_ref().and_then(|share| share.get().copied());
    let claim = stake.delegation.as_ref().filter(|_| worth.is_some_and(|share| share > dust(desk)));
    let claim = claim.map(|made| {
        let split = made.split;
        button("Claim", "btn sm", press(move || propose_claim(desk, &[split])))
    });
    let (attester, withdrawer) = (stake.attester, stake.withdrawer);
    let leave = move |rollup: usize| {
        propose(
            desk,
            with_setting(desk, |setting| {
                let rollup = &setting.contracts.rollups[rollup];
                plan::start_exit(setting, rollup, attester, withdrawer, withdrawer)
            }),
        );
    };
    let own = desk.is_own();
    let move_on = match line.position.get() {
        Some(Position::Validating { rollup, .. }) if own => {
            let rollup = *rollup;
            Some(button("Exit", "btn sm", press(move || leave(rollup))))
        }
        Some(Position::Zombie { rollup, .. }) if own => {
            let rollup = *rollup;
            Some(button("Take back", "btn primary sm", press(move || leave(rollup))))
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
