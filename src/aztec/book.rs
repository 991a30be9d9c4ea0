use std::{collections::BTreeSet, sync::Arc};

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::Address;
use serde::Deserialize;

use super::{
    Deployment,
    abi::CATALOG,
    claimed, deeds, delegated,
    events::{Fact, tell},
    guard,
    plan::own_stake_of,
    proposed,
    read::Rewards,
    reason, vaults,
};
use crate::{
    chain::{
        Pool,
        abi::DecodedCall,
        host::BoxFuture,
        logs::{Log, LogEntry},
        text,
    },
    tx::{Call, Explanation, Lexicon, Plan, simulate::Event},
    units::{Bps, Token, format},
};

/// What a provider says about itself in the list that ships with the app. Unverified: shown as such, with its
/// number and admin beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderName {
    /// Its name, tamed.
    pub name: String,
    /// Its site, if that is an https address.
    pub website: Option<String>,
    /// Where it publishes payouts that it makes outside the protocol.
    pub audit: Option<String>,
}

/// Names of the providers of one `StakingRegistry`, bound by their on-chain number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(Vec<(u64, ProviderName)>);

#[derive(Deserialize)]
struct File {
    lists: Vec<List>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    chain_id: u64,
    staking_registry: Address,
    providers: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    id: u64,
    name: String,
    #[serde(default)]
    website: Option<String>,
    #[serde(default)]
    manual_payout_audit_url: Option<String>,
}

impl Names {
    /// The list for a `StakingRegistry` out of `public/providers.json`; empty when there is none, or no such file.
    pub fn from_json(json: &str, chain_id: u64, staking_registry: Address) -> Self {
        let link = |url: Option<String>| url.and_then(|url| text::https_link(&url).map(str::to_owned));
        let file: File = serde_json::from_str(json).unwrap_or(File { lists: Vec::new() });
        let lists = file
            .lists
            .into_iter()
            .filter(|list| list.chain_id == chain_id && list.staking_registry == staking_registry);
        let names = lists.flat_map(|list| list.providers).map(|entry| {
            let name = ProviderName {
                name: text::tame(&entry.name, 48),
                website: link(entry.website),
                audit: link(entry.manual_payout_audit_url),
            };
            (entry.id, name)
        });
        Self(names.collect())
    }

    /// What a provider calls itself.
    pub fn get(&self, provider_id: u64) -> Option<&ProviderName> {
        self.0.iter().find(|(id, _)| *id == provider_id).map(|(_, entry)| entry)
    }

    /// The name to show: `Provider 12` where the list has none.
    pub fn label(&self, provider_id: u64) -> String {
        self.get(provider_id).map_or_else(|| format!("Provider {provider_id}"), |entry| entry.name.clone())
    }
}

/// Contracts that are found by reading somebody's rewards, and in no list of the network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Learned {
    /// Tokens that rewards are paid in, where they are others than the one that is staked.
    pub tokens: Vec<Token>,
    /// Where splits put what they share out, by their own `SPLITS_WAREHOUSE()`.
    pub warehouses: Vec<Address>,
}

impl Learned {
    /// From rewards.
    pub fn of(rewards: &Rewards) -> Self {
        let warehouses: BTreeSet<Address> = rewards.purses.iter().map(|purse| purse.warehouse).collect();
        Self {
            tokens: rewards.tokens.values().filter_map(|token| token.get().cloned()).collect(),
            warehouses: warehouses.into_iter().filter(|one| !one.is_zero()).collect(),
        }
    }
}

/// What the transaction pipeline has to know about Aztec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Book {
    /// The contracts.
    pub contracts: Arc<Deployment>,
    /// Provider names.
    pub names: Arc<Names>,
    /// What reading rewards taught.
    pub learned: Arc<Learned>,
    /// Token vaults that were read, each with its staker.
    pub vaults: Arc<Vec<(Address, Address)>>,
}

impl Book {
    fn provider(&self, value: &DynSolValue) -> Option<String> {
        let (id, _) = value.as_uint()?;
        Some(self.names.label(id.try_into().ok()?))
    }
}

fn rate(value: &DynSolValue) -> Option<Bps> {
    Bps::new(value.as_uint()?.0.try_into().ok()?)
}

impl Lexicon for Book {
    fn decode(&self, call: &Call) -> Option<DecodedCall> {
        // a selector means something only on a contract that is known to have it
        self.name(call.to)?;
        CATALOG.call(&call.data)
    }

    fn decode_bundled(&self, call: &Call) -> Option<DecodedCall> {
        // splits are many, and none of the network's contracts lists them
        self.decode(call).or_else(|| claimed::is_of_splits(&call.data).then(|| CATALOG.call(&call.data))?)
    }

    fn name(&self, address: Address) -> Option<String> {
        let contracts = &*self.contracts;
        let fixed = [
            (Some(contracts.staking_registry), "StakingRegistry"),
            (Some(contracts.token.address), contracts.token.symbol.as_str()),
            (Some(contracts.registry), "Registry"),
            (Some(contracts.governance), "Governance"),
            (contracts.governance_proposer, "GovernanceProposer"),
            (Some(contracts.gse), "GSE"),
            (contracts.split_factory, "PullSplitFactory"),
            (Some(crate::chain::MULTICALL3), "Multicall3"),
        ];
        let fixed =
            fixed.into_iter().find(|(known, _)| *known == Some(address)).map(|(_, name)| name.to_owned());
        let fixed =
            fixed.or_else(|| contracts.rollup(address).map(|rollup| format!("Rollup {}", rollup.version)));
        let fixed = fixed.or_else(|| vaults::name(&self.vaults, address));
        let Learned { tokens, warehouses } = &*self.learned;
        let fixed =
            fixed.or_else(|| Some(tokens.iter().find(|token| token.address == address)?.symbol.clone()));
        fixed.or_else(|| warehouses.contains(&address).then(|| "SplitsWarehouse".to_owned()))
    }

    fn meaning(&self, call: &Call, decoded: &DecodedCall, argument: usize) -> Option<String> {
        let contracts = &*self.contracts;
        let place = argument;
        let argument = decoded.args.get(place)?;
        let value = &argument.value;
        Some(match (decoded.name.as_str(), argument.name.as_str()) {
            (_, "_providerIdentifier") => self.provider(value)?,
            (_, "_rollupVersion") => {
                let (version, _) = value.as_uint()?;
                if version == contracts.canonical().version {
                    "The current rollup"
                } else {
                    "Not the current rollup"
                }
                .to_owned()
            }
            ("stake", "_withdrawalAddress") | ("deposit", "_withdrawer") => {
                "Only this address can exit".to_owned()
            }
            ("stake" | "stakeWithProvider", "_expectedProviderTakeRate") => {
                format!("{}. Reverts at any other commission", rate(value)?)
            }
            ("stake" | "stakeWithProvider", "_userRewardsRecipient") => "Receives the rewards".to_owned(),
            ("deposit", "_attester") => "The sequencer’s key".to_owned(),
            ("stake" | "stakeWithProvider" | "deposit", "_moveWithLatestRollup") => {
                if value.as_bool()? { "Follows upgrades" } else { "Stays on this rollup" }.to_owned()
            }
            ("registerProvider" | "updateProviderTakeRate", "_providerTakeRate" | "_newTakeRate") => {
                rate(value)?.to_string()
            }
            ("deposit" | "initiateWithdraw" | "vote" | "proposeWithLock", "_amount")
                if call.to == contracts.governance || call.to == contracts.gse =>
            {
                contracts.token.amount(value.as_uint()?.0)
            }
            ("vote", "_support") => if value.as_bool()? { "Yea" } else { "Nay" }.to_owned(),
            ("initiateWithdraw", "_to") if call.to == contracts.governance => {
                "Receives the tokens after the delay".to_owned()
            }
            ("proposeWithLock", "_payload") => "What it would execute".to_owned(),
            ("proposeWithLock", "_to") => "Gets the locked tokens back".to_owned(),
            ("delegate", "_delegatee") if call.to == contracts.gse && value.as_address()?.is_zero() => {
                "Nobody: the stake does not vote".to_owned()
            }
            ("delegate", "_instance") if call.to == contracts.gse => "Where the stake is".to_owned(),
            ("addKeysToProvider", "_keyStores") => {
                let count = value.as_array()?.len() as u64;
                format!("{} at the end of the queue", format::plural(count, "key"))
            }
            ("dripProviderQueue", "_numberOfKeysToDrip") => "Leave the front of the queue unused".to_owned(),
            ("updateProviderAdmin", "_newAdmin") => "Becomes the admin once it accepts".to_owned(),
            ("registerProvider", "_providerAdmin") => "May change everything about the provider".to_owned(),
            (_, "_providerRewardsRecipient" | "_newRewardsRecipient") => "Receives the commission".to_owned(),
            (_, "_coinbase") => "A split contract, which shares it out".to_owned(),
            ("distribute", "_split") => "Who gets how much. The split refuses any other terms".to_owned(),
            ("distribute", "_distributor") => "Named as who shared it out. Gets nothing for it".to_owned(),
            ("withdraw", "_owner") => "Receives what it has in the warehouse".to_owned(),
            ("initiateWithdraw", "_recipient") => "Receives the stake".to_owned(),
            ("approve", "value" | "amount") if call.to == contracts.token.address => {
                contracts.token.amount(value.as_uint()?.0)
            }
            _ => return vaults::meaning(contracts, decoded, place),
        })
    }

    fn token(&self, address: Address) -> Option<Token> {
        let known = std::iter::once(&self.contracts.token).chain(self.learned.tokens.iter());
        known.into_iter().find(|token| token.address == address).cloned()
    }

    fn explain(&self, call: &Call, revert: &[u8]) -> Explanation {
        reason::explain(&self.contracts, &self.names, call, revert)
    }

    fn outcome(&self, call: &Call, events: &[Log]) -> Option<String> {
        let contracts = &*self.contracts;
        if let Some(said) = claimed::outcome(contracts, &|address| self.token(address), call, events) {
            return Some(said);
        }
        if let Some(said) = delegated::outcome(contracts, call, events) {
            return Some(said);
        }
        if let Some(said) = proposed::outcome(contracts, call, events) {
            return Some(said);
        }
        if let Some(said) = vaults::outcome(contracts, call, events) {
            return Some(said);
        }
        let own = own_stake_of(contracts, call);
        let told = events.iter().filter_map(|log| tell(contracts, &LogEntry::from_rpc(log.clone())?));
        let said = told.filter_map(|told| match told.fact {
            Fact::Registered { provider, .. } => Some(format!("Registered as provider {provider}.")),
            Fact::Staked { attester, split, .. } => Some(format!(
                "Sequencer {} waits in the entry queue. Its split contract is {}.",
                format::short_address(attester),
                format::short_address(split)
            )),
            Fact::Queued { attester, withdrawer } if own.is_some() => Some(format!(
                "Sequencer {} waits in the entry queue. Only {} can exit.",
                format::short_address(attester),
                format::short_address(withdrawer)
            )),
            Fact::ExitStarted { recipient, amount, .. } => Some(format!(
                "{} will go to {}.",
                contracts.token.amount(amount),
                format::short_address(recipient)
            )),
            Fact::ExitFinished { recipient, amount, .. } => Some(format!(
                "{} went to {}.",
                contracts.token.amount(amount),
                format::short_address(recipient)
            )),
            _ => None,
        });
        Some(said.collect::<Vec<_>>().join(" ")).filter(|said| !said.is_empty())
    }

    fn deeds(&self, call: &Call, events: &[Event]) -> Vec<String> {
        let mut said = deeds::deeds(&self.contracts, &self.names, events);
        said.extend(proposed::deeds(&self.contracts, call, events));
        said
    }

    fn guard(&self, pool: Pool, plan: Plan) -> BoxFuture<'static, Result<(), Explanation>> {
        let book = self.clone();
        Box::pin(async move { guard::check(&pool, &book.contracts, &plan).await })
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::address;

    use super::*;

    #[test]
    fn the_shipped_names_are_bound_to_their_registry() {
        let json = include_str!("../../public/providers.json");
        let registry = address!("042dF8f42790d6943F41C25C2132400fd727f452");
        let names = Names::from_json(json, 1, registry);
        assert_eq!(names.label(6), "Nethermind");
        assert_eq!(names.label(9999), "Provider 9999");
        assert!(names.get(6).is_some_and(|entry| entry.audit.is_some()));
        assert_eq!(Names::from_json(json, 5, registry), Names::default());
        assert_eq!(Names::from_json("nonsense", 1, registry), Names::default());
    }
}
