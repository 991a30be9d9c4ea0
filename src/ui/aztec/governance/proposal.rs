use leptos::prelude::*;

use super::{
    actions::actions, dates::dates, origin, rehearsal::rehearsal, stages::lifecycle, tally::result,
    vote::vote, voters, words::badge,
};
use crate::{
    aztec::read::{Effects, Past, ProposalPage},
    platform,
    state::{Page, Screen},
    ui::{
        Cx,
        frame::run_list,
        kit::{Figure, Written, empty, icon, live},
        text,
    },
};

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    pub(super) cx: Cx,
    pub(super) id: u64,
    pub(super) page: Screen<ProposalPage>,
    pub(super) effects: Screen<Effects>,
    pub(super) past: Screen<Past>,
}

/// The page of one proposal.
pub(crate) fn proposal_page(cx: Cx, id: u64) -> AnyView {
    platform::set_title(&format!("Proposal {id} · Rota"));
    let page = cx.scope.proposal(id);
    let desk = Desk { cx, id, page, effects: cx.scope.effects(page), past: cx.scope.past(page) };
    let back = live(move || {
        view! { <a class="small row back" href=cx.link(Page::Governance(None))>{icon("cl", 14)}"Governance"</a> }.into_any()
    });
    // whether there is such a proposal changes at most once
    let missing =
        Memo::new(move |_| desk.page.with(|page| page.last().is_some_and(|at| at.value.is_missing())));
    let body = live(move || if missing.get() { no_such(cx, id) } else { untrack(|| found(desk)) });
    view! { {back}{body} }.into_any()
}

fn no_such(cx: Cx, id: u64) -> AnyView {
    let next = view! { <a class="btn primary" href=cx.link(Page::Governance(None))>"All proposals"</a> };
    let said =
        empty("gov", "There is no proposal with this number", "Numbers begin at 0.", Some(next.into_any()));
    view! { <div class="pagehead"><h1>{format!("Proposal {id}")}</h1></div><section class="panel">{said}</section> }.into_any()
}

fn found(desk: Desk) -> AnyView {
    let looks = voters::Looks::new();
    let voted =
        live(move || desk.page.get().last().map(|at| voters::voters(desk, looks, &at.value)).into_any());
    let run = live(move || desk.page.get().last().map(|at| rehearsal(desk, &at.value)).into_any());
    view! {
        {live(move || head(desk))}
        <div class="pagebody">
            <div class="cols withside prop">
                <div class="stack main">{run_list(desk.cx)}<div class="first">{live(move || tallied(desk))}</div>{live(move || acts(desk))}{run}{voted}</div>
                <div class="side stack"><div class="second">{vote(desk)}</div>{live(move || dates(desk))}{live(move || stake(desk))}</div>
            </div>
        </div>
    }
    .into_any()
}

pub(super) fn now(desk: Desk) -> u64 {
    desk.cx.scope.head.block.with(|block| block.map_or(0, |block| block.timestamp))
}

fn head(desk: Desk) -> AnyView {
    let found = desk.page.get();
    let title = format!("Proposal {}", desk.id);
    let Some(at) = found.last() else {
        let said = found.failure().map(text::read_error);
        let said = match said {
            Some(said) => view! { <p class="small ink2">{said.what}" "{said.todo}</p> }.into_any(),
            None => view! { <p><span class="skel w12"></span></p> }.into_any(),
        };
        return view! { <section class="panel"><div class="phead"><h1>{title}</h1>{said}</div></section> }
            .into_any();
    };
    view! {
        <section class="panel">
            <div class="phead">
                <div class="row">{badge(&at.value.row)}</div>
                <h1>{title}</h1>
                <p class="ink2">{origin::uri(&at.value)}</p>
                {origin::origin(desk, &at.value)}
            </div>
            <div class="rule">{lifecycle(&at.value, now(desk))}</div>
        </section>
    }
    .into_any()
}

fn tallied(desk: Desk) -> AnyView {
    let found = desk.page.get();
    match (found.last(), desk.cx.scope.deployment()) {
        (Some(at), Some(contracts)) => result(desk.cx, &at.value.row, &contracts.token),
        _ => ().into_any(),
    }
}

fn acts(desk: Desk) -> AnyView {
    let effects = desk.effects.get();
    let effects = effects.last().map(|at| &at.value);
    desk.page.get().last().map(|at| actions(desk.cx, &at.value, effects)).into_any()
}

/// What stake has voted, all of it through the GSE.
fn stake(desk: Desk) -> AnyView {
    let found = desk.page.get();
    let (Some(at), Some(contracts)) = (found.last(), desk.cx.scope.deployment()) else {
        return ().into_any();
    };
    let amount = |label: &'static str, figure| desk.cx.sources.fig(label, figure, "w8");
    let ballot = &at.value.staked_ballot;
    let written = |raw| Written::amount(&contracts.token, raw);
    let yea = Figure::of(ballot, |ballot| written(ballot.yea));
    let nay = Figure::of(ballot, |ballot| written(ballot.nay));
    let default = Figure::of(&at.value.default_vote, |raw| written(*raw));
    view! {
        <section class="panel"><header><h2>"Votes of staked tokens"</h2></header><div class="body">
            <dl class="facts end">
                <dt>"Yea"</dt><dd>{amount("Yea of stake", yea)}</dd>
                <dt>"Nay"</dt><dd>{amount("Nay of stake", nay)}</dd>
                <dt>"Of it by default"</dt><dd>{amount("Default vote", default)}</dd>
            </dl>
            {voters::with_stake(desk, &at.value)}
            <p class="muted xs">"All stake votes as one voter, the GSE. How a delegatee voted is shown where a plain transaction says it. Stake that was left with the rollup that signalled for a proposal votes yea, once somebody triggers that; on any other proposal it is silent."</p>
        </div></section>
    }
    .into_any()
}
