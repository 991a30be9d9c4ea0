use alloy_primitives::U256;
use leptos::prelude::*;

use crate::{
    state::{Scope, Shell},
    tx::{
        machine::{Event, Pause, Phase, Run, StepState},
        simulate::Simulated,
    },
    ui::{
        frame::WalletDialog,
        kit::{Icon, Spinner},
        text,
    },
    units::format,
};

/// What the person can do with a run now, with what it costs or why it stopped.
#[component]
pub(super) fn Controls(run: Memo<Option<Run>>) -> impl IntoView {
    let phase =
        Memo::new(move |_| run.with(|run| run.as_ref().map_or(Phase::Closed, |run| run.phase.clone())));
    move || match phase.get() {
        Phase::Simulating(_) => {
            view! { <footer class="row"><Spinner size=14/>"Simulating against the newest block"</footer> }
                .into_any()
        }
        Phase::Blocked(..) => view! { <Blocked run=run/> }.into_any(),
        Phase::Review(_) => view! { <Review run=run/> }.into_any(),
        Phase::Checking(_) | Phase::Asking(_) | Phase::Waiting(_) => view! { <Running run=run/> }.into_any(),
        Phase::Paused(step, pause) => view! { <Paused run=run step=step pause=pause/> }.into_any(),
        Phase::Done => view! { <Finished run=run/> }.into_any(),
        Phase::Closed => ().into_any(),
    }
}

fn sender(run: Memo<Option<Run>>) -> impl Fn(Event) + Copy + Send + Sync {
    let scope = expect_context::<Scope>();
    move |event| {
        if let Some(run_id) = run.with_untracked(|run| run.as_ref().map(|run| run.run_id)) {
            scope.transactions.send(run_id, event);
        }
    }
}

#[component]
fn Blocked(run: Memo<Option<Run>>) -> impl IntoView {
    let send = sender(run);
    let said = run.with_untracked(|run| match run.as_ref().map(|run| &run.phase) {
        Some(Phase::Blocked(_, refusal)) => Some(text::refusal(refusal)),
        _ => None,
    });
    view! {
        <div class="rule stack tight" role="alert">
            {said.map(|said| view! {
                <p class="status bad"><Icon name="x" size=14/><b>{said.what}</b></p>
                <p class="small">{said.todo}</p>
                {said.raw.map(|raw| view! { <code class="xs block">{raw}</code> })}
            })}
            <div class="row">
                <button type="button" class="btn" on:click=move |_| send(Event::Refresh)><Icon name="refresh"/>"Check again"</button>
                <button type="button" class="btn quiet" on:click=move |_| send(Event::Close)>"Close"</button>
            </div>
        </div>
    }
}

fn gas_and_fee(run: &Run) -> String {
    let gas: Option<u64> = run.simulated.iter().flatten().map(Simulated::gas).sum();
    let fees = run.priced.and_then(|priced| priced.fees);
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

#[component]
fn Review(run: Memo<Option<Run>>) -> impl IntoView {
    let shell = expect_context::<Shell>();
    let scope = expect_context::<Scope>();
    let wallet_dialog = expect_context::<WalletDialog>();
    let send = sender(run);
    let from = run.with_untracked(|run| run.as_ref().map(|run| run.plan.from));
    let cost = move || run.with(|run| run.as_ref().map(gas_and_fee));
    let block = move || {
        run.with(|run| {
            run.as_ref().and_then(|run| run.priced).map(|priced| format::count(priced.block.number))
        })
    };
    let title = move || {
        run.with(|run| {
            run.as_ref().map(|run| match run.steps.len() {
                1 => run.plan.title.clone(),
                many => format!("{}, {many} transactions", run.plan.title),
            })
        })
    };
    // why the button does nothing, said in it
    let hindrance = move || {
        let wanted = scope.network.with_value(|network| network.chain_id);
        match shell.session.wallet.get() {
            None => Some("Connect the wallet to sign".to_owned()),
            Some(wallet) if Some(wallet.account) != from => {
                Some(format!("Choose {} in your wallet", from.map(format::short_address).unwrap_or_default()))
            }
            Some(wallet) if wallet.chain_id.is_some_and(|chain| chain != wanted) => {
                Some(format!("Switch your wallet to {}", text::chain_name(wanted)))
            }
            Some(_) if scope.head.is_stale() => Some("Waiting for the chain".to_owned()),
            Some(_) if scope.disagreement.with(Option::is_some) => Some("Your endpoints disagree".to_owned()),
            Some(_) => None,
        }
    };
    let connected = move || shell.session.wallet.with(Option::is_some);
    view! {
        <div class="rule stack tight">
            <dl class="facts end">
                <dt>"Gas, estimated"</dt><dd>{cost}</dd>
                <dt>"Simulated at block"</dt><dd>{block}</dd>
            </dl>
            <div class="row">
                <button type="button" class="btn primary" disabled=move || hindrance().is_some() on:click=move |_| send(Event::Confirm)>
                    {move || hindrance().or_else(title)}
                </button>
                <Show when=move || !connected()>
                    <button type="button" class="btn" on:click=move |_| wallet_dialog.open()>"Connect wallet"</button>
                </Show>
                <button type="button" class="btn quiet" on:click=move |_| send(Event::Refresh)>"Simulate again"</button>
                <button type="button" class="btn quiet" on:click=move |_| send(Event::Close)>"Cancel"</button>
            </div>
        </div>
    }
}

#[component]
fn Running(run: Memo<Option<Run>>) -> impl IntoView {
    let send = sender(run);
    let (left, stopping) = (
        move || run.with(|run| run.as_ref().is_some_and(|run| run.confirmed() + 1 < run.steps.len())),
        move || run.with(|run| run.as_ref().is_some_and(|run| run.stop_after)),
    );
    view! {
        <footer class="row apart">
            <span>"It goes on while you look around. A reload finds it again."</span>
            <Show when=left>
                <button type="button" class="btn sm" disabled=stopping on:click=move |_| send(Event::Stop)>
                    {move || if stopping() { "Stops after this one" } else { "Stop after this one" }}
                </button>
            </Show>
        </footer>
    }
}

#[component]
fn Paused(run: Memo<Option<Run>>, step: usize, pause: Pause) -> impl IntoView {
    let send = sender(run);
    let quiet = matches!(pause, Pause::Stopped | Pause::Reloaded);
    let said = quiet.then(|| text::pause(&pause).what);
    let again = match &pause {
        Pause::Stopped | Pause::Reloaded => "Go on",
        Pause::Wallet(_) => "Ask again",
        Pause::Dropped { .. } => "Send again, same nonce",
        Pause::Uncertain => "I did not sign it: go on",
        Pause::Refused(_) => "Check again",
        Pause::Reverted | Pause::Cancelled { .. } | Pause::Replaced { .. } => "Try again",
    };
    let left_over =
        move || run.with(|run| run.as_ref().is_some_and(|run| run.plan.allowance.is_some() && step > 0));
    view! {
        <div class="rule stack tight">
            {said.map(|said| view! { <p class="small">{said}</p> })}
            <div class="row">
                <button type="button" class="btn primary" on:click=move |_| send(Event::Again)>{again}</button>
                <button type="button" class="btn quiet" on:click=move |_| send(Event::Close)>"Stop here"</button>
                <Show when=left_over><LeftAllowance run=run/></Show>
            </div>
        </div>
    }
}

/// A run that is stopped half-way may leave an allowance behind: it can be taken back.
#[component]
fn LeftAllowance(run: Memo<Option<Run>>) -> impl IntoView {
    let scope = expect_context::<Scope>();
    let take_back = move |_| {
        if let Some(run) = run.get_untracked() {
            scope.take_allowance_back(&run);
        }
    };
    view! { <button type="button" class="btn" on:click=take_back>"Stop and take the allowance back"</button> }
}

#[component]
fn Finished(run: Memo<Option<Run>>) -> impl IntoView {
    let send = sender(run);
    let spent = move || {
        run.with(|run| {
            run.as_ref().map(|run| {
                let gas: u64 = run
                    .steps
                    .iter()
                    .map(|step| match step {
                        StepState::Confirmed(outcome) => outcome.gas_used,
                        _ => 0,
                    })
                    .sum();
                format!("{} gas used", format::count(gas))
            })
        })
    };
    view! {
        <footer class="row apart">
            <span>{spent}</span>
            <button type="button" class="btn sm" on:click=move |_| send(Event::Close)>"Close"</button>
        </footer>
    }
}
