//! Proposing without signals.

use leptos::prelude::*;

use crate::{
    aztec::{
        plan,
        read::{Power, Proposals, Rules},
    },
    state::Screen,
    ui::{
        Cx,
        aztec::propose::{propose, with_setting},
        kit::{Field, Kind, field, icon, live, press},
    },
    units::{self, Token, format},
};

/// What the form works with.
#[derive(Clone, Copy)]
struct Draft {
    cx: Cx,
    proposals: Screen<Proposals>,
    power: Screen<Power>,
    payload: RwSignal<String>,
    returns_to: RwSignal<String>,
    open: RwSignal<bool>,
}

/// The panel: what it costs, and the form once somebody wants it.
pub(super) fn lock(cx: Cx, proposals: Screen<Proposals>) -> AnyView {
    let text = || RwSignal::new(String::new());
    let power = cx.scope.power(move || cx.account());
    let draft =
        Draft { cx, proposals, power, payload: text(), returns_to: text(), open: RwSignal::new(false) };
    live(move || panel(draft))
}

fn panel(draft: Draft) -> AnyView {
    let found = draft.proposals.get();
    let rules = found.last().and_then(|at| at.value.rules.get().copied());
    let (Some(rules), Some(contracts)) = (rules, draft.cx.scope.deployment()) else {
        return ().into_any();
    };
    let token = &contracts.token;
    let cost = format!(
        "Anybody may propose a payload by locking {} for {}. They vote on nothing and earn nothing meanwhile, whatever becomes of the proposal. Stake that was left with its rollup does not vote for it.",
        token.amount(rules.lock_amount),
        format::duration(rules.lock_delay)
    );
    let body = if draft.open.get() {
        form(draft, rules, token)
    } else {
        let open = press(move || draft.open.set(true));
        view! { <div class="body"><button type="button" class="btn" on:click=open>"Propose with a lock"</button></div> }.into_any()
    };
    view! {
        <section class="panel" aria-label="Propose without signals"><header><h2>"Propose without signals"</h2></header><div class="body"><p class="small ink2">{cost}</p></div>{body}</section>
    }
    .into_any()
}

fn form(draft: Draft, rules: Rules, token: &Token) -> AnyView {
    let cx = draft.cx;
    let party = |label: &'static str, text: RwSignal<String>, hint: &str| {
        let typed = units::address(&text.get());
        let error = typed.as_ref().err().map(ToString::to_string);
        let input = field(Field { label, text, error, hint: hint.to_owned(), kind: Kind::Code("0x…") });
        (input, typed.ok())
    };
    let (payload_field, payload) =
        party("Payload", draft.payload, "The contract that says what would be executed. It has to be there.");
    let hint = "Gets the tokens after the lock: an account of yours.";
    let (to_field, to) = party("Lock returns to", draft.returns_to, hint);
    let own = cx.account().map(|account| {
        let put = press(move || draft.returns_to.set(account.to_checksum(None)));
        view! { <div><button type="button" class="btn sm" on:click=put>"Use this account"</button></div> }
    });
    let found = draft.power.get();
    let lock = found.last().and_then(|at| {
        Some(plan::Lock {
            amount: rules.lock_amount,
            deposited: at.value.deposited.get().copied()?,
            held: at.value.tokens.get().copied()?,
            allowance: at.value.allowance_of_gse.get().copied()?,
        })
    });
    let plan = payload.zip(to).zip(lock).and_then(|((payload, to), lock)| {
        with_setting(cx, |setting| plan::propose_with_lock(setting, payload, to, &lock))
    });
    let has = lock.map(|lock| {
        format!("You have {} deposited and hold {}.", token.amount(lock.deposited), token.amount(lock.held))
    });
    view! {
        <div class="body pair">
            {payload_field}
            <div class="stack tight">{to_field}{own}</div>
            <div class="stack tight small ink2"><p>{has}</p><p class="oneway">{icon("oneway", 16)}"A lock cannot be ended early"</p></div>
        </div>
        {propose(cx, plan, "Fill in both fields")}
    }
    .into_any()
}
