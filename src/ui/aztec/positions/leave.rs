use alloy_primitives::{Address, U256};
use leptos::prelude::*;

use super::{Desk, sign};
use crate::{
    aztec::{
        plan,
        positions::Line,
        read::Positions,
        rules::{ExitTerms, Position},
        vaults::{Ability, Vault},
    },
    chain::{ReadError, Reading, Source},
    ui::kit::{Field, Figure, Kind, Written, dialog, field, icon, live},
    units::{self, format},
};

/// A stake that somebody is about to take out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Leaver {
    pub(super) attester: Address,
    /// Who may exit.
    pub(super) withdrawer: Address,
    /// The index of the rollup it is on.
    pub(super) rollup: usize,
    /// Whether it does not validate any more: then only a recipient is missing, and the clock runs already.
    pub(super) is_zombie: bool,
}

/// What the dialog works with.
#[derive(Clone, Copy)]
pub(super) struct Leaving {
    open: RwSignal<bool>,
    leaver: RwSignal<Option<Leaver>>,
    recipient: RwSignal<String>,
}

impl Leaving {
    pub(super) fn new() -> Self {
        Self { open: RwSignal::new(false), leaver: RwSignal::new(None), recipient: RwSignal::default() }
    }

    /// Opens it. The recipient is the withdrawer until somebody says otherwise.
    pub(super) fn ask(self, leaver: Leaver) {
        self.recipient.set(leaver.withdrawer.to_checksum(None));
        self.leaver.set(Some(leaver));
        self.open.set(true);
    }
}

/// The dialog that starts an exit: where the stake goes, when it comes, and who signs.
pub(super) fn leave(desk: Desk) -> AnyView {
    let subtitle = live(move || {
        let said = desk.leaving.leaver.get().map(|leaver| format::short_address(leaver.attester));
        view! { <p>{said}</p> }.into_any()
    });
    let body = live(move || match desk.leaving.leaver.get() {
        Some(leaver) if desk.leaving.open.get() => form(desk, leaver),
        _ => ().into_any(),
    });
    dialog("leave", "Start an exit", subtitle, desk.leaving.open, body)
}

/// The exit of a vault's stake: its operator starts it, and it goes to the vault.
fn of_vault(desk: Desk, leaver: Leaver, vault: &Vault) -> AnyView {
    let signer = plan::vault_signer(vault, Ability::Exit, U256::ZERO).unwrap_or(vault.beneficiary);
    let made = sign::plan_for(desk, signer, |setting| {
        let rollup = &setting.contracts.rollups[leaver.rollup];
        plan::vault_exit(setting, rollup, vault, leaver.attester)
    });
    let facts = if leaver.is_zombie { ().into_any() } else { dates(desk, leaver) };
    let lacks = vault.can(Ability::Exit).is_ok_and(|can| !can).then(|| {
        view! { <p class="status warn wrap small">{icon("warn", 14)}"The vault’s staker has no exit. Its beneficiary upgrades it first; it keeps its stake."</p> }
    });
    let said = if leaver.is_zombie { ZOMBIE } else { STOPS };
    view! {
        <div class="body stack">
            <p class="small">"Stake of a vault goes back to the vault, "{desk.cx.addr(vault.address)}". Its operator starts the exit; anybody may finalise it."</p>
            {lacks}{facts}<p class="muted small">{said}</p>
        </div>
        {sign::foot(desk, made, signer, "Not possible now", desk.leaving.open)}
    }
    .into_any()
}

const ZOMBIE: &str =
    "It does not validate any more and earns nothing. Naming a recipient does not start its delay again.";
const STOPS: &str = "It stops to validate at once and earns nothing from then on. Votes at snapshots that are past stay. The key cannot be used again.";

fn form(desk: Desk, leaver: Leaver) -> AnyView {
    if let Some(vault) = desk.vaults.by_staker(leaver.withdrawer) {
        return of_vault(desk, leaver, &vault);
    }
    let Leaving { open, recipient, .. } = desk.leaving;
    let parsed = units::address(&recipient.get());
    let plan = parsed.as_ref().ok().and_then(|to| {
        sign::plan_for(desk, leaver.withdrawer, |setting| {
            let rollup = &setting.contracts.rollups[leaver.rollup];
            plan::start_exit(setting, rollup, leaver.attester, leaver.withdrawer, *to)
        })
    });
    let elsewhere = parsed.as_ref().is_ok_and(|to| *to != leaver.withdrawer);
    let hint = if elsewhere {
        "Not the withdrawer. Once started, the recipient cannot be changed."
    } else {
        "The withdrawer itself. Once started, the recipient cannot be changed."
    };
    let input = field(Field {
        label: "Recipient of the stake",
        text: recipient,
        error: parsed.err().map(|error| error.to_string()),
        hint: hint.to_owned(),
        kind: Kind::Code("0x…"),
    });
    let facts = if leaver.is_zombie { ().into_any() } else { dates(desk, leaver) };
    let said = if leaver.is_zombie { ZOMBIE } else { STOPS };
    view! {
        <div class="body stack">{input}{facts}<p class="muted small">{said}</p></div>
        {sign::foot(desk, plan, leaver.withdrawer, "Name a recipient", open)}
    }
    .into_any()
}

/// When it would end if it started now: both delays, by their present rules.
fn dates(desk: Desk, leaver: Leaver) -> AnyView {
    let now = desk.now();
    let terms: Option<Reading<ExitTerms>> = desk.read.with(|read| {
        let read: &Positions = &read.last()?.value;
        read.exit_terms.get(leaver.rollup).cloned()
    });
    let date = |name: &'static str, pick: fn(&ExitTerms) -> u64| {
        let figure = terms.as_ref().map_or(Figure::Loading, |terms| {
            Figure::of(terms, |terms| Written::Text(format::date_time(now.saturating_add(pick(terms)), now)))
        });
        view! { <dt>{name}</dt><dd>{desk.cx.sources.fig(name, figure, "w8")}</dd> }
    };
    let forgone = forgone(desk, leaver, terms.as_ref());
    let forgone = desk.cx.sources.fig("Rewards forgone until then", forgone, "w8");
    view! {
        <dl class="facts end">
            {date("Can be finalised, if started now", |terms| terms.duration())}
            {date("Can be slashed until", |terms| terms.exit_delay)}
            {date("Governance lets go", |terms| terms.governance_delay())}
            <dt>"Rewards forgone until then, net"</dt>
            <dd>{forgone}<span class="sub">"by today’s settings, without fees: if slots get proven as often as so far, and if all of them do"</span></dd>
        </dl>
    }
    .into_any()
}

/// What the stake would earn while it waits, at what the rollup pays today.
fn forgone(desk: Desk, leaver: Leaver, exit: Option<&Reading<ExitTerms>>) -> Figure {
    let line = desk.sheet.get().and_then(|sheet| {
        let of_it = |line: &&Line| {
            line.stake.attester == leaver.attester && line.position.get().is_some_and(Position::is_live)
        };
        sheet.lines.iter().find(of_it).cloned()
    });
    let (Some(exit), Some(kept)) = (exit, line.and_then(|line| desk.kept(&line))) else {
        return Figure::Loading;
    };
    let tokens = desk.tokens();
    desk.rates.get_value().terms.with(|terms| {
        Figure::at(terms, |at| {
            let Some(terms) = at.value.get(leaver.rollup) else { return Figure::Loading };
            let read = || {
                let seconds = exit.need()?.duration();
                terms.need()?.earned(seconds, kept).ok_or(ReadError::Incomplete)
            };
            let inputs = [("how long it takes", exit.source.clone()), ("what the rollup pays", terms.source.clone())];
            let formula = "reward of a checkpoint × sequencerBps × own share × duration / (slot × sequencers); the lower end × the share \
                           of slots since the rollup began that had a proven checkpoint";
            let value = Reading { value: read(), source: Source::derived(formula, inputs) };
            Figure::of(&value, |(least, most)| {
                let paid = terms.get().and_then(|terms| tokens.iter().find(|token| token.address == terms.token));
                let Some(token) = paid else { return Written::Text(format!("{least} to {most} units")) };
                let least = format::amount(*least, token.decimals, 2);
                Written::Text(format!("{least} to {} {}", format::amount_up(*most, token.decimals, 2), token.symbol))
            })
        })
    })
}
