use std::sync::Arc;

use leptos::prelude::*;

use crate::{
    state::Scope,
    tx::{
        Call, Lexicon,
        machine::{Phase, Run},
        preview::{self, Line, Movement, Permission},
    },
    ui::kit::{Code, FullAddr, Icon},
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
#[component]
pub(super) fn Signing(run: Memo<Option<Run>>) -> impl IntoView {
    let scope = expect_context::<Scope>();
    let calls = Memo::new(move |_| run.with(|run| run.as_ref().map(distinct).unwrap_or_default()));
    move || {
        // the contracts are known before a run can be
        let book = scope.transactions.lexicon()?;
        // open while the person decides, folded afterwards
        let open = run.with(|run| run.as_ref().is_some_and(|run| matches!(run.phase, Phase::Review(_))));
        Some(
            calls
                .get()
                .into_iter()
                .map(|(step, call, times)| {
                    view! {
                        <OneCall run=run book=book.clone() step=step call=call times=times open=open/>
                    }
                })
                .collect_view(),
        )
    }
}

#[component]
fn OneCall(
    run: Memo<Option<Run>>,
    book: Arc<dyn Lexicon>,
    step: usize,
    call: Call,
    times: usize,
    open: bool,
) -> impl IntoView {
    let from = run.with_untracked(|run| run.as_ref().map(|run| run.plan.from)).unwrap_or_default();
    let shown = preview::preview(&*book, from, &call);
    let simulated =
        move || run.with(|run| run.as_ref().and_then(|run| run.simulated.get(step).cloned().flatten()));
    let name = shown.function.clone().unwrap_or_else(|| "an unknown call".to_owned());
    let (move_book, permit_book) = (book.clone(), book);
    let moves = move || simulated().and_then(|simulated| preview::movements(&*move_book, from, &simulated));
    let permits = move || {
        simulated().map(|simulated| preview::permissions(&*permit_book, from, &simulated)).unwrap_or_default()
    };
    let data = alloy_primitives::hex::encode_prefixed(&call.data);
    let bytes = call.data.len();
    let ether = format::amount(call.value, 18, 18);
    let unknown = shown.function.is_none();
    view! {
        <details class="disc" prop:open=open>
            <summary>
                <Icon name="cr"/>
                "What you are signing"
                <span class="end xs">{name} {(times > 1).then(|| format!(", {times} times"))}</span>
            </summary>
            <div class="body stack">
                <dl class="facts">
                    <dt>"To"</dt>
                    <dd>
                        <FullAddr address=call.to/>
                        {match shown.target {
                            Some(target) => view! { <div class="status ok xs"><Icon name="verified" size=14/>{target}", found on chain from Settings"</div> }.into_any(),
                            None => view! { <div class="status bad xs"><Icon name="warn" size=14/>"Not a contract that Rota knows"</div> }.into_any(),
                        }}
                    </dd>
                    <dt>"Sends"</dt><dd>{ether}" ETH"</dd>
                    <dt>"Moves"</dt><dd>{move || match moves() {
                        Some(moved) if moved.is_empty() => view! { "No tokens" }.into_any(),
                        Some(moved) => moved.into_iter().map(movement).collect_view().into_any(),
                        None => view! { <span class="muted">"Not simulated, so not known before it is signed"</span> }.into_any(),
                    }}</dd>
                    {move || {
                        let permits = permits();
                        (!permits.is_empty()).then(|| view! { <dt>"Allows"</dt><dd>{permits.into_iter().map(permission).collect_view()}</dd> })
                    }}
                </dl>
                {unknown.then(|| view! {
                    <p class="status bad small"><Icon name="warn" size=14/>"These bytes are no call that Rota knows. They are shown as they are; sign them only if you know what they do."</p>
                })}
                {(!unknown).then(|| view! { <Arguments lines=shown.lines/> })}
                <div class="two">
                    <Code title=format!("Calldata, {bytes} bytes") text=words(&data) wrap=true/>
                    <Code title="Same call without Rota (replace --ledger by your signer)" text=shown.cast wrap=true/>
                </div>
            </div>
        </details>
    }
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

fn movement(moved: Movement) -> impl IntoView {
    let name = moved.name.unwrap_or_else(|| format::short_address(moved.account));
    let sign = if moved.change.is_negative() { "\u{2212}" } else { "+" };
    let amount = moved.token.amount(moved.change.unsigned_abs());
    view! { <div><b>{sign}{amount}</b>" "{name}</div> }
}

fn permission(permit: Permission) -> impl IntoView {
    let name = permit.name.unwrap_or_else(|| format::short_address(permit.spender));
    view! {
        <div>
            {name}" may take "<b>{permit.token.amount(permit.amount)}</b>
            {if permit.amount.is_zero() { "" } else { ", no more" }}
        </div>
    }
}

#[component]
fn Arguments(lines: Vec<Line>) -> impl IntoView {
    view! {
        <div class="tablewrap framed">
            <table class="table tight cards args">
                <thead><tr><th scope="col">"Argument"</th><th scope="col">"Value"</th><th scope="col">"Meaning"</th></tr></thead>
                <tbody>
                    {lines.into_iter().map(|line| view! {
                        <tr>
                            <td class="mono full nowrap">{line.name}<span class="sub">{line.ty}</span></td>
                            <td class="full">{match line.address {
                                Some(address) => view! { <FullAddr address=address/> }.into_any(),
                                None => view! { <b class="breaks">{line.value}</b> }.into_any(),
                            }}</td>
                            <td class="muted full">{line.meaning}</td>
                        </tr>
                    }).collect_view()}
                </tbody>
            </table>
        </div>
    }
}
