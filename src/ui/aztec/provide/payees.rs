use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::{
        coinbase::{self, Compared, MapError, Paid, Payee},
        model::Delegation,
        rules::{Position, positions},
    },
    platform::{dom, download},
    state::{exported, remember_export},
    ui::{
        aztec::{paid, split_past::SplitHistory, words::filter_word},
        kit::{copy_button, cut, empty, holds, icon, live, press, spinner, typed},
    },
    units::format,
};

/// Rows drawn before somebody asks for all of them.
const FIRST: usize = 20;

/// What makes a node read its keystore again, on the machine that it runs on.
const RELOAD: &str = r#"curl -s http://127.0.0.1:8880 -H 'content-type: application/json' -H "x-api-key: $KEY" -d '{"jsonrpc":"2.0","id":1,"method":"nodeAdmin_reloadKeystore","params":[]}'"#;

/// Which coinbase each of the provider's sequencers should use: its delegation's split.
pub(super) fn payees(desk: Desk, provider_id: u64) -> AnyView {
    let network = desk.cx.scope.network.with_value(|network| network.id.clone());
    let since = RwSignal::new(exported(&network, provider_id));
    let pasted = Pasted { text: RwSignal::new(String::new()), refused: RwSignal::new(false) };
    let everything = RwSignal::new(false);
    let past = SplitHistory::new(desk.cx, desk.earned);
    let known = Memo::new(move |_| {
        desk.cx.scope.ledger.with(|ledger| {
            let ledger = ledger.as_ref()?;
            Some((coinbase::payees(&ledger.history, provider_id), ledger.is_complete()))
        })
    });
    view! {
        <section class="panel" id="coinbase" tabindex="-1">
            <header><h2>"Delegations and coinbase map"</h2><p>"Each sequencer’s rewards belong to the split of its delegation. Your nodes have to be told"</p></header>
            {live(move || map(Map { desk, provider_id, known, since, everything, past }))}
            {past.panel()}
            {live(move || comparison(desk, known, pasted))}
        </section>
    }
    .into_any()
}

type Known = Memo<Option<(Vec<Payee>, bool)>>;

/// What the table is drawn from.
#[derive(Clone, Copy)]
struct Map {
    desk: Desk,
    provider_id: u64,
    known: Known,
    /// The block of the last export.
    since: RwSignal<Option<u64>>,
    everything: RwSignal<bool>,
    past: SplitHistory,
}

fn map(of: Map) -> AnyView {
    let Map { desk, provider_id, known, since, everything, .. } = of;
    let Some((payees, complete)) = known.get() else {
        return view! { <div class="body" aria-busy="true"><span class="skel w12"></span></div> }.into_any();
    };
    if payees.is_empty() {
        let (title, said) = if complete {
            (
                "No delegations",
                "As soon as somebody delegates, the map says which coinbase that sequencer has to use.",
            )
        } else {
            ("Reading events", "Delegations are found in events, newest first.")
        };
        return empty("stack", title, said, None);
    }
    let fresh = |payee: &Payee| since.get().is_none_or(|block| payee.is_after(block));
    let new = payees.iter().filter(|payee| fresh(payee)).count();
    let said = match since.get() {
        Some(block) => format!(
            "{new} of {} are new since your last export, at block {}.",
            payees.len(),
            format::count(block)
        ),
        None => format!(
            "{}. Not exported from this browser yet.",
            format::plural(payees.len() as u64, "delegation")
        ),
    };
    let older = (!complete).then(|| {
        view! { <p class="status warn wrap" role="status">{icon("warn", 14)}"Older events are still being read: the map is not complete, and not exported before it is."</p> }
    });
    let (limit, more) = cut(everything, FIRST, payees.len());
    let verdicts = paid::verdicts(desk.cx, provider_id, desk.audit, desk.stakes);
    let found = |payee: &Payee| verdicts.as_ref()?.iter().find(|(of, _)| of == payee).map(|(_, found)| found);
    let rows: Vec<_> =
        payees.iter().take(limit).map(|payee| row(of, payee, fresh(payee), found(payee))).collect();
    let seen = verdicts.as_ref().map_or_else(reading, |verdicts| paid::tally(verdicts));
    let text = coinbase::keystore(&payees);
    let saved = text.clone();
    let save = press(move || {
        download(&format!("rota-coinbase-provider-{provider_id}.json"), "application/json", &saved);
        if let Some(block) = desk.cx.scope.head.block.with_untracked(|block| block.map(|block| block.number))
        {
            let network = desk.cx.scope.network.with_value(|network| network.id.clone());
            remember_export(&network, provider_id, block);
            since.set(Some(block));
        }
    });
    let copy = complete.then(|| copy_button(text, "Copy map".to_owned(), "Copy map", "btn"));
    view! {
        <div class="body stack tight">
            <p class="small" role="status">{said}</p>
            {seen}
            <p class="xs muted">{paid::window(desk.audit)}</p>
            {older}
        </div>
        <div class="tablewrap">
            <table class="table tight cards">
                {columns()}
                <tbody>{rows}</tbody>
            </table>
        </div>
        {more}
        <footer class="row apart">
            <span class="small">"Put each coinbase into your keystore beside its attester, then reload: "{copy_button(RELOAD.to_owned(), "Copy reload call".to_owned(), "Copy reload call", "btn sm")}</span>
            <span class="row">
                {copy}
                <button type="button" class="btn primary" disabled=!complete on:click=save>{icon("down", 16)}"Export map"</button>
            </span>
        </footer>
    }
    .into_any()
}

fn reading() -> AnyView {
    view! { <span class="status">{spinner(14)}"Reading whom your sequencers paid"</span> }.into_any()
}

fn columns() -> AnyView {
    view! {
        <thead><tr>
            <th scope="col">"Attester"</th><th scope="col">"Coinbase: its split"</th><th scope="col">"Seen on chain"</th>
            <th scope="col" class="num">"Owed"</th><th scope="col" class="num">"Rate"</th>
            <th scope="col">"Status"</th><th scope="col">"Delegated"</th>
        </tr></thead>
    }
    .into_any()
}

fn row(of: Map, payee: &Payee, fresh: bool, found: Option<&Paid>) -> AnyView {
    let Map { desk, provider_id, past, .. } = of;
    let made: Option<(Delegation, Option<Position>)> = desk.cx.scope.ledger.with(|ledger| {
        let history = &ledger.as_ref()?.history;
        let made = history.of_provider(provider_id).find(|made| made.split == payee.split)?;
        let position = desk.stakes.with(|stakes| {
            positions(&*desk.cx.scope.deployment()?, history, &[made], &stakes.last()?.value).pop()?.ok()
        });
        Some((made.clone(), position))
    });
    let (made, status) = made.unzip();
    let status = status.flatten();
    let status = status.map_or("not read", |position| filter_word(&position));
    let rate =
        made.and_then(|made| made.take_rate).map_or_else(|| "Not read".to_owned(), |rate| rate.to_string());
    let badge = fresh.then(|| view! { <span class="badge live">"New"</span> });
    view! {
        <tr>
            <td data-l="Attester">{desk.cx.addr(payee.attester)}</td>
            <td data-l="Coinbase: its split">{desk.cx.addr(payee.split)}" "{past.button(payee.split, payee.block)}</td>
            <td data-l="Seen on chain">{found.map(|found| paid::verdict(desk.cx, found))}</td>
            <td class="num" data-l="Owed">{paid::arrived(desk.cx, desk.earned, payee)}</td>
            <td class="num" data-l="Rate">{rate}</td>
            <td data-l="Status">{status}</td>
            <td data-l="Delegated" class="muted"><span class="row">{format!("Block {}", format::count(payee.block))}{badge}</span></td>
        </tr>
    }
    .into_any()
}

/// What was pasted.
#[derive(Clone, Copy)]
struct Pasted {
    text: RwSignal<String>,
    /// It looked like a secret, and was not taken.
    refused: RwSignal<bool>,
}

/// The field's name on the page.
const FIELD: &str = "pasted-map";

impl Pasted {
    fn take(self, now: String) {
        let private = coinbase::pasted(&now) == Err(MapError::Private);
        if private {
            // what may be a secret does not stay on the page
            dom::clear(FIELD);
        }
        self.refused.set(private);
        self.text.set(if private { String::new() } else { now });
    }
}

/// The pasted map against what it should be.
fn comparison(desk: Desk, known: Known, pasted: Pasted) -> AnyView {
    let text = pasted.text.get();
    holds(FIELD, text.clone());
    let found = if pasted.refused.get() {
        Some(Err(MapError::Private))
    } else {
        (!text.trim().is_empty()).then(|| coinbase::pasted(&text))
    };
    let said = found.map(|found| match found {
        Err(MapError::Private) => refusal("That holds a number of 32 bytes, perhaps a private key. It was not read, and is gone from this page. Paste a map of addresses only."),
        Err(MapError::TooLarge) => refusal("That is too long for a map."),
        Err(MapError::NoMap) => refusal("No pairs of attester and coinbase in it."),
        Ok(pairs) => match known.get() {
            Some((payees, true)) => differences(desk, &coinbase::compare(&payees, &pairs)),
            _ => view! { <p class="small" role="status">"Compared as soon as all events are read."</p> }.into_any(),
        },
    });
    view! {
        <div class="body stack rule">
            <div class="field">
                <label for=FIELD>"Compare with what your nodes use"</label>
                <textarea id=FIELD rows="3" spellcheck="false" autocomplete="off" placeholder="{ \"0xattester\": \"0xcoinbase\" }" on:input=typed(move |now| pasted.take(now))></textarea>
                <span class="hint">"Addresses only, never a keystore. It stays in this tab."</span>
            </div>
            {said}
        </div>
    }
    .into_any()
}

fn refusal(said: &'static str) -> AnyView {
    view! { <p class="status bad wrap" role="alert">{icon("x", 14)}{said}</p> }.into_any()
}

fn differences(desk: Desk, lines: &[Compared]) -> AnyView {
    let wrong: Vec<_> = lines.iter().filter(|line| !matches!(line, Compared::Same(_))).collect();
    let same = lines.len() - wrong.len();
    if wrong.is_empty() {
        return view! { <p class="status ok" role="status">{icon("check", 14)}{format!("All {same} are as they should be.")}</p> }.into_any();
    }
    let line = |line: &&Compared| {
        let (tone, words, attester, to) = match line {
            Compared::Other(payee, to) => ("bad", "pays somebody else: ", payee.attester, Some(*to)),
            Compared::Missing(payee) => ("warn", "is missing", payee.attester, None),
            Compared::Foreign(attester, to) => {
                ("", "is not staked with you, and pays ", *attester, Some(*to))
            }
            Compared::Same(payee) => ("ok", "is right", payee.attester, None),
        };
        let mark = if tone == "bad" { "x" } else { "warn" };
        view! {
            <li class=format!("status wrap {tone}")>{icon(mark, 14)}<span>{desk.cx.addr(attester)}" "{words}{to.map(|to| desk.cx.addr(to))}</span></li>
        }
        .into_any()
    };
    let lines: Vec<_> = wrong.iter().take(200).map(line).collect();
    view! {
        <p class="small" role="status">{format!("{} differ, {same} are as they should be.", wrong.len())}</p>
        <ul class="stack tight">{lines}</ul>
    }
    .into_any()
}
