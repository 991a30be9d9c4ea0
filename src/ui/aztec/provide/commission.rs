use leptos::prelude::*;

use super::{Console, Propose, with_setting};
use crate::{
    aztec::{
        plan::{ProviderChange, change_provider},
        summary::by_frozen_rate,
    },
    state::Scope,
    ui::kit::{Field, Parsed},
    units::{self, Bps, format},
};

/// Changes the commission, with everything that follows from it.
#[component]
pub(super) fn Commission(provider_id: u64) -> impl IntoView {
    let scope = expect_context::<Scope>();
    let console = expect_context::<Console>();
    let (typed, set_typed) = signal(Parsed::new("", units::bps));
    let rate = Memo::new(move |_| typed.with(|typed| typed.value.clone().ok()));
    let config = Memo::new(move |_| console.config(provider_id));
    let plan = Signal::derive(move || {
        let (rate, config) = (rate.get()?, config.get()?);
        with_setting(scope, console.account.get(), |setting| {
            change_provider(setting, provider_id, &config, ProviderChange::TakeRate(rate))
        })
    });
    let hint = move || {
        let now = config.get().map(|config| format!("now {}", config.take_rate));
        let then = rate.get().map(|rate| format!("{} basis points after", rate.get()));
        [now, then].into_iter().flatten().collect::<Vec<_>>().join(", ")
    };
    view! {
        <section class="panel">
            <header><h2>"Commission"</h2><p>"Takes effect in the block that includes it. No delay, no limit on how often"</p></header>
            <div class="body pair">
                <Field
                    label="New commission"
                    text=Signal::derive(move || typed.with(|typed| typed.text.clone()))
                    on_input=move |text| set_typed.set(Parsed::new(text, units::bps))
                    error=Signal::derive(move || typed.with(|typed| typed.value.as_ref().err().map(ToString::to_string)))
                    hint=Signal::derive(hint)
                    unit="%"
                />
                <div>
                    <h3>"What changes"</h3>
                    <dl class="facts end">
                        <dt>"Existing delegations"</dt><dd><Existing provider_id=provider_id/></dd>
                        <dt>"New delegations"</dt><dd>{move || rate.get().map_or_else(|| "pay the new one".to_owned(), |rate| format!("pay {rate}"))}</dd>
                        <dt>"Delegations in flight"</dt><dd>"fail safely: they name the old one, and any other reverts"</dd>
                        <dt>"Your rank by commission"</dt><dd><Rank provider_id=provider_id rate=rate/></dd>
                        <dt>"Everyone sees"</dt><dd>"the change and its block, for ever"</dd>
                    </dl>
                </div>
            </div>
            <Propose plan=plan idle="Enter a new commission"/>
        </section>
    }
}

/// Live delegations, grouped by the commission that is frozen in them.
#[component]
fn Existing(provider_id: u64) -> impl IntoView {
    let scope = expect_context::<Scope>();
    let console = expect_context::<Console>();
    let groups = Memo::new(move |_| {
        let ledger = scope.ledger.get()?;
        let complete = ledger.is_complete();
        let groups = console
            .stakes
            .with(|stakes| stakes.last().map(|at| by_frozen_rate(&ledger.history, &at.value, provider_id)))?;
        Some((groups, complete))
    });
    move || match groups.get() {
        None => view! { <span class="skel w12"></span> }.into_any(),
        Some((Err(_), _)) => view! { <span class="notread">"Not read"</span> }.into_any(),
        Some((Ok(groups), complete)) => {
            let lines = groups.iter().map(|(rate, n)| match rate {
                Some(rate) => format!("{} keep {rate}", format::count(*n)),
                None => format!("{}: not read", format::count(*n)),
            });
            let mut lines: Vec<_> = lines.collect();
            if lines.is_empty() {
                lines.push("none".to_owned());
            }
            if !complete {
                lines.push("older events are still being read".to_owned());
            }
            lines.into_iter().map(|line| view! { <div>{line}</div> }).collect_view().into_any()
        }
    }
}

/// Place among all providers, the lowest commission first.
fn rank(rates: &[(u64, Bps)], provider_id: u64, rate: Bps) -> usize {
    1 + rates.iter().filter(|(id, other)| *id != provider_id && *other < rate).count()
}

#[component]
fn Rank(provider_id: u64, rate: Memo<Option<Bps>>) -> impl IntoView {
    let console = expect_context::<Console>();
    let rates = Memo::new(move |_| {
        console.providers.with(|providers| {
            let rows = &providers.last()?.value.rows;
            rows.iter()
                .map(|row| Some((row.provider_id, row.config.get()?.take_rate)))
                .collect::<Option<Vec<_>>>()
        })
    });
    move || {
        let Some(rates) = rates.get() else { return "Not read".to_owned() };
        let Some(now) = rates.iter().find(|(id, _)| *id == provider_id).map(|(_, rate)| *rate) else {
            return "Not read".to_owned();
        };
        let before = rank(&rates, provider_id, now);
        match rate.get() {
            Some(rate) => format!("{before} → {} of {}", rank(&rates, provider_id, rate), rates.len()),
            None => format!("{before} of {}", rates.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_commissions_share_a_rank() {
        let bps = |n| Bps::new(n).expect("in range");
        let rates = [(1, bps(500)), (2, bps(500)), (3, bps(800)), (4, bps(0))];
        assert_eq!(rank(&rates, 1, bps(500)), 2);
        assert_eq!(rank(&rates, 2, bps(500)), 2);
        assert_eq!(rank(&rates, 1, bps(900)), 4);
        assert_eq!(rank(&rates, 4, bps(0)), 1);
    }
}
