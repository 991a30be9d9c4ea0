use alloy_primitives::{Address, U256};

use crate::{
    aztec::{
        abi::{IERC20, IGSE, IGovernance, IGovernanceProposer, IRegistry, IRollup, IStakingRegistry},
        deployment::{Claim, Deployment, FromBlock, Guess, Mismatch, Rollup, RollupClock, Severity},
    },
    chain::{Answers, At, Batch, BlockRef, Network, Pool, ReadError, Reading, Slot, Source, text::tame},
    units::Token,
};

/// Versions asked for before their number is known; one request less for every network of today.
const GUESS: u64 = 8;

/// Finds every contract of a network and checks that they refer to each other.
///
/// Three requests. Fails when the Registry, its canonical rollup or the token cannot be read: without them
/// there is nothing to show. Fails, too, when a request got no answer: that says nothing about the contracts. Everything
/// else that fails is a [`Mismatch`] or an unread figure.
pub async fn deployment(
    pool: &Pool,
    network: &Network,
    block: BlockRef,
) -> Result<At<Deployment>, ReadError> {
    let roots = Roots::read(pool, network, &block).await?;
    let found = Found::read(pool, &roots, &block).await?;
    let details = Details::read(pool, network, &found, &block).await?;
    Ok(At { block, value: details.assemble(network, roots, found) })
}

/// What Registry and `StakingRegistry` say.
struct Roots {
    registry: Address,
    versions: Vec<U256>,
    canonical: Address,
    governance: Address,
    owner: Result<Address, ReadError>,
    registry_of_staking: Result<Address, ReadError>,
    asset_of_staking: Result<Address, ReadError>,
    split_factory: Result<Address, ReadError>,
}

impl Roots {
    async fn read(pool: &Pool, network: &Network, block: &BlockRef) -> Result<Self, ReadError> {
        let (registry, staking) = (network.registry, network.staking_registry);
        let mut batch = Batch::new();
        let count = batch.add(registry, IRegistry::numberOfVersionsCall {});
        let canonical = batch.add(registry, IRegistry::getCanonicalRollupCall {});
        let governance = batch.add(registry, IRegistry::getGovernanceCall {});
        let owner = batch.add(registry, IRegistry::ownerCall {});
        let version = |index: u64| IRegistry::getVersionCall { index: U256::from(index) };
        let guessed: Vec<_> = (0..GUESS).map(|i| batch.add(registry, version(i))).collect();
        let registry_of_staking = batch.add(staking, IStakingRegistry::ROLLUP_REGISTRYCall {});
        let asset_of_staking = batch.add(staking, IStakingRegistry::STAKING_ASSETCall {});
        let split_factory = batch.add(staking, IStakingRegistry::PULL_SPLIT_FACTORYCall {});
        let answers = batch.run_whole(pool, block).await?;

        let count: u64 = answers.value(count)?.saturating_to();
        if count == 0 {
            return Err(ReadError::Decode);
        }
        let mut versions = Vec::new();
        for slot in guessed.into_iter().take(usize::try_from(count).unwrap_or(usize::MAX)) {
            versions.push(answers.value(slot)?);
        }
        if count > GUESS {
            let mut batch = Batch::new();
            // a registry with more versions than this is none
            let rest: Vec<_> = (GUESS..count.min(1_000)).map(|i| batch.add(registry, version(i))).collect();
            let more = batch.run_whole(pool, block).await?;
            for slot in rest {
                versions.push(more.value(slot)?);
            }
        }
        Ok(Self {
            registry,
            versions,
            canonical: answers.value(canonical)?,
            governance: answers.value(governance)?,
            owner: answers.value(owner),
            registry_of_staking: answers.value(registry_of_staking),
            asset_of_staking: answers.value(asset_of_staking),
            split_factory: answers.value(split_factory),
        })
    }
}

/// What those lead to.
struct Found {
    rollups: Vec<(U256, Address)>,
    gse: Address,
    token: Token,
    governance_proposer: Result<Address, ReadError>,
    asset_of_governance: Result<Address, ReadError>,
}

impl Found {
    async fn read(pool: &Pool, roots: &Roots, block: &BlockRef) -> Result<Self, ReadError> {
        let mut batch = Batch::new();
        let rollup = |version: &U256| IRegistry::getRollupCall { version: *version };
        let rollups: Vec<_> = roots.versions.iter().map(|v| batch.add(roots.registry, rollup(v))).collect();
        let gse = batch.add(roots.canonical, IRollup::getGSECall {});
        let asset = batch.add(roots.canonical, IRollup::getStakingAssetCall {});
        let proposer = batch.add(roots.governance, IGovernance::governanceProposerCall {});
        let asset_of_governance = batch.add(roots.governance, IGovernance::ASSETCall {});
        let asset_hint = roots.asset_of_staking.clone().unwrap_or_default();
        let symbol = batch.add(asset_hint, IERC20::symbolCall {});
        let decimals = batch.add(asset_hint, IERC20::decimalsCall {});
        let answers = batch.run_whole(pool, block).await?;

        let mut addresses = Vec::new();
        for (version, slot) in roots.versions.iter().zip(rollups) {
            addresses.push((*version, answers.value(slot)?));
        }
        let asset = answers.value(asset)?;
        let (symbol, decimals) = if asset == asset_hint {
            (answers.value(symbol)?, answers.value(decimals)?)
        } else {
            let mut batch = Batch::new();
            let slots = (batch.add(asset, IERC20::symbolCall {}), batch.add(asset, IERC20::decimalsCall {}));
            let answers = batch.run_whole(pool, block).await?;
            (answers.value(slots.0)?, answers.value(slots.1)?)
        };
        Ok(Self {
            rollups: addresses,
            gse: answers.value(gse)?,
            token: Token { address: asset, symbol: tame(&symbol, 12), decimals },
            governance_proposer: answers.value(proposer),
            asset_of_governance: answers.value(asset_of_governance),
        })
    }
}

struct RollupSlots {
    version: U256,
    address: Address,
    own_version: Slot<U256>,
    gse: Slot<Address>,
    asset: Slot<Address>,
    registered: Slot<bool>,
    activation: Slot<U256>,
    ejection: Slot<U256>,
    local_ejection: Slot<U256>,
    genesis: Slot<U256>,
    slot: Slot<U256>,
    epoch: Slot<U256>,
    genesis_block: Slot<U256>,
    waiting: Slot<U256>,
}

/// What the found contracts say about themselves and each other.
struct Details {
    answers: Answers,
    rollups: Vec<RollupSlots>,
    governance_of_gse: Slot<Address>,
    asset_of_gse: Slot<Address>,
    latest: Slot<Address>,
    proposer: Option<(Slot<Address>, Slot<Address>)>,
    next_provider: Slot<U256>,
}

impl Details {
    async fn read(
        pool: &Pool,
        network: &Network,
        found: &Found,
        block: &BlockRef,
    ) -> Result<Self, ReadError> {
        let mut batch = Batch::new();
        let gse = found.gse;
        let rollups = found.rollups.iter().map(|&(version, address)| RollupSlots {
            version,
            address,
            own_version: batch.add(address, IRollup::getVersionCall {}),
            gse: batch.add(address, IRollup::getGSECall {}),
            asset: batch.add(address, IRollup::getStakingAssetCall {}),
            registered: batch.add(gse, IGSE::isRollupRegisteredCall { instance: address }),
            activation: batch.add(address, IRollup::getActivationThresholdCall {}),
            ejection: batch.add(address, IRollup::getEjectionThresholdCall {}),
            local_ejection: batch.add(address, IRollup::getLocalEjectionThresholdCall {}),
            genesis: batch.add(address, IRollup::getGenesisTimeCall {}),
            slot: batch.add(address, IRollup::getSlotDurationCall {}),
            epoch: batch.add(address, IRollup::getEpochDurationCall {}),
            genesis_block: batch.add(address, IRollup::L1_BLOCK_AT_GENESISCall {}),
            waiting: batch.add(address, IRollup::getEntryQueueLengthCall {}),
        });
        let rollups = rollups.collect();
        let governance_of_gse = batch.add(gse, IGSE::getGovernanceCall {});
        let asset_of_gse = batch.add(gse, IGSE::ASSETCall {});
        let latest = batch.add(gse, IGSE::getLatestRollupCall {});
        let proposer = found.governance_proposer.as_ref().ok().map(|&proposer| {
            (
                batch.add(proposer, IGovernanceProposer::REGISTRYCall {}),
                batch.add(proposer, IGovernanceProposer::GSECall {}),
            )
        });
        let next_provider =
            batch.add(network.staking_registry, IStakingRegistry::nextProviderIdentifierCall {});
        Ok(Self {
            answers: batch.run_whole(pool, block).await?,
            rollups,
            governance_of_gse,
            asset_of_gse,
            latest,
            proposer,
            next_provider,
        })
    }

    fn assemble(self, network: &Network, roots: Roots, found: Found) -> Deployment {
        let mismatches = self.compare(network, &roots, &found);
        let answers = &self.answers;
        let rollups: Vec<_> = self
            .rollups
            .iter()
            .map(|slots| Rollup {
                version: slots.version,
                address: slots.address,
                activation_threshold: answers.get(slots.activation),
                ejection_threshold: answers.get(slots.ejection),
                local_ejection_threshold: answers.get(slots.local_ejection),
                clock: clock(answers, slots),
                genesis_block: answers
                    .value(slots.genesis_block)
                    .ok()
                    .and_then(|block| block.try_into().ok()),
                waiting: Guess::of(answers.value(slots.waiting)),
            })
            .collect();
        let lowest = rollups.iter().filter_map(|rollup| rollup.genesis_block).min();
        let from_block = match (network.from_block, lowest) {
            (Some(block), _) => FromBlock::Given(block),
            (None, Some(block)) => FromBlock::Computed(block.saturating_sub(FromBlock::MARGIN)),
            (None, None) => FromBlock::Unknown,
        };
        Deployment {
            chain_id: network.chain_id,
            registry: network.registry,
            staking_registry: network.staking_registry,
            governance: roots.governance,
            governance_proposer: found.governance_proposer.ok(),
            gse: found.gse,
            latest_rollup: answers.value(self.latest).ok(),
            split_factory: roots.split_factory.ok(),
            token: found.token,
            canonical: rollups
                .iter()
                .position(|r| r.address == roots.canonical)
                .unwrap_or_else(|| rollups.len().saturating_sub(1)),
            rollups,
            providers: Guess::of(answers.value(self.next_provider)),
            from_block,
            mismatches,
        }
    }

    fn compare(&self, network: &Network, roots: &Roots, found: &Found) -> Vec<Mismatch> {
        use Severity::{Blocks, Warns};
        let mut list = Comparison::default();
        let settings = || claim("Settings", "registry", Ok(network.registry));
        let governance = || claim("Registry", "getGovernance", Ok(roots.governance));
        let token = || claim("GSE", "ASSET", self.answers.value(self.asset_of_gse));
        let gse = || claim("the canonical rollup", "getGSE", Ok(found.gse));

        list.same(
            Blocks,
            claim("StakingRegistry", "ROLLUP_REGISTRY", roots.registry_of_staking.clone()),
            settings(),
        );
        list.same(Blocks, claim("StakingRegistry", "STAKING_ASSET", roots.asset_of_staking.clone()), token());
        list.same(Blocks, claim("Governance", "ASSET", found.asset_of_governance.clone()), token());
        list.same(
            Blocks,
            claim("GSE", "getGovernance", self.answers.value(self.governance_of_gse)),
            governance(),
        );
        list.same(Blocks, claim("Registry", "owner", roots.owner.clone()), governance());
        // any address will do, but it must be there to compare
        for part in [
            claim("StakingRegistry", "PULL_SPLIT_FACTORY", roots.split_factory.clone()),
            claim("Governance", "governanceProposer", found.governance_proposer.clone()),
        ] {
            list.same(Blocks, part.clone(), part);
        }
        if let Some((registry, escrow)) = self.proposer {
            list.same(
                Blocks,
                claim("GovernanceProposer", "REGISTRY", self.answers.value(registry)),
                settings(),
            );
            list.same(Blocks, claim("GovernanceProposer", "GSE", self.answers.value(escrow)), gse());
        }
        if !found.rollups.iter().any(|(_, address)| *address == roots.canonical) {
            let none = claim::<Address>("Registry", "getRollup of every version", Err(ReadError::Empty));
            list.same(Blocks, none, claim("Registry", "getCanonicalRollup", Ok(roots.canonical)));
        }
        for slots in &self.rollups {
            // money follows the canonical rollup; an older one is shown and can be left
            let severity = if slots.address == roots.canonical { Blocks } else { Warns };
            let name = format!("Rollup {}", slots.version);
            list.same(severity, claim(&name, "getGSE", self.answers.value(slots.gse)), gse());
            list.same(severity, claim(&name, "getStakingAsset", self.answers.value(slots.asset)), token());
            let version = Ok(slots.version);
            list.same(
                severity,
                claim(&name, "getVersion", self.answers.value(slots.own_version)),
                claim("Registry", "getVersion", version),
            );
            let registered = self.answers.value(slots.registered);
            list.same(
                severity,
                claim("GSE", "isRollupRegistered", registered),
                claim(&name, "being in the Registry", Ok(true)),
            );
        }
        list.0
    }
}

fn claim<T: ToString>(contract: &str, function: &'static str, value: Result<T, ReadError>) -> Claim {
    Claim { contract: contract.to_owned(), function, value: value.map(|value| value.to_string()) }
}

#[derive(Default)]
struct Comparison(Vec<Mismatch>);

impl Comparison {
    /// Two statements agree only when both were read.
    fn same(&mut self, severity: Severity, claim: Claim, against: Claim) {
        if claim.value.is_err() || claim.value != against.value {
            self.0.push(Mismatch { severity, claim, against });
        }
    }
}

fn clock(answers: &Answers, slots: &RollupSlots) -> Reading<RollupClock> {
    let small = |value: U256| u64::try_from(value).map_err(|_error| ReadError::Decode);
    let read = || {
        let clock = RollupClock {
            genesis: small(answers.value(slots.genesis)?)?,
            slot: small(answers.value(slots.slot)?)?,
            epoch: small(answers.value(slots.epoch)?)?,
        };
        // a slot of no length would divide by zero further down
        if clock.slot == 0 || clock.epoch == 0 { Err(ReadError::Decode) } else { Ok(clock) }
    };
    let inputs =
        [("genesis", slots.genesis), ("seconds of a slot", slots.slot), ("slots of an epoch", slots.epoch)];
    let source = Source::derived(
        "epoch = (time − genesis) / seconds of a slot / slots of an epoch",
        inputs.map(|(name, slot)| (name, answers.get(slot).source)),
    );
    Reading { value: read(), source }
}
