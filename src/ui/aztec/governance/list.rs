use leptos::prelude::*;

use super::{
    Desk,
    tally::{meter, turnout, turnout_lengths, yea_share},
    words::{badge, length, next, whole, yea_needed},
};
use crate::{
    aztec::read::ProposalRow,
    state::Page,
    ui::kit::{Figure, empty},
    units::format,
};

/// All proposals, newest first.
pub(super) fn list(desk: Desk) -> AnyView {
    let found = desk.proposals.get();
    let now = desk.cx.scope.head.block.with(|block| block.map_or(0, |block| block.timestamp));
    let lines: Vec<AnyView> = match found.last() {
        Some(at) if at.value.rows.is_empty() && at.value.count.value.is_ok() => {
            let said = empty(
                "gov",
                "No proposals yet",
                "A payload that wins a signalling round becomes the first one.",
                None,
            );
            return panel(String::new(), said);
        }
        Some(at) => at.value.rows.iter().map(|row| line(desk, row, now)).collect(),
        None if found.failure().is_some() => return ().into_any(),
        None => (0..4).map(|_| waiting()).collect(),
    };
    let count = found.last().and_then(|at| at.value.count.get().copied());
    let table = view! {
        <div class="tablewrap">
            <table class="table cards proposals">
                <thead><tr><th class="num" scope="col">"No."</th><th scope="col">"Payload"</th><th scope="col">"State"</th><th scope="col">"Turnout"</th><th scope="col">"Yea"</th><th scope="col">"Next step"</th></tr></thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
    };
    panel(count.map(|count| format::plural(count, "proposal")).unwrap_or_default(), table.into_any())
}

fn panel(said: String, body: AnyView) -> AnyView {
    view! {
        <section class="panel"><header><h2>"Proposals"</h2><div class="end"><span class="muted small">{said}</span></div></header>{body}</section>
    }
    .into_any()
}

fn waiting() -> AnyView {
    view! {
        <tr><td class="num skip-sm"><span class="skel w4"></span></td><td class="full"><span class="skel w12"></span><span class="sub"><span class="skel w8"></span></span></td><td data-l="State"><span class="skel w4"></span></td><td data-l="Turnout"><span class="skel w4"></span></td><td data-l="Yea"><span class="skel w4"></span></td><td data-l="Next"><span class="skel w8"></span></td></tr>
    }
    .into_any()
}

fn line(desk: Desk, row: &ProposalRow, now: u64) -> AnyView {
    let cx = desk.cx;
    let id = row.id;
    let page = cx.link(Page::Governance(Some(id)));
    let name = format!("Proposal {id}");
    let uri = match &row.uri.value {
        Ok(uri) if !uri.is_empty() => uri.clone(),
        Ok(_) => "says nothing about itself".to_owned(),
        Err(_) => "what it says about itself was not read".to_owned(),
    };
    let fig = |label: &str, figure: Figure| cx.sources.fig(format!("{label}, proposal {id}"), figure, "w4");
    let proposal = row.proposal.get();
    let turnout_meter = proposal.zip(row.power.get()).map(|(proposal, power)| {
        let (part, at) = turnout_lengths(proposal, *power);
        meter(part, at, "")
    });
    let yea_meter = proposal.map(|proposal| {
        let ballot = proposal.standing.ballot;
        let at = length(yea_needed(proposal.standing.thresholds.required_yea_margin), whole());
        meter(length(ballot.yea, ballot.cast()), at, "ok")
    });
    let (step, left) = next(row, now);
    view! {
        <tr>
            <td class="num skip-sm"><span class="muted">{id}</span></td>
            <td class="full"><a class="n" href=page>{name}</a><span class="sub clip">{uri}</span></td>
            <td data-l="State">{badge(row)}</td>
            <td data-l="Turnout"><span class="mm">{turnout_meter}{fig("Turnout", Figure::of(&turnout(row), |said| said.clone().into()))}</span></td>
            <td data-l="Yea"><span class="mm">{yea_meter}{fig("Yea share", Figure::of(&yea_share(row), |said| said.clone().into()))}</span></td>
            <td data-l="Next" class="full">{step}<span class="sub">{left}</span></td>
        </tr>
    }
    .into_any()
}
