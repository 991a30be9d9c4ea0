//! Voting with what the staker of a token vault has in Governance.

use alloy_primitives::Address;
use leptos::prelude::*;

use crate::{
    aztec::{
        plan,
        read::{ProposalPower, Usable},
        vaults::Vault,
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
    chosen: Memo<Option<Address>>,
    vaults: Screen<Holdings>,
    own: Screen<ProposalPower>,
    yea: RwSignal<bool>,
    amount: RwSignal<String>,
}

impl FromVault {
    /// Of the connected account, on a proposal with this snapshot.
    pub(super) fn new(cx: Cx, id: u64, snapshot: Memo<Option<u64>>) -> Self {
        let vaults = cx.scope.vaults(move || cx.account(), RwSignal::new(Vec::new()));
        // one staker after the other: nearly nobody has power with two
        let chosen = Memo::new(move |_| {
            vaults.with(|vaults| {
                let found = &vaults.last()?.value;
                let own = found.vaults.iter().filter(|_| Some(found.owner) == cx.account());
                let mut able =
                    own.filter(|vault| vault.staker.power.get().is_some_and(|power| !power.is_zero()));
                Some(able.next()?.staker.address)
            })
        });
        Self {
            cx,
            id,
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

/// The form that votes from a vault; nothing where none has power in Governance.
pub(super) fn from_vault(booth: FromVault, token: &Token) -> Option<AnyView> {
    let FromVault { cx, id, own, yea, amount, .. } = booth;
    let vault = booth.vault()?;
    let found = own.get();
    let figure = Figure::at(&found, |at| {
        Figure::of(&at.value.deposited, |usable: &Usable| Written::amount(token, usable.left()))
    });
    let usable = found.last().and_then(|at| at.value.deposited.get().copied());
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
