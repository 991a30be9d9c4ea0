use leptos::prelude::*;

/// What stands in the place of a page while its code is on its way.
pub(crate) fn page_skeleton() -> AnyView {
    view! {
        <div class="pagehead"><div><h1>"Rota"</h1><p>"Loading"</p></div></div>
        <section class="panel" aria-busy="true"><div class="body"><span class="skel w12"></span></div></section>
    }
    .into_any()
}
