use alloy_primitives::Address;
use leptos::prelude::*;

use crate::{
    aztec::{Deployment, FromBlock},
    state::{Remote, Scope},
    ui::{
        kit::{Addr, Icon},
        text,
    },
    units::format,
};

/// What was found on chain from the two addresses of the network.
#[component]
pub(super) fn Contracts() -> impl IntoView {
    let scope = expect_context::<Scope>();
    view! {
        <section class="panel" aria-label="Contracts">
            <header><h2>"Contracts"</h2><p>"Found on chain from Registry and StakingRegistry"</p></header>
            <div class="body">
                {move || match scope.contracts.get() {
                    Remote::Loading => view! { <span class="skel w12"></span> }.into_any(),
                    Remote::Failed(error) => {
                        let said = text::read_error(&error);
                        view! { <p class="status bad wrap"><Icon name="warn" size=14/>{said.what}" "{said.todo}</p> }.into_any()
                    }
                    Remote::Ready(found) | Remote::Stale(found, _) => list(scope, &found).into_any(),
                }}
            </div>
        </section>
    }
}

fn list(scope: Scope, found: &Deployment) -> impl IntoView + use<> {
    let explorer = move |address| scope.network.with_value(|network| network.explorer_address(address));
    let fixed: [(&str, Address); 7] = [
        ("Registry", found.registry),
        ("StakingRegistry", found.staking_registry),
        ("Governance", found.governance),
        ("GovernanceProposer", found.governance_proposer),
        ("GSE", found.gse),
        ("PullSplitFactory", found.split_factory),
        ("Token", found.token.address),
    ];
    let rollups: Vec<_> = found
        .rollups
        .iter()
        .enumerate()
        .map(|(index, rollup)| {
            let mut marks = Vec::new();
            if index == found.canonical {
                marks.push("current");
            }
            if found.latest_rollup == Some(rollup.address) {
                marks.push("stake that follows upgrades is here");
            }
            (format!("Rollup {}", rollup.version), rollup.address, marks.join(", "))
        })
        .collect();
    let from = match found.from_block {
        FromBlock::Given(block) => format!("{}, from the network’s description", format::count(block)),
        FromBlock::Computed(block) => {
            format!("{}, a week before the first rollup (L1_BLOCK_AT_GENESIS)", format::count(block))
        }
        FromBlock::Unknown => "0, nothing better is known".to_owned(),
    };
    let disagree = found.mismatches.len();
    view! {
        <dl class="facts">
            {fixed.into_iter().map(|(name, address)| view! { <dt>{name}</dt><dd><Addr address=address explorer=explorer(address)/></dd> }).collect_view()}
            {rollups.into_iter().map(|(name, address, marks)| view! {
                <dt>{name}</dt><dd><Addr address=address explorer=explorer(address)/>" "<span class="muted xs">{marks}</span></dd>
            }).collect_view()}
            <dt>"Events from block"</dt><dd>{from}</dd>
            <dt>"References"</dt>
            <dd>{if disagree == 0 {
                view! { <span class="status ok"><Icon name="check" size=14/>"agree with each other"</span> }.into_any()
            } else {
                view! { <span class="status bad"><Icon name="warn" size=14/>{format!("{} do not agree; see the banner above", disagree)}</span> }.into_any()
            }}</dd>
        </dl>
    }
}
