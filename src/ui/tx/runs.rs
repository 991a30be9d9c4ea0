use std::time::Duration;

use leptos::prelude::*;

use super::{controls::controls, signing::signing, steps::steps};
use crate::{
    chain::host::Sleep as _,
    platform::{Browser, dom},
    state::{RunView, spawn, watch},
    tx::machine::{Pause, Phase, Run, StepState},
    ui::{Cx, kit::icon, text},
    units::format,
};

/// Runs, newest first.
pub(crate) fn runs(cx: Cx, runs: Vec<RunView>) -> AnyView {
    runs.iter().rev().map(|view| panel(cx, view)).collect::<Vec<_>>().into_any()
}

fn panel_id(run: &Run) -> String {
    format!("run-{}", run.run_id)
}

/// Takes up the runs that the journal kept once the contracts are known, and tells about all of them.
pub(crate) fn follow(cx: Cx) {
    cx.scope.compare_endpoints();
    cx.scope.read_dates();
    cx.scope.keep_questions();
    cx.scope.transactions.heed(cx.shell.session.wallet);
    announce(cx);
    let mut restored = false;
    watch(move || {
        if cx.scope.deployment().is_some() && !std::mem::replace(&mut restored, true) {
            cx.scope.transactions.restore();
        }
    });
}

/// Tells about ends and pauses also where the panel is not in sight, and brings a new one into view.
fn announce(cx: Cx) {
    let mut before: Option<Vec<RunView>> = None;
    watch(move || {
        let now = cx.scope.transactions.all();
        if let Some(before) = &before {
            for RunView { run, .. } in &now {
                match before.iter().find(|old| old.run.run_id == run.run_id) {
                    Some(old) if old.run.phase != run.phase => tell(cx, run),
                    // what the person asked for; one that a reload found again does not push itself
                    None if run.phase == Phase::Simulating(0) => reveal(run),
                    _ => {}
                }
            }
        }
        before = Some(now);
    });
}

fn reveal(run: &Run) {
    let id = panel_id(run);
    spawn(async move {
        // it is drawn in the meantime
        Browser.sleep(Duration::ZERO).await;
        dom::reveal(&id);
    });
}

fn tell(cx: Cx, run: &Run) {
    let toasts = cx.toasts.about(run.run_id);
    match &run.phase {
        Phase::Done => toasts.good("Done", run.plan.title.clone()),
        Phase::Waiting(step) => {
            let proposed = matches!(&run.steps[*step], StepState::Sent(sent) if sent.is_proposed());
            let what = if proposed { "Proposed to the Safe" } else { "Sent" };
            toasts.busy(what, run.plan.steps[*step].title.clone());
        }
        Phase::Review(_) => {
            if let Some(changed) = run.changed.clone() {
                toasts.bad(changed.what, changed.todo);
            }
        }
        Phase::Paused(step, pause) => {
            let said = text::pause(run, *step, pause);
            toasts.bad(said.what, said.todo);
        }
        _ => {}
    }
}

fn heading(run: &Run) -> &'static str {
    match run.phase {
        Phase::Simulating(_) => "Checking",
        Phase::Blocked(..) => "Cannot be done",
        Phase::Review(_) => "Review",
        Phase::Checking(_) | Phase::Asking(_) | Phase::Waiting(_) => "In progress",
        Phase::Paused(_, Pause::Dropped { again: false, .. }) => "Looked for",
        Phase::Paused(..) => "Waits for you",
        Phase::Done => "Done",
        Phase::Closed => "Closed",
    }
}

fn progress(run: &Run) -> String {
    let all = run.steps.len() as u64;
    match run.phase {
        Phase::Review(_) | Phase::Simulating(_) | Phase::Blocked(..) => format::plural(all, "transaction"),
        _ => format!("{} of {} confirmed", run.confirmed(), all),
    }
}

fn panel(cx: Cx, view: &RunView) -> AnyView {
    let RunView { run, kept } = view;
    let (label, title) = (run.plan.title.clone(), run.plan.title.clone());
    let unkept = (!kept).then(|| {
        view! {
            <footer class="row">{icon("warn", 14)}"This browser keeps nothing: do not close the tab before it is done."</footer>
        }
    });
    view! {
        <section class="panel run" id=panel_id(run) tabindex="-1" aria-label=label>
            <header>
                <h2>{title}</h2>
                <p role="status">{heading(run)}</p>
                <span class="end muted small">{progress(run)}</span>
            </header>
            <div class="body">{steps(cx, run)}</div>
            {controls(cx, run, *kept)}
            {signing(cx, run)}
            {unkept}
        </section>
    }
    .into_any()
}
