//! Voting with what the staker of a token vault has in Governance.

use alloy_primitives::Address;
use leptos::prelude::*;

use crate::{
    aztec::{
        plan,
        read::{ProposalPower, Usable},
        vaults::{Ability, Vault},
    },
    state::{Holdings, Screen},
    ui::{
        Cx,
        aztec::propose::{propose, with_setting},
        kit::{Field, Figure, Kind, Written, field, press},
    },
    units::{self, Token, format},
};

/// What the part of the panel works with.
#[derive(Clone, Copy)]
pub(super) struct FromVault {
    cx: Cx,
    id: u64,
    /// Stakers that can vote, by their code.
    able: Memo<Vec<Staker>>,
    /// The one that somebody chose.
    picked: RwSignal<Option<Address>>,
    chosen: Memo<Option<Address>>,
    vaults: Screen<Holdings>,
    own: Screen<ProposalPower>,
    yea: RwSignal<bool>,
    amount: RwSignal<String>,
}

/// A staker that may vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Staker {
    address: Address,
    vault: Address,
    /// Whether it has power now, or may have.
    is_likely: bool,
}

impl Staker {
    fn of(vault: &Vault) -> Self {
        let is_likely = vault.staker.power.get().is_none_or(|power| !power.is_zero());
        Self { address: vault.staker.address, vault: vault.address, is_likely }
    }
}

impl FromVault {
    /// Of the connected account, on a proposal with this snapshot.
    pub(super) fn new(cx: Cx, id: u64, snapshot: Memo<Option<u64>>) -> Self {
        let vaults = cx.scope.vaults(move || cx.account(), RwSignal::new(Vec::new()));
        let able = Memo::new(move |_| {
            vaults.with(|vaults| {
                let Some(at) = vaults.last() else { return Vec::new() };
                let own = at.value.vaults.iter().filter(|_| Some(at.value.owner) == cx.account());
                own.filter(|vault| vault.can(Ability::Vote) != Ok(false)).map(Staker::of).collect()
            })
        });
        let picked = RwSignal::new(None);
        let chosen = Memo::new(move |_| {
            able.with(|able| {
                let picked = able.iter().find(|staker| Some(staker.address) == picked.get());
                // power now says only where to look first: what counts is that of the snapshot
                let likely = || able.iter().find(|staker| staker.is_likely).or_else(|| able.first());
                Some(picked.or_else(likely)?.address)
            })
        });
        Self {
            cx,
            id,
            able,
            picked,
            chosen,
            vaults,
            own: cx.scope.proposal_power(id, move || snapshot.get(), move || chosen.get()),
            yea: RwSignal::new(true),
            amount: RwSignal::default(),
        }
    }

    fn vault(self) -> Option<Vault> {
        let staker = self.chosen.get()?;
        self.vaults.with(|vaults| {
            vaults.last()?.value.vaults.iter().find(|vault| vault.staker.address == staker).cloned()
        })
    }
}

/// Which vault votes, where there are several.
fn which(booth: FromVault, able: &[Staker], chosen: Address) -> Option<AnyView> {
    let line = |staker: &Staker| {
        let (address, picked) = (staker.address, booth.picked);
        let choose = press(move || picked.set(Some(address)));
        let pressed = if address == chosen { "true" } else { "false" };
        let name = format::short_address(staker.vault);
        view! { <button type="button" aria-pressed=pressed on:click=choose>{name}</button> }.into_any()
    };
    let lines: Vec<_> = able.iter().map(line).collect();
    (able.len() > 1)
        .then(|| view! { <div class="seg" role="group" aria-label="Which vault">{lines}</div> }.into_any())
}

/// What is not known of the account's vaults, where that is something.
fn unread(booth: FromVault) -> Option<&'static str> {
    let account = booth.cx.account()?;
    booth.vaults.with(|vaults| match vaults.last() {
        Some(at) if at.value.owner == account && !at.value.is_whole() => {
            Some("Not all of your token vaults could be read: one that can vote may be missing here.")
        }
        Some(_) => None,
        None => vaults
            .failure()
            .map(|_| "Whether you have token vaults that can vote was not read. Rota tries again."),
    })
}

/// The form that votes from a vault, and what is not known of vaults; nothing where there is neither.
pub(super) fn from_vault(booth: FromVault, token: &Token) -> Option<AnyView> {
    let note = unread(booth)
        .map(|said| view! { <div class="rule"><p class="small ink2" role="status">{said}</p></div> });
    let form = form(booth, token);
    (note.is_some() || form.is_some()).then(|| view! { {form}{note} }.into_any())
}

/// The form that votes from a vault; nothing where none has, or may have, power in Governance.
fn form(booth: FromVault, token: &Token) -> Option<AnyView> {
    let FromVault { cx, id, own, yea, amount, .. } = booth;
    let vault = booth.vault()?;
    let found = own.get();
    let figure = Figure::at(&found, |at| {
        Figure::of(&at.value.deposited, |usable: &Usable| Written::amount(token, usable.left()))
    });
    let usable = found.last().and_then(|at| at.value.deposited.get().copied());
    let able = booth.able.get();
    let left = usable.is_some_and(|usable| !usable.left().is_zero());
    let may = left || found.error().is_some() || able.iter().any(|one| one.is_likely);
    may.then_some(())?;
    let which = which(booth, &able, vault.staker.address);
    let typed = units::amount(&amount.get(), token.decimals);
    let plan = typed.as_ref().ok().copied().zip(usable).and_then(|(amount, usable)| {
        with_setting(cx, |setting| plan::vault_vote(setting, &vault, id, &usable, amount, yea.get()))
    });
    let (all, decimals) = (usable.map(|usable| usable.left()), token.decimals);
    let take = press(move || {
        if let Some(all) = all {
            amount.set(format::amount(all, decimals, usize::from(decimals)));
        }
    });
    let input = field(Field {
        label: "Power of the vault to use",
        text: amount,
        error: typed.err().map(|error| error.to_string()),
        hint: "Its operator votes with what its staker deposited. There is no undo.".to_owned(),
        kind: Kind::Number(""),
    });
    let choose = |to: bool| press(move || yea.set(to));
    let pressed = |to: bool| if yea.get() == to { "true" } else { "false" };
    let foot = propose(cx, plan, "Enter an amount");
    Some(view! {
        <div class="rule stack">
            <h3>"From your vault"</h3>
            {which}
            <dl class="facts end">
                <dt>"Vault "{cx.addr(vault.address)}", can vote"</dt>
                <dd>{cx.sources.fig("Power of the vault, can vote", figure, "w8")}</dd>
            </dl>
            <div class="seg" role="group" aria-label="Yea or nay, from the vault">
                <button type="button" aria-pressed=pressed(true) on:click=choose(true)>"Yea"</button>
                <button type="button" aria-pressed=pressed(false) on:click=choose(false)>"Nay"</button>
            </div>
            {input}
            <div class="row"><button type="button" class="btn sm" on:click=take>"All of the vault’s"</button></div>
        </div>
        {foot}
    }
    .into_any())
}
