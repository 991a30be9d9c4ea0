use leptos::prelude::*;

use super::{
    Desk,
    admin::Foot,
    words::{self, Reader},
};
use crate::{
    aztec::{
        keys::{Line, Verdict},
        plan::{self, KEYS_AT_ONCE},
    },
    platform::{PickedFile, dom, picked},
    state::{KeyFile, NewKeys},
    ui::kit::{cut, empty, icon, live, typed},
    units::format,
};

/// The name of the field that is pasted into.
const PASTE: &str = "paste-keys";
/// Rows drawn before somebody asks for all of them.
const FIRST: usize = 50;

/// New keys: from files to the queue.
pub(super) fn upload(desk: Desk, provider_id: u64, new: NewKeys) -> AnyView {
    let below = Foot::new(desk);
    view! {
        <section class="panel" id="add-keys" tabindex="-1">
            <header><h2>"Add keys"</h2><p>"Each key becomes one sequencer, in order"</p></header>
            {chosen(Reader { cx: desk.cx, managed: desk.managed }, new)}
            {live(move || foot(desk, below, provider_id, new))}
        </section>
    }
    .into_any()
}

/// Files of public keys, and the verdict over each key in them.
pub(in crate::ui::aztec) fn chosen(reader: Reader, new: NewKeys) -> AnyView {
    let everything = RwSignal::new(false);
    view! {
        <div class="body stack">
            {drop_area(new)}
            {live(move || files(new))}
        </div>
        {live(move || checked(reader, new, everything))}
    }
    .into_any()
}

/// Where files are chosen or dropped.
fn drop_area(new: NewKeys) -> AnyView {
    let take: fn(NewKeys, Vec<PickedFile>) = NewKeys::take;
    let over = move |event: leptos::ev::DragEvent| event.prevent_default();
    let paste = typed(move |text| {
        // what was pasted does not stay on the page, whatever it is
        dom::clear(PASTE);
        new.paste(text);
    });
    view! {
        <div class="drop" on:dragover=over on:drop=move |event| take(new, picked(event.as_ref()))>
            <span class="muted">{icon("file", 20)}</span>
            <div>
                <b>"Public key files"</b>
                <span class="sub">"keyN_staker_output.json, one or many. Read in this tab, sent nowhere, not stored"</span>
            </div>
            <label class="btn">
                "Choose files"
                <input
                    class="vh"
                    type="file"
                    multiple=true
                    accept=".json,application/json"
                    on:change=move |event| take(new, picked(&event))
                />
            </label>
        </div>
        <div class="field">
            <label for=PASTE>"Or paste a public key file"</label>
            <textarea id=PASTE rows="2" spellcheck="false" autocomplete="off" placeholder="[{ \"attester\": … }]" on:input=paste></textarea>
        </div>
    }
    .into_any()
}

/// What came of each file.
fn files(new: NewKeys) -> AnyView {
    let line = |file: KeyFile| {
        let size = format!("{} bytes", format::count(file.size as u64));
        match &file.keys {
            Ok(keys) => {
                let said = format!("{size}, {}", format::plural(*keys as u64, "key"));
                view! { <li class="status">{icon("check", 14)}<span><b class="inkc">{file.name}</b>" "{said}</span></li> }.into_any()
            }
            Err(error) => {
                let said = words::file_error(error);
                view! { <li class="status bad wrap" role="alert">{icon("x", 14)}<span><b>{file.name}</b>" "{said}</span></li> }.into_any()
            }
        }
    };
    let lines: Vec<_> = new.files.get().into_iter().map(line).collect();
    if lines.is_empty() {
        return ().into_any();
    }
    view! { <ul class="stack tight">{lines}</ul> }.into_any()
}

/// How many have which verdict.
fn tally(verdicts: &[Verdict]) -> [(usize, &'static str, &'static str, &'static str); 5] {
    let count = |is: fn(&Verdict) -> bool| verdicts.iter().filter(|verdict| is(verdict)).count();
    [
        (count(Verdict::is_usable), "ok", "check", "valid"),
        (count(|v| matches!(v, Verdict::LeftOut(_))), "warn", "warn", "left out"),
        (count(|v| matches!(v, Verdict::Broken(_))), "bad", "x", "broken"),
        (count(|v| matches!(v, Verdict::Unread(_))), "warn", "warn", "not checked"),
        (count(|v| matches!(v, Verdict::Checking)), "", "clock", "being checked"),
    ]
}

fn checked(reader: Reader, new: NewKeys, everything: RwSignal<bool>) -> AnyView {
    let lines = new.lines.get();
    if lines.is_empty() {
        return ().into_any();
    }
    let verdicts = new.verdicts();
    let tallies =
        tally(&verdicts).into_iter().filter(|(count, ..)| *count > 0).map(|(count, tone, mark, word)| {
            view! { <span class=format!("status {tone}")>{icon(mark, 14)}{format!("{count} {word}")}</span> }
                .into_any()
        });
    let tallies: Vec<_> = tallies.collect();
    let trouble = new.trouble.get().map(|said| {
        view! { <p class="status bad wrap" role="alert">{icon("warn", 14)}{format!("{said}. Load the page again.")}</p> }
    });
    let unread = new.unread().then(|| {
        view! { <p class="status bad wrap" role="alert">{icon("warn", 14)}"The chain could not be asked. Rota tries again at the next block."</p> }
    });
    let (limit, more) = cut(everything, FIRST, lines.len());
    let rows: Vec<_> = lines
        .iter()
        .zip(&verdicts)
        .zip(1..)
        .take(limit)
        .map(|((line, verdict), place)| row(reader, line, verdict, place))
        .collect();
    let busy = verdicts.iter().any(|verdict| matches!(verdict, Verdict::Checking));
    view! {
        <div class="body row wide-gap" role="status" aria-live="polite">
            {tallies}<span class="muted small">"BN254 proofs are checked in your browser"</span>{trouble}{unread}
        </div>
        <div class="tablewrap" aria-busy=if busy { "true" } else { "false" }>
            <table class="table tight cards verdicts">
                <thead><tr>
                    <th scope="col" class="num">"Line"</th><th scope="col">"Attester"</th><th scope="col">"Public key G1"</th>
                    <th scope="col">"Result"</th><th scope="col">"Why"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {more}
    }
    .into_any()
}

fn row(reader: Reader, line: &Line, verdict: &Verdict, place: usize) -> AnyView {
    let (tone, mark, word, why) = words::verdict(reader, verdict);
    let attester = match line.attester {
        Some(attester) => reader.cx.addr(attester),
        None => view! { <span class="muted">"None"</span> }.into_any(),
    };
    let point = line.key.as_ref().ok().map(|key| {
        let x = format!("0x{:064x}", key.publicKeyG1.x);
        format!("{}…{}", &x[..8], &x[60..])
    });
    view! {
        <tr>
            <td class="num muted skip-sm">{place}</td>
            <td data-l="Attester">{attester}</td>
            <td class="skip-sm"><code class="xs muted">{point}</code></td>
            <td data-l="Result"><span class=format!("status {tone}")>{icon(mark, 14)}{word}</span></td>
            <td class="muted full">{why}</td>
        </tr>
    }
    .into_any()
}

/// Adds those that are good.
fn foot(desk: Desk, below: Foot, provider_id: u64, new: NewKeys) -> AnyView {
    let lines = new.lines.get();
    if lines.is_empty() {
        return empty(
            "key",
            "No keys chosen",
            "Rota checks each key before it can reach the queue: curve, subgroup, pairing, proof of possession, every queue, and the GSE’s own answer.",
            None,
        );
    }
    let (good, waits) = new.usable();
    let config = desk.config(provider_id);
    let ready = !waits && !good.is_empty();
    let plan = config.filter(|_| ready).and_then(|config| {
        desk.as_admin(provider_id, |setting| plan::add_keys(setting, provider_id, &config, &good))
    });
    let now = desk.row(provider_id, |row| row.open_slots.get().copied()).flatten();
    let after = now.filter(|_| ready).map(|now| {
        let batches = good.len().div_ceil(KEYS_AT_ONCE);
        let transactions = format::plural(batches as u64, "transaction");
        format!(
            "Adds {} in {transactions}. Open slots {} → {}",
            format::plural(good.len() as u64, "key"),
            format::count(now),
            format::count(now.saturating_add(good.len() as u64))
        )
    });
    let idle = if waits { "Checking keys" } else { "No key to add" };
    view! { {after.map(|said| view! { <p class="body small muted">{said}</p> })}{desk.foot(below, provider_id, plan, idle)} }.into_any()
}
