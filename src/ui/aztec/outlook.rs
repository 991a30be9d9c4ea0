//! What is known about a plan that somebody else is to sign: simulated as that signer, and guarded, as it would be
//! before a signature here.

use leptos::prelude::*;

use crate::{
    state::{Remote, Tried},
    tx::{Plan, simulate::Simulated},
    ui::{
        Cx,
        kit::{live, spinner},
        text,
        tx::decoded,
    },
    units::format,
};

/// The plan of one form, tried out as long as it stays the same.
#[derive(Clone, Copy)]
pub(crate) struct Outlook {
    cx: Cx,
    /// What the signer is called.
    signer: &'static str,
    plan: RwSignal<Option<Plan>>,
    tried: ReadSignal<Remote<Tried>>,
}

impl Outlook {
    /// For one form; made once, outside of what is drawn again.
    pub(crate) fn new(cx: Cx, signer: &'static str) -> Self {
        let plan = RwSignal::new(None);
        Self { cx, signer, plan, tried: cx.scope.tried(move || plan.get()) }
    }

    /// Takes the plan that the form amounts to now.
    pub(crate) fn of(self, plan: &Plan) {
        if self.plan.with_untracked(|known| known.as_ref() != Some(plan)) {
            self.plan.set(Some(plan.clone()));
        }
    }

    /// Whether the call may be handed on. To be asked where it is drawn, and again when it is done.
    pub(crate) fn is_good(self) -> bool {
        let cx = self.cx;
        let waits =
            cx.scope.head.stale.get() || cx.scope.is_disputed() || cx.scope.transactions.held().is_some();
        !waits && self.tried.with(|tried| matches!(tried, Remote::Ready(tried) if tried.is_ok()))
    }

    /// What is to be signed, decoded from its bytes, with what it moved when it was simulated.
    pub(crate) fn decoded(self, plan: &Plan) -> Option<AnyView> {
        let calls = self.tried.with(|tried| Some(tried.last()?.as_ref().as_ref().ok()?.calls.clone()))?;
        Some(decoded(self.cx, plan, &calls))
    }

    /// What was found, in a sentence.
    pub(crate) fn said(self) -> AnyView {
        live(move || {
            let cx = self.cx;
            // asked again when either of these changes
            let _ = (cx.scope.head.stale.get(), cx.scope.is_disputed());
            if let Some(held) = cx.scope.transactions.held() {
                return view! { <span class="bad">{held.what}" "{held.todo}</span> }.into_any();
            }
            self.tried.with(|tried| match tried {
                Remote::Loading => view! { {spinner(14)}"Simulating as "{self.signer} }.into_any(),
                Remote::Ready(tried) => match &**tried {
                    Ok(simulation) => {
                        let gas: Option<u64> = simulation.calls.iter().map(Simulated::gas).sum();
                        let gas = gas.map(|gas| format!(": {} gas", format::count(gas))).unwrap_or_default();
                        format!("Simulated as {}{gas}", self.signer).into_any()
                    }
                    Err(refusal) => {
                        let said = text::refusal(refusal);
                        view! { <span class="bad">{said.what}" "{said.todo}</span> }.into_any()
                    }
                },
                Remote::Stale(..) | Remote::Partial(..) | Remote::Failed(_) => {
                    view! { <span class="bad">"Could not be simulated."</span> }.into_any()
                }
            })
        })
    }
}
