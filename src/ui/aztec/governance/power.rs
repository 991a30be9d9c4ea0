use alloy_primitives::{Address, U256};
use leptos::prelude::*;

use super::stakes::{Stakes, stakes};
use crate::{
    aztec::{
        plan,
        read::{Backing, Power, Withdrawal, Withdrawals},
        rules::{Backer, backer},
    },
    chain::{ReadError, Reading, Source},
    state::{Ledger, Screen},
    ui::{
        Cx,
        aztec::propose::{propose, submit, with_setting},
        kit::{Field, Figure, Kind, Written, field, live, press},
    },
    units::{self, Token, format},
};

/// Stakes drawn.
const MOST: usize = 30;

/// What the panel works with.
#[derive(Clone, Copy)]
struct Desk {
    cx: Cx,
    power: Screen<Power>,
    withdrawals: Screen<Withdrawals>,
    amount: RwSignal<String>,
    /// Whether tokens are put in; otherwise they are taken out.
    deposits: RwSignal<bool>,
    /// Whom all stake is to be delegated to, as typed.
    delegatee: RwSignal<String>,
}

/// The panel about the account's own votes.
pub(super) fn power(cx: Cx) -> AnyView {
    let desk = Desk {
        cx,
        power: cx.scope.power(move || cx.account()),
        withdrawals: cx.scope.withdrawals(move || cx.account()),
        amount: RwSignal::new(String::new()),
        deposits: RwSignal::new(true),
        delegatee: RwSignal::new(String::new()),
    };
    live(move || if cx.account().is_some() { panel(desk) } else { unknown(cx) })
}

fn unknown(cx: Cx) -> AnyView {
    let connect = press(move || cx.picker.set(true));
    view! {
        <section class="panel"><header><h2>"Your voting power"</h2></header>
            <div class="body stack"><p class="small ink2">"Connect a wallet to see what you can vote with: tokens deposited in Governance, and stake."</p><div class="row"><button type="button" class="btn" on:click=connect>"Connect wallet"</button></div></div>
        </section>
    }
    .into_any()
}

fn panel(desk: Desk) -> AnyView {
    let Some(contracts) = desk.cx.scope.deployment() else { return ().into_any() };
    let token = &contracts.token;
    let found = desk.power.get();
    let amount = |label: &'static str, pick: &dyn Fn(&Power) -> Reading<U256>| {
        let figure =
            Figure::at(&found, |at| Figure::of(&pick(&at.value), |raw| Written::amount(token, *raw)));
        desk.cx.sources.fig(label, figure, "w8")
    };
    let complete = desk.cx.scope.ledger.with(|ledger| ledger.as_ref().is_some_and(Ledger::is_complete));
    let staked = |pick: fn(&Stakes) -> U256| move |power: &Power| summed(power, complete, pick);
    let partial = (!complete).then(|| {
        view! { <p class="muted xs">"Older events are still being read: there may be more stake of yours."</p> }
    });
    view! {
        <section class="panel" aria-label="Your voting power">
            <header><h2>"Your voting power"</h2></header>
            <div class="body">
                <dl class="facts end">
                    <dt>"Deposited in Governance"</dt><dd>{amount("Deposited", &|power| power.deposited.clone())}</dd>
                    <dt>"Stake delegated to you"</dt><dd>{amount("Stake delegated to you", &|power| power.delegated.clone())}</dd>
                    <dt>"Your stake, left with its rollup"</dt><dd>{amount("Your stake, left with its rollup", &staked(|sums| sums.default))}</dd>
                    <dt>"Your stake, delegated to others"</dt><dd>{amount("Your stake, delegated to others", &staked(|sums| sums.others))}</dd>
                    <dt>"Your stake, with nobody"</dt><dd>{amount("Your stake, with nobody", &staked(|sums| sums.nobody))}</dd>
                </dl>
                {partial}
            </div>
            {form(desk, token)}
            {withdrawals(desk, token)}
            {own(desk, token)}
        </section>
    }
    .into_any()
}

/// A sum over the account's stakes as a reading.
fn summed(power: &Power, complete: bool, pick: fn(&Stakes) -> U256) -> Reading<U256> {
    let inputs = power.stakes.iter().take(1).map(|stake| ("one stake", stake.source.clone()));
    let source = Source::derived("sum over the account’s stakes", inputs);
    // stakes are found by events: a part of them is not the sum
    let value = if complete { stakes(power).map(|sums| pick(&sums)) } else { Err(ReadError::LogsMissing) };
    Reading { value, source }
}

fn form(desk: Desk, token: &Token) -> AnyView {
    let typed = units::amount(&desk.amount.get(), token.decimals);
    let found = desk.power.get();
    let power = found.last().map(|at| &at.value);
    let deposits = desk.deposits.get();
    let choose = |on: bool| press(move || desk.deposits.set(on));
    let held =
        power.and_then(
            |power| {
                if deposits { power.tokens.get().copied() } else { power.deposited.get().copied() }
            },
        );
    let plan = typed.as_ref().ok().zip(power).and_then(|(amount, power)| {
        let (amount, held) = (*amount, held?);
        if deposits {
            let allowance = *power.allowance.get()?;
            with_setting(desk.cx, |setting| plan::deposit(setting, amount, held, allowance))
        } else {
            with_setting(desk.cx, |setting| plan::initiate_withdraw(setting, setting.from, amount, held))
        }
    });
    let hint = match held {
        Some(held) if deposits => format!("Your account holds {}.", token.amount(held)),
        Some(held) => format!("{} are deposited.", token.amount(held)),
        None => "What there is was not read yet.".to_owned(),
    };
    let input = field(Field {
        label: "Amount",
        text: desk.amount,
        error: typed.err().map(|error| error.to_string()),
        hint,
        kind: Kind::Number(""),
    });
    let said = if deposits {
        "Deposited tokens vote on proposals whose voting has not begun. They come back by a withdrawal, after governance’s delay."
    } else {
        "Their power is gone at once for proposals whose voting has not begun. What has voted stays voted."
    };
    let foot = propose(desk.cx, plan, "Enter an amount");
    view! {
        <div class="rule stack">
            <div class="seg" role="group" aria-label="Deposit or withdraw">
                <button type="button" aria-pressed=if deposits { "true" } else { "false" } on:click=choose(true)>"Deposit"</button>
                <button type="button" aria-pressed=if deposits { "false" } else { "true" } on:click=choose(false)>"Withdraw"</button>
            </div>
            {input}
            <p class="muted xs">{said}</p>
        </div>
        {foot}
    }
    .into_any()
}

/// Withdrawals under way, with a button once their delay is over.
fn withdrawals(desk: Desk, token: &Token) -> AnyView {
    let found = desk.withdrawals.get();
    let list = match (found.last(), found.failure()) {
        (Some(at), _) if at.value.open.is_empty() => return ().into_any(),
        (Some(at), _) => at.value.open.clone(),
        (None, None) => return ().into_any(),
        (None, Some(_)) => {
            return view! { <div class="rule"><p class="small">"Withdrawals: "<span class="notread">"Not read"</span></p></div> }
                .into_any();
        }
    };
    let now = desk.cx.scope.head.block.with(|block| block.map_or(0, |block| block.timestamp));
    let line = |withdrawal: Withdrawal| {
        let ready = now >= withdrawal.unlocks_at;
        let when = if ready {
            "can be paid out".to_owned()
        } else {
            format!(
                "unlocks {}, in {}",
                format::date_time(withdrawal.unlocks_at, now),
                format::duration(withdrawal.unlocks_at - now)
            )
        };
        let pay = press(move || {
            let plan = with_setting(desk.cx, |setting| {
                plan::finalise_withdraw(setting, withdrawal.id, withdrawal.unlocks_at)
            });
            submit(desk.cx, plan);
        });
        let amount = token.amount(withdrawal.amount);
        let pay =
            ready.then(|| view! { <button type="button" class="btn sm" on:click=pay>"Pay out"</button> });
        view! { <li class="row apart"><span class="small">{amount}<span class="sub">{when}</span></span>{pay}</li> }.into_any()
    };
    let lines: Vec<_> = list.into_iter().map(line).collect();
    view! { <div class="rule"><h3>"Withdrawals to you"</h3><ul class="own">{lines}</ul></div> }.into_any()
}

/// The account's stakes, each with the way to take its vote or give it back.
fn own(desk: Desk, token: &Token) -> AnyView {
    let found = desk.power.get();
    let Some(at) = found.last() else { return ().into_any() };
    let account = at.value.account;
    let held: Vec<Backing> = at
        .value
        .stakes
        .iter()
        .filter_map(|stake| stake.get().copied())
        .filter(|stake| stake.instance.is_some())
        .collect();
    let unread = at.value.stakes.iter().filter(|stake| stake.value.is_err()).count();
    let unread = (unread > 0).then(|| {
        view! { <p class="small notread">{format!("{} not read", format::plural(unread as u64, "stake"))}</p> }
    });
    if held.is_empty() {
        return unread
            .map(|unread| view! { <div class="rule"><h3>"Your stake"</h3>{unread}</div> })
            .into_any();
    }
    let more = held.len().saturating_sub(MOST);
    let more = (more > 0).then(|| view! { <p class="muted xs">{format!("and {more} more")}</p> });
    let line = |stake: Backing| {
        let instance = stake.instance.unwrap_or_default();
        let (said, target, word) = match backer(instance, stake.delegatee, account) {
            Backer::Default => ("with its rollup".to_owned(), account, "Take its vote"),
            Backer::Oneself => ("with you".to_owned(), instance, "Give it back to its rollup"),
            Backer::Nobody => ("with nobody".to_owned(), account, "Take its vote"),
            Backer::Other(other) => {
                (format!("with {}", format::short_address(other)), account, "Take its vote")
            }
        };
        let act = press(move || {
            let plan = with_setting(desk.cx, |setting| plan::delegate_vote(setting, &stake, target));
            submit(desk.cx, plan);
        });
        view! {
            <li class="row apart"><span class="small">{token.amount(stake.balance)}<span class="sub">"vote "{said}", "{desk.cx.addr(stake.attester)}</span></span><button type="button" class="btn sm" on:click=act>{word}</button></li>
        }
        .into_any()
    };
    let all = all_at_once(desk, account, &held);
    let lines: Vec<_> = held.into_iter().take(MOST).map(line).collect();
    view! {
        <div class="rule"><h3>"Your stake"</h3><ul class="own">{lines}</ul>{more}{unread}{all}<p class="muted xs">"A change counts for proposals whose voting has not begun. The stake itself stays where it is."</p></div>
    }
    .into_any()
}

/// Delegates every stake of the account in one run: to itself, to somebody, or back.
fn all_at_once(desk: Desk, account: Address, held: &[Backing]) -> AnyView {
    let typed = units::address(&desk.delegatee.get());
    let input = field(Field {
        label: "Delegate all to",
        text: desk.delegatee,
        error: typed.as_ref().err().map(ToString::to_string),
        hint: "Whoever has the power votes with it as they like. The stake stays yours.".to_owned(),
        kind: Kind::Code("0x…"),
    });
    let button = |word: &'static str, to: Option<Address>| {
        let stakes = held.to_vec();
        let plan = with_setting(desk.cx, |setting| plan::delegate_votes(setting, &stakes, to));
        let ready = matches!(plan, Some(Ok(_)));
        let act = press(move || {
            if let Some(Ok(plan)) = &plan {
                desk.cx.scope.transactions.propose(plan.clone());
            }
        });
        view! { <button type="button" class="btn sm" disabled=!ready on:click=act>{word}</button> }.into_any()
    };
    let other = typed.ok().map(|to| button("All to this address", Some(to)));
    let steps = format!("One transaction for each of {}.", format::plural(held.len() as u64, "stake"));
    view! {
        <div class="stack tight">{input}<div class="row">{other}{button("All to yourself", Some(account))}{button("All back to their rollup", None)}</div><p class="muted xs">{steps}</p></div>
    }
    .into_any()
}
