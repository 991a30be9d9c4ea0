use leptos::prelude::*;

use super::steps::explained;
use crate::{
    tx::{
        machine::{Event, Pause, Phase, Run, StepState},
        simulate::Simulated,
    },
    ui::{
        Cx,
        kit::{icon, press, spinner},
        text,
    },
    units::format,
};

/// What the person can do with a run now, with what it costs or why it stopped.
pub(super) fn controls(cx: Cx, run: &Run, kept: bool) -> AnyView {
    match &run.phase {
        Phase::Simulating(_) => {
            view! { <footer class="row">{spinner(14)}"Simulating against the newest block"</footer> }.into_any()
        }
        Phase::Blocked(_, refusal) => {
            let said = explained(text::refusal(refusal));
            view! {
                <div class="rule stack tight" role="alert">
                    <p class="small">{said}</p>
                    <div class="row">
                        {send(cx, run, "btn", "Check again", Event::Refresh)}
                        {send(cx, run, "btn quiet", "Close", Event::Close)}
                        {take_back(cx, run)}
                    </div>
                </div>
            }
            .into_any()
        }
        Phase::Review(_) => review(cx, run),
        Phase::Checking(_) | Phase::Asking(_) | Phase::Waiting(_) => running(cx, run, kept),
        Phase::Paused(step, pause) => paused(cx, run, *step, pause),
        Phase::Done => {
            view! {
                <footer class="row apart"><span>{spent(run)}</span>{send(cx, run, "btn sm", "Close", Event::Close)}</footer>
            }
            .into_any()
        }
        Phase::Closed => ().into_any(),
    }
}

/// A button that tells the run something.
fn send(cx: Cx, run: &Run, class: &'static str, words: impl Into<String>, event: Event) -> AnyView {
    let (run_id, words): (u64, String) = (run.run_id, words.into());
    let tell = press(move || cx.scope.transactions.send(run_id, event.clone()));
    view! { <button type="button" class=class on:click=tell>{words}</button> }.into_any()
}

/// Why the button that opens the wallet does nothing, said in it.
fn hindrance(cx: Cx, run: &Run) -> Option<String> {
    let from = run.plan.from;
    match cx.shell.session.wallet.get() {
        None => Some("Connect the wallet to sign".to_owned()),
        Some(wallet) if wallet.account != from => {
            Some(format!("Choose {} in your wallet", format::short_address(from)))
        }
        Some(wallet) if wallet.chain_id.is_some_and(|chain| chain != run.plan.chain_id) => {
            Some(format!("Switch your wallet to {}", text::chain_name(run.plan.chain_id)))
        }
        Some(_) if cx.scope.head.stale.get() => Some("Waiting for the chain".to_owned()),
        Some(_) if cx.scope.is_disputed() => Some("Your endpoints disagree".to_owned()),
        Some(_) => None,
    }
}

fn review(cx: Cx, run: &Run) -> AnyView {
    let gas: Option<u64> = run.simulated.iter().flatten().map(Simulated::gas).sum();
    let cost = text::cost(gas, run.priced.and_then(|priced| priced.fees));
    let block = run.priced.map(|priced| format::count(priced.block.number));
    let hindrance = hindrance(cx, run);
    let ready = hindrance.is_none();
    let left = run.steps.len() - run.confirmed();
    let words = hindrance.unwrap_or_else(|| match (left, cx.shell.session.proposes()) {
        (1, false) => run.plan.title.clone(),
        (1, true) => format!("Propose to the Safe: {}", run.plan.title),
        (many, false) => format!("{}, {many} transactions", run.plan.title),
        (many, true) => format!("Propose to the Safe: {}, {many} transactions, one by one", run.plan.title),
    });
    let run_id = run.run_id;
    let confirm = press(move || cx.scope.transactions.send(run_id, Event::Confirm));
    let connect = cx.shell.session.wallet.with(Option::is_none).then(|| {
        let connect = press(move || cx.picker.set(true));
        view! { <button type="button" class="btn" on:click=connect>"Connect wallet"</button> }
    });
    let changed = run.changed.clone().map(|changed| {
        let said = explained(changed);
        view! { <div class="banner warn" role="alert">{icon("warn", 16)}<p>{said}</p></div> }
    });
    view! {
        <div class="rule stack tight">
            {changed}
            <dl class="facts end">
                <dt>"Gas, estimated"</dt><dd>{cost}</dd>
                <dt>"Simulated at block"</dt><dd>{block}</dd>
            </dl>
            <div class="row">
                <button type="button" class="btn primary" disabled=!ready on:click=confirm>{words}</button>
                {connect}
                {send(cx, run, "btn quiet", "Simulate again", Event::Refresh)}
                {send(cx, run, "btn quiet", "Cancel", Event::Close)}
                {take_back(cx, run)}
            </div>
        </div>
    }
    .into_any()
}

fn running(cx: Cx, run: &Run, kept: bool) -> AnyView {
    let stop = (run.confirmed() + 1 < run.steps.len()).then(|| {
        let run_id = run.run_id;
        let words = if run.stop_after { "Stops after this one" } else { "Stop after this one" };
        let stop = press(move || cx.scope.transactions.send(run_id, Event::Stop));
        view! { <button type="button" class="btn sm" disabled=run.stop_after on:click=stop>{words}</button> }
    });
    // nobody can look for it: the account must not wait for ever
    let aside = matches!(run.phase, Phase::Waiting(at) if run.cannot_be_seen(at))
        .then(|| send(cx, run, "btn sm", "Stop waiting", Event::SetAside));
    view! {
        <footer class="row apart"><span>"It goes on while you look around."{kept.then_some(" A reload finds it again.")}</span><span class="row">{stop}{aside}</span></footer>
    }
    .into_any()
}

/// A run that is stopped half-way may leave an allowance behind: it can be taken back, and the run stays for whoever
/// wants to go on after all.
fn take_back(cx: Cx, run: &Run) -> Option<AnyView> {
    let spender = run.plan.allowance?.spender;
    (run.confirmed() > 0).then(|| {
        let from = run.plan.from;
        // made from the contracts and the newest block: not before they are read
        let ready = cx.scope.contracts.with(|remote| remote.last().is_some())
            && cx.scope.head.block.with(Option::is_some);
        let take_back = press(move || cx.scope.take_allowance_back(from, spender));
        view! { <button type="button" class="btn" disabled=!ready on:click=take_back>"Take its allowance back"</button> }
            .into_any()
    })
}

fn paused(cx: Cx, run: &Run, step: usize, pause: &Pause) -> AnyView {
    let again = match pause {
        Pause::Stopped | Pause::Reloaded => Some("Go on"),
        Pause::Wallet(_) => Some("Ask again"),
        Pause::Unclear(_) => Some("It is not in my wallet: ask again"),
        Pause::Dropped { again, .. } => again.then_some("Send again, same nonce"),
        Pause::Uncertain => Some("I did not sign it: go on"),
        Pause::Unproven { .. } => Some("It did something else: try again"),
        Pause::Refused(_) => Some("Check again"),
        Pause::Reverted | Pause::Cancelled { .. } | Pause::Replaced { .. } => Some("Try again"),
    };
    let said = matches!(pause, Pause::Stopped | Pause::Reloaded).then(|| {
        view! { <p class="small">{text::pause(run, step, pause).what}</p> }
    });
    view! {
        <div class="rule stack tight">
            {said}
            <div class="row">
                {again.map(|again| send(cx, run, "btn primary", again, Event::Again))}
                {send(cx, run, "btn quiet", "Stop here", Event::Close)}
                {take_back(cx, run)}
            </div>
        </div>
    }
    .into_any()
}

fn spent(run: &Run) -> String {
    let used = |step: &StepState| match step {
        StepState::Confirmed(outcome) => outcome.gas_used,
        _ => 0,
    };
    format!("{} gas used", format::count(run.steps.iter().map(used).sum()))
}
