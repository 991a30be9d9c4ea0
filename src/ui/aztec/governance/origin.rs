use leptos::prelude::*;

use crate::{
    aztec::read::{Origin, ProposalPage},
    chain::text::https_link,
    ui::{
        Cx,
        kit::{Figure, Written},
    },
};

/// What the payload says about itself. A link only where it is plainly one; always as a stranger's words.
pub(super) fn uri(page: &ProposalPage) -> AnyView {
    match &page.row.uri.value {
        Ok(uri) if uri.is_empty() => "The payload says nothing about itself.".into_any(),
        Ok(uri) => match https_link(uri) {
            Some(link) => view! {
                <a href=link.to_owned() target="_blank" rel="noopener noreferrer nofollow">{link.to_owned()}</a><span class="muted">" — the payload’s own words, not checked"</span>
            }
            .into_any(),
            None => view! { <span class="wrapany">{uri.clone()}</span><span class="muted">" — the payload’s own words, not checked"</span> }.into_any(),
        },
        Err(_) => "What the payload says about itself was not read.".into_any(),
    }
}

/// Where a proposal comes from.
pub(super) fn origin(cx: Cx, page: &ProposalPage) -> AnyView {
    let known = cx.sources.fig(
        "Origin",
        Figure::of(&page.origin, |origin| {
            Written::Text(match origin {
                Origin::Locked => "Proposed with locked tokens".to_owned(),
                Origin::Signalled { .. } => "Signalled by sequencers".to_owned(),
            })
        }),
        "w12",
    );
    let rest = page.origin.get().map(|origin| match origin {
        Origin::Locked => ". No sequencer signalled for it, and stake does not vote for it by default.".into_any(),
        Origin::Signalled { rollup } => {
            let version = cx.scope.deployment().and_then(|contracts| {
                contracts.rollup(*rollup).map(|rollup| format!("rollup {}", rollup.version))
            });
            view! { " of "{version.unwrap_or_else(|| "a rollup that the registry does not list".to_owned())}" "{cx.addr(*rollup)} }.into_any()
        }
    });
    let payload = page.row.proposal.get().map(|proposal| proposal.payload);
    let payload = match (page.row.original, payload) {
        (Some(original), Some(wrapper)) => view! {
            <p class="small ink2">"Payload "{cx.addr(original)}", in the wrapper "{cx.addr(wrapper)}" that also checks where the stake is"</p>
        }
        .into_any(),
        (None, Some(payload)) => view! { <p class="small ink2">"Payload "{cx.addr(payload)}</p> }.into_any(),
        _ => ().into_any(),
    };
    view! { <p class="small ink2">{known}{rest}</p>{payload} }.into_any()
}
