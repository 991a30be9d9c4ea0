use alloy_primitives::Address;
use leptos::prelude::*;

use super::settings::settings;
use crate::{
    aztec::{
        Book,
        danger::{Danger, Judged, judge},
        nested::{Inner, nested},
        read::{Action, Code, Effects, ProposalPage, Steadiness},
    },
    chain::{ReadError, abi::DecodedCall, text::tame},
    tx::{Call, Lexicon as _, preview},
    ui::{
        Cx,
        kit::{Figure, Written, code, icon},
    },
    units::format,
};

/// Calls drawn; a payload may have any number.
const MOST: usize = 40;
/// Bytes of calldata drawn.
const BYTES: usize = 1_024;
/// Characters of an argument drawn.
const VALUE: usize = 300;

/// What a proposal would do, call by call.
pub(super) fn actions(cx: Cx, page: &ProposalPage, effects: Option<&Effects>) -> AnyView {
    let Some(contracts) = cx.scope.deployment() else { return ().into_any() };
    let book = Book {
        contracts: contracts.clone(),
        names: cx.scope.names.get(),
        learned: cx.scope.transactions.learned(),
        vaults: cx.scope.known_vaults(),
    };
    let wrapper = page.row.proposal.get().filter(|_| page.row.original.is_some()).map(|found| found.payload);
    let count = cx.sources.fig(
        "Calls",
        Figure::of(&page.actions, |actions| Written::Text(format::plural(actions.len() as u64, "call"))),
        "w4",
    );
    let said = page.actions.value.is_ok().then_some(", run in order, all or nothing");
    let body = match &page.actions.value {
        Ok(actions) if actions.is_empty() => {
            view! { <div class="body"><p class="small ink2">"Nothing: the payload has no calls."</p></div> }
                .into_any()
        }
        Ok(actions) => {
            let more = actions.len().saturating_sub(MOST);
            let drawn = actions.iter().take(MOST).enumerate().map(|(place, action)| {
                let judged = judge(&book, &contracts, wrapper, action);
                drawn(cx, &book, (place, action), &judged, effects)
            });
            let drawn: Vec<_> = drawn.collect();
            let more = (more > 0).then(|| {
                view! { <p class="body small warnc">{format!("and {} that are not drawn here. Read the payload’s code before you vote.", format::count(more as u64))}</p> }
            });
            view! { <ol>{drawn}</ol>{more} }.into_any()
        }
        Err(error) => unread(error),
    };
    view! {
        <section class="panel"><header><h2>"What it does"</h2><p>{count}{said}</p></header>{unsteady(effects)}{body}</section>
    }
    .into_any()
}

/// That the payload answers now one thing, now another.
fn unsteady(effects: Option<&Effects>) -> Option<AnyView> {
    let said = match effects?.steadiness.as_ref().ok()? {
        Steadiness::Steady { .. } => return None,
        Steadiness::ByCaller => {
            "The payload answers Governance otherwise than Rota: what stands here is not what would be executed."
                .to_owned()
        }
        Steadiness::OverTime(block) => format!(
            "At block {} the payload answered otherwise. What it answers when it is executed is what counts, and may be another thing again.",
            format::count(*block)
        ),
    };
    Some(view! { <div class="body"><div class="banner bad" role="alert">{icon("warn", 16)}<div><b>"Its calls change"</b><p>{said}</p></div></div></div> }.into_any())
}

/// What is known about a target that is none of the network's contracts.
fn stranger(cx: Cx, target: Address, effects: Option<&Effects>) -> Option<AnyView> {
    let code = effects?.codes.get(&target)?;
    let written = |code: &Code| Written::Text(format::plural(code.size as u64, "byte"));
    let figure = cx.sources.fig(format!("Code of {target}"), Figure::of(code, written), "w4");
    let said = match code.get().map(|code| code.size) {
        Some(0) => "There is no contract at this address: the call does nothing.",
        Some(_) => "Not checked against any source.",
        None => "",
    };
    Some(view! { <p class="small ink2">"Code: "{figure}". "{said}</p> }.into_any())
}

/// Calls inside the arguments of a call.
fn inside(cx: Cx, book: &Book, decoded: Option<&DecodedCall>) -> AnyView {
    let calls = decoded.map(|decoded| nested(book, decoded)).unwrap_or_default();
    if calls.is_empty() {
        return ().into_any();
    }
    let line = |inner: Inner| {
        let call = Call::new(inner.to, inner.data.clone());
        let target = book.name(inner.to).unwrap_or_else(|| "Unknown contract".to_owned());
        let said = if inner.decoded.is_some() {
            let shown = preview::preview(book, book.contracts.governance, &call);
            let words = shown.lines.iter().map(|line| format!("{} {}", line.name, line.value));
            let words = tame(&words.collect::<Vec<_>>().join(", "), VALUE);
            view! { <code>{shown.function}</code><span class="sub mono">{words}</span> }.into_any()
        } else {
            let shown = &inner.data[..inner.data.len().min(BYTES)];
            let raw = alloy_primitives::hex::encode_prefixed(shown);
            view! { <span class="badge warn">{icon("warn", 12)}"Not decoded"</span><span class="sub mono">{tame(&raw, VALUE)}</span> }.into_any()
        };
        let depth = format!("{} deep", inner.depth);
        view! { <li class="wrapany">{said}<span class="sub">{target}" "{cx.addr(inner.to)}" "{(inner.depth > 1).then_some(depth)}</span></li> }
            .into_any()
    };
    let lines: Vec<_> = calls.into_iter().map(line).collect();
    view! { <div class="actraw"><h3>"Calls inside it"</h3><ol class="own">{lines}</ol></div> }.into_any()
}

fn unread(error: &ReadError) -> AnyView {
    let said = match error {
        ReadError::Reverted(data) => {
            let why = crate::aztec::abi::CATALOG.error(data).map(|error| tame(&error.text(), 200));
            let why = why.map(|why| format!(" It says {why}.")).unwrap_or_default();
            format!(
                "The payload does not say what it would do: getActions reverts.{why} It may answer at another time; while it reverts, the proposal cannot be executed."
            )
        }
        ReadError::Empty => {
            "There is no contract at the payload’s address, or it is no payload: it cannot be executed."
                .to_owned()
        }
        _ => "The calls of the payload were not read.".to_owned(),
    };
    view! { <div class="body"><div class="banner warn">{icon("warn", 16)}<div><p>{said}</p></div></div></div> }.into_any()
}

/// A warning in words.
const fn warning(danger: Danger) -> &'static str {
    match danger {
        Danger::UnknownTarget => {
            "Rota does not know this contract, so the call is not decoded. Ask the author what it does before you vote."
        }
        Danger::UnknownFunction => {
            "Rota does not know this function. Ask the author what it does before you vote."
        }
        Danger::CallsToken => {
            "Governance may not call its own token: with this call, the proposal cannot be executed."
        }
        Danger::Ownership => "A contract gets another owner, who can do with it what governance can do now.",
        Danger::Rollup => "Another rollup is added. Stake that follows upgrades moves to it.",
        Danger::Governance => "Governance itself changes: who may propose, or by which rules.",
        Danger::Slashing => "Who may slash, or when, changes.",
        Danger::Rewards => "Rewards change: what they are, or where they come from.",
        Danger::Tokens => "Tokens are made or moved.",
    }
}

fn drawn(
    cx: Cx,
    book: &Book,
    (place, action): (usize, &Action),
    judged: &Judged,
    effects: Option<&Effects>,
) -> AnyView {
    let call = Call::new(action.target, action.data.clone());
    let name = match &judged.decoded {
        Some(decoded) => decoded.signature.clone(),
        None => action
            .data
            .first_chunk::<4>()
            .map_or_else(|| "no function".to_owned(), alloy_primitives::hex::encode_prefixed),
    };
    let target = if judged.is_own_check { Some("The wrapper".to_owned()) } else { book.name(action.target) };
    let target = target.unwrap_or_else(|| "Unknown contract".to_owned());
    let (tone, mark, word) =
        if judged.decoded.is_some() { ("ok", "check", "Decoded") } else { ("warn", "warn", "Not decoded") };
    let warns = judged.danger.map(|danger| {
        view! { <p class="small warnc row top">{icon("warn", 14)}<span>{warning(danger)}</span></p> }
    });
    let check = judged.is_own_check.then(|| {
        view! { <p class="small ink2">"Reverts the whole proposal unless two thirds of all stake are with the latest rollup, or the registry and the GSE know different ones."</p> }
    });
    let changes = effects.and_then(|effects| effects.settings.get(&place));
    let lines = match changes {
        Some(changes) => settings(cx, book, place, changes),
        None if judged.decoded.is_some() && !judged.is_own_check => arguments(cx, book, &call),
        None => ().into_any(),
    };
    let raw = judged.decoded.is_none().then(|| {
        let shown = &action.data[..action.data.len().min(BYTES)];
        let cut = if shown.len() < action.data.len() { ", cut off" } else { "" };
        let title = format!("Calldata, {} bytes{cut}", format::count(action.data.len() as u64));
        code(title, alloy_primitives::hex::encode_prefixed(shown))
    });
    view! {
        <li class="action">
            <div class="acth"><span class="mk">{place + 1}</span><div><code>{name}</code><span class="sub">{target}" "{cx.addr(action.target)}</span>{check}{warns}{stranger(cx, action.target, effects)}</div><span class=format!("badge {tone}")>{icon(mark, 12)}{word}</span></div>
            {lines}
            {inside(cx, book, judged.decoded.as_ref())}
            {raw.map(|raw| view! { <div class="actraw">{raw}</div> })}
        </li>
    }
    .into_any()
}

/// A call's arguments, where none of them is a setting.
fn arguments(cx: Cx, book: &Book, call: &Call) -> AnyView {
    let line = |line: preview::Line| {
        // the call is governance's, not the reader's
        let meaning =
            line.meaning.map(|meaning| if meaning == "You" { "Governance".to_owned() } else { meaning });
        let value = match line.address {
            Some(address) => cx.addr(address),
            None => tame(&line.value, VALUE).into_any(),
        };
        view! { <tr><td class="full">{line.name}<span class="sub mono">{line.ty}</span></td><td class="wrapany" data-l="Value">{value}<span class="sub">{meaning}</span></td></tr> }.into_any()
    };
    let lines: Vec<_> =
        preview::preview(book, book.contracts.governance, call).lines.into_iter().map(line).collect();
    if lines.is_empty() {
        return ().into_any();
    }
    view! { <div class="tablewrap"><table class="table tight cards"><thead><tr><th scope="col">"Parameter"</th><th scope="col">"Value"</th></tr></thead><tbody>{lines}</tbody></table></div> }.into_any()
}
