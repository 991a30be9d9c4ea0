use leptos::prelude::*;

use super::{controls::Controls, signing::Signing, steps::Steps};
use crate::{
    platform,
    state::{RunView, Scope},
    tx::machine::{Phase, Run},
    ui::{
        kit::{Icon, Toasts},
        text,
    },
    units::format,
};

/// Every run of the open network that was not put away, newest first.
#[component]
pub(crate) fn RunList() -> impl IntoView {
    let scope = expect_context::<Scope>();
    let ids = Memo::new(move |_| scope.transactions.ids());
    announce(scope);
    view! {
        <For each=move || ids.get() key=|id| *id let:id>
            <RunPanel run_id=id/>
        </For>
    }
}

/// Tells about ends and pauses also where the panel is not in sight.
fn announce(scope: Scope) {
    let toasts = expect_context::<Toasts>();
    Effect::new(move |before: Option<Vec<(u64, Phase)>>| {
        let runs = scope.transactions.all();
        for RunView { run, .. } in &runs {
            let old = before.as_ref().and_then(|before| before.iter().find(|(id, _)| *id == run.run_id));
            let Some((_, old)) = old else { continue };
            match &run.phase {
                phase if phase == old => {}
                Phase::Done => toasts.good("Done", run.plan.title.clone()),
                Phase::Waiting(step) => toasts.busy("Sent", run.plan.steps[*step].title.clone()),
                Phase::Paused(_, pause) => {
                    let said = text::pause(pause);
                    toasts.bad(said.what, said.todo);
                }
                _ => {}
            }
        }
        runs.into_iter().map(|view| (view.run.run_id, view.run.phase)).collect()
    });
}

fn heading(run: &Run) -> &'static str {
    match run.phase {
        Phase::Simulating(_) => "Checking",
        Phase::Blocked(..) => "Cannot be done",
        Phase::Review(_) => "Review",
        Phase::Checking(_) | Phase::Asking(_) | Phase::Waiting(_) => "In progress",
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

#[component]
fn RunPanel(run_id: u64) -> impl IntoView {
    let scope = expect_context::<Scope>();
    let view = Memo::new(move |_| scope.transactions.get(run_id));
    let run = Memo::new(move |_| view.get().map(|view| view.run));
    let id = format!("run-{run_id}");
    let shown = id.clone();
    // a new one is what the person asked for: it comes into view; one that a reload found again does not push itself
    let fresh = run.with_untracked(|run| run.as_ref().is_some_and(|run| run.phase == Phase::Simulating(0)));
    Effect::new(move |_| {
        if fresh {
            platform::reveal(&shown);
        }
    });
    let kept = move || view.with(|view| view.as_ref().is_none_or(|view| view.kept));
    move || {
        // the panel goes with its run
        run.with(Option::is_some).then(|| {
            let title = move || run.with(|run| run.as_ref().map(|run| run.plan.title.clone()));
            view! {
                <section class="panel run" id=id.clone() tabindex="-1" aria-label=title>
                    <header>
                        <h2>{title}</h2>
                        <p role="status">{move || run.with(|run| run.as_ref().map(heading))}</p>
                        <span class="end muted small">{move || run.with(|run| run.as_ref().map(progress))}</span>
                    </header>
                    <div class="body"><Steps run=run/></div>
                    <Controls run=run/>
                    <Signing run=run/>
                    <Show when=move || !kept()>
                        <footer class="row"><Icon name="warn" size=14/>"This browser keeps nothing: do not close the tab before it is done."</footer>
                    </Show>
                </section>
            }
        })
    }
}
