use alloy_primitives::Address;
use leptos::prelude::*;

use crate::{
    state::{Page, watch},
    ui::{
        Cx,
        kit::{Menu, Shape, dialog, icon, ident, live, menu, press},
    },
    units::format,
};

/// The connected account, the watched one, or the way to connect.
pub(super) fn wallet_button(cx: Cx) -> AnyView {
    let open = press(move || cx.picker.set(true));
    match (cx.shell.session.wallet.get(), cx.watched.get()) {
        (Some(wallet), _) => connected(cx, wallet.name, wallet.account),
        (None, Some(address)) => {
            let short = format::short_address(address);
            let label = format!("Watching {short}");
            view! {
                <button type="button" class="btn" aria-label=label on:click=open>
                    {icon("eye", 16)}<span class="mono sm-hide">{short}</span>
                </button>
            }
            .into_any()
        }
        (None, None) => view! {
            <button type="button" class="btn primary" on:click=open>"Connect "<span class="sm-hide">"wallet"</span></button>
        }
        .into_any(),
    }
}

fn connected(cx: Cx, name: String, account: Address) -> AnyView {
    let short = format::short_address(account);
    let look = Menu {
        id: "menu-wallet",
        label: format!("Wallet {short}"),
        names_button: true,
        class: "btn",
        place: "pop menupop end",
    };
    // the last four digits, where there is room for no more
    let end = short.chars().skip(6).collect::<String>();
    let button = view! {
        {ident(account, Shape::Round, 18)}
        <span class="mono sm-hide">{short}</span>
        <span class="mono sm-only">{end}</span>
    }
    .into_any();
    menu(look, button, move || {
        let change = press(move || cx.picker.set(true));
        let leave = press(move || cx.shell.session.disconnect());
        view! {
            <div class="stack tight">
                <div class="row apart"><b>{name.clone()}</b></div>
                {cx.addr(account)}
                <div class="row">
                    <a class="btn sm" data-closes="" href=cx.link(Page::Positions(None))>"Positions"</a>
                    <button type="button" class="btn sm" data-closes="" on:click=change>"Change"</button>
                    <button type="button" class="btn sm" data-closes="" on:click=leave>"Disconnect"</button>
                </div>
            </div>
        }
        .into_any()
    })
}

/// The dialog that connects a wallet; its content is loaded when it is first opened.
pub(super) fn wallet_dialog(cx: Cx) -> AnyView {
    let session = cx.shell.session;
    // a connection that came about closes the dialog
    let connected =
        Memo::new(move |_| session.wallet.with(|wallet| wallet.as_ref().map(|now| now.key.clone())));
    watch(move || {
        if connected.with(Option::is_some) {
            cx.picker.set(false);
        }
    });
    let asked = Memo::new(move |asked| cx.picker.get() || asked == Some(&true));
    let content = live(move || if asked.get() { content(cx) } else { ().into_any() });
    dialog("picker", "Connect a wallet", ().into_any(), cx.picker, content)
}

fn content(cx: Cx) -> AnyView {
    cx.rest.view(
        move |rest| (rest.picker)(cx),
        || view! { <div class="body"><span class="skel w12"></span></div> }.into_any(),
    )
}
