use leptos::prelude::*;

use crate::{
    chain::text::tame,
    state::{Route, Shell},
    ui::kit::{Empty, Icon},
};

/// The page before a network is open: they are still being read, or the one in the address is unknown.
#[component]
pub(crate) fn Unopened() -> impl IntoView {
    let shell = expect_context::<Shell>();
    view! {
        <div class="topbar">
            <div class="in">
                <span class="brand"><svg class="mark" aria-hidden="true"><use href="#i-mark"/></svg>"Rota"</span>
            </div>
            <div class="epochstrip"></div>
        </div>
        <main class="page" id="main" tabindex="-1">
            {move || match shell.networks() {
                None => view! { <div class="pagehead"><div><h1>"Rota"</h1><p>"Loading"</p></div></div> }.into_any(),
                Some(Err(error)) => view! {
                    <div class="pagehead"><h1>"No network"</h1></div>
                    <div class="banner bad" role="alert">
                        <Icon name="warn"/>
                        <div><b>"The list of networks cannot be used"</b><p>{tame(&error.0, 200)}</p></div>
                    </div>
                }.into_any(),
                Some(Ok(networks)) => view! {
                    <div class="pagehead"><h1>"Unknown network"</h1></div>
                    <section class="panel">
                        <Empty
                            icon="globe"
                            title=Signal::derive(move || format!("There is no network “{}”", shell.route.with(|route| tame(&route.network, 40))))
                            text="Choose one of these. Your own networks are kept in the browser they were added in."
                        >
                            {networks.into_iter().map(|network| view! {
                                <a class="btn" href=format!("#{}", Route::home(&network.id))>{network.name}</a>
                            }).collect_view()}
                        </Empty>
                    </section>
                }.into_any(),
            }}
        </main>
    }
}
