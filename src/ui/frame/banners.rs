use leptos::prelude::*;

use crate::{
    aztec::{Claim, Deployment, Severity},
    chain::{EndpointHealth, Fault, Pool},
    state::{Page, Scope},
    ui::{
        Cx,
        kit::{icon, live, press, spinner},
        text,
    },
    units::format,
};

/// What is wrong with the whole page, the most serious first; of the chain's side only one is shown at a time.
#[derive(Clone, Debug, PartialEq)]
enum Trouble {
    Disagreement { block: u64, endpoints: Vec<String> },
    Contradiction { severity: Severity, said: String },
    WrongChain { wallet: u64, wanted: u64, failed: Option<String> },
    Stale { title: String, said: String },
    Unread { what: String, todo: String },
    OldByDate { secs: u64 },
    Partial { failing: Vec<String>, all: usize },
}

fn trouble(cx: Cx) -> Option<Trouble> {
    let scope = cx.scope;
    if let Some(found) = scope.comparison.get().disagreement {
        let endpoints = found
            .answers
            .iter()
            .map(|(label, hash)| format!("{label} {}", format::short_hash(*hash)))
            .collect();
        return Some(Trouble::Disagreement { block: found.block, endpoints });
    }
    let contradiction =
        |severity| scope.deployment().and_then(|contracts| contradiction(&contracts, severity));
    if let Some(found) = contradiction(Severity::Blocks) {
        return Some(found);
    }
    if scope.head.stale.get() {
        return Some(stale(scope));
    }
    let unread = match (scope.head.block.with(Option::is_none), scope.head.error.get()) {
        (true, Some(error)) => Some(text::rpc_error(&error)),
        _ => scope.contracts.with(|contracts| contracts.failure().map(text::read_error)),
    };
    if let Some(said) = unread {
        return Some(Trouble::Unread { what: said.what, todo: said.todo });
    }
    if let Some(secs) = scope.head.old_by_date() {
        return Some(Trouble::OldByDate { secs: secs / 60 * 60 });
    }
    // asked again whenever the clock ticks
    scope.head.ticks.track();
    let health = scope.pool.with_value(Pool::health);
    let behind = scope.comparison.get().behind;
    let behind =
        behind.into_iter().map(|(label, by)| format!("{label} is {} behind", format::plural(by, "block")));
    let failing: Vec<_> = health.iter().filter_map(failure).chain(behind).collect();
    if !failing.is_empty() {
        return Some(Trouble::Partial { failing, all: health.len() });
    }
    contradiction(Severity::Warns)
}

/// A wallet on another chain is its own matter: it hides no trouble with reading.
fn wallet_elsewhere(cx: Cx) -> Option<Trouble> {
    let wanted = cx.scope.network.with_value(|network| network.chain_id);
    let wallet = cx.shell.session.wallet.with(|wallet| wallet.as_ref().and_then(|wallet| wallet.chain_id))?;
    let failed = cx.shell.session.error.get().map(|error| text::wallet_error(&error).what);
    (wallet != wanted).then_some(Trouble::WrongChain { wallet, wanted, failed })
}

/// Why what is shown is too old.
fn stale(scope: Scope) -> Trouble {
    let block = scope.head.block.with(|block| format::count(block.map_or(0, |block| block.number)));
    let (title, said) = match scope.head.stuck() {
        // in steps: a sentence should not change every second
        _ if scope.head.is_unread() => (
            format!("Data is {} old", format::age(scope.head.age() / 10_000 * 10)),
            format!("Last read at block {block}. Figures are greyed until the next read; nothing is signed."),
        ),
        Some(secs) => (
            format!("No new block for {}", format::duration(secs / 60 * 60)),
            format!(
                "Your endpoints have none after block {block}. Nothing is signed until they do; another endpoint may have more."
            ),
        ),
        None => (
            "One of your endpoints is further".to_owned(),
            format!(
                "What is shown is of block {block}. Nothing is signed until it is read again, or the endpoint is removed."
            ),
        ),
    };
    Trouble::Stale { title, said }
}

/// What an endpoint does wrong. One that is a block behind does nothing wrong.
fn failure(health: &EndpointHealth) -> Option<String> {
    let fault = health.fault.as_ref().filter(|fault| !matches!(fault, Fault::NoBlock(_)))?;
    Some(format!("{} {}", health.label, text::fault(fault)))
}

fn contradiction(contracts: &Deployment, severity: Severity) -> Option<Trouble> {
    let mismatch = contracts.mismatches.iter().find(|mismatch| mismatch.severity == severity)?;
    let side = |claim: &Claim| match &claim.value {
        Ok(value) => format!("{}.{} is {value}", claim.contract, claim.function),
        Err(_) => format!("{}.{} cannot be read", claim.contract, claim.function),
    };
    let said = if mismatch.claim == mismatch.against {
        side(&mismatch.claim)
    } else {
        format!("{}, but {}", side(&mismatch.claim), side(&mismatch.against))
    };
    Some(Trouble::Contradiction { severity, said })
}

/// The banners above the page, if there is reason for any.
pub(crate) fn banners(cx: Cx) -> AnyView {
    let found = Memo::new(move |_| [trouble(cx), wallet_elsewhere(cx)]);
    live(move || {
        found.get().into_iter().flatten().map(|found| banner(cx, found)).collect::<Vec<_>>().into_any()
    })
}

fn banner(cx: Cx, found: Trouble) -> AnyView {
    let settings = |word: &'static str| {
        Some(view! { <a class="btn" href=cx.link(Page::Settings)>{word}</a> }.into_any())
    };
    let (tone, mark, title, said, action) = match found {
        Trouble::Disagreement { block, endpoints } => (
            "banner bad",
            "warn",
            format!("Your endpoints disagree about block {}", format::count(block)),
            format!(
                "{}. Rota signs nothing rather than guess. Add an endpoint you run, or wait.",
                endpoints.join(", ")
            ),
            settings("Endpoints"),
        ),
        Trouble::Contradiction { severity: Severity::Blocks, said } => (
            "banner bad",
            "warn",
            "The contracts of this network contradict each other".to_owned(),
            format!("{said}. Nothing is signed here. Check the network's addresses."),
            settings("Settings"),
        ),
        Trouble::Contradiction { severity: Severity::Warns, said } => (
            "banner warn",
            "info",
            "An older rollup does not match the others".to_owned(),
            format!("{said}. What is shown of it may be incomplete."),
            None,
        ),
        Trouble::WrongChain { wallet, wanted, failed } => (
            "banner live",
            "globe",
            format!("Your wallet is on {}", text::chain_name(wallet)),
            format!(
                "This network needs {}. Reading works; signing needs a switch. {}",
                text::chain_name(wanted),
                failed.unwrap_or_default()
            ),
            Some(switch_button(cx)),
        ),
        Trouble::Stale { title, said } => ("banner warn", "clock", title, said, Some(read_now(cx))),
        Trouble::OldByDate { secs } => (
            "banner warn",
            "clock",
            format!("By this computer’s clock, the newest block is {} old", format::duration(secs)),
            "Either the clock is wrong or your endpoints are behind. Find out before you sign.".to_owned(),
            settings("Endpoints"),
        ),
        Trouble::Unread { what, todo } => (
            "banner bad",
            "warn",
            "The chain cannot be read".to_owned(),
            format!("{what} {todo}"),
            settings("Endpoints"),
        ),
        Trouble::Partial { failing, all } => (
            "banner warn",
            "warn",
            match all {
                1 => "Your endpoint has trouble".to_owned(),
                _ => format!("{} of {all} endpoints failed", failing.len()),
            },
            format!("{}. {}", failing.join("; "), consequence(all)),
            settings("Endpoints"),
        ),
    };
    view! {
        <div class=tone role="status">
            {icon(mark, 16)}
            <div><b>{title}</b><p>{said}</p></div>
            {action}
        </div>
    }
    .into_any()
}

fn consequence(endpoints: usize) -> &'static str {
    match endpoints {
        1 => "Rota asks again by itself; what could not be read says so.",
        _ => "The others are asked instead; what could not be read says so.",
    }
}

fn read_now(cx: Cx) -> AnyView {
    let read = press(move || cx.scope.head.refresh());
    view! { <button type="button" class="btn" on:click=read>{icon("refresh", 16)}"Read now"</button> }
        .into_any()
}

fn switch_button(cx: Cx) -> AnyView {
    live(move || {
        let busy = cx.shell.session.busy.get();
        let name = cx.scope.network.with_value(|network| text::chain_name(network.chain_id));
        let switch =
            press(move || cx.scope.network.with_value(|network| cx.shell.session.switch_to(network)));
        view! {
            <button type="button" class="btn primary" on:click=switch>
                {busy.then(|| spinner(14))}
                {format!("Switch to {name}")}
            </button>
        }
        .into_any()
    })
}
