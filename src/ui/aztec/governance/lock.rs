//! Proposing without signals.

use alloy_primitives::Address;
use leptos::prelude::*;

use crate::{
    aztec::{
        plan,
        read::{Power, Proposals, Rules},
        vaults::{Ability, Vault},
    },
    state::{Holdings, Screen},
    ui::{
        Cx,
        aztec::propose::{Proposal, propose, with_setting},
        kit::{Field, Kind, field, icon, live, press, ticked},
    },
    units::{self, Token, format},
};

/// What the form works with.
#[derive(Clone, Copy)]
struct Draft {
    cx: Cx,
    proposals: Screen<Proposals>,
    power: Screen<Power>,
    /// The account's vaults, once the form is open.
    vaults: Screen<Holdings>,
    /// The vault whose tokens are locked, with the account that chose it: another one has other vaults. `None` for the
    /// account's own.
    source: RwSignal<Option<(Address, Address)>>,
    payload: RwSignal<String>,
    returns_to: RwSignal<String>,
    open: RwSignal<bool>,
}

/// The panel: what it costs, and the form once somebody wants it.
pub(super) fn lock(cx: Cx, proposals: Screen<Proposals>) -> AnyView {
    let text = || RwSignal::new(String::new());
    let power = cx.scope.power(move || cx.account());
    let open = RwSignal::new(false);
    let vaults = cx.scope.vaults(move || cx.account().filter(|_| open.get()), RwSignal::new(Vec::new()));
    let source = RwSignal::new(None);
    let draft = Draft { cx, proposals, power, vaults, source, payload: text(), returns_to: text(), open };
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

/// The account's vaults, as far as they matter here.
struct Able {
    /// Those whose staker can propose, or could with its newest code.
    vaults: Vec<Vault>,
    /// Why there may be more.
    unread: Option<&'static str>,
}

fn able(draft: Draft) -> Able {
    let account = draft.cx.account();
    let can = |vault: &Vault| {
        let now = vault.can(Ability::Propose).ok();
        let newest = vault.staker.newest_can.get().map(|can| can.has(Ability::Propose));
        match (now, newest) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        }
    };
    draft.vaults.with(|read| {
        let found = read.last().filter(|at| Some(at.value.owner) == account);
        let Some(at) = found else {
            let unread = match read.failure() {
                Some(_) => "Whether you have token vaults that could lock was not read. Rota tries again.",
                None => "Looking for token vaults of yours…",
            };
            return Able { vaults: Vec::new(), unread: account.map(|_| unread) };
        };
        let all = &at.value.vaults;
        let unread = !at.value.is_whole() || all.iter().any(|vault| can(vault).is_none());
        Able {
            vaults: all.iter().filter(|vault| can(vault) == Some(true)).cloned().collect(),
            unread: unread.then_some(
                "Not all of your token vaults could be read: one that could lock may be missing here.",
            ),
        }
    })
}

/// The vault that this account chose.
fn chosen(draft: Draft) -> Option<Address> {
    let by = draft.cx.account();
    draft.source.get().filter(|(account, _)| Some(*account) == by).map(|(_, vault)| vault)
}

/// Whose tokens are locked: the account's own, or those of one of its vaults. Nothing where no vault can.
fn whose(draft: Draft, able: &Able) -> AnyView {
    let note = able.unread.map(|said| view! { <p class="small ink2" role="status">{said}</p> });
    let chosen = chosen(draft);
    if able.vaults.is_empty() && chosen.is_none() {
        return note.into_any();
    }
    let choose = |to: Option<Address>| ticked(move |_| draft.source.set(draft.cx.account().zip(to)));
    let rows: Vec<_> = able
        .vaults
        .iter()
        .map(|vault| {
            let at = vault.address;
            view! {
                <label class="choice">
                    <input type="radio" name="lock-source" prop:checked=chosen == Some(at) on:change=choose(Some(at))/>
                    {format!("Vault {}", format::short_address(at))}<small>"Its operator proposes, through its staker"</small>
                </label>
            }
            .into_any()
        })
        .collect();
    view! {
        <fieldset class="field">
            <legend class="label">"Lock tokens of"</legend>
            <label class="choice">
                <input type="radio" name="lock-source" prop:checked=chosen.is_none() on:change=choose(None)/>
                "This account"<small>"Its deposit in Governance, or its tokens through the GSE"</small>
            </label>
            {rows}
        </fieldset>
        {note}
    }
    .into_any()
}

/// A field for an address, and what was typed into it.
fn party(label: &'static str, text: RwSignal<String>, hint: &str) -> (AnyView, Option<Address>) {
    let typed = units::address(&text.get());
    let error = typed.as_ref().err().map(ToString::to_string);
    let input = field(Field { label, text, error, hint: hint.to_owned(), kind: Kind::Code("0x…") });
    (input, typed.ok())
}

/// What the account could lock; otherwise why that is not known.
fn own_lock(draft: Draft, rules: Rules) -> Result<plan::Lock, &'static str> {
    draft.power.with(|found| {
        let unread = "What you could lock was not read";
        let Some(at) = found.last() else {
            return Err(found.failure().map_or("Reading what you could lock", |_| unread));
        };
        let lock = || {
            Some(plan::Lock {
                amount: rules.lock_amount,
                deposited: at.value.deposited.get().copied()?,
                held: at.value.tokens.get().copied()?,
                allowance: at.value.allowance_of_gse.get().copied()?,
            })
        };
        lock().ok_or(unread)
    })
}

fn form(draft: Draft, rules: Rules, token: &Token) -> AnyView {
    let cx = draft.cx;
    let able = able(draft);
    let chosen = chosen(draft);
    let vault = chosen.and_then(|at| able.vaults.iter().find(|vault| vault.address == at));
    let hint = "The contract that says what would be executed. It has to be there.";
    let (payload_field, payload) = party("Payload", draft.payload, hint);
    let Side { back, plan, has, idle } = match (chosen, vault) {
        (Some(_), Some(vault)) => from_vault(draft, rules, token, (vault, payload)),
        // the tokens of nobody else are locked in its place
        (Some(at), None) => {
            let gone = format!(
                "Vault {} cannot be read now, or is none of this account. Choose again.",
                format::short_address(at)
            );
            Side { back: ().into_any(), plan: None, has: Some(gone), idle: "Choose whose tokens are locked" }
        }
        (None, _) => from_account(draft, rules, token, payload),
    };
    view! {
        <div class="body stack">
            {whose(draft, &able)}
            <div class="pair">{payload_field}<div class="stack tight">{back}</div></div>
            {cost(draft, rules, token)}
            <div class="stack tight small ink2"><p>{has}</p><p class="oneway">{icon("oneway", 16)}"A lock cannot be ended early"</p></div>
        </div>
        {propose(cx, plan, idle)}
    }
    .into_any()
}

/// What differs by whose tokens are locked.
struct Side {
    /// Who gets the lock back.
    back: AnyView,
    plan: Proposal,
    /// What there is to lock.
    has: Option<String>,
    /// What is to be done before it can be proposed.
    idle: &'static str,
}

fn from_account(draft: Draft, rules: Rules, token: &Token, payload: Option<Address>) -> Side {
    let cx = draft.cx;
    let hint = "Gets the tokens after the lock: an account of yours.";
    let (to_field, to) = party("Lock returns to", draft.returns_to, hint);
    let own = cx.account().map(|account| {
        let put = press(move || draft.returns_to.set(account.to_checksum(None)));
        view! { <div><button type="button" class="btn sm" on:click=put>"Use this account"</button></div> }
    });
    let lock = own_lock(draft, rules);
    let plan = payload.zip(to).zip(lock.ok()).and_then(|((payload, to), lock)| {
        with_setting(cx, |setting| plan::propose_with_lock(setting, payload, to, &lock))
    });
    let has = lock.ok().map(|lock| {
        format!("You have {} deposited and hold {}.", token.amount(lock.deposited), token.amount(lock.held))
    });
    let idle = lock.err().unwrap_or("Fill in both fields");
    Side { back: view! { {to_field}{own} }.into_any(), plan, has, idle }
}

fn from_vault(
    draft: Draft,
    rules: Rules,
    token: &Token,
    (vault, payload): (&Vault, Option<Address>),
) -> Side {
    let plan = payload.and_then(|payload| {
        with_setting(draft.cx, |setting| plan::vault_propose(setting, vault, payload, rules.lock_amount))
    });
    let back = view! {
        <div class="field"><span class="label">"Lock returns to"</span>
            <p class="small">"Usually the vault. The review names the address before you sign."</p>
        </div>
    };
    let has = vault.staker.power.get().zip(vault.balance.get()).map(|(power, held)| {
        format!("Its staker has {} deposited, the vault holds {}.", token.amount(*power), token.amount(*held))
    });
    let unread = has.is_none().then_some("What the vault could lock was not read");
    Side { back: back.into_any(), plan, has, idle: unread.unwrap_or("Name the payload") }
}

/// What it takes, and until when, if it were proposed now.
fn cost(draft: Draft, rules: Rules, token: &Token) -> Option<AnyView> {
    let now = draft.cx.scope.head.block.with(|block| block.map(|block| block.timestamp))?;
    let after = |seconds: u64| format::date_time(now.saturating_add(seconds), now);
    Some(view! {
        <dl class="facts end">
            <dt>"Locked"</dt><dd>{token.amount(rules.lock_amount)}</dd>
            <dt>"Can be paid back, if proposed now"</dt><dd>{after(rules.lock_delay)}</dd>
            <dt>"Voting, if proposed now"</dt><dd>{format!("{} to {}", after(rules.phases.pending), after(rules.phases.active))}</dd>
        </dl>
    }
    .into_any())
}
