use leptos::prelude::*;

use super::Screen;
use crate::{
    aztec::{
        model::Delegation,
        rules::{Position, positions},
    },
    chain::ReadError,
    state::{Page, Remote, Scope, Shell},
    ui::{
        aztec::words,
        kit::{Addr, Empty, HashLink, Icon},
    },
    units::format,
};

/// Rows drawn before somebody asks for all of them.
const FIRST: usize = 50;

#[derive(Clone, Debug, PartialEq)]
struct Line {
    delegation: Delegation,
    position: Result<Position, ReadError>,
}

impl Line {
    fn word(&self) -> &'static str {
        self.position.as_ref().map_or("unread", words::filter_word)
    }
}

/// Filters in the order of a sequencer's life.
const FILTERS: [(&str, &str); 5] = [
    ("validating", "Validating"),
    ("queued", "Queued"),
    ("exiting", "Exiting"),
    ("zombie", "Zombie"),
    ("over", "Over"),
];

/// Every delegation to the provider and what became of it.
#[component]
pub(super) fn Sequencers() -> impl IntoView {
    let shell = expect_context::<Shell>();
    let scope = expect_context::<Scope>();
    let screen = expect_context::<Screen>();
    let lines = Memo::new(move |_| {
        let ledger = scope.ledger.get()?;
        let delegations: Vec<&Delegation> = ledger.history.of_provider(screen.provider_id).collect();
        screen.stakes.with(|stakes| {
            let found = match stakes {
                Remote::Ready(at) | Remote::Stale(at, _) => {
                    positions(&delegations, &at.value.states, &at.value.queues)
                }
                Remote::Failed(error) => vec![Err(error.clone()); delegations.len()],
                Remote::Loading => return None,
            };
            let mut lines: Vec<_> = delegations
                .into_iter()
                .zip(found)
                .map(|(delegation, position)| Line { delegation: delegation.clone(), position })
                .collect();
            // newest first
            lines.reverse();
            Some((lines, ledger.is_complete()))
        })
    });
    let filter = Memo::new(move |_| match shell.route.with(|route| route.page.clone()) {
        Page::Provider { standing, .. } => standing,
        _ => None,
    });
    let (everything, set_everything) = signal(false);
    let shown = Memo::new(move |_| {
        let wanted = filter.get();
        let matching = |line: &&Line| wanted.as_ref().is_none_or(|wanted| line.word() == wanted);
        lines.with(|lines| {
            lines.as_ref().map(|(lines, _)| lines.iter().filter(matching).cloned().collect::<Vec<_>>())
        })
    });
    let choose = move |standing: Option<String>| {
        let page = Page::Provider { provider_id: screen.provider_id, standing };
        shell.adjust(shell.route.get_untracked().with(page));
    };
    let count = move |word: &str| {
        lines.with(|lines| {
            lines.as_ref().map_or(0, |(lines, _)| lines.iter().filter(|line| line.word() == word).count())
        })
    };
    let all = move || lines.with(|lines| lines.as_ref().map_or(0, |(lines, _)| lines.len()));
    let complete = move || lines.with(|lines| lines.as_ref().is_some_and(|(_, complete)| *complete));
    view! {
        <section class="panel" aria-busy=move || lines.with(Option::is_none).to_string()>
            <header>
                <h2>"Sequencers"</h2>
                <Show when=move || lines.with(Option::is_some) && !complete()><p>"Older events are still being read"</p></Show>
                <div class="end seg" role="group" aria-label="Status">
                    <button type="button" aria-pressed=move || filter.get().is_none().to_string() on:click=move |_| choose(None)>
                        {move || format!("All {}", all())}
                    </button>
                    {FILTERS.into_iter().map(|(word, label)| view! {
                        <Show when=move || { count(word) > 0 }>
                            <button
                                type="button"
                                aria-pressed=move || (filter.get().as_deref() == Some(word)).to_string()
                                on:click=move |_| choose(Some(word.to_owned()))
                            >
                                {move || format!("{label} {}", count(word))}
                            </button>
                        </Show>
                    }).collect_view()}
                </div>
            </header>
            {move || match shown.with(|shown| shown.as_ref().map(Vec::len)) {
                Some(0) => view! {
                    <Empty
                        icon="stack"
                        title="No sequencers"
                        text=Signal::derive(move || if filter.get().is_some() { "None with this status." } else if complete() { "Nobody delegated to this provider yet." } else { "None found so far; older events are still being read." }.to_owned())
                    />
                }.into_any(),
                found => view! {
                    <div class="tablewrap">
                        <table class="table tight cards">
                            <thead><tr>
                                <th scope="col">"Attester"</th><th scope="col">"Status"</th><th scope="col" class="num">"Stake"</th>
                                <th scope="col" class="num">"Frozen commission"</th><th scope="col">"Delegated by"</th><th scope="col" class="num">"Transaction"</th>
                            </tr></thead>
                            <tbody>
                                {move || {
                                    let limit = if everything.get() { usize::MAX } else { FIRST };
                                    shown.get().map_or_else(
                                        || (0..3).map(|_| view! { <Waiting/> }).collect_view().into_any(),
                                        |lines| lines.into_iter().take(limit).map(|line| view! { <Row line=line/> }).collect_view().into_any(),
                                    )
                                }}
                            </tbody>
                        </table>
                    </div>
                    <Show when=move || { found.is_some_and(|n| n > FIRST) && !everything.get() }>
                        <footer class="row apart">
                            <span>{format!("{FIRST} of {} shown", found.unwrap_or(0))}</span>
                            <button type="button" class="btn sm" on:click=move |_| set_everything.set(true)>"Show all"</button>
                        </footer>
                    </Show>
                }.into_any(),
            }}
        </section>
    }
}

#[component]
fn Waiting() -> impl IntoView {
    view! {
        <tr>
            <td class="full"><span class="skel w12"></span></td><td><span class="skel w8"></span></td><td class="num"><span class="skel w8"></span></td>
            <td class="num"><span class="skel w4"></span></td><td><span class="skel w8"></span></td><td class="num"><span class="skel w8"></span></td>
        </tr>
    }
}

#[component]
fn Row(line: Line) -> impl IntoView {
    let shell = expect_context::<Shell>();
    let scope = expect_context::<Scope>();
    let screen = expect_context::<Screen>();
    let address = move |address| scope.network.with_value(|network| network.explorer_address(address));
    let now = scope.head.block.with_untracked(|block| block.map_or(0, |block| block.timestamp));
    // a row belongs to one reading: it is drawn anew with the next one
    let (token, activation) = match untrack(move || scope.deployment()) {
        Some(contracts) => {
            let activation = screen.page.with_untracked(|page| {
                page.last().and_then(|at| at.value.activation_threshold.get().copied())
            });
            (Some(contracts.token.clone()), activation)
        }
        None => (None, None),
    };
    let Line { delegation, position } = line;
    let mine = delegation.withdrawer.is_some() && delegation.withdrawer == shell.session.account_untracked();
    let amount = |raw: alloy_primitives::U256| {
        token.as_ref().map_or_else(|| raw.to_string(), |token| format::amount(raw, token.decimals, 4))
    };
    let (status, stake) = match &position {
        Ok(found) => {
            let (icon, tone, word) = words::position(found, activation);
            let below = match found {
                Position::Queued { ahead, .. } => Some(format!("{} ahead", format::count(*ahead))),
                Position::Exiting { exit, .. } => Some(words::exit_end(exit, now)),
                Position::Zombie { .. } => Some("ejected; waits for its withdrawer".to_owned()),
                Position::Refunded => Some("the deposit failed".to_owned()),
                Position::Validating { .. } | Position::Finished => None,
            };
            let stake = match found {
                Position::Validating { balance, .. } => amount(*balance),
                Position::Exiting { exit, .. } | Position::Zombie { exit, .. } => amount(exit.amount),
                Position::Queued { .. } => activation.map(amount).unwrap_or_default(),
                Position::Refunded | Position::Finished => "0".to_owned(),
            };
            let status = view! {
                <span class=format!("status {tone}")><Icon name=icon size=14/>{word}</span>
                {below.map(|below| view! { <span class="sub">{below}</span> })}
            };
            (status.into_any(), stake.into_any())
        }
        Err(_) => (
            view! { <span class="notread">"Not read"</span> }.into_any(),
            view! { <span class="notread">"Not read"</span> }.into_any(),
        ),
    };
    view! {
        <tr>
            <td class="full">
                <Addr address=delegation.attester explorer=address(delegation.attester)/>
                {mine.then(|| view! { " "<span class="badge live">"Yours"</span> })}
            </td>
            <td data-l="Status">{status}</td>
            <td class="num" data-l="Stake">{stake}</td>
            <td class="num" data-l="Frozen commission">{match delegation.take_rate {
                Some(rate) => rate.to_string().into_any(),
                None => view! { <span class="notread">"Not read"</span> }.into_any(),
            }}</td>
            <td data-l="Delegated by">{delegation.withdrawer.map(|withdrawer| view! { <Addr address=withdrawer explorer=address(withdrawer)/> })}</td>
            <td class="num skip-sm"><HashLink hash=delegation.tx explorer=scope.network.with_value(|network| network.explorer_tx(delegation.tx))/></td>
        </tr>
    }
}
