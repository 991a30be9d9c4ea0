//! Staking with sequencers of one's own: public keys from a file, onto the current rollup, without a provider.

use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::{
        plan::{self, OwnFigures, OwnIntent, PlanError},
        read::Funds,
    },
    chain::Reading,
    state::{NewKeys, Screen},
    ui::{
        aztec::{
            propose::{Proposal, propose, with_setting},
            provide::{Reader, chosen},
        },
        kit::{Field, Figure, Kind, field, live, ticked},
    },
    units::{self, format},
};

/// What the person chose.
#[derive(Clone, Copy)]
struct Form {
    desk: Desk,
    new: NewKeys,
    funds: Screen<Funds>,
    /// Empty until somebody else than the signer is wanted.
    withdrawer: RwSignal<String>,
    /// `None` until the person decided; then what is possible no longer counts.
    follow: RwSignal<Option<bool>>,
}

impl Form {
    fn can_follow(self) -> bool {
        self.desk.cx.scope.deployment().and_then(|contracts| contracts.can_follow()) == Some(true)
    }

    fn follows(self) -> bool {
        self.follow.get().unwrap_or_else(|| self.can_follow())
    }

    /// What it amounts to; `None` while something is missing that the form shows by itself.
    fn plan(self) -> Proposal {
        let account = self.desk.cx.account()?;
        let typed = self.withdrawer.get();
        let withdrawer = if typed.is_empty() { account } else { units::address(&typed).ok()? };
        let (keys, waits) = self.new.usable();
        if waits || keys.is_empty() {
            return None;
        }
        let funds = self.funds.with(|funds| {
            let funds = &funds.last()?.value;
            // those of another account are on the screen for a moment after a switch
            (funds.account == account).then(|| (funds.tokens.clone(), funds.allowance.clone()))
        });
        let (tokens, allowance) = funds?;
        let need = |read: &Reading<alloy_primitives::U256>, what| {
            read.get().copied().ok_or(PlanError::NotRead(what))
        };
        let intent = OwnIntent { keys, withdrawer, follow_upgrades: self.follows() };
        with_setting(self.desk.cx, |setting| {
            let threshold = &setting.contracts.canonical().activation_threshold;
            let figures = OwnFigures {
                activation_threshold: need(threshold, "what one sequencer stakes")?,
                tokens: need(&tokens, "the tokens of the account")?,
                allowance: need(&allowance, "the allowance of the account")?,
            };
            plan::stake_own(setting, &intent, &figures)
        })
    }
}

/// The panel. Nothing is read for it before a key is chosen.
pub(super) fn own(desk: Desk) -> AnyView {
    // deposits of this page change what the keys are: they are looked up again
    let count = move || desk.told.with(|told| told.as_ref().map_or(0, |told| told.stakes.len() as u64));
    let new = desk.cx.scope.new_keys(count);
    let chose = Memo::new(move |_| new.lines.with(|lines| !lines.is_empty()));
    let form = Form {
        desk,
        new,
        funds: desk.cx.scope.own_funds(move || desk.cx.account().filter(|_| chose.get())),
        withdrawer: RwSignal::default(),
        follow: RwSignal::new(None),
    };
    let reader = Reader { cx: desk.cx, managed: Memo::new(|_| None) };
    view! {
        <section class="panel" id="own-sequencer">
            <header><h2>"Stake your own sequencer"</h2><p>"Run the node yourself: no provider, no commission, and the rewards go to the coinbase that your node names"</p></header>
            {chosen(reader, new)}
            {live(move || if chose.get() { choices(&form) } else { ().into_any() })}
            {live(move || if chose.get() { foot(&form) } else { ().into_any() })}
        </section>
    }
    .into_any()
}

fn choices(form: &Form) -> AnyView {
    let follow = form.follow;
    let typed = form.withdrawer.get();
    let error = if typed.is_empty() { None } else { units::address(&typed).err() };
    let input = field(Field {
        label: "Stake returns to",
        text: form.withdrawer,
        error: error.map(|error| error.to_string()),
        hint: "Your account, unless you name another. Only this address can exit, receive the stake and vote with it. It can never be changed.".to_owned(),
        kind: Kind::Code("0x…"),
    });
    let (can, follows) = (form.can_follow(), form.follows());
    let hint = if can {
        "Off: the stake stays on this rollup when governance adopts another one."
    } else {
        "Not possible at present: the Registry and the GSE know different rollups."
    };
    view! {
        <div class="body stack">
            {input}
            <label class="choice bare">
                <input
                    type="checkbox"
                    prop:checked=follows
                    disabled={!can && !follows}
                    on:change=ticked(move |on| follow.set(Some(on)))
                />
                "Follow rollup upgrades"
                <small>{hint}</small>
            </label>
        </div>
    }
    .into_any()
}

fn foot(form: &Form) -> AnyView {
    let cx = form.desk.cx;
    let (keys, waits) = form.new.usable();
    let held = Figure::at(&form.funds.get(), |at| Figure::of(&at.value.tokens, |raw| form.desk.amount(*raw)));
    let held = cx.account().map(|_| {
        view! { <span class="small muted">"Your account holds "{cx.sources.fig("Tokens of your account", held, "w8")}</span> }
    });
    let threshold = cx.scope.deployment().map(|contracts| contracts.canonical().activation_threshold.clone());
    let needs = threshold.filter(|_| !keys.is_empty()).map(|threshold| {
        let figure = Figure::of(&threshold, |raw| form.desk.amount(*raw));
        let count = format::plural(keys.len() as u64, "sequencer");
        view! { <span class="small">{count}", "{cx.sources.fig("Stake of one sequencer", figure, "w8")}" each. Give each node its key and a fee recipient of yours before it joins."</span> }
    });
    let idle = if waits { "Checking keys" } else { "No key to stake with" };
    view! { <div class="body row apart">{needs}{held}</div>{propose(cx, form.plan(), idle)} }.into_any()
}
