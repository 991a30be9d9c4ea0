//! Whether the provider's sequencers pay what they promised: the same verdicts that the provider sees.

use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::{coinbase::Audit, read::Rewards},
    state::Screen,
    ui::{
        aztec::{
            paid::{self, Verdict},
            split_past::SplitHistory,
        },
        kit::{cut, empty, icon, live, press, spinner},
        text,
    },
};

/// Rows drawn before somebody asks for all of them.
const FIRST: usize = 10;

#[derive(Clone, Copy)]
struct Found {
    desk: Desk,
    audit: Screen<Audit>,
    earned: Screen<Rewards>,
    everything: RwSignal<bool>,
    past: SplitHistory,
}

/// Looks into the last week of checkpoints when it is asked to: that takes some dozens of requests.
pub(super) fn coinbases(desk: Desk) -> AnyView {
    let wanted = RwSignal::new(false);
    let id = move || wanted.get().then_some(desk.provider_id);
    let earned = desk.cx.scope.commission(id);
    let found = Found {
        desk,
        audit: desk.cx.scope.coinbases(id),
        earned,
        everything: RwSignal::new(false),
        past: SplitHistory::new(desk.cx, earned),
    };
    view! {
        <section class="panel" id="coinbases">
            <header><h2>"Who is paid"</h2><p>"Each sequencer’s node names the receiver of its rewards. It should be the split"</p></header>
            {live(move || if wanted.get() { untrack(move || view! { {live(move || body(found))}{found.past.panel()} }.into_any()) } else { ask(wanted) })}
        </section>
    }
    .into_any()
}

fn ask(wanted: RwSignal<bool>) -> AnyView {
    let look = press(move || wanted.set(true));
    view! {
        <div class="body row apart">
            <span class="small ink2">"Rota reads the last week of proposals and proofs and finds the provider’s sequencers in them."</span>
            <button type="button" class="btn" on:click=look>{icon("search", 14)}"Check who is paid"</button>
        </div>
    }
    .into_any()
}

fn body(found: Found) -> AnyView {
    let Found { desk, audit, earned, everything, past } = found;
    if let Some(said) = audit.with(|audit| audit.failure().map(text::read_error)) {
        return empty("warn", "Not checked", "", Some(view! { <p class="small">{said.what}</p> }.into_any()));
    }
    let Some(verdicts) = paid::verdicts(desk.cx, desk.provider_id, audit, desk.stakes) else {
        return view! { <div class="body" aria-busy="true"><span class="status">{spinner(14)}"Reading proposals and proofs"</span></div> }
            .into_any();
    };
    if verdicts.is_empty() {
        return empty("stack", "No delegations", "Nobody is staked with this provider at present.", None);
    }
    let (limit, more) = cut(everything, FIRST, verdicts.len());
    let row = |(payee, found): &Verdict| {
        view! {
            <tr>
                <td data-l="Sequencer">{desk.cx.addr(payee.attester)}</td>
                <td data-l="Its split">{desk.cx.addr(payee.split)}" "{past.button(payee.split, payee.block)}</td>
                <td data-l="Seen on chain">{paid::verdict(desk.cx, found)}</td>
                <td class="num" data-l="Owed to the split">{paid::arrived(desk.cx, earned, payee)}</td>
            </tr>
        }
        .into_any()
    };
    let mut ordered: Vec<&Verdict> = verdicts.iter().collect();
    ordered.sort_by_key(|(_, found)| paid::urgency(found));
    let rows: Vec<_> = ordered.into_iter().take(limit).map(row).collect();
    let window = paid::window(audit).unwrap_or_default();
    view! {
        <div class="body stack tight">
            {paid::tally(&verdicts)}
            <p class="xs muted">{format!("{window}, up to 3 checkpoints of each sequencer. What is owed to a split could only get there by naming it.")}</p>
        </div>
        <div class="tablewrap">
            <table class="table tight cards">
                <thead><tr>
                    <th scope="col">"Sequencer"</th><th scope="col">"Its split"</th><th scope="col">"Seen on chain"</th>
                    <th scope="col" class="num">"Owed to the split"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {more}
    }
    .into_any()
}
