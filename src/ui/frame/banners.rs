use leptos::prelude::*;

use crate::{
    aztec::Severity,
    chain::Fault,
    state::{Page, Remote, Scope, Shell},
    ui::{
        kit::{Icon, Spinner},
        text,
    },
    units::format,
};

/// What is wrong with the whole page, the most serious first; only one is shown at a time.
#[derive(Clone, Debug, PartialEq)]
enum Trouble {
    Disagreement { block: u64, endpoints: Vec<String> },
    Contradiction { severity: Severity, said: String },
    WrongChain { wallet: u64, wanted: u64 },
    Stale { secs: u64, block: u64 },
    Unread { what: String, todo: String },
    Partial { failing: Vec<String>, all: usize },
}

fn trouble(shell: Shell, scope: Scope) -> Option<Trouble> {
    if let Some(found) = scope.disagreement.get() {
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
    let wanted = scope.network.with_value(|network| network.chain_id);
    let wallet = shell.session.wallet.with(|wallet| wallet.as_ref().and_then(|wallet| wallet.chain_id));
    if let Some(wallet) = wallet.filter(|wallet| *wallet != wanted) {
        return Some(Trouble::WrongChain { wallet, wanted });
    }
    if scope.head.is_stale() {
        let block = scope.head.block.with(|block| block.map_or(0, |block| block.number));
        // in steps: a sentence should not change every second
        return Some(Trouble::Stale { secs: scope.head.age() / 10_000 * 10, block });
    }
    let unread = match (scope.head.block.with(Option::is_none), scope.head.error.get()) {
        (true, Some(error)) => Some(text::rpc_error(&error)),
        _ => scope.contracts.with(|contracts| match contracts {
            Remote::Failed(error) => Some(text::read_error(error)),
            _ => None,
        }),
    };
    if let Some(said) = unread {
        return Some(Trouble::Unread { what: said.what, todo: said.todo });
    }
    scope.head.ticks.track();
    let health = scope.pool.with_value(crate::chain::Pool::health);
    let is_news = |fault: &Fault| !matches!(fault, Fault::NoBlock(_));
    let failing: Vec<_> = health
        .iter()
        .filter_map(|h| {
            Some(format!("{} {}", h.label, text::fault(h.fault.as_ref().filter(|f| is_news(f))?)))
        })
        .collect();
    if !failing.is_empty() {
        return Some(Trouble::Partial { failing, all: health.len() });
    }
    contradiction(Severity::Warns)
}

fn contradiction(contracts: &crate::aztec::Deployment, severity: Severity) -> Option<Trouble> {
    let mismatch = contracts.mismatches.iter().find(|mismatch| mismatch.severity == severity)?;
    let side = |claim: &crate::aztec::Claim| match &claim.value {
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

/// The banner above the page, if there is reason for one.
#[component]
pub(crate) fn Banners() -> impl IntoView {
    let shell = expect_context::<Shell>();
    let scope = expect_context::<Scope>();
    let found = Memo::new(move |_| trouble(shell, scope));
    let settings = move || format!("#{}", shell.route.with(|route| route.with(Page::Settings)));
    let read_now = move |_| scope.head.refresh();
    move || {
        let (tone, icon, title, said, action) = match found.get()? {
            Trouble::Disagreement { block, endpoints } => (
                "banner bad",
                "warn",
                format!("Your endpoints disagree about block {}", format::count(block)),
                format!("{}. Rota signs nothing rather than guess. Add an endpoint you run, or wait.", endpoints.join(", ")),
                view! { <a class="btn" href=settings>"Endpoints"</a> }.into_any(),
            ),
            Trouble::Contradiction { severity: Severity::Blocks, said } => (
                "banner bad",
                "warn",
                "The contracts of this network contradict each other".to_owned(),
                format!("{said}. Nothing is signed here. Check the network's addresses."),
                view! { <a class="btn" href=settings>"Settings"</a> }.into_any(),
            ),
            Trouble::Contradiction { severity: Severity::Warns, said } => (
                "banner warn",
                "info",
                "An older rollup does not match the others".to_owned(),
                format!("{said}. What is shown of it may be incomplete."),
                ().into_any(),
            ),
            Trouble::WrongChain { wallet, wanted } => (
                "banner live",
                "globe",
                format!("Your wallet is on {}", text::chain_name(wallet)),
                format!("This network needs {}. Reading works; signing needs a switch.", text::chain_name(wanted)),
                view! { <SwitchButton/> }.into_any(),
            ),
            Trouble::Stale { secs, block } => (
                "banner warn",
                "clock",
                format!("Data is {} old", format::age(secs)),
                format!("Last read at block {}. Figures are greyed until the next read; nothing is signed.", format::count(block)),
                view! { <button type="button" class="btn" on:click=read_now><Icon name="refresh"/>"Read now"</button> }.into_any(),
            ),
            Trouble::Unread { what, todo } => (
                "banner bad",
                "warn",
                "The chain cannot be read".to_owned(),
                format!("{what} {todo}"),
                view! { <a class="btn" href=settings>"Endpoints"</a> }.into_any(),
            ),
            Trouble::Partial { failing, all } => (
                "banner warn",
                "warn",
                if all == 1 { "Your endpoint has trouble".to_owned() } else { format!("{} of {all} endpoints failed", failing.len()) },
                format!("{}. The others are asked instead; what could not be read says so.", failing.join("; ")),
                view! { <a class="btn" href=settings>"Endpoints"</a> }.into_any(),
            ),
        };
        Some(view! {
            <div class=tone role="status">
                <Icon name=icon/>
                <div><b>{title}</b><p>{said}</p></div>
                {action}
            </div>
        })
    }
}

#[component]
fn SwitchButton() -> impl IntoView {
    let shell = expect_context::<Shell>();
    let scope = expect_context::<Scope>();
    let name = scope.network.with_value(|network| text::chain_name(network.chain_id));
    view! {
        <button
            type="button"
            class="btn primary"
            disabled=move || shell.session.busy.get()
            on:click=move |_| scope.network.with_value(|network| shell.session.switch_to(network))
        >
            {move || shell.session.busy.get().then(|| view! { <Spinner size=14/> })}
            {format!("Switch to {name}")}
        </button>
    }
}
