use alloy_primitives::{Address, U256};
use leptos::prelude::*;

use super::{Desk, label, sign};
use crate::{
    aztec::{
        Deployment, Rollup, plan,
        positions::Line,
        read::{Backing, ProposalRow},
        rules::{Backer, ProposalState, backer},
        vaults::{Ability, Vault},
    },
    chain::Reading,
    state::Page,
    ui::kit::{Field, Figure, Kind, Written, dialog, field, icon, live, press},
    units::{self, format},
};

/// A change this close to a snapshot may be mined after it.
const TIGHT: u64 = 300;

/// What the dialog works with.
#[derive(Clone, Copy)]
pub(super) struct Backers {
    pub(super) open: RwSignal<bool>,
    /// The stake and who may say who votes with it.
    stake: RwSignal<Option<(Backing, Address)>>,
    delegatee: RwSignal<String>,
}

impl Backers {
    pub(super) fn new() -> Self {
        Self { open: RwSignal::new(false), stake: RwSignal::new(None), delegatee: RwSignal::default() }
    }

    fn ask(self, stake: Backing, withdrawer: Address) {
        self.delegatee.set(String::new());
        self.stake.set(Some((stake, withdrawer)));
        self.open.set(true);
    }
}

/// Who votes with a stake, in words.
fn who(stake: &Backing, owner: Address) -> String {
    match backer(stake.instance.unwrap_or_default(), stake.delegatee, owner) {
        Backer::Default => "its rollup".to_owned(),
        Backer::Oneself => "its withdrawer".to_owned(),
        Backer::Nobody => "nobody".to_owned(),
        Backer::Other(other) => format::short_address(other),
    }
}

/// Who votes with one stake, below its status; nothing where it does not validate.
pub(super) fn below(desk: Desk, line: &Line) -> Option<AnyView> {
    let read: Reading<Backing> = line.backing.clone()?;
    let owner = line.stake.withdrawer;
    let figure = Figure::of(&read, |stake| Written::Text(who(stake, owner)));
    let figure = desk.cx.sources.fig(label("Voter", line), figure, "w8");
    let change = read.get().copied().map(|stake| {
        let key = format::short_address(line.stake.attester);
        let ask = press(move || desk.backers.ask(stake, owner));
        view! { <button type="button" class="btn quiet sm" aria-label=format!("Change who votes with {key}") on:click=ask>"Change"</button> }
    });
    Some(view! { <span class="sub">"votes: "{figure}" "{change}</span> }.into_any())
}

/// The dialog that changes it.
pub(super) fn change(desk: Desk) -> AnyView {
    let subtitle = live(move || {
        let said = desk.backers.stake.get().map(|(stake, _)| format::short_address(stake.attester));
        view! { <p>{said}</p> }.into_any()
    });
    let body = live(move || match desk.backers.stake.get() {
        Some((stake, withdrawer)) if desk.backers.open.get() => form(desk, stake, withdrawer),
        _ => ().into_any(),
    });
    dialog("backing", "Who votes with this stake", subtitle, desk.backers.open, body)
}

fn form(desk: Desk, stake: Backing, withdrawer: Address) -> AnyView {
    let Backers { open, delegatee, .. } = desk.backers;
    let typed = delegatee.get();
    let parsed = units::address(&typed);
    let vault = desk.vaults.by_staker(withdrawer);
    let signer = vault.as_ref().map_or(withdrawer, |vault| signer(desk, vault, &stake));
    let plan = parsed.as_ref().ok().and_then(|to| {
        sign::plan_for(desk, signer, |setting| match &vault {
            Some(vault) => {
                plan::vault_voter(setting, vault, rollup_of(setting.contracts, &stake), &stake, *to)
            }
            None => plan::delegate_vote(setting, &stake, *to),
        })
    });
    let input = field(Field {
        label: "Voter",
        text: delegatee,
        error: parsed.err().map(|error| error.to_string()),
        hint: "a wallet: a contract votes only if it can call GSE.vote, and a vault’s staker cannot"
            .to_owned(),
        kind: Kind::Code("0x…"),
    });
    let instance = stake.instance.unwrap_or_default();
    let choice = |word: &'static str, to: Address| {
        let fill = press(move || delegatee.set(to.to_checksum(None)));
        (to != stake.delegatee)
            .then(|| view! { <button type="button" class="btn sm" on:click=fill>{word}</button> }.into_any())
    };
    view! {
        <div class="body stack">
            <p class="small">"Now with "<b>{who(&stake, withdrawer)}</b>". A rollup votes yea on what its own sequencers signalled, once somebody triggers it, and on nothing else."</p>
            {input}
            <div class="row">{choice(if vault.is_some() { "Who signs" } else { "The withdrawer" }, signer)}{choice("Back to its rollup", instance)}</div>
            {deadlines(desk)}
        </div>
        {sign::foot(desk, plan, signer, "Name a voter", open)}
    }
    .into_any()
}

/// The rollup that a staker is told: where the stake is, or the current one for stake that follows upgrades.
fn rollup_of<'a>(contracts: &'a Deployment, stake: &Backing) -> &'a Rollup {
    let pinned = stake.instance.and_then(|instance| contracts.rollup(instance));
    pinned.unwrap_or_else(|| contracts.canonical())
}

/// Who signs for the stake of a vault.
fn signer(desk: Desk, vault: &Vault, stake: &Backing) -> Address {
    let contracts = desk.cx.scope.deployment();
    let pinned = contracts
        .is_some_and(|contracts| stake.instance.is_some_and(|instance| contracts.rollup(instance).is_some()));
    let ability = if pinned { Ability::Delegate } else { Ability::DelegateFollowing };
    plan::vault_signer(vault, ability, U256::ZERO).unwrap_or(vault.beneficiary)
}

/// Until when a change counts, for each proposal that is not decided.
fn deadlines(desk: Desk) -> AnyView {
    let now = desk.now();
    let found = desk.proposals.get();
    let Some(at) = found.last() else {
        let said =
            if found.failure().is_some() { "Open proposals: not read" } else { "Reading open proposals" };
        return view! { <p class="muted small">{said}</p> }.into_any();
    };
    let unread = at.value.rows.iter().filter(|row| row.state.value.is_err() || row.proposal.value.is_err());
    let unread = at.value.count.value.is_err() || unread.count() > 0;
    let rows: Vec<_> = at.value.rows.iter().filter_map(|row| deadline(desk, row, now)).collect();
    let none = (rows.is_empty() && !unread).then(|| {
        view! { <p class="muted small">"No proposal is open. A change counts for every later one."</p> }
    });
    let unread = unread.then(|| view! { <p class="small notread">"Not every proposal was read"</p> });
    view! { <dl class="facts end">{rows}</dl>{none}{unread} }.into_any()
}

fn deadline(desk: Desk, row: &ProposalRow, now: u64) -> Option<AnyView> {
    let (state, proposal) = (row.state.get()?, row.proposal.get()?);
    let until = proposal.standing.phases.pending;
    let said = match state {
        ProposalState::Pending if until < now.saturating_add(TIGHT) => {
            let said = format!("until {}: may be too late", format::date_time(until, now));
            view! { <span class="status warn">{icon("warn", 14)}{said}</span> }.into_any()
        }
        ProposalState::Pending => {
            let left = format::duration(until.saturating_sub(now));
            format!("counts in a block up to {}, in {left}", format::date_time(until, now)).into_any()
        }
        ProposalState::Active => "snapshot is past: a change does not count".into_any(),
        _ => return None,
    };
    let link = desk.cx.link(Page::Governance(Some(row.id)));
    Some(view! { <dt><a href=link>{format!("Proposal {}", row.id)}</a></dt><dd>{said}</dd> }.into_any())
}
