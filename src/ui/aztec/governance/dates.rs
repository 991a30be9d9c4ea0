use leptos::prelude::*;

use super::proposal::{Desk, now};
use crate::{
    aztec::{read::Proposal, rules::ProposalState},
    platform,
    state::{Page, Route},
    ui::kit::{copy_button, icon, press},
    units::{
        calendar::{Entry, calendar},
        format,
    },
};

/// When things happen: with the names of the moments and what one may do then.
fn moments(proposal: &Proposal) -> [(&'static str, u64, &'static str); 4] {
    let phases = proposal.standing.phases;
    [
        (
            "Power is counted",
            phases.pending,
            "Voting begins. What is deposited or delegated later does not count for it.",
        ),
        ("Voting ends", phases.active, "The last moment to vote."),
        ("Executable from", phases.queued, "If it was accepted, anybody may execute it from now on."),
        ("Expires", phases.executable, "If nobody has executed it, nobody can any more."),
    ]
}

/// The panel with a proposal's dates, and ways to keep them.
pub(super) fn dates(desk: Desk) -> AnyView {
    let found = desk.page.get();
    let Some(row) = found.last().map(|at| at.value.row.clone()) else { return ().into_any() };
    let Some(proposal) = row.proposal.get().copied() else { return ().into_any() };
    let now = now(desk);
    let line = |what: &'static str, at: u64| {
        view! { <dt>{what}</dt><dd>{format::date_time(at, now)}</dd> }.into_any()
    };
    let lines: Vec<_> = moments(&proposal).into_iter().map(|(what, at, _)| line(what, at)).collect();
    let over = row.state.get().is_some_and(|state| {
        !matches!(
            state,
            ProposalState::Pending
                | ProposalState::Active
                | ProposalState::Queued
                | ProposalState::Executable
        )
    });
    let save = press(move || save(desk, &proposal));
    let keep = (!over).then(|| {
        view! { <button type="button" class="btn sm" on:click=save>{icon("cal", 14)}"Add to calendar"</button> }
    });
    let share =
        copy_button(address(desk), format!("Copy link to proposal {}", desk.id), "Copy link", "btn sm");
    view! {
        <section class="panel" aria-label="Dates"><header><h2>"Dates"</h2></header><div class="body stack tight">
            <dl class="facts end">{line("Proposed", proposal.creation)}{lines}</dl>
            <p class="muted xs">"By its own rules, in the chain’s time."</p>
            <div class="row">{keep}{share}</div>
        </div></section>
    }
    .into_any()
}

/// The page's address for others: without the account that is looked at.
fn address(desk: Desk) -> String {
    let network = desk.cx.scope.network.with_value(|network| network.id.clone());
    let route = Route { network, page: Page::Governance(Some(desk.id)), watch: None };
    platform::Location::address(&route.to_string())
}

fn save(desk: Desk, proposal: &Proposal) {
    let Some(contracts) = desk.cx.scope.deployment() else { return };
    let (id, now) = (desk.id, now(desk));
    let to_come = moments(proposal).into_iter().filter(|(_, at, _)| *at > now);
    let entries = to_come.enumerate().map(|(place, (what, at, said))| Entry {
        uid: format!("proposal-{}-{}-{id}-{place}@rota", contracts.chain_id, contracts.governance),
        at,
        summary: format!("Proposal {id}: {}", what.to_lowercase()),
        description: said.to_owned(),
        link: Some(address(desk)),
    });
    let entries: Vec<_> = entries.collect();
    let text = calendar("Governance", &entries, now);
    platform::download(&format!("rota-proposal-{id}.ics"), "text/calendar", &text);
}
