use leptos::prelude::*;

use crate::{
    state::{Page, Route, Scope, Shell},
    ui::kit::{Icon, Menu},
};

/// The name of the open network, and the way to the others.
#[component]
pub(super) fn NetworkMenu() -> impl IntoView {
    let shell = expect_context::<Shell>();
    let scope = expect_context::<Scope>();
    let open = scope.network.with_value(|network| (network.id.clone(), network.name.clone()));
    let label = format!("Network: {}", open.1);
    // "Aztec Mainnet" is a system and a network of it
    let (system, rest) =
        open.1.split_once(' ').map_or((open.1.clone(), String::new()), |(a, b)| (a.to_owned(), b.to_owned()));
    let current = StoredValue::new(open.0);
    view! {
        <Menu
            name="network"
            label=label
            button=move || view! {
                <b>{system}</b><span class="muted sm-hide">{rest}</span><Icon name="cd" size=14/>
            }
        >
            <ul class="menu">
                {move || {
                    let networks = shell.networks().and_then(Result::ok).unwrap_or_default();
                    networks
                        .into_iter()
                        .map(|network| {
                            let is_current = current.with_value(|id| *id == network.id);
                            // the place stays, but the number of a provider means another one elsewhere
                            let page = match shell.route.with(|route| route.page.clone()) {
                                Page::Provider { .. } => Route::home("").page,
                                page => page,
                            };
                            let href = format!("#{}", Route { network: network.id, page, watch: shell.route.with(|route| route.watch) });
                            view! {
                                <li>
                                    <a href=href aria-current=is_current.then_some("true")>
                                        {if is_current { view! { <Icon name="check"/> }.into_any() } else { view! { <span class="gap16"></span> }.into_any() }}
                                        <span class="grow">{network.name}</span>
                                        <span class="muted xs">{network.chain_id}</span>
                                    </a>
                                </li>
                            }
                        })
                        .collect_view()
                }}
            </ul>
        </Menu>
    }
}
