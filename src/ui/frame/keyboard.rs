use leptos::prelude::*;

use super::nav::pages;
use crate::{
    platform::{Listener, dom},
    ui::{
        Cx,
        kit::{dialog, live, ticked},
    },
};

/// The key behind `g` that opens each page, in the order of the bar.
const LETTERS: [&str; 6] = ["o", "p", "m", "n", "v", "s"];

/// Listens to keys for as long as the network is open, and holds the two dialogs that they open.
pub(crate) fn keyboard(cx: Cx) -> AnyView {
    let leading = StoredValue::new(false);
    let heard = Listener::new("keydown", move |event| {
        let key = dom::key(&event);
        if dom::has_modifier(&event) {
            if key.eq_ignore_ascii_case("k") {
                event.prevent_default();
                cx.finder.set(true);
            }
            return;
        }
        let single = cx.shell.settings.with_untracked(|settings| !settings.no_single_keys);
        // whoever writes means the letter
        if !single || dom::around(&event, "input, select, textarea, dialog").is_some() {
            return;
        }
        let led = leading.try_update_value(|leading| std::mem::replace(leading, key == "g")).unwrap_or(false);
        let place = LETTERS.iter().position(|letter| led && *letter == key);
        match (place, key.as_str()) {
            (Some(place), _) => dom::click(&format!("nav-{place}")),
            (None, "?") => cx.keys.set(true),
            // the list of providers has its own field for it
            (None, "/") if dom::exists("search") => dom::focus("search"),
            (None, "/") => cx.finder.set(true),
            _ => return,
        }
        event.prevent_default();
    });
    on_cleanup(move || drop(heard));
    let finder = live(move || {
        if cx.finder.get() { cx.rest.view(move |rest| (rest.finder)(cx), waiting) } else { ().into_any() }
    });
    let keys =
        live(
            move || {
                if cx.keys.get() { cx.rest.view(move |rest| (rest.keys)(cx), waiting) } else { ().into_any() }
            },
        );
    view! {
        {dialog("finder", "Find", ().into_any(), cx.finder, finder)}
        {dialog("keys", "Keys", ().into_any(), cx.keys, keys)}
    }
    .into_any()
}

fn waiting() -> AnyView {
    view! { <div class="body"><span class="skel w12"></span></div> }.into_any()
}

/// What is in the dialog that lists the keys.
pub(crate) fn keys(cx: Cx) -> AnyView {
    let line = |keys: Vec<&'static str>, what: String| {
        let keys: Vec<_> = keys.into_iter().map(|key| view! { <kbd class="kbd">{key}</kbd>" " }).collect();
        view! { <tr><td class="nowrap">{keys}</td><td>{what}</td></tr> }.into_any()
    };
    let to = |(letter, (name, _, _)): (&&'static str, (&'static str, _, _))| {
        line(vec!["g", *letter], format!("Open {name}"))
    };
    let pages: Vec<_> = LETTERS.iter().zip(pages()).map(to).collect();
    let off = ticked(move |on| cx.shell.settings.update(|settings| settings.no_single_keys = !on));
    let checked = cx.shell.settings.with_untracked(|settings| !settings.no_single_keys);
    view! {
        <div class="body stack">
            <table class="table tight">
                <tbody>
                    {line(vec!["Ctrl", "K"], "Find a page, a provider or an address".to_owned())}
                    {line(vec!["/"], "Filter the list, or find".to_owned())}
                    {pages}
                    {line(vec!["←", "→"], "In a chart: value by value".to_owned())}
                    {line(vec!["Esc"], "Close what is open".to_owned())}
                    {line(vec!["?"], "This list".to_owned())}
                </tbody>
            </table>
            <label class="row small"><input type="checkbox" prop:checked=checked on:change=off/>"Keys without Ctrl"</label>
        </div>
    }
    .into_any()
}
