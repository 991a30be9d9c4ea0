use alloy_primitives::Address;
use leptos::prelude::*;

use crate::{
    tx::{
        Call, Lexicon, Plan,
        machine::{Phase, Run},
        preview::{self, Line, Movement, Permission, Preview},
        simulate::Simulated,
    },
    ui::{
        Cx,
        kit::{code, full_addr, icon},
    },
    units::format,
};

/// The different calls of a run, in order, with the first step and the number of steps that make each.
fn distinct(run: &Run) -> Vec<(usize, Call, usize)> {
    let mut calls: Vec<(usize, Call, usize)> = Vec::new();
    for (index, step) in run.plan.steps.iter().enumerate() {
        match calls.iter_mut().find(|(_, call, _)| *call == step.call) {
            Some((_, _, times)) => *times += 1,
            None => calls.push((index, step.call.clone(), 1)),
        }
    }
    calls
}

/// What will be signed, decoded from the bytes themselves.
pub(super) fn signing(cx: Cx, run: &Run) -> AnyView {
    // the contracts are known before a run can be
    let Some(book) = cx.scope.transactions.lexicon() else { return ().into_any() };
    distinct(run).into_iter().map(|found| one_call(&*book, run, found)).collect::<Vec<_>>().into_any()
}

/// The same for a plan that is signed elsewhere, with what its simulation came to, step by step.
pub(crate) fn decoded(cx: Cx, plan: &Plan, simulated: &[Simulated]) -> AnyView {
    let mut run = Run::new(0, plan.clone());
    run.simulated = simulated.iter().cloned().map(Some).collect();
    signing(cx, &run)
}

fn one_call(book: &dyn Lexicon, run: &Run, (step, call, times): (usize, Call, usize)) -> AnyView {
    let from = run.plan.from;
    let shown = preview::preview(book, from, &call);
    // open while the person decides, folded afterwards
    let open = matches!(run.phase, Phase::Review(_));
    let known = shown.function.is_some();
    let name = shown.function.unwrap_or_else(|| "an unknown call".to_owned());
    let times = (times > 1).then(|| format!(", {times} times"));
    let target = match shown.target {
        Some(target) => view! {
            <div class="status ok xs">{icon("verified", 14)}{target}", found on chain from Settings"</div>
        }
        .into_any(),
        None => view! {
            <div class="status bad xs">{icon("warn", 14)}"Not a contract that Rota knows"</div>
        }
        .into_any(),
    };
    let arguments = if !shown.calls.is_empty() {
        bundled(shown.calls)
    } else if known {
        arguments(shown.lines)
    } else {
        view! {
            <p class="status bad small">{icon("warn", 14)}"These bytes are no call that Rota knows. They are shown as they are; sign them only if you know what they do."</p>
        }
        .into_any()
    };
    let data = alloy_primitives::hex::encode_prefixed(&call.data);
    let ether = format!("{} ETH", format::amount(call.value, 18, 18));
    view! {
        <details class="disc" prop:open=open>
            <summary>{icon("cr", 16)}"What you are signing"<span class="end xs">{name}{times}</span></summary>
            <div class="body stack">
                <dl class="facts">
                    <dt>"To"</dt>
                    <dd>{full_addr(call.to)}{target}</dd>
                    <dt>"Sends"</dt><dd>{ether}</dd>
                    {effects(book, run, step)}
                </dl>
                {arguments}
                <div class="two">
                    {code(format!("Calldata, {} bytes", call.data.len()), words(&data))}
                    {code("Same call without Rota (replace --ledger by your signer)".to_owned(), shown.cast)}
                </div>
            </div>
        </details>
    }
    .into_any()
}

/// What the simulation says that it moves and allows.
fn effects(book: &dyn Lexicon, run: &Run, step: usize) -> AnyView {
    let simulated = run.simulated.get(step).and_then(Option::as_ref);
    let moved = match simulated.and_then(|simulated| preview::movements(book, run.plan.from, simulated)) {
        Some(moved) if moved.is_empty() => "No tokens".into_any(),
        Some(moved) => moved.into_iter().map(movement).collect::<Vec<_>>().into_any(),
        None => {
            view! { <span class="muted">"Not simulated, so not known before it is signed"</span> }.into_any()
        }
    };
    let allowed = simulated.map(|simulated| preview::permissions(book, run.plan.from, simulated));
    let allowed = allowed.filter(|allowed| !allowed.is_empty()).map(|allowed| {
        let lines: Vec<_> = allowed.into_iter().map(permission).collect();
        view! { <dt>"Allows"</dt><dd>{lines}</dd> }
    });
    view! { <dt>"Moves"</dt><dd>{moved}</dd>{allowed}{does(book, run, step)} }.into_any()
}

/// What the simulation says that it does to whom, in every step that makes the same call.
fn does(book: &dyn Lexicon, run: &Run, step: usize) -> AnyView {
    let call = &run.plan.steps[step].call;
    let same = run.plan.steps.iter().zip(&run.simulated).filter(|(step, _)| step.call == *call);
    let deeds: Vec<_> = same
        .filter_map(|(_, simulated)| simulated.as_ref())
        .flat_map(|simulated| preview::deeds(book, call, simulated))
        .map(|deed| view! { <div>{deed}</div> }.into_any())
        .collect();
    if deeds.is_empty() { ().into_any() } else { view! { <dt>"Does"</dt><dd>{deeds}</dd> }.into_any() }
}

/// Selector and words on lines of their own.
fn words(data: &str) -> String {
    let (selector, rest) = data.split_at(data.len().min(10));
    let mut text = selector.to_owned();
    for chunk in rest.as_bytes().chunks(64) {
        text.push('\n');
        text.push_str(&String::from_utf8_lossy(chunk));
    }
    text
}

fn movement(moved: Movement) -> AnyView {
    let name = moved.name.unwrap_or_else(|| format::short_address(moved.account));
    let sign = if moved.change.is_negative() { "\u{2212}" } else { "+" };
    let amount = moved.token.amount(moved.change.unsigned_abs());
    view! { <div><b>{sign}{amount}</b>" "{name}</div> }.into_any()
}

fn permission(permit: Permission) -> AnyView {
    let name = permit.name.unwrap_or_else(|| format::short_address(permit.spender));
    let end = if permit.amount.is_zero() { "" } else { ", no more" };
    view! { <div>{name}" may take "<b>{permit.token.amount(permit.amount)}</b>{end}</div> }.into_any()
}

/// The calls that Multicall3 makes, one after the other. Each may fail alone, and none has the signer's rights.
fn bundled(calls: Vec<(Address, Preview)>) -> AnyView {
    let each = calls.into_iter().enumerate().map(|(number, (to, shown))| {
        let name = shown.function.unwrap_or_else(|| "an unknown call".to_owned());
        view! {
            <details class="disc">
                <summary>{icon("cr", 16)}{format!("{}. ", number + 1)}<span>{name}</span><span class="end xs mono">{format::short_address(to)}</span></summary>
                <div class="body stack">{full_addr(to)}{arguments(shown.lines)}</div>
            </details>
        }
        .into_any()
    });
    let each: Vec<_> = each.collect();
    let said =
        format!("{} in one transaction; each may fail alone", format::plural(each.len() as u64, "call"));
    view! { <p class="muted small">{said}</p>{each} }.into_any()
}

fn arguments(lines: Vec<Line>) -> AnyView {
    let row = |line: Line| {
        let value = match line.address {
            Some(address) => full_addr(address),
            None => view! { <b class="breaks">{line.value}</b> }.into_any(),
        };
        view! {
            <tr>
                <td class="mono full nowrap">{line.name}<span class="sub">{line.ty}</span></td>
                <td class="full">{value}</td>
                <td class="muted full">{line.meaning}</td>
            </tr>
        }
        .into_any()
    };
    view! {
        <div class="tablewrap framed">
            <table class="table tight cards args">
                <thead><tr><th scope="col">"Argument"</th><th scope="col">"Value"</th><th scope="col">"Meaning"</th></tr></thead>
                <tbody>{lines.into_iter().map(row).collect::<Vec<_>>()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
