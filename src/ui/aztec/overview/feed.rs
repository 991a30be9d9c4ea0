use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::{
        Deployment,
        activity::{self, Deed, Line},
    },
    state::Page,
    ui::kit::{icon, live, press},
    units::format,
};

/// Which lines are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    All,
    Stake,
    Providers,
}

/// Lines shown at once.
const MOST: usize = 20;

/// The newest events in words.
pub(super) fn feed(desk: Desk, kind: RwSignal<Kind>) -> AnyView {
    let choices = [(Kind::All, "All"), (Kind::Stake, "Stake"), (Kind::Providers, "Providers")];
    let seg = live(move || {
        let button = |(one, label): (Kind, &'static str)| {
            let pressed = if kind.get() == one { "true" } else { "false" };
            let choose = press(move || kind.set(one));
            view! { <button type="button" aria-pressed=pressed on:click=choose>{label}</button> }.into_any()
        };
        view! { <div class="seg" role="group" aria-label="Events">{choices.into_iter().map(button).collect::<Vec<_>>()}</div> }
            .into_any()
    });
    view! {
        <section class="panel">
            <header><h2>"Recent activity"</h2><span class="muted small">{live(move || covers(desk))}</span><div class="end">{seg}</div></header>
            {live(move || lines(desk, kind.get()))}
        </section>
    }
    .into_any()
}

/// The blocks that it is about.
fn covers(desk: Desk) -> AnyView {
    let covered = desk.cx.scope.ledger.with(|ledger| ledger.as_ref()?.covered.clone());
    covered
        .map(|covered| {
            format!("Blocks {} to {}", format::count(*covered.start()), format::count(*covered.end()))
        })
        .into_any()
}

fn lines(desk: Desk, kind: Kind) -> AnyView {
    let (Some(contracts), now) = (desk.cx.scope.deployment(), desk.cx.scope.head.now()) else {
        return waiting();
    };
    let wanted = move |deed: &Deed| match kind {
        Kind::All => true,
        Kind::Stake => deed.is_stake(),
        Kind::Providers => !deed.is_stake(),
    };
    let found = desk.cx.scope.ledger.with(|ledger| {
        let ledger = ledger.as_ref()?;
        let lines = activity::latest(&ledger.history, MOST, wanted);
        // nothing found in a part is not the same as nothing there
        (ledger.is_complete() || !lines.is_empty()).then_some(lines)
    });
    match found {
        None => waiting(),
        Some(lines) if lines.is_empty() => {
            view! { <div class="body"><p class="small ink2">"Nothing of this kind happened yet."</p></div> }
                .into_any()
        }
        Some(lines) => {
            let lines: Vec<_> = lines.iter().map(|told| line(desk, &contracts, told, now)).collect();
            view! { <ul class="feed">{lines}</ul> }.into_any()
        }
    }
}

fn waiting() -> AnyView {
    view! { <div class="body" aria-busy="true"><span class="skel w12"></span></div> }.into_any()
}

fn line(desk: Desk, contracts: &Deployment, told: &Line, now: Option<u64>) -> AnyView {
    let time = desk.cx.scope.dates.of(&told.place);
    let when = match (time, now) {
        (Some(time), Some(now)) => format!("{} ago", format::age(now.saturating_sub(time))),
        _ => format!("#{}", format::count(told.place.block)),
    };
    let exact = time.map(|time| format::date_time(time, now.unwrap_or(time)));
    let title =
        format!("Block {}{}", told.place.block, exact.map(|at| format!(", {at}")).unwrap_or_default());
    let (mark, class, said, figure) = words(desk, contracts, &told.deed);
    view! {
        <li>
            <time title=title>{when}</time>
            <span class="row fix gap5"><span class=class>{icon(mark, 14)}</span><span class="min0">{said}</span></span>
            <span class="num">{figure}</span>
        </li>
    }
    .into_any()
}

/// Mark, its class, the sentence, and the figure at its end.
fn words(desk: Desk, contracts: &Deployment, deed: &Deed) -> (&'static str, &'static str, AnyView, String) {
    let cx = desk.cx;
    let of = |provider_id: u64| {
        let page = cx.link(Page::Provider { provider_id, standing: None });
        view! { <a href=page>{cx.scope.label(provider_id)}</a> }.into_any()
    };
    let many = |n: u64| format::plural(n, "sequencer");
    let token = &contracts.token;
    let plus = |amount| format!("+{}", token.amount(amount));
    let minus = |amount| format!("\u{2212}{}", token.amount(amount));
    match deed {
        Deed::Delegated { provider, account, sequencers } => {
            let said = view! { "Delegation to "{of(*provider)}" by "{cx.addr(*account)} };
            ("plus", "accentc", said.into_any(), many(*sequencers))
        }
        Deed::Joined { sequencers, amount } => (
            "st-val",
            "status ok",
            format!("{} started validating", many(*sequencers)).into_any(),
            plus(*amount),
        ),
        Deed::Refunded { sequencers } => {
            let said = format!("{} could not join: paid back to the withdrawer", many(*sequencers));
            ("x", "status warn", said.into_any(), String::new())
        }
        Deed::Registered { provider, take_rate } => {
            ("list", "muted", view! { {of(*provider)}" registered" }.into_any(), take_rate.to_string())
        }
        Deed::Rate { provider, from, to } => {
            let (mark, verb) = match from {
                Some(from) if from > to => ("desc", "lowered"),
                Some(_) => ("asc", "raised"),
                None => ("asc", "changed"),
            };
            let from = from.map(|from| format!("{from} to ")).unwrap_or_default();
            let said = view! { {format!("Commission {verb} by ")}{of(*provider)}". Existing delegations keep theirs" };
            (mark, "status warn", said.into_any(), format!("{from}{to}"))
        }
        Deed::Recipient { provider, recipient } => {
            let said = view! { "Commission of "{of(*provider)}" goes to "{cx.addr(*recipient)}" for new delegations" };
            ("wallet", "status warn", said.into_any(), String::new())
        }
        Deed::Admin { provider, admin, accepted } => {
            let verb = if *accepted { " has a new admin, " } else { " is offered to a new admin, " };
            ("key", "status warn", view! { {of(*provider)}{verb}{cx.addr(*admin)} }.into_any(), String::new())
        }
        Deed::KeysAdded { provider, keys } => (
            "key",
            "muted",
            view! { "Keys added by "{of(*provider)} }.into_any(),
            format::plural(*keys, "key"),
        ),
        Deed::KeysDripped { provider, keys } => {
            let said = view! { "Keys taken out of its queue by "{of(*provider)} };
            ("key", "muted", said.into_any(), format::plural(*keys, "key"))
        }
        Deed::Slashed { sequencers, attester, amount } => {
            ("st-zom", "status bad", one_or_many(desk, "Slashed", *sequencers, *attester), minus(*amount))
        }
        Deed::ExitStarted { sequencers, attester, amount } => (
            "st-exit",
            "status warn",
            one_or_many(desk, "Exit started", *sequencers, *attester),
            minus(*amount),
        ),
        Deed::ExitFinished { sequencers, amount } => {
            ("st-done", "muted", format!("Exit of {} paid out", many(*sequencers)).into_any(), minus(*amount))
        }
    }
}

fn one_or_many(
    desk: Desk,
    what: &'static str,
    sequencers: u64,
    attester: alloy_primitives::Address,
) -> AnyView {
    if sequencers == 1 {
        view! { {what}", sequencer "{desk.cx.addr(attester)} }.into_any()
    } else {
        format!("{what}, {}", format::plural(sequencers, "sequencer")).into_any()
    }
}
