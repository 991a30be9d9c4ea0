use alloy_primitives::Address;
use leptos::prelude::*;

use crate::{
    aztec::{Deployment, FromBlock},
    ui::{Cx, kit::icon, text},
    units::format,
};

/// What was found on chain from the two addresses of the network.
pub(super) fn contracts(cx: Cx) -> AnyView {
    let found = cx.scope.contracts.get();
    let body = match (found.last(), found.failure()) {
        (Some(found), _) => list(cx, found),
        (None, Some(error)) => {
            let said = text::read_error(error);
            view! { <p class="status bad wrap">{icon("warn", 14)}{said.what}" "{said.todo}</p> }.into_any()
        }
        (None, None) => view! { <span class="skel w12"></span> }.into_any(),
    };
    view! {
        <section class="panel" aria-label="Contracts">
            <header><h2>"Contracts"</h2><p>"Found on chain from Registry and StakingRegistry"</p></header>
            <div class="body">{body}</div>
        </section>
    }
    .into_any()
}

fn list(cx: Cx, found: &Deployment) -> AnyView {
    let fixed: [(&str, Option<Address>); 7] = [
        ("Registry", Some(found.registry)),
        ("StakingRegistry", Some(found.staking_registry)),
        ("Governance", Some(found.governance)),
        ("GovernanceProposer", found.governance_proposer),
        ("GSE", Some(found.gse)),
        ("PullSplitFactory", found.split_factory),
        ("Token", Some(found.token.address)),
    ];
    let fixed = fixed.into_iter().map(|(name, address)| (name.to_owned(), address, ""));
    let rollups = found.rollups.iter().enumerate().map(|(index, rollup)| {
        let follows = found.latest_rollup == Some(rollup.address);
        let mark = match (index == found.canonical, follows) {
            (true, true) => "current, stake that follows upgrades is here",
            (true, false) => "current",
            (false, true) => "stake that follows upgrades is here",
            (false, false) => "",
        };
        (format!("Rollup {}", rollup.version), Some(rollup.address), mark)
    });
    let lines = fixed.chain(rollups).map(|(name, address, mark)| {
        let address = match address {
            Some(address) => cx.addr(address),
            None => view! { <span class="notread">"Not read"</span> }.into_any(),
        };
        view! { <dt>{name}</dt><dd>{address}" "<span class="muted xs">{mark}</span></dd> }.into_any()
    });
    let from = match found.from_block {
        FromBlock::Given(block) => format!("{}, from the network’s description", format::count(block)),
        FromBlock::Computed(block) => {
            format!("{}, a week before the first rollup (L1_BLOCK_AT_GENESIS)", format::count(block))
        }
        FromBlock::Unknown => "0, nothing better is known".to_owned(),
    };
    let (tone, mark, said) = match found.mismatches.len() {
        0 => ("status ok", "check", "agree with each other".to_owned()),
        n => ("status bad", "warn", format!("{n} do not agree; see the banner above")),
    };
    view! {
        <dl class="facts">
            {lines.collect::<Vec<_>>()}
            <dt>"Events from block"</dt><dd>{from}</dd>
            <dt>"References"</dt><dd><span class=tone>{icon(mark, 14)}{said}</span></dd>
        </dl>
    }
    .into_any()
}
