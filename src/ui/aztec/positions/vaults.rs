//! Token vaults: what is in each, who may move it, and what can be done with it. What they stake is among the stakes.

use alloy_primitives::{Address, U256};
use leptos::prelude::*;

use super::{Desk, gaps::Of, name_vault, sign};
use crate::{
    aztec::{
        plan::{self, PlanError, Setting},
        positions::Line,
        rules::Position,
        vaults::{Ability, Kind, Vault},
    },
    chain::{ReadError, Reading, Source},
    state::{Holdings, Page, ProvidersView, Screen},
    tx::Plan,
    ui::kit::{self, Field, Figure, Written, dialog, empty, field, icon, live, press},
    units::{self, format},
};

/// Something that is done with a vault as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Claim,
    Upgrade,
    Operator,
    Return,
    Empty,
    Deposit,
    Back,
}

/// What the panel and its dialog work with.
#[derive(Clone, Copy)]
pub(super) struct Vaults {
    pub(super) read: Screen<Holdings>,
    pub(super) named: RwSignal<Vec<Address>>,
    pub(super) typed: RwSignal<String>,
    open: RwSignal<bool>,
    act: RwSignal<Option<(Address, Act)>>,
    text: RwSignal<String>,
}

impl Vaults {
    /// Of an address.
    pub(super) fn new(cx: crate::ui::Cx, owner: Memo<Option<Address>>) -> Self {
        let named = RwSignal::new(Vec::new());
        Self {
            read: cx.scope.vaults(move || owner.get(), named),
            named,
            typed: RwSignal::default(),
            open: RwSignal::new(false),
            act: RwSignal::new(None),
            text: RwSignal::default(),
        }
    }

    /// The stakers of the vaults of an address, in one order.
    pub(super) fn stakers(self, owner: Memo<Option<Address>>) -> Memo<Vec<Address>> {
        Memo::new(move |_| {
            self.read.with(|read| {
                let found = read.last().filter(|at| Some(at.value.owner) == owner.get());
                let vaults = found.map(|at| at.value.vaults.as_slice()).unwrap_or_default();
                let mut stakers: Vec<_> = vaults.iter().map(|vault| vault.staker.address).collect();
                stakers.sort_unstable();
                stakers
            })
        })
    }

    /// The vaults of an address with their stakers, in one order.
    pub(super) fn pairs(self, owner: Memo<Option<Address>>) -> Memo<Vec<(Address, Address)>> {
        Memo::new(move |_| {
            self.read.with(|read| {
                let found = read.last().filter(|at| Some(at.value.owner) == owner.get());
                let vaults = found.map(|at| at.value.vaults.as_slice()).unwrap_or_default();
                let mut pairs: Vec<_> =
                    vaults.iter().map(|vault| (vault.address, vault.staker.address)).collect();
                pairs.sort_unstable();
                pairs
            })
        })
    }

    /// The vault whose staker this is.
    pub(super) fn by_staker(self, staker: Address) -> Option<Vault> {
        self.find(|vault| vault.staker.address == staker)
    }

    fn find(self, wanted: impl Fn(&Vault) -> bool) -> Option<Vault> {
        self.read.with(|read| read.last()?.value.vaults.iter().find(|vault| wanted(vault)).cloned())
    }

    fn ask(self, vault: Address, act: Act) {
        self.text.set(String::new());
        self.act.set(Some((vault, act)));
        self.open.set(true);
    }
}

/// The panel with all vaults of the address, and the field for one that is not found by itself.
pub(super) fn panel(desk: Desk) -> AnyView {
    let found = desk.vaults.read.get();
    let at = found.last().filter(|at| Some(at.value.owner) == desk.owner.get());
    let cards: Vec<_> = at.iter().flat_map(|at| &at.value.vaults).map(|vault| card(desk, vault)).collect();
    let failed = found.failure().is_some();
    let unread: Vec<_> = name_vault::unread(at.map(|at| &at.value), failed)
        .into_iter()
        .map(|said| view! { <p class="status warn wrap small">{icon("warn", 14)}{said}</p> })
        .collect();
    let others: Vec<_> = at
        .iter()
        .flat_map(|at| &at.value.others)
        .map(|(vault, other)| name_vault::no_vault(desk, *vault, other))
        .collect();
    view! {
        <section class="panel" aria-label="Token vaults">
            <header><h2>"Token vaults"</h2><p>"Tokens that unlock over time and can be staked before"</p></header>
            {cards}
            <div class="body stack">{unread}{others}{live(move || name_vault::name_one(desk))}</div>
        </section>
    }
    .into_any()
}

fn kind_in_words(vault: &Vault) -> &'static str {
    match (vault.kind, &vault.milestone) {
        (Kind::Linear, _) => "linear: claimable as it unlocks",
        (Kind::NonClaim, _) => "never claimable: paid out through its staker",
        (Kind::Milestone, Some(milestone)) if milestone.get() == Some(&true) => {
            "milestone, reached: claimable as it unlocks"
        }
        (Kind::Milestone, Some(milestone)) if milestone.get() == Some(&false) => "milestone, not reached",
        (Kind::Milestone, _) => "milestone, not read",
    }
}

fn staker_in_words(vault: &Vault) -> Reading<String> {
    let version = match vault.version() {
        Some(version) => format!("version {version}"),
        None => "not among those its registry offers".to_owned(),
    };
    let newer = match (vault.is_newest(), vault.newest()) {
        (Some(true), _) => ", the newest".to_owned(),
        (Some(false), Some(newest)) => format!("; version {newest} exists"),
        _ => "; whether a newer one exists is not read".to_owned(),
    };
    let lacks = [(Ability::StakeWithProvider, "stake"), (Ability::Exit, "exit")]
        .map(|(ability, word)| vault.can(ability).is_ok_and(|can| !can).then_some(word));
    let lacks: Vec<_> = lacks.into_iter().flatten().collect();
    let lacks = if lacks.is_empty() { String::new() } else { format!("; cannot {}", lacks.join(" nor ")) };
    let source = Source::derived(
        "the place of the implementation among those that the registry offers",
        [
            ("getImplementation", vault.staker.implementation.source.clone()),
            ("offered", vault.staker.offered.source.clone()),
        ],
    );
    let value = vault.staker.implementation.need().map(|_| format!("{version}{newer}{lacks}"));
    Reading { value, source }
}

/// What the vault's staker has in sequencers and queues.
fn staked(desk: Desk, vault: &Vault) -> Figure {
    let own = |line: &&Line| line.stake.withdrawer == vault.staker.address;
    desk.figure(Of::Itself, |sheet| {
        let lines: Vec<_> = sheet.lines.iter().filter(own).collect();
        let mut sum = Ok(U256::ZERO);
        for line in &lines {
            let part = line.position.need().and_then(|position| match position {
                Position::Validating { .. } | Position::Queued { .. } => line.amount.need(),
                _ => Ok(U256::ZERO),
            });
            sum = sum.and_then(|sum: U256| Ok::<_, ReadError>(sum.saturating_add(part?)));
        }
        let first = lines.first().map(|line| ("the first one", line.amount.source.clone()));
        let source = Source::derived("sum over the vault’s stakes that validate or wait", first);
        Figure::of(&Reading { value: sum, source }, |raw| desk.amount(*raw))
    })
}

fn card(desk: Desk, vault: &Vault) -> AnyView {
    let short = format::short_address(vault.address);
    let fig =
        |what: &str, figure: Figure| desk.cx.sources.fig(format!("{what}, vault {short}"), figure, "w8");
    let amount =
        |what: &str, reading: &Reading<U256>| fig(what, Figure::of(reading, |raw| desk.amount(*raw)));
    let readout = |name: &'static str, figure: AnyView, below: Option<AnyView>| {
        view! { <div class="readout"><div class="k">{name}</div><div class="v">{figure}</div><div class="s">{below}</div></div> }
            .into_any()
    };
    let claimable = match vault.to_claim() {
        Some(claimable) => amount("Claimable", claimable),
        None => view! { <span class="muted">"never"</span> }.into_any(),
    };
    let lock = vault.lock.get().map(|lock| {
        let end = format::date_time(lock.endTime.saturating_to(), desk.now());
        format!("all of it from {end}").into_any()
    });
    let account = desk.cx.account();
    let role = match (account == Some(vault.beneficiary), account == vault.operator.get().copied()) {
        (true, true) => Some("You are beneficiary and operator"),
        (true, false) => Some("You are the beneficiary"),
        (false, true) if account.is_some() => Some("You are the operator"),
        _ => None,
    };
    let role = role.map(|said| view! { <span class="badge">{said}</span> });
    let operator = match vault.operator.get() {
        Some(nobody) if nobody.is_zero() => view! { <span class="muted">"nobody yet"</span> }.into_any(),
        Some(operator) => desk.cx.addr(*operator),
        None => fig("Operator", Figure::of(&vault.operator, |at| Written::Text(at.to_string()))),
    };
    let version = fig("Staker", Figure::of(&staker_in_words(vault), |said| Written::Text(said.clone())));
    let from = fig(
        "Stakeable from",
        Figure::of(&vault.approvable_at, |at| {
            let now = desk.now();
            Written::Text(if *at <= now { "now".to_owned() } else { format::date_time(*at, now) })
        }),
    );
    view! {
        <div class="body stack rule">
            <div class="row apart"><span class="small">"Vault "{desk.cx.addr(vault.address)}</span>{role}</div>
            <div class="readouts four">
                {readout("Allocation", amount("Allocation", &vault.allocation), None)}
                {readout("Unlocked", amount("Unlocked", &vault.unlocked()), lock)}
                {readout("Claimable", claimable, None)}
                {readout("Staked", fig("Staked", staked(desk, vault)), Some(view! { {amount("Rest", &vault.balance)}" in the vault" }.into_any()))}
            </div>
            <dl class="facts end">
                <dt>"Type"</dt><dd>{kind_in_words(vault)}</dd>
                <dt>"Beneficiary"</dt><dd>{desk.cx.addr(vault.beneficiary)}</dd>
                <dt>"Operator, who stakes, exits and votes"</dt><dd>{operator}</dd>
                <dt>"Staker"</dt><dd>{desk.cx.addr(vault.staker.address)}<span class="sub">{version}</span></dd>
                <dt>"Can be staked from"</dt><dd>{from}</dd>
                {extras(desk, vault, &amount)}
            </dl>
            {buttons(desk, vault)}
        </div>
    }
    .into_any()
}

/// What is only said where it is not nothing, or where it is not known.
fn extras(desk: Desk, vault: &Vault, amount: &dyn Fn(&str, &Reading<U256>) -> AnyView) -> Vec<AnyView> {
    let some = |reading: &Reading<U256>| reading.get().is_none_or(|amount| !amount.is_zero());
    let line = |name: &'static str, value: AnyView| view! { <dt>{name}</dt><dd>{value}</dd> }.into_any();
    let mut lines = Vec::new();
    if some(&vault.claimed) {
        lines.push(line("Claimed so far", amount("Claimed so far", &vault.claimed)));
    }
    if some(&vault.staker.holds) {
        lines.push(line(
            "Held by its staker, of a failed deposit",
            amount("Held by its staker", &vault.staker.holds),
        ));
    }
    if some(&vault.staker.power) {
        lines.push(line("In Governance, as voting power", amount("In Governance", &vault.staker.power)));
    }
    if vault.kind == Kind::NonClaim {
        let at = vault.staker.empties_at.get().map(|at| format::date_time(*at, desk.now()));
        let said = match (vault.staker.has_staked.get(), at) {
            (Some(true), Some(at)) => format!("from {at}"),
            (Some(false), Some(at)) => format!("from {at}, once its staker has staked"),
            _ => "not by its present staker".to_owned(),
        };
        lines.push(line("Can be withdrawn through its staker", said.into_any()));
    }
    lines
}

fn buttons(desk: Desk, vault: &Vault) -> AnyView {
    let some = |reading: &Reading<U256>| reading.get().is_some_and(|amount| !amount.is_zero());
    let (address, short) = (vault.address, format::short_address(vault.address));
    let button = |shown: bool, word: &'static str, act: Act| {
        let ask = press(move || desk.vaults.ask(address, act));
        let label = format!("{word}, vault {short}");
        shown.then(|| {
            view! { <button type="button" class="btn sm" aria-label=label on:click=ask>{word}</button> }
                .into_any()
        })
    };
    let stakes = some(&vault.balance).then(|| {
        let list = desk.cx.link(Page::Providers(ProvidersView::default()));
        view! { <a class="btn sm" href=list aria-label=format!("Delegate, vault {short}")>"Delegate"</a> }
    });
    let empties = vault.can(Ability::Empty).unwrap_or(false) && some(&vault.balance);
    view! {
        <div class="row">
            {stakes}
            {button(vault.to_claim().is_some_and(some), "Claim unlocked", Act::Claim)}
            {button(empties, "Withdraw all", Act::Empty)}
            {button(some(&vault.staker.holds), "Return to vault", Act::Return)}
            {button(vault.is_newest() == Some(false), "Upgrade staker", Act::Upgrade)}
            {button(true, "Change operator", Act::Operator)}
            {button(some(&vault.balance), "Deposit into Governance", Act::Deposit)}
            {button(some(&vault.staker.power), "Withdraw from Governance", Act::Back)}
        </div>
    }
    .into_any()
}

/// The dialog of everything that is done with a vault as a whole.
pub(super) fn act(desk: Desk) -> AnyView {
    let subtitle = live(move || {
        let said = desk.vaults.act.get().map(|(vault, _)| format!("Vault {}", format::short_address(vault)));
        view! { <p>{said}</p> }.into_any()
    });
    let body = live(move || match desk.vaults.act.get() {
        Some((address, act)) if desk.vaults.open.get() => {
            match desk.vaults.find(|vault| vault.address == address) {
                Some(vault) => form(desk, &vault, act),
                None => empty("warn", "Not read", "The vault could not be read just now.", None),
            }
        }
        _ => ().into_any(),
    });
    dialog("vault", "Token vault", subtitle, desk.vaults.open, body)
}

fn said(act: Act) -> &'static str {
    match act {
        Act::Claim => {
            "Pays out to the beneficiary what is unlocked and in the vault. What is staked stays staked."
        }
        Act::Upgrade => {
            "Gives the staker the newest code that the vault’s registry offers. It keeps its address, its stake and its operator."
        }
        Act::Operator => {
            "The operator stakes, exits and votes with the vault. It receives nothing: stake that leaves goes to the vault. It replaces the one before."
        }
        Act::Return => {
            "Sends what the staker holds itself back to the vault, as after a deposit that failed."
        }
        Act::Empty => {
            "Pays out all that is in the vault to its beneficiary, through the staker. What is staked stays staked."
        }
        Act::Deposit => {
            "Tokens of the vault become voting power of its staker in Governance. They come back after a delay, to the vault."
        }
        Act::Back => {
            "Their power is gone at once for proposals whose voting has not begun. After the delay they go to the vault."
        }
    }
}

fn form(desk: Desk, vault: &Vault, act: Act) -> AnyView {
    let by_operator =
        |ability, needed| plan::vault_signer(vault, ability, needed).unwrap_or(vault.beneficiary);
    let typed = desk
        .cx
        .scope
        .deployment()
        .and_then(|contracts| units::amount(&desk.vaults.text.get(), contracts.token.decimals).ok());
    let signer = match act {
        Act::Claim | Act::Upgrade | Act::Operator => vault.beneficiary,
        Act::Return => by_operator(Ability::Return, U256::ZERO),
        Act::Empty => by_operator(Ability::Empty, vault.balance.get().copied().unwrap_or_default()),
        Act::Deposit => by_operator(Ability::Deposit, typed.unwrap_or_default()),
        Act::Back => by_operator(Ability::Withdraw, U256::ZERO),
    };
    let (input, plan) = match act {
        Act::Operator => with_address(desk, vault, signer),
        Act::Deposit => with_amount(desk, vault, signer, plan::vault_deposit),
        Act::Back => with_amount(desk, vault, signer, plan::vault_back),
        Act::Claim => (None, made(desk, vault, signer, plan::vault_claim)),
        Act::Upgrade => (None, made(desk, vault, signer, plan::vault_upgrade)),
        Act::Return => (None, made(desk, vault, signer, plan::vault_return)),
        Act::Empty => (None, made(desk, vault, signer, plan::vault_empty)),
    };
    let idle = if act == Act::Operator { "Name an operator" } else { "Enter an amount" };
    view! {
        <div class="body stack"><p class="small">{said(act)}</p>{input}</div>
        {sign::foot(desk, plan, signer, idle, desk.vaults.open)}
    }
    .into_any()
}

type Made = Option<Result<Plan, PlanError>>;

fn made(
    desk: Desk,
    vault: &Vault,
    signer: Address,
    make: fn(&Setting<'_>, &Vault) -> Result<Plan, PlanError>,
) -> Made {
    sign::plan_for(desk, signer, |setting| make(setting, vault))
}

fn with_address(desk: Desk, vault: &Vault, signer: Address) -> (Option<AnyView>, Made) {
    let text = desk.vaults.text;
    let parsed = units::address(&text.get());
    let plan = parsed
        .as_ref()
        .ok()
        .and_then(|to| sign::plan_for(desk, signer, |setting| plan::vault_operator(setting, vault, *to)));
    let input = field(Field {
        label: "Operator",
        text,
        error: parsed.err().map(|error| error.to_string()),
        hint: "usually the beneficiary itself".to_owned(),
        kind: kit::Kind::Code("0x…"),
    });
    (Some(input), plan)
}

fn with_amount(
    desk: Desk,
    vault: &Vault,
    signer: Address,
    make: fn(&Setting<'_>, &Vault, U256) -> Result<Plan, PlanError>,
) -> (Option<AnyView>, Made) {
    let text = desk.vaults.text;
    let Some(contracts) = desk.cx.scope.deployment() else { return (None, None) };
    let parsed = units::amount(&text.get(), contracts.token.decimals);
    let plan = parsed
        .as_ref()
        .ok()
        .and_then(|amount| sign::plan_for(desk, signer, |setting| make(setting, vault, *amount)));
    let input = field(Field {
        label: "Amount",
        text,
        error: parsed.err().map(|error| error.to_string()),
        hint: "of the tokens in the vault, or of its staker’s power".to_owned(),
        kind: kit::Kind::Number(""),
    });
    (Some(input), plan)
}
