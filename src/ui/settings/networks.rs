use leptos::prelude::*;
use serde_json::Value;

use crate::{
    chain::{Network, NetworkError, networks_from_json, text::tame},
    platform::download,
    state::Route,
    ui::{
        Cx,
        kit::{holds, icon, live, press, typed},
    },
};

/// A description to begin with: the shape of `networks.json`.
const TEMPLATE: &str = r#"{
  "id": "my-network",
  "system": "aztec",
  "name": "My network",
  "chainId": 1,
  "rpc": ["https://"],
  "registry": "0x",
  "stakingRegistry": "0x"
}"#;

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// The networks of the app and the user's own.
pub(super) fn networks(cx: Cx) -> AnyView {
    let editor = RwSignal::new(None::<String>);
    let list = live(move || list(cx, editor));
    let editing = live(move || match editor.get() {
        Some(text) => edit(cx, editor, text),
        None => ().into_any(),
    });
    view! { <section class="panel" aria-label="Networks">{list}{editing}</section> }.into_any()
}

fn list(cx: Cx, editor: RwSignal<Option<String>>) -> AnyView {
    let own: Vec<String> = cx
        .shell
        .settings
        .with(|settings| settings.own_networks().into_iter().map(|network| network.id).collect());
    let all = cx.shell.networks().and_then(Result::ok).unwrap_or_default();
    let export = (!own.is_empty()).then(|| {
        let export = press(move || {
            let own = cx.shell.settings.with_untracked(|settings| Value::Array(settings.networks.clone()));
            download("rota-networks.json", "application/json", &pretty(&own));
        });
        view! { <button type="button" class="btn sm" on:click=export>{icon("down", 14)}"Export own"</button> }
    });
    let add = press(move || editor.set(Some(TEMPLATE.to_owned())));
    let broken = cx.shell.settings.with(|settings| {
        let found = settings.networks.iter().enumerate();
        found
            .filter_map(|(place, value)| Some((place, value.clone(), Network::from_json(value).err()?)))
            .collect::<Vec<_>>()
    });
    let broken =
        broken.into_iter().map(|(place, value, error)| unreadable(cx, place, &value, &error, editor));
    let lines = all.into_iter().map(|network| {
        let is_own = own.contains(&network.id);
        line(cx, network, is_own, editor)
    });
    view! {
        <header>
            <h2>"Networks"</h2>
            <div class="end row">
                {export}
                <button type="button" class="btn sm" on:click=add>{icon("plus", 14)}"Add"</button>
            </div>
        </header>
        <ul class="endpoints">{lines.collect::<Vec<_>>()}{broken.collect::<Vec<_>>()}</ul>
    }
    .into_any()
}

fn line(cx: Cx, network: Network, is_own: bool, editor: RwSignal<Option<String>>) -> AnyView {
    let text = serde_json::to_value(&network).map(|value| pretty(&value)).unwrap_or_default();
    let edit = press(move || editor.set(Some(text.clone())));
    let home = format!("#{}", Route::home(&network.id));
    let (words, end) = if is_own { ("Edit", ", your own") } else { ("Copy and change", "") };
    let said = format!("{}, chain {}{end}", network.id, network.chain_id);
    let remove = is_own.then(|| {
        let id = network.id.clone();
        let label = format!("Remove {id}");
        let remove = press(move || {
            cx.shell.settings.update(|settings| {
                settings.networks.retain(|value| value["id"].as_str() != Some(&id));
                settings.endpoints.remove(&id);
            });
        });
        view! { <button type="button" class="btn quiet icon sm" aria-label=label on:click=remove>{icon("x", 14)}</button> }
    });
    view! {
        <li>
            <div class="min0 grow"><a href=home>{network.name}</a><div class="xs muted">{said}</div></div>
            <div class="row fix">
                <button type="button" class="btn sm" on:click=edit>{words}</button>
                {remove}
            </div>
        </li>
    }
    .into_any()
}

/// A network of the user's own that is kept and cannot be used: it is said, and can be mended or removed.
fn unreadable(
    cx: Cx,
    place: usize,
    value: &Value,
    error: &NetworkError,
    editor: RwSignal<Option<String>>,
) -> AnyView {
    let name = tame(value["id"].as_str().unwrap_or("without id"), 40);
    let (said, text) = (format!("Not usable: {}", tame(&error.to_string(), 200)), pretty(value));
    let label = format!("Remove {name}");
    let drop_it = move || {
        cx.shell.settings.update(|settings| {
            if place < settings.networks.len() {
                settings.networks.remove(place);
            }
        });
    };
    let mend = press(move || editor.set(Some(text.clone())));
    view! {
        <li>
            <div class="min0 grow"><b>{name}</b><div class="xs status bad wrap">{said}</div></div>
            <div class="row fix">
                <button type="button" class="btn sm" on:click=mend>"Mend"</button>
                <button type="button" class="btn quiet icon sm" aria-label=label on:click=press(drop_it)>{icon("x", 14)}</button>
            </div>
        </li>
    }
    .into_any()
}

/// Every network of a text, or everything that is wrong with it.
fn checked(text: &str) -> Result<Vec<Network>, Vec<NetworkError>> {
    let all = networks_from_json(text).map_err(|error| vec![error])?;
    let (good, bad): (Vec<_>, Vec<_>) = all.into_iter().partition(Result::is_ok);
    let bad: Vec<NetworkError> = bad.into_iter().filter_map(Result::err).collect();
    if bad.is_empty() { Ok(good.into_iter().flatten().collect()) } else { Err(bad) }
}

fn keep(cx: Cx, networks: &[Network]) {
    cx.shell.settings.update(|settings| {
        for network in networks {
            let Ok(value) = serde_json::to_value(network) else { continue };
            settings.networks.retain(|old| old["id"] != value["id"]);
            settings.networks.push(value);
        }
    });
}

fn edit(cx: Cx, editor: RwSignal<Option<String>>, text: String) -> AnyView {
    let (networks, errors) = match checked(&text) {
        Ok(networks) => (Some(networks), Vec::new()),
        Err(errors) => (None, errors),
    };
    holds("network-json", text);
    let ready = networks.is_some();
    let keep = press(move || {
        if let Some(networks) = &networks {
            keep(cx, networks);
            editor.set(None);
        }
    });
    let errors =
        errors.into_iter().map(|error| view! { <p class="err">{icon("warn", 14)}{error.0}</p> }.into_any());
    view! {
        <div class="rule stack tight">
            <div class="field">
                <label for="network-json">"One network, or several in square brackets, as in networks.json"</label>
                <textarea
                    id="network-json"
                    class="area mono"
                    rows="14"
                    spellcheck="false"
                    aria-describedby="network-errors"
                    on:input=typed(move |text| editor.set(Some(text)))
                ></textarea>
                <div id="network-errors" role="status">{errors.collect::<Vec<_>>()}</div>
            </div>
            <div class="row">
                <button type="button" class="btn primary" disabled=!ready on:click=keep>"Keep in this browser"</button>
                <button type="button" class="btn quiet" on:click=press(move || editor.set(None))>"Cancel"</button>
            </div>
        </div>
    }
    .into_any()
}
