use leptos::prelude::*;

use crate::{
    state::{Choice, Route, Scope, Shell},
    ui::{
        kit::{Addr, Dialog, Field, Icon, Ident, Menu, Parsed, Shape, Spinner},
        text,
    },
    units::{self, format},
};

/// Opens the wallet picker from anywhere.
#[derive(Clone, Copy)]
pub(crate) struct WalletDialog(RwSignal<bool>);

impl WalletDialog {
    /// A closed one, as context.
    pub(crate) fn provide() {
        provide_context(Self(RwSignal::new(false)));
    }

    /// Opens it.
    pub(crate) fn open(&self) {
        self.0.set(true);
    }
}

/// The connected account, the watched one, or the way to connect.
#[component]
pub(super) fn WalletButton() -> impl IntoView {
    let shell = expect_context::<Shell>();
    let picker = expect_context::<WalletDialog>();
    let watched = move || shell.route.with(|route| route.watch);
    view! {
        {move || match (shell.session.wallet.get(), watched()) {
            (Some(wallet), _) => view! { <Connected name=wallet.name account=wallet.account picker=picker/> }.into_any(),
            (None, Some(address)) => view! {
                <button type="button" class="btn" aria-label=format!("Watching {}", format::short_address(address)) on:click=move |_| picker.open()>
                    <Icon name="eye"/><span class="mono sm-hide">{format::short_address(address)}</span>
                </button>
            }.into_any(),
            (None, None) => view! {
                <button type="button" class="btn primary" on:click=move |_| picker.open()>
                    "Connect" <span class="sm-hide">"wallet"</span>
                </button>
            }.into_any(),
        }}
        <Picker picker=picker/>
    }
}

#[component]
fn Connected(name: String, account: alloy_primitives::Address, picker: WalletDialog) -> impl IntoView {
    let shell = expect_context::<Shell>();
    let scope = expect_context::<Scope>();
    let short = format::short_address(account);
    let label = format!("Wallet {short}");
    let explorer = scope.network.with_value(|network| network.explorer_address(account));
    let name = StoredValue::new(name);
    view! {
        <Menu
            name="wallet"
            label=label
            class="btn"
            right=true
            button=move || view! {
                <Ident address=account shape=Shape::Round/>
                <span class="mono sm-hide">{short.clone()}</span>
                <span class="mono sm-only">{short[6..].to_owned()}</span>
            }
        >
            <div class="stack tight">
                <div class="row apart"><b>{name.get_value()}</b></div>
                <Addr address=account explorer=explorer.clone()/>
                <div class="row">
                    <button type="button" class="btn sm" data-closes="" on:click=move |_| picker.open()>"Change"</button>
                    <button type="button" class="btn sm" data-closes="" on:click=move |_| shell.session.disconnect()>"Disconnect"</button>
                </div>
            </div>
        </Menu>
    }
}

#[component]
fn Picker(picker: WalletDialog) -> impl IntoView {
    let shell = expect_context::<Shell>();
    let session = shell.session;
    // a connection that came about closes the dialog
    Effect::new(move |before: Option<bool>| {
        let connected = session.wallet.with(Option::is_some);
        if before == Some(false) && connected {
            picker.0.set(false);
        }
        connected
    });
    let found = Signal::derive(move || match session.choices().len() {
        0 => "None found in this browser".to_owned(),
        n => format!("{n} found in this browser"),
    });
    view! {
        <Dialog title="Connect a wallet" subtitle=found open=picker.0>
            <div class="body">
                <ul class="menu">
                    {move || session.choices().into_iter().map(|choice| view! { <WalletLine choice=choice picker=picker/> }).collect_view()}
                </ul>
                <Show when=move || session.choices().is_empty()>
                    <p class="muted small">"Rota talks to wallets in your browser. Install one, or read everything without: watch an address."</p>
                </Show>
                {move || session.error.get().map(|error| {
                    let said = text::wallet_error(&error);
                    view! {
                        <div class="banner bad" role="alert"><Icon name="warn"/><div><b>{said.what}</b><p>{said.todo}</p></div></div>
                    }
                })}
                <p class="muted xs">"Names and pictures come from the extensions themselves."</p>
                <Watch picker=picker/>
            </div>
        </Dialog>
    }
}

#[component]
fn WalletLine(choice: Choice, picker: WalletDialog) -> impl IntoView {
    let session = expect_context::<Shell>().session;
    let last = expect_context::<Shell>()
        .settings
        .with_untracked(|settings| settings.last_wallet.as_ref() == Some(&choice.key));
    let initial: String = choice.name.chars().take(1).collect();
    let connected = session
        .wallet
        .with_untracked(|wallet| wallet.as_ref().is_some_and(|wallet| wallet.key == choice.key));
    let (name, detail, icon) = (choice.name.clone(), choice.detail.clone(), choice.icon.clone());
    view! {
        <li>
            <button
                type="button"
                disabled=move || session.busy.get()
                on:click=move |_| {
                    session.connect(&choice);
                    if connected {
                        picker.0.set(false);
                    }
                }
            >
                {match icon {
                    Some(icon) => view! { <img class="wl" src=icon alt="" width="32" height="32"/> }.into_any(),
                    None => view! { <span class="wl">{initial}</span> }.into_any(),
                }}
                <span class="grow clip"><b>{name}</b><br/><span class="xs muted mono">{detail}</span></span>
                {last.then(|| view! { <span class="badge">"Last used"</span> })}
                {move || if session.busy.get() { view! { <Spinner size=14/> }.into_any() } else { view! { <Icon name="cr" size=14/> }.into_any() }}
            </button>
        </li>
    }
}

#[component]
fn Watch(picker: WalletDialog) -> impl IntoView {
    let shell = expect_context::<Shell>();
    let (typed, set_typed) = signal(Parsed::new("", units::address));
    let watched = move || shell.route.with(|route| route.watch);
    let watch = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Ok(address) = typed.with_untracked(|typed| typed.value.clone()) {
            shell.adjust(Route { watch: Some(address), ..shell.route.get_untracked() });
            picker.0.set(false);
        }
    };
    view! {
        <form class="stack tight watch" on:submit=watch>
            <Field
                label="Watch an address"
                text=Signal::derive(move || typed.with(|typed| typed.text.clone()))
                on_input=move |text| set_typed.set(Parsed::new(text, units::address))
                error=Signal::derive(move || typed.with(|typed| typed.value.as_ref().err().map(ToString::to_string)))
                hint=Signal::derive(|| "Shows what it can do; nothing can be signed.".to_owned())
                placeholder="0x…"
                mono=true
            />
            <div class="row">
                <button type="submit" class="btn" disabled=move || typed.with(|typed| typed.value.is_err())><Icon name="eye"/>"Watch"</button>
                <Show when=move || watched().is_some()>
                    <button type="button" class="btn quiet" on:click=move |_| {
                        shell.adjust(Route { watch: None, ..shell.route.get_untracked() });
                        picker.0.set(false);
                    }>"Stop watching"</button>
                </Show>
            </div>
        </form>
    }
}
