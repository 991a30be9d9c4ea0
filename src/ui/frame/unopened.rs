use leptos::prelude::*;

use super::top_bar::brand;
use crate::{
    chain::text::tame,
    platform,
    state::{Route, Shell},
    ui::kit::{empty, icon},
};

/// The page before a network is open: they are still being read, or the one in the address is unknown.
pub(crate) fn unopened(shell: Shell) -> AnyView {
    let networks = shell.networks();
    if networks.is_some() {
        platform::unveil();
    }
    let body = match networks {
        None => ().into_any(),
        Some(Err(error)) => view! {
            <div class="pagehead"><h1>"No network"</h1></div>
            <div class="banner bad" role="alert">
                {icon("warn", 16)}
                <div><b>"The list of networks cannot be used"</b><p>{tame(&error.0, 200)}</p></div>
            </div>
        }
        .into_any(),
        Some(Ok(networks)) => {
            let wanted = shell.route.with(|route| tame(&route.network, 40));
            let links = networks.into_iter().map(|network| {
                let home = format!("#{}", Route::home(&network.id));
                view! { <a class="btn" href=home>{network.name}</a> }.into_any()
            });
            let next = links.collect::<Vec<_>>().into_any();
            let said = empty(
                "globe",
                format!("There is no network “{wanted}”"),
                "Choose one of these. Your own networks are kept in the browser they were added in.",
                Some(next),
            );
            view! { <div class="pagehead"><h1>"Unknown network"</h1></div><section class="panel">{said}</section> }
                .into_any()
        }
    };
    view! {
        <div class="topbar"><div class="in">{brand(None)}</div><div class="epochstrip"></div></div>
        <main class="page" id="main" tabindex="-1">{body}</main>
    }
    .into_any()
}
