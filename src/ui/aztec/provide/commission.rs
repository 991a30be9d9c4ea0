use leptos::prelude::*;

use super::{
    Desk,
    propose::{propose, with_setting},
};
use crate::{
    aztec::{
        plan::{ProviderChange, change_provider},
        summary::by_frozen_rate,
    },
    ui::kit::{Field, Kind, field, live},
    units::{self, Bps, format},
};

/// Changes the commission, with everything that follows from it.
pub(super) fn commission(desk: Desk, provider_id: u64) -> AnyView {
    let typed = RwSignal::new(String::new());
    live(move || form(desk, provider_id, typed))
}

fn form(desk: Desk, provider_id: u64, typed: RwSignal<String>) -> AnyView {
    let parsed = units::bps(&typed.get());
    let rate = parsed.as_ref().ok().copied();
    let config = desk.config(provider_id);
    let plan = rate.zip(config).and_then(|(rate, config)| {
        let change = ProviderChange::TakeRate(rate);
        with_setting(desk.cx, |setting| change_provider(setting, provider_id, &config, change))
    });
    let hint = [
        config.map(|config| format!("now {}", config.take_rate)),
        rate.map(|rate| format!("{} basis points after", rate.get())),
    ];
    let input = field(Field {
        label: "New commission",
        text: typed,
        error: parsed.err().map(|error| error.to_string()),
        hint: hint.into_iter().flatten().collect::<Vec<_>>().join(", "),
        kind: Kind::Number("%"),
    });
    let new = rate.map_or_else(|| "pay the new one".to_owned(), |rate| format!("pay {rate}"));
    view! {
        <section class="panel">
            <header><h2>"Commission"</h2><p>"Takes effect in the block that includes it. No delay, no limit on how often"</p></header>
            <div class="body pair">
                {input}
                <div>
                    <h3>"What changes"</h3>
                    <dl class="facts end">
                        <dt>"Existing delegations"</dt><dd>{existing(desk, provider_id)}</dd>
                        <dt>"New delegations"</dt><dd>{new}</dd>
                        <dt>"Delegations in flight"</dt><dd>"fail safely: they name the old one, and any other reverts"</dd>
                        <dt>"Your rank by commission"</dt><dd>{ranks(desk, provider_id, rate)}</dd>
                        <dt>"Everyone sees"</dt><dd>"the change and its block, for ever"</dd>
                    </dl>
                </div>
            </div>
            {propose(desk.cx, plan, "Enter a new commission")}
        </section>
    }
    .into_any()
}

/// Live delegations, grouped by the commission that is frozen in them.
fn existing(desk: Desk, provider_id: u64) -> AnyView {
    let groups = desk.cx.scope.ledger.with(|ledger| {
        let ledger = ledger.as_ref()?;
        let groups = desk
            .stakes
            .with(|stakes| stakes.last().map(|at| by_frozen_rate(&ledger.history, &at.value, provider_id)))?;
        Some((groups, ledger.is_complete()))
    });
    let (groups, complete) = match groups {
        None => return view! { <span class="skel w12"></span> }.into_any(),
        Some((Err(_), _)) => return view! { <span class="notread">"Not read"</span> }.into_any(),
        Some((Ok(groups), complete)) => (groups, complete),
    };
    let mut lines: Vec<String> = groups
        .iter()
        .map(|(rate, n)| match rate {
            Some(rate) => format!("{} keep {rate}", format::count(*n)),
            None => format!("{}: not read", format::count(*n)),
        })
        .collect();
    if lines.is_empty() {
        lines.push("none".to_owned());
    }
    if !complete {
        lines.push("older events are still being read".to_owned());
    }
    lines.into_iter().map(|line| view! { <div>{line}</div> }.into_any()).collect::<Vec<_>>().into_any()
}

/// Place among all providers, the lowest commission first.
fn rank(rates: &[(u64, Bps)], provider_id: u64, rate: Bps) -> usize {
    1 + rates.iter().filter(|(id, other)| *id != provider_id && *other < rate).count()
}

fn ranks(desk: Desk, provider_id: u64, rate: Option<Bps>) -> String {
    let rates: Option<Vec<_>> = desk.providers.with(|providers| {
        let rows = &providers.last()?.value.rows;
        rows.iter().map(|row| Some((row.provider_id, row.config.get()?.take_rate))).collect()
    });
    let found =
        rates.as_ref().and_then(|rates| Some((rates, rates.iter().find(|(id, _)| *id == provider_id)?.1)));
    let Some((rates, now)) = found else { return "Not read".to_owned() };
    let before = rank(rates, provider_id, now);
    match rate {
        Some(rate) => format!("{before} → {} of {}", rank(rates, provider_id, rate), rates.len()),
        None => format!("{before} of {}", rates.len()),
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
