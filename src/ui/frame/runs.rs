use leptos::prelude::*;

use crate::{
    state::{TxCenter, watch},
    ui::{Cx, kit::live},
};

/// Every run of the open network that was not put away, newest first.
pub(crate) fn run_list(cx: Cx) -> AnyView {
    live(move || {
        let runs = cx.scope.transactions.all();
        // whoever made a run has loaded what draws it; those that were kept wait for it
        let draw = if runs.is_empty() { None } else { cx.rest.get() };
        if let Some(rest) = draw {
            return (rest.runs)(cx, runs);
        }
        let trouble = if TxCenter::keeps_runs() { cx.rest.trouble() } else { None };
        trouble
            .map(|said| {
                view! { <section class="panel" role="alert"><p class="small ink2">"Your transactions cannot be shown."</p>{said}</section> }
            })
            .into_any()
    })
}

/// Follows wallets and the runs of the open network: at once where an earlier visit left some, otherwise as soon as
/// there can be any.
pub(crate) fn follow(cx: Cx) {
    if TxCenter::keeps_runs() || cx.shell.session.is_expected() {
        cx.rest.want();
    }
    let owner = Owner::current();
    let mut followed = false;
    watch(move || {
        if let (Some(rest), Some(owner)) = (cx.rest.here(), &owner)
            && !std::mem::replace(&mut followed, true)
        {
            // belongs to the network, not to this effect
            owner.with(|| (rest.follow)(cx));
        }
    });
}
