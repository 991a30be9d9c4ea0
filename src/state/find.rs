//! What a typed text may mean: a page, a provider, an address. Pure; tested by table.

use alloy_primitives::Address;

use super::route::{Page, ProvidersView};
use crate::{
    aztec::{model::Delegation, read::ProviderConfig},
    units::{self, fold, format},
};

/// A provider as it can be found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Findable {
    /// Its number.
    pub(crate) provider_id: u64,
    /// What it is called.
    pub(crate) label: String,
    /// Its registration, where it was read.
    pub(crate) config: Option<ProviderConfig>,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    /// What it is.
    pub(crate) label: String,
    /// What kind of thing, or how it has to do with what was typed.
    pub(crate) detail: String,
    /// Where it leads.
    pub(crate) leads: Page,
}

/// Hits shown at once.
const MOST: usize = 12;

/// What `text` may mean, likeliest first; all pages for an empty one.
pub(crate) fn find(
    text: &str,
    pages: &[(&'static str, Page)],
    providers: &[Findable],
    delegations: &[Delegation],
) -> Vec<Hit> {
    let text = text.trim();
    if let Ok(address) = units::address(text) {
        return of_address(address, providers, delegations);
    }
    let wanted = fold(text);
    let number = wanted.trim_start_matches('#').parse().ok();
    let pages = pages.iter().filter(|(name, _)| fold(name).contains(&wanted)).map(|(name, page)| Hit {
        label: (*name).to_owned(),
        detail: "Page".to_owned(),
        leads: page.clone(),
    });
    let mut providers: Vec<&Findable> = providers
        .iter()
        .filter(|_| !wanted.is_empty())
        .filter(|one| number == Some(one.provider_id) || fold(&one.label).contains(&wanted))
        .collect();
    // the number that was typed first, then names that begin with the text
    providers.sort_by_key(|one| {
        (number != Some(one.provider_id), !fold(&one.label).starts_with(&wanted), one.provider_id)
    });
    pages.chain(providers.into_iter().map(|one| provider(one, None))).take(MOST).collect()
}

fn provider(one: &Findable, how: Option<&str>) -> Hit {
    let detail = match how {
        Some(how) => format!("{how} of provider {}", one.provider_id),
        None => format!("Provider {}", one.provider_id),
    };
    let page = Page::Provider { provider_id: one.provider_id, standing: None };
    Hit { label: one.label.clone(), detail, leads: page }
}

fn of_address(address: Address, providers: &[Findable], delegations: &[Delegation]) -> Vec<Hit> {
    let mut hits = Vec::new();
    for one in providers {
        let roles = one.config.map_or([None, None], |config| {
            [
                (config.admin == address).then_some("Admin"),
                (config.rewards_recipient == address).then_some("Receives the commission"),
            ]
        });
        hits.extend(roles.into_iter().flatten().map(|role| provider(one, Some(role))));
    }
    for delegation in delegations.iter().rev() {
        let role = match () {
            () if delegation.attester == address => "Sequencer",
            () if delegation.split == address => "Split contract of a delegation",
            () if delegation.withdrawer == Some(address) => "Staked with a sequencer",
            () => continue,
        };
        if let Some(one) = providers.iter().find(|one| one.provider_id == delegation.provider_id) {
            let hit = provider(one, Some(role));
            if !hits.contains(&hit) {
                hits.push(hit);
            }
        }
    }
    let filtered = ProvidersView { search: address.to_string(), ..ProvidersView::default() };
    hits.truncate(MOST - 2);
    hits.push(Hit {
        label: format!("Positions of {}", format::short_address(address)),
        detail: "What it staked, earned and can claim".to_owned(),
        leads: Page::Positions(Some(address)),
    });
    if hits.len() == 1 {
        hits.push(Hit {
            label: "Search the list of providers".to_owned(),
            detail:
                "No provider, sequencer or staker of this network has this address, as far as events are read"
                    .to_owned(),
            leads: Page::Providers(filtered),
        });
    }
    hits
}

#[cfg(test)]
mod tests {
    use alloy_primitives::B256;

    use super::*;
    use crate::units::Bps;

    fn findable(provider_id: u64, label: &str) -> Findable {
        let byte = u8::try_from(provider_id).expect("few");
        let config = ProviderConfig {
            admin: Address::repeat_byte(byte),
            take_rate: Bps::new(500).expect("legal"),
            rewards_recipient: Address::repeat_byte(byte + 100),
        };
        Findable { provider_id, label: label.to_owned(), config: Some(config) }
    }

    fn delegation(provider_id: u64) -> Delegation {
        Delegation {
            provider_id,
            rollup: Address::ZERO,
            attester: Address::repeat_byte(50),
            split: Address::repeat_byte(51),
            withdrawer: Some(Address::repeat_byte(52)),
            take_rate: None,
            block: 1,
            index: 1,
            tx: B256::ZERO,
            time: None,
        }
    }

    fn labels(text: &str) -> Vec<String> {
        let pages = [
            ("Overview", Page::Overview),
            ("Governance", Page::Governance(None)),
            ("Provide", Page::Provide(None)),
        ];
        let providers = [findable(1, "Overtone"), findable(2, "Halcyon"), findable(12, "Rover 2")];
        find(text, &pages, &providers, &[delegation(2), delegation(2)])
            .into_iter()
            .map(|hit| format!("{}: {}", hit.label, hit.detail))
            .collect()
    }

    #[test]
    fn pages_providers_numbers_and_addresses_are_found() {
        let of = |byte: u8| Address::repeat_byte(byte).to_string();
        for (text, expected) in [
            ("", vec!["Overview: Page", "Governance: Page", "Provide: Page"]),
            (
                "over",
                vec!["Overview: Page", "Governance: Page", "Overtone: Provider 1", "Rover 2: Provider 12"],
            ),
            ("2", vec!["Halcyon: Provider 2", "Rover 2: Provider 12"]),
            ("#12", vec!["Rover 2: Provider 12"]),
            ("nothing", vec![]),
        ] {
            assert_eq!(labels(text), expected, "{text}");
        }
        for (byte, first) in [
            (1, "Overtone: Admin of provider 1"),
            (101, "Overtone: Receives the commission of provider 1"),
            (50, "Halcyon: Sequencer of provider 2"),
            (51, "Halcyon: Split contract of a delegation of provider 2"),
            (52, "Halcyon: Staked with a sequencer of provider 2"),
        ] {
            let found = labels(&format!("  {} ", of(byte)));
            assert_eq!((found.len(), found[0].as_str()), (2, first), "each once, then its positions");
        }
        assert!(labels(&of(99))[0].starts_with("Positions of 0x6363"));
    }
}
