use leptos::prelude::*;

use crate::{
    tx::{
        Explanation,
        machine::{Pause, Phase, Run, StepState},
        simulate::Simulated,
        track::Trace,
    },
    ui::{
        Cx,
        kit::{icon, spinner},
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
    Proposed,
    Sought,
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
            (Phase::Waiting(at), StepState::Sent(sent)) if *at == step && sent.is_proposed() => {
                Self::Proposed
            }
            (Phase::Waiting(at), StepState::Sent(_)) if *at == step => Self::Pending,
            (
                Phase::Paused(
                    at,
                    Pause::Dropped { .. } | Pause::Uncertain | Pause::Unclear(_) | Pause::Unproven { .. },
                ),
                StepState::Sent(_) | StepState::Asked { .. },
            ) if *at == step => Self::Sought,
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

    /// Class and word.
    fn look(&self) -> (&'static str, &'static str) {
        match self {
            Self::Planned => ("planned", "Planned"),
            Self::Simulated { .. } => ("simulated", "Simulated OK"),
            Self::NotSimulated => ("planned", "Not simulated"),
            Self::Checking => ("pending", "Checking"),
            Self::InWallet => ("wallet", "In your wallet"),
            Self::Pending => ("pending", "Pending"),
            Self::Proposed => ("pending", "Proposed"),
            Self::Sought => ("pending", "Looked for"),
            Self::Confirmed => ("confirmed", "Confirmed"),
            Self::Failed => ("failed", "Stopped"),
        }
    }

    fn mark(&self, number: usize) -> AnyView {
        match self {
            Self::Checking | Self::Pending | Self::Proposed | Self::Sought => spinner(22),
            Self::Confirmed => icon("check", 14),
            Self::InWallet => icon("wallet", 14),
            Self::Failed => icon("x", 14),
            Self::Planned | Self::Simulated { .. } | Self::NotSimulated => number.into_any(),
        }
    }
}

/// One row per transaction.
pub(super) fn steps(cx: Cx, run: &Run) -> AnyView {
    let rows = (0..run.steps.len()).map(|index| step(cx, run, index));
    view! { <ol class="steps" aria-live="polite">{rows.collect::<Vec<_>>()}</ol> }.into_any()
}

fn step(cx: Cx, run: &Run, index: usize) -> AnyView {
    let standing = Standing::of(run, index);
    let (class, word) = standing.look();
    view! {
        <li class=class>
            <span class="mk">{standing.mark(index + 1)}</span>
            <span class="t">{run.plan.steps[index].title.clone()}</span>
            <span class="st">{word}</span>
            <div class="d">{detail(cx, run, &standing, &run.steps[index])}</div>
        </li>
    }
    .into_any()
}

/// A failure in words, with what the chain or the wallet said where there is that.
pub(super) fn explained(said: Explanation) -> AnyView {
    let raw = said.raw.map(|raw| view! { <code class="xs block">{raw}</code> });
    view! { <b>{said.what}</b>" "{said.todo}{raw} }.into_any()
}

fn detail(cx: Cx, run: &Run, standing: &Standing, state: &StepState) -> AnyView {
    match (standing, state) {
        (Standing::Confirmed, StepState::Confirmed(outcome)) => {
            let where_ = format!(
                " in block {}, {} gas. ",
                format::count(outcome.block),
                format::count(outcome.gas_used)
            );
            view! { {cx.hash(outcome.hash)}{where_}{outcome.says.clone()} }.into_any()
        }
        (Standing::Failed, StepState::Reverted { outcome, because }) => {
            let why = match because.clone() {
                Some(because) => explained(because),
                // a gas limit is the wallet's: it is not in the call that is run again
                None => "Why is not known: run again on the blocks around it the call did not revert, or no endpoint has their states. Too low a gas limit in the wallet looks like this."
                    .into_any(),
            };
            let where_ = format!(" reverted in block {}. ", format::count(outcome.block));
            view! { {cx.hash(outcome.hash)}{where_}{why} }.into_any()
        }
        // its number is the Safe's own: no explorer of the chain knows it
        (Standing::Proposed, StepState::Sent(sent)) => {
            let number = format::short_hash(sent.hash);
            view! {
                <code>{number}</code>
                " is the Safe’s number for it. It is not done yet: its signers have to agree, and one of them has to execute it. Rota watches for that."
            }
            .into_any()
        }
        (Standing::Sought, StepState::Sent(sent)) if sent.is_proposed() => {
            view! { <code>{format::short_hash(sent.hash)}</code>". "{stopped(run)} }.into_any()
        }
        // what became of it says more than what it was
        (Standing::Failed | Standing::Sought, StepState::Sent(sent)) => {
            view! { {cx.hash(sent.hash)}". "{stopped(run)} }.into_any()
        }
        (_, StepState::Sent(sent)) => {
            let said = match (sent.by_contract, sent.trace) {
                (true, _) => {
                    " is what your wallet calls it. Your account is a contract: others may have to sign there first."
                }
                (false, Trace::Shown) => " is known to the endpoint.",
                (false, Trace::Missing { .. }) => " is not known to the endpoint yet.",
                (false, Trace::TooFarBack) => {
                    ": its place in your account is used, and no endpoint lets Rota look back far enough to say by what. Look for it in your wallet or in an explorer; with an archive endpoint in Settings, Rota finds it."
                }
            };
            view! { {cx.hash(sent.hash)}{said} }.into_any()
        }
        (Standing::InWallet, _) => {
            "Confirm it in your wallet. Compare the address and the data with what is shown here.".into_any()
        }
        (Standing::Simulated { gas: Some(gas) }, _) => format!("{} gas", format::count(*gas)).into_any(),
        (Standing::NotSimulated, _) => {
            "The endpoint cannot run it after the steps before it. It is simulated right before you sign it."
                .into_any()
        }
        (Standing::Failed | Standing::Sought, _) => stopped(run),
        _ => ().into_any(),
    }
}

/// Why the run does not go on.
fn stopped(run: &Run) -> AnyView {
    match &run.phase {
        Phase::Paused(step, pause) => explained(text::pause(run, *step, pause)),
        Phase::Blocked(_, refusal) => explained(text::refusal(refusal)),
        _ => ().into_any(),
    }
}
