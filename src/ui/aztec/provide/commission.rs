use leptos::prelude::*;

use super::{Desk, admin::Foot};
use crate::{
    aztec::{
        plan::{ProviderChange, change_provider},
        read::ProviderRow,
        summary::by_frozen_rate,
    },
    chain::{ReadError, Reading, Source},
    ui::kit::{Field, Figure, Kind, field, live},
    units::{self, Bps, format},
};

/// Changes the commission, with everything that follows from it.
pub(super) fn commission(desk: Desk, provider_id: u64) -> AnyView {
    let typed = RwSignal::new(String::new());
    let foot = Foot::new(desk);
    live(move || form(desk, foot, provider_id, typed))
}

fn form(desk: Desk, foot: Foot, provider_id: u64, typed: RwSignal<String>) -> AnyView {
    let parsed = units::bps(&typed.get());
    let rate = parsed.as_ref().ok().copied();
    let config = desk.config(provider_id);
    let plan = rate.zip(config).and_then(|(rate, config)| {
        let change = ProviderChange::TakeRate(rate);
        desk.as_admin(provider_id, |setting| change_provider(setting, provider_id, &config, change))
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
    let ranks = desk.providers.with(|providers| {
        Figure::within(providers.last(), providers.failure(), |at| ranks(&at.value.rows, provider_id, rate))
    });
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
                        <dt>"Your rank by commission"</dt><dd>{desk.cx.sources.fig("Rank by commission", ranks, "w4")}</dd>
                        <dt>"Everyone sees"</dt><dd>"the change and its block, for ever"</dd>
                    </dl>
                </div>
            </div>
            {desk.foot(foot, provider_id, plan, "Enter a new commission")}
        </section>
    }
    .into_any()
}

/// Live delegations, grouped by the commission that is frozen in them.
fn existing(desk: Desk, provider_id: u64) -> AnyView {
    let groups = desk.cx.scope.ledger.with(|ledger| {
        let (ledger, contracts) = (ledger.as_ref()?, desk.cx.scope.deployment()?);
        let groups = desk.stakes.with(|stakes| {
            let stakes = &stakes.last()?.value;
            Some(by_frozen_rate(&contracts, &ledger.history, stakes, provider_id))
        })?;
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

/// The place before and after a change, as a figure.
fn ranks(rows: &[ProviderRow], provider_id: u64, rate: Option<Bps>) -> Figure {
    let Some(own) = rows.iter().find(|row| row.provider_id == provider_id) else { return Figure::Loading };
    let other = rows.iter().find(|row| row.provider_id != provider_id);
    let inputs = [("its own", Some(own)), ("one of the others", other)];
    let inputs = inputs.into_iter().filter_map(|(name, row)| Some((name, row?.config.source.clone())));
    let source = Source::derived("1 + the number of other providers with a lower commission", inputs);
    let rates: Result<Vec<_>, ReadError> =
        rows.iter().map(|row| Ok((row.provider_id, row.config.need()?.take_rate))).collect();
    let value = rates.and_then(|rates| Ok((rates, own.config.need()?.take_rate)));
    Figure::of(&Reading { value, source }, |(rates, now)| {
        let (before, all) = (rank(rates, provider_id, *now), rates.len());
        match rate {
            Some(rate) => format!("{before} → {} of {all}", rank(rates, provider_id, rate)),
            None => format!("{before} of {all}"),
        }
        .into()
    })
}

#[cfg(test)]
mod tests {
    use alloy_primitives::Address;

    use super::*;
    use crate::{aztec::read::ProviderConfig, chain::Origin, ui::kit::Written};

    #[test]
    fn equal_commissions_share_a_rank() {
        let bps = |n| Bps::new(n).expect("in range");
        let rates = [(1, bps(500)), (2, bps(500)), (3, bps(800)), (4, bps(0))];
        assert_eq!(rank(&rates, 1, bps(500)), 2);
        assert_eq!(rank(&rates, 2, bps(500)), 2);
        assert_eq!(rank(&rates, 1, bps(900)), 4);
        assert_eq!(rank(&rates, 4, bps(0)), 1);
    }

    #[test]
    fn a_rank_is_unread_when_a_commission_is() {
        let row = |provider_id, rate: Result<u16, ReadError>| {
            let config = rate.map(|rate| ProviderConfig {
                admin: Address::ZERO,
                take_rate: Bps::new(rate).expect("in range"),
                rewards_recipient: Address::ZERO,
            });
            let source = Origin::Derived { formula: "a test", inputs: Vec::new() }.into();
            let open_slots = Reading::new(0, Source::clone(&source));
            ProviderRow { provider_id, config: Reading { value: config, source }, open_slots }
        };
        let shown = ranks(&[row(1, Ok(500)), row(2, Ok(100))], 1, Bps::new(0));
        assert!(matches!(shown, Figure::Shown(Written::Text(said), _) if said == "2 → 1 of 2"));
        let unread = ranks(&[row(1, Ok(500)), row(2, Err(ReadError::Decode))], 1, None);
        assert!(matches!(unread, Figure::NotRead(_, Some(_))));
    }
}
