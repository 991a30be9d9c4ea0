use leptos::prelude::*;

use crate::{
    state::Scope,
    tx::{
        machine::{Pause, Phase, Run, StepState},
        simulate::Simulated,
    },
    ui::{
        kit::{HashLink, Icon, Spinner},
        text,
    },
    units::format,
};

/// How one step stands: the six states of the design, and the check before signing.
#[derive(Clone, Debug, PartialEq)]
enum Standing {
    Planned,
    Simulated { gas: Option<u64> },
    NotSimulated,
    Checking,
    InWallet,
    Pending,
    Confirmed,
    Failed,
}

impl Standing {
    fn of(run: &Run, step: usize) -> Self {
        match (&run.phase, &run.steps[step]) {
            (_, StepState::Confirmed(_)) => Self::Confirmed,
            (_, StepState::Reverted { .. }) => Self::Failed,
            (Phase::Checking(at), _) if *at == step => Self::Checking,
            (Phase::Asking(at), _) if *at == step => Self::InWallet,
            (Phase::Waiting(at), StepState::Sent(_)) if *at == step => Self::Pending,
            (Phase::Paused(at, pause), _)
                if *at == step && !matches!(pause, Pause::Stopped | Pause::Reloaded) =>
            {
                Self::Failed
            }
            _ => match run.simulated.get(step).and_then(Option::as_ref) {
                Some(Simulated::Succeeds { gas, .. }) => Self::Simulated { gas: *gas },
                Some(Simulated::NotSimulated) => Self::NotSimulated,
                Some(Simulated::Reverts(_)) => Self::Failed,
                None => Self::Planned,
            },
        }
    }

    fn class(&self) -> &'static str {
        match self {
            Self::Planned | Self::NotSimulated => "planned",
            Self::Simulated { .. } => "simulated",
            Self::InWallet => "wallet",
            Self::Checking | Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Failed => "failed",
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Planned => "Planned",
            Self::Simulated { .. } => "Simulated OK",
            Self::NotSimulated => "Not simulated",
            Self::Checking => "Checking",
            Self::InWallet => "In your wallet",
            Self::Pending => "Pending",
            Self::Confirmed => "Confirmed",
            Self::Failed => "Stopped",
        }
    }
}

/// One row per transaction.
#[component]
pub(super) fn Steps(run: Memo<Option<Run>>) -> impl IntoView {
    let count = Memo::new(move |_| run.with(|run| run.as_ref().map_or(0, |run| run.steps.len())));
    view! {
        <ol class="steps" aria-live="polite">
            {move || (0..count.get()).map(|step| view! { <Step run=run step=step/> }).collect_view()}
        </ol>
    }
}

#[component]
fn Step(run: Memo<Option<Run>>, step: usize) -> impl IntoView {
    let scope = expect_context::<Scope>();
    let standing = Memo::new(move |_| {
        run.with(|run| run.as_ref().map_or(Standing::Planned, |run| Standing::of(run, step)))
    });
    let state = Memo::new(move |_| run.with(|run| run.as_ref().and_then(|run| run.steps.get(step).cloned())));
    let title = run.with_untracked(|run| run.as_ref().map(|run| run.plan.steps[step].title.clone()));
    let explorer = move |hash| scope.network.with_value(|network| network.explorer_tx(hash));
    let mark = move || match standing.get() {
        Standing::Checking | Standing::Pending => view! { <Spinner size=22/> }.into_any(),
        Standing::Confirmed => view! { <Icon name="check" size=14/> }.into_any(),
        Standing::InWallet => view! { <Icon name="wallet" size=14/> }.into_any(),
        Standing::Failed => view! { <Icon name="x" size=14/> }.into_any(),
        _ => view! { {step + 1} }.into_any(),
    };
    let detail = move || {
        match (standing.get(), state.get()) {
        (Standing::Confirmed, Some(StepState::Confirmed(outcome))) => view! {
            <HashLink hash=outcome.hash explorer=explorer(outcome.hash)/>
            {format!(" in block {}, {} gas. ", format::count(outcome.block), format::count(outcome.gas_used))}
            {outcome.says}
        }
        .into_any(),
        (Standing::Failed, Some(StepState::Reverted { outcome, because })) => view! {
            <HashLink hash=outcome.hash explorer=explorer(outcome.hash)/>
            {format!(" reverted in block {}. ", format::count(outcome.block))}
            {match because {
                Some(because) => view! { <b>{because.what}</b> " " {because.todo} {because.raw.map(|raw| view! { <code class="xs block">{raw}</code> })} }.into_any(),
                None => view! { "The reason is not available: the endpoint no longer has the state of that block." }.into_any(),
            }}
        }
        .into_any(),
        (_, Some(StepState::Sent(sent))) => view! {
            <HashLink hash=sent.hash explorer=explorer(sent.hash)/>
            {match (sent.by_contract, sent.missing) {
                (true, _) => " is what your wallet calls it. Your account is a contract: others may have to sign there first.",
                (false, 0) => " is known to the endpoint.",
                (false, _) => " is not known to the endpoint yet.",
            }}
        }
        .into_any(),
        (Standing::InWallet, _) => view! { "Confirm it in your wallet. Compare the address and the data with what is shown here." }.into_any(),
        (Standing::Simulated { gas: Some(gas) }, _) => view! { {format!("{} gas", format::count(gas))} }.into_any(),
        (Standing::NotSimulated, _) => view! {
            "The endpoint cannot run it after the steps before it. It is simulated right before you sign it."
        }
        .into_any(),
        (Standing::Failed, _) => pause_detail(run).into_any(),
        _ => ().into_any(),
    }
    };
    view! {
        <li class=move || standing.get().class()>
            <span class="mk">{mark}</span>
            <span class="t">{title}</span>
            <span class="st">{move || standing.get().word()}</span>
            <div class="d">{detail}</div>
        </li>
    }
}

fn pause_detail(run: Memo<Option<Run>>) -> impl IntoView {
    let said = run.with(|run| match run.as_ref().map(|run| run.phase.clone()) {
        Some(Phase::Paused(_, pause)) => Some(text::pause(&pause)),
        Some(Phase::Blocked(_, refusal)) => Some(text::refusal(&refusal)),
        _ => None,
    });
    said.map(|said| view! { <b>{said.what}</b> " " {said.todo} {said.raw.map(|raw| view! { <code class="xs block">{raw}</code> })} })
}
