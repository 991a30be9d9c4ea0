use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::{
        plan::{PlanError, Setting},
        read::Holder,
    },
    platform::download,
    tx::{Plan, safe},
    ui::{
        aztec::{
            outlook::Outlook,
            propose::{Proposal, propose, setting_of},
        },
        kit::{copy_button, icon, live, press},
        text,
    },
};

/// What a form of the admin's amounts to when it becomes a file: simulated as the admin, as long as it stays the same.
#[derive(Clone, Copy)]
pub(super) struct Foot {
    outlook: Outlook,
}

impl Foot {
    /// For one form; made once, outside of what is drawn again.
    pub(super) fn new(desk: Desk) -> Self {
        Self { outlook: Outlook::new(desk.cx, "the admin") }
    }
}

impl Desk {
    /// What the managed provider's admin is, once asked.
    pub(super) fn holder(&self) -> Option<Holder> {
        self.holder.with(|holder| holder.last().map(|at| at.value.clone()))
    }

    /// Whether a change is made as a file, because the admin is a contract and not the wallet's own account.
    pub(super) fn by_file(&self, provider_id: u64) -> bool {
        let admin = self.config(provider_id).map(|config| config.admin);
        admin != self.cx.account() && self.holder().is_some_and(|holder| holder != Holder::Key)
    }

    /// Makes a plan of the admin's: from the wallet, or from the contract that is the admin.
    pub(super) fn as_admin(
        &self,
        provider_id: u64,
        make: impl FnOnce(&Setting<'_>) -> Result<Plan, PlanError>,
    ) -> Proposal {
        let from =
            if self.by_file(provider_id) { self.config(provider_id)?.admin } else { self.cx.account()? };
        setting_of(self.cx, from, make)
    }

    /// The foot of a form of the admin's.
    pub(super) fn foot(&self, foot: Foot, provider_id: u64, plan: Proposal, idle: &'static str) -> AnyView {
        if self.by_file(provider_id) { self.file(foot, plan, idle) } else { propose(self.cx, plan, idle) }
    }

    /// Offers the plan as a file for the Safe that is the admin, once its simulation succeeds.
    fn file(&self, foot: Foot, plan: Proposal, idle: &'static str) -> AnyView {
        let cx = self.cx;
        let refusal = match &plan {
            Some(Err(error)) => {
                cx.scope.deployment().map(|contracts| text::plan_error(error, &contracts.token))
            }
            _ => None,
        };
        let Some(Ok(plan)) = plan else {
            return view! {
                <footer class="row apart">
                    <span class="bad small" role="status">{refusal}</span>
                    <button type="button" class="btn primary" disabled=true>{idle}</button>
                </footer>
            }
            .into_any();
        };
        foot.outlook.of(&plan);
        live(move || {
            let shown = foot.outlook.decoded(&plan);
            let (said, ready) = (foot.outlook.said(), foot.outlook.is_good());
            let (saved, data) = (plan.clone(), plan.steps.first().map(|step| step.call.data.to_string()));
            let single = plan.steps.len() == 1;
            let save = press(move || {
                // what holds signing back may have come since this was drawn
                if !untrack(|| foot.outlook.is_good()) {
                    return;
                }
                let now = cx.scope.head.now().unwrap_or_default().saturating_mul(1_000);
                let name = safe::file_name(saved.chain_id, saved.from);
                download(&name, "application/json", &safe::batch_file(&saved, now));
            });
            let words = format!("Build Safe transaction: {}", plan.title);
            let copy = data
                .filter(|data| single && data.len() < 20_000)
                .map(|data| copy_button(data, "Copy calldata".to_owned(), "Copy calldata", "btn"));
            view! {
                {shown}
                <footer class="row apart">
                    <span class="small" role="status">{said}</span>
                    <span class="row">
                        {copy}
                        <button type="button" class="btn primary" disabled=!ready on:click=save>{icon("file", 16)}{words}</button>
                    </span>
                </footer>
            }
            .into_any()
        })
    }
}

/// Says who has to agree when the admin is a contract.
pub(super) fn notice(desk: Desk, provider_id: u64) -> AnyView {
    live(move || {
        if !desk.by_file(provider_id) {
            return ().into_any();
        }
        let account = desk.cx.account();
        let (title, said) = match desk.holder() {
            Some(Holder::Safe { threshold, owners }) => {
                let own = account.is_some_and(|account| owners.contains(&account));
                let of = format!("{threshold} of {} signers have to agree.", owners.len());
                let title = match (account, own) {
                    (Some(_), true) => format!("Your wallet is one of {} signers, not the admin", owners.len()),
                    (Some(_), false) => "Your wallet is not a signer of the admin, a Safe".to_owned(),
                    (None, _) => "The admin is a Safe".to_owned(),
                };
                (title, format!("{of} Rota builds each change as a Safe transaction file: import it in the Safe’s Transaction Builder and collect signatures. Opened inside the Safe, as a Safe App, it proposes directly."))
            }
            _ => (
                "The admin is a contract".to_owned(),
                "It does not answer as a Safe. Rota builds each change as a Safe transaction file, which also holds the calldata for any other multisig.".to_owned(),
            ),
        };
        view! {
            <div class="banner">{icon("shield", 16)}<div><b>{title}</b><p>{said}</p></div></div>
        }
        .into_any()
    })
}
