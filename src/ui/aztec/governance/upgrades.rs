//! Upgrades: which stake follows, and what was replaced.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};
use leptos::prelude::*;

use super::{
    people::{People, provider},
    section::{on_demand, when_read},
};
use crate::{
    aztec::{
        Deployment,
        read::{Instance, LeftBehind, Replaced, Successor, Upgrades},
    },
    chain::Reading,
    state::{Page, Screen},
    ui::{
        Cx,
        kit::{Figure, Written, cut, live},
    },
    units::format,
};

/// Providers drawn until somebody asks for all.
const FEW: usize = 8;

/// What the section works with.
#[derive(Clone, Copy)]
struct Desk {
    cx: Cx,
    open: RwSignal<bool>,
    all: RwSignal<bool>,
    upgrades: Screen<Upgrades>,
    left: Screen<Vec<LeftBehind>>,
}

/// The section; reads nothing before somebody opens it.
pub(super) fn upgrades(cx: Cx) -> AnyView {
    let open = RwSignal::new(false);
    let upgrades = cx.scope.upgrades(move || open.get());
    let left = cx.scope.left_behind(move || open.get(), move || cx.account());
    let desk = Desk { cx, open, all: RwSignal::new(false), upgrades, left };
    live(move || section(desk))
}

fn section(desk: Desk) -> AnyView {
    let about = "A new rollup takes the place of the canonical one by a proposal. Stake that follows upgrades moves with it by itself; the rest stays where it is, earns nothing there and has to be taken out by its owner.";
    on_demand("Upgrades", about, desk.open, || {
        let Some(contracts) = desk.cx.scope.deployment() else { return ().into_any() };
        let people = People::of(desk.cx);
        when_read(&desk.upgrades.get(), |found| {
            view! {
                {instances(desk, &contracts, &people, found)}
                {left_behind(desk, &people)}
                {by_provider(desk, &people, found)}
                {replaced(desk.cx, &contracts, &found.replaced)}
            }
            .into_any()
        })
    })
}

fn instances(desk: Desk, contracts: &Deployment, people: &People, found: &Upgrades) -> AnyView {
    let cx = desk.cx;
    let canonical = contracts.canonical().address;
    // as they were read: a rollup may have come since then
    let line = |(of, instance): &(Option<Address>, Reading<Instance>)| {
        let of = *of;
        let (name, said) = match of {
            None => {
                let with = found.latest.get().and_then(|latest| contracts.rollup(*latest));
                let with =
                    with.map_or_else(|| "which was not read".to_owned(), |rollup| rollup.version.to_string());
                ("Follows upgrades".to_owned(), format!("is with rollup {with} now"))
            }
            Some(rollup) => {
                let version = contracts.rollup(rollup).map(|rollup| rollup.version.to_string());
                let said =
                    if rollup == canonical { "stays here when the next one comes" } else { "left behind" };
                (format!("Only rollup {}", version.unwrap_or_default()), said.to_owned())
            }
        };
        let figure = |label: &str, write: fn(&Instance, &Deployment) -> Written| {
            let figure = Figure::of(instance, |instance| write(instance, contracts));
            cx.sources.fig(format!("{label}, {name}"), figure, "w8")
        };
        let stake = figure("Stake", |instance, contracts| Written::amount(&contracts.token, instance.stake));
        let count = figure("Sequencers", |instance, _| Written::count(instance.attesters.len() as u64));
        let held = of
            .map(|_| figure("Held", |instance, contracts| Written::amount(&contracts.token, instance.held)));
        let own = instance.get().map_or(0, |instance| {
            instance.attesters.iter().filter(|attester| people.is_own(**attester)).count()
        });
        let own = (own > 0).then(|| format!("{} of yours", format::plural(own as u64, "sequencer")));
        view! {
            <tr><td class="full">{name.clone()}<span class="sub">{said}</span><span class="sub">{own}</span></td><td class="num" data-l="Stake">{stake}</td><td class="num" data-l="Sequencers">{count}</td><td class="num" data-l="Tokens it holds">{held}</td></tr>
        }
        .into_any()
    };
    let lines: Vec<_> = found.instances.iter().map(line).collect();
    view! {
        <div class="tablewrap"><table class="table tight cards"><thead><tr><th scope="col">"Stake"</th><th class="num" scope="col">"Amount"</th><th class="num" scope="col">"Sequencers"</th><th class="num" scope="col">"Tokens it holds"</th></tr></thead><tbody>{lines}</tbody></table></div>
        <p class="body muted xs">"The tokens that a rollup holds, of the kind that is staked, are deposits in its entry queue and, where it pays in them, rewards."</p>
    }
    .into_any()
}

/// Rewards that are still with old rollups, each in what it pays in: a sum over them would be of different things.
fn left_behind(desk: Desk, people: &People) -> AnyView {
    let found = desk.left.get();
    let body = match (found.last(), people.complete) {
        (Some(at), _) if at.value.is_empty() => {
            view! { <p class="small">"There is no old rollup."</p> }.into_any()
        }
        (Some(at), _) => left_table(desk, &at.value, found.aged()),
        (None, false) => {
            view! { <p class="small ink2">"Waits until all events are read: they name the splits that may be owed something."</p> }.into_any()
        }
        (None, true) => when_read(&found, |_| ().into_any()),
    };
    let own = desk.cx.link(Page::Positions(None));
    view! {
        <div class="body rule"><h3>"Rewards left on old rollups"</h3>
            <p class="small ink2">"An old rollup keeps what was earned on it until somebody claims it. Anybody may, for whoever is owed; what is owed to you is claimed on "<a href=own>"Positions"</a>", together with the rest."</p>
        </div>
        {body}
    }
    .into_any()
}

fn left_table(desk: Desk, found: &[LeftBehind], aged: Option<u64>) -> AnyView {
    let cx = desk.cx;
    let connected = cx.account().is_some();
    let line = |one: &LeftBehind| {
        let asset = one.asset.get();
        let figure = |label: &str, amount: &Reading<U256>| {
            let figure = match (asset, &one.asset.value) {
                (Some(token), _) => Figure::of(amount, |raw| Written::amount(token, *raw)),
                (None, Err(error)) => Figure::NotRead(error.clone(), Some(one.asset.source.clone())),
                (None, Ok(_)) => Figure::Loading,
            };
            cx.sources.fig(format!("{label}, rollup {}", one.version), figure.aged(aged), "w8")
        };
        let pays = match one.pays.get() {
            Some(true) => "pays out".to_owned(),
            Some(false) => "does not pay out at present".to_owned(),
            None => "whether it pays out was not read".to_owned(),
        };
        let own = connected.then(|| {
            view! { <td class="num" data-l="Owed to you">{figure("Owed to you", &one.own)}</td> }
        });
        view! {
            <tr><td class="full">{format!("Rollup {}", one.version)}<span class="sub">{pays}</span></td><td class="num" data-l="Holds for rewards">{figure("Holds for rewards", &one.held)}</td><td class="num" data-l="Owed to splits">{figure("Owed to splits", &one.owed)}</td>{own}</tr>
        }
        .into_any()
    };
    let lines: Vec<_> = found.iter().map(line).collect();
    let own = connected.then(|| view! { <th class="num" scope="col">"Owed to you"</th> });
    let about_own = connected.then_some(
        " Owed to you is your part, after commission, of the splits that name this account as the one who is paid for the stake, and what the account itself is owed; what vaults bring you is on Positions.",
    );
    view! {
        <div class="tablewrap"><table class="table tight cards"><thead><tr><th scope="col">"Rollup"</th><th class="num" scope="col">"Holds for rewards"</th><th class="num" scope="col">"Owed to the splits of all delegations"</th>{own}</tr></thead><tbody>{lines}</tbody></table></div>
        <p class="body muted xs">"What is held beyond that is owed to sequencers without a split and to provers: no getter adds those up. Each row is in what that rollup pays in."{about_own}</p>
    }
    .into_any()
}

/// Sequencers of a provider: those that follow, those pinned to the canonical rollup, those left behind.
fn counted(
    found: &Upgrades,
    canonical: Address,
    provider: impl Fn(Address) -> Option<u64>,
) -> Vec<(Option<u64>, [u64; 3])> {
    let mut all: BTreeMap<Option<u64>, [u64; 3]> = BTreeMap::new();
    for instance in found.instances.iter().filter_map(|(_, instance)| instance.get()) {
        let place = match (instance.follows, instance.address == canonical) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 2,
        };
        for attester in &instance.attesters {
            all.entry(provider(*attester)).or_default()[place] += 1;
        }
    }
    let mut all: Vec<_> = all.into_iter().collect();
    all.sort_by_key(|(_, counts)| std::cmp::Reverse((counts[2], counts[1], counts[0])));
    all
}

fn by_provider(desk: Desk, people: &People, found: &Upgrades) -> AnyView {
    let Some(contracts) = desk.cx.scope.deployment() else { return ().into_any() };
    let unread = found.instances.iter().any(|(_, instance)| instance.value.is_err());
    let all = counted(found, contracts.canonical().address, |attester| people.provider(attester));
    let (most, more) = cut(desk.all, FEW, all.len());
    let line = |(of, [follow, pinned, behind]): &(Option<u64>, [u64; 3])| {
        view! {
            <tr><td class="full">{provider(desk.cx, *of, people.complete)}</td><td class="num" data-l="Follow">{format::count(*follow)}</td><td class="num" data-l="Stay here">{format::count(*pinned)}</td><td class="num" data-l="Left behind">{format::count(*behind)}</td></tr>
        }
        .into_any()
    };
    let lines: Vec<_> = all.iter().take(most).map(line).collect();
    let said = match (unread, people.complete) {
        (true, _) => "A part of the stake was not read: these are not all.",
        (false, false) => "Older events are still being read: some providers may not be known yet.",
        (false, true) => "Sequencers; those with most left behind first.",
    };
    view! {
        <div class="body rule"><h3>"By provider"</h3><p class="small ink2">{said}</p></div>
        <div class="tablewrap"><table class="table tight cards"><thead><tr><th scope="col">"Provider"</th><th class="num" scope="col">"Follow upgrades"</th><th class="num" scope="col">"Stay on the current"</th><th class="num" scope="col">"Left behind"</th></tr></thead><tbody>{lines}</tbody></table></div>
        {more}
    }
    .into_any()
}

fn replaced(cx: Cx, contracts: &Deployment, replaced: &Reading<Vec<Replaced>>) -> AnyView {
    let count = Figure::of(replaced, |replaced| Written::count(replaced.len() as u64));
    let count = cx.sources.fig("Replacements", count, "w4");
    let line = |of: &Replaced| {
        let (said, address) = match of.by {
            Successor::Rollup(address) => {
                let version = contracts
                    .rollup(address)
                    .map(|rollup| format!("Rollup {} became canonical", rollup.version));
                (version.unwrap_or_else(|| "A rollup became canonical".to_owned()), address)
            }
            Successor::GovernanceProposer(address) => ("Signals go to another contract".to_owned(), address),
        };
        let when = cx.when(&of.place);
        view! { <li class="small">{said}" "{cx.addr(address)}<span class="sub">{when}" "{cx.hash(of.place.tx)}</span></li> }.into_any()
    };
    let lines: Vec<_> = replaced.get().into_iter().flatten().rev().take(50).map(line).collect();
    view! { <div class="body rule"><h3>"What was replaced"</h3><p class="small ink2">"Replacements, by events: "{count}</p><ul class="own">{lines}</ul></div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::{Origin, Source};

    #[test]
    fn sequencers_are_counted_by_provider_and_by_what_becomes_of_them() {
        let source: Source = Origin::Block { field: "timestamp", block: 1 }.into();
        let [bonus, new, old, a, b, c] = [1, 2, 3, 11, 12, 13].map(Address::repeat_byte);
        let instance = |address, follows, attesters: &[Address]| {
            let attesters = attesters.to_vec();
            let read = Instance { address, follows, stake: U256::ZERO, attesters, held: U256::ZERO };
            ((!follows).then_some(address), Reading::new(read, source.clone()))
        };
        let found = Upgrades {
            latest: Reading::new(new, source.clone()),
            instances: vec![
                instance(bonus, true, &[a]),
                instance(new, false, &[b]),
                instance(old, false, &[c]),
            ],
            replaced: Reading::new(Vec::new(), source.clone()),
        };
        let counts = counted(&found, new, |attester| (attester != c).then_some(4));
        assert_eq!(counts, [(None, [0, 0, 1]), (Some(4), [1, 1, 0])]);
    }
}
