use alloy_primitives::Address;
use leptos::prelude::*;

use super::{Desk, admin::Foot};
use crate::{
    aztec::{history::AdminStep, plan, read::Holder},
    platform::Location,
    state::Page,
    ui::{
        aztec::propose::{propose, with_setting},
        kit::{Field, Kind, copy_button, field, icon, live},
    },
    units::{self, format},
};

/// The admin's two steps: propose, accept.
pub(super) fn handover(desk: Desk, provider_id: u64) -> AnyView {
    let (typed, foot) = (RwSignal::new(String::new()), Foot::new(desk));
    view! {
        <section class="panel" id="handover" tabindex="-1">
            <header><h2>"Admin handover"</h2></header>
            <div class="body">{live(move || stages(desk, provider_id))}</div>
            {live(move || accept(desk, provider_id))}
            {live(move || offer(desk, foot, provider_id, typed))}
        </section>
    }
    .into_any()
}

/// Who is proposed: zero is nobody.
fn pending(desk: Desk) -> Option<Address> {
    desk.pending.with(|pending| Some(pending.last()?.value))
}

fn stages(desk: Desk, provider_id: u64) -> AnyView {
    let Some(pending) = pending(desk) else {
        let failed = desk.pending.with(|pending| pending.failure().is_some());
        return if failed {
            view! { <p class="notread">"Not read"</p> }.into_any()
        } else {
            view! { <p aria-busy="true"><span class="skel w12"></span></p> }.into_any()
        };
    };
    let proposed = !pending.is_zero();
    let offered = desk.cx.scope.ledger.with(|ledger| {
        let history = ledger.as_ref()?.history.provider(provider_id);
        let of_it = |step: &AdminStep| *step == AdminStep::Offered(pending);
        history.admins.iter().rev().find(|(_, step)| of_it(step)).map(|(place, _)| *place)
    });
    let when = offered.map(|place| match desk.cx.scope.dates.of(&place).zip(desk.cx.scope.head.now()) {
        Some((time, now)) => format!("Confirmed {}", format::date(time, now)),
        None => format!("Block {}", format::count(place.block)),
    });
    let who = if proposed {
        view! { {desk.cx.addr(pending)}" is proposed. Proposing another one replaces it; nothing else takes it back." }
            .into_any()
    } else {
        "Nobody is proposed.".into_any()
    };
    let link = proposed.then(|| {
        let link = Location::address(&desk.cx.link(Page::Provide(Some(provider_id))));
        copy_button(link, "Copy accept link".to_owned(), "Copy accept link", "btn sm")
    });
    let (first, second) = if proposed { ("confirmed", "pending") } else { ("planned", "planned") };
    let mark = if proposed { icon("check", 14) } else { 1.into_any() };
    view! {
        <ol class="steps">
            <li class=first><span class="mk">{mark}</span><span class="t">"Propose the new admin"</span><span class="st">{when}</span><div class="d">{who}</div></li>
            <li class=second>
                <span class="mk">"2"</span><span class="t">"New admin accepts"</span><span class="st">{proposed.then_some("Waiting for them")}</span>
                <div class="d"><p>"Nothing changes until they accept."</p>{link}</div>
            </li>
        </ol>
    }
    .into_any()
}

/// What the proposed admin can do, when it is the connected account.
fn accept(desk: Desk, provider_id: u64) -> AnyView {
    let Some(pending) = pending(desk).filter(|pending| Some(*pending) == desk.cx.account()) else {
        return ().into_any();
    };
    let plan = with_setting(desk.cx, |setting| plan::accept_admin(setting, provider_id, pending));
    view! {
        <div class="banner">
            {icon("shield", 16)}
            <div><b>"This provider is offered to you"</b><p>"As its admin you set commission and recipient of later delegations, and its keys."</p></div>
        </div>
        {propose(desk.cx, plan, "Reading the chain")}
    }
    .into_any()
}

fn offer(desk: Desk, foot: Foot, provider_id: u64, typed: RwSignal<String>) -> AnyView {
    let config = desk.config(provider_id);
    let mine = config.is_some_and(|config| Some(config.admin) == desk.cx.account());
    if !mine && !desk.by_file(provider_id) {
        return ().into_any();
    }
    let parsed = units::address(&typed.get());
    let plan = parsed.as_ref().ok().copied().zip(config).zip(pending(desk)).and_then(
        |((admin, config), pending)| {
            desk.as_admin(provider_id, |setting| {
                plan::offer_admin(setting, provider_id, &config, pending, admin)
            })
        },
    );
    let input = field(Field {
        label: "New admin",
        text: typed,
        error: parsed.err().map(|error| error.to_string()),
        hint: "Has to accept. A multisig is safer than one key.".to_owned(),
        kind: Kind::Code("0x…"),
    });
    view! {
        <div class="body stack rule">
            {input}
            <p class="oneway small">{icon("oneway", 16)}"After they accept, you cannot take it back"</p>
        </div>
        {desk.foot(foot, provider_id, plan, "Enter the new admin")}
    }
    .into_any()
}

/// The kind of account that the admin is.
pub(super) fn kind(desk: Desk) -> AnyView {
    match desk.holder() {
        Some(Holder::Key) => "One key".into_any(),
        Some(Holder::Safe { threshold, owners }) => {
            format!("Safe, {threshold} of {}", owners.len()).into_any()
        }
        Some(Holder::Contract) => "Contract".into_any(),
        None if desk.holder.with(|holder| holder.failure().is_some()) => {
            view! { <span class="notread">"Not read"</span> }.into_any()
        }
        None => view! { <span class="skel w4"></span> }.into_any(),
    }
}
