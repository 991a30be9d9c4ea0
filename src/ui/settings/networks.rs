use leptos::prelude::*;
use serde_json::Value;

use crate::{
    chain::{Network, NetworkError, networks_from_json},
    platform::download,
    state::{Route, Shell},
    ui::kit::Icon,
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
#[component]
pub(super) fn Networks() -> impl IntoView {
    let shell = expect_context::<Shell>();
    let editor = RwSignal::new(None::<String>);
    let own_ids = move || {
        shell.settings.with(|settings| {
            settings.own_networks().into_iter().map(|network| network.id).collect::<Vec<_>>()
        })
    };
    let export = move |_| {
        let own = shell.settings.with_untracked(|settings| Value::Array(settings.networks.clone()));
        download("rota-networks.json", "application/json", &pretty(&own));
    };
    view! {
        <section class="panel" aria-label="Networks">
            <header>
                <h2>"Networks"</h2>
                <div class="end row">
                    <Show when=move || !own_ids().is_empty()>
                        <button type="button" class="btn sm" on:click=export><Icon name="down" size=14/>"Export own"</button>
                    </Show>
                    <button type="button" class="btn sm" on:click=move |_| editor.set(Some(TEMPLATE.to_owned()))><Icon name="plus" size=14/>"Add"</button>
                </div>
            </header>
            <ul class="endpoints">
                {move || {
                    let own = own_ids();
                    shell.networks().and_then(Result::ok).unwrap_or_default().into_iter().map(|network| {
                        let is_own = own.contains(&network.id);
                        view! { <Line network=network is_own=is_own editor=editor/> }
                    }).collect_view()
                }}
            </ul>
            <Show when=move || editor.with(Option::is_some)><Editor editor=editor/></Show>
        </section>
    }
}

#[component]
fn Line(network: Network, is_own: bool, editor: RwSignal<Option<String>>) -> impl IntoView {
    let shell = expect_context::<Shell>();
    let id = StoredValue::new(network.id.clone());
    let text = serde_json::to_value(&network).map(|value| pretty(&value)).unwrap_or_default();
    let edit = move |_| editor.set(Some(text.clone()));
    let remove = move |_| {
        shell.settings.update(|settings| {
            settings.networks.retain(|value| value["id"].as_str() != Some(id.get_value().as_str()));
            settings.endpoints.remove(&id.get_value());
        });
    };
    view! {
        <li>
            <div class="min0 grow">
                <a href=format!("#{}", Route::home(&network.id))>{network.name}</a>
                <div class="xs muted">{format!("{}, chain {}", network.id, network.chain_id)}{is_own.then_some(", your own")}</div>
            </div>
            <div class="row fix">
                <button type="button" class="btn sm" on:click=edit>{if is_own { "Edit" } else { "Copy and change" }}</button>
                {is_own.then(|| view! {
                    <button type="button" class="btn quiet icon sm" aria-label=move || format!("Remove {}", id.get_value()) on:click=remove><Icon name="x" size=14/></button>
                })}
            </div>
        </li>
    }
}

fn checked(text: &str) -> Result<Vec<Network>, Vec<NetworkError>> {
    let all = networks_from_json(text).map_err(|error| vec![error])?;
    let (good, bad): (Vec<_>, Vec<_>) = all.into_iter().partition(Result::is_ok);
    let bad: Vec<NetworkError> = bad.into_iter().filter_map(Result::err).collect();
    if bad.is_empty() { Ok(good.into_iter().flatten().collect()) } else { Err(bad) }
}

#[component]
fn Editor(editor: RwSignal<Option<String>>) -> impl IntoView {
    let shell = expect_context::<Shell>();
    let text = move || editor.get().unwrap_or_default();
    let result = Memo::new(move |_| checked(&text()));
    let keep = move |_| {
        let Ok(networks) = result.get_untracked() else { return };
        shell.settings.update(|settings| {
            for network in networks {
                let Ok(value) = serde_json::to_value(&network) else { continue };
                settings.networks.retain(|old| old["id"] != value["id"]);
                settings.networks.push(value);
            }
        });
        editor.set(None);
    };
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
                    prop:value=text
                    on:input:target=move |event| editor.set(Some(event.target().value()))
                ></textarea>
                <div id="network-errors" role="status">
                    {move || result.with(|result| result.as_ref().err().map(|errors| {
                        errors.iter().map(|error| view! { <p class="err"><Icon name="warn" size=14/>{error.0.clone()}</p> }).collect_view()
                    }))}
                </div>
            </div>
            <div class="row">
                <button type="button" class="btn primary" disabled=move || result.with(Result::is_err) on:click=keep>"Keep in this browser"</button>
                <button type="button" class="btn quiet" on:click=move |_| editor.set(None)>"Cancel"</button>
            </div>
        </div>
    }
}
