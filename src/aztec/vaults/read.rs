use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};
use futures::future::join_all;

use super::{Abilities, Ability};
use crate::{
    aztec::{
        Deployment,
        abi::{GlobalLock, IATP, IATPRegistry, IERC20, IGovernance, IStaker},
    },
    chain::{Answers, At, Batch, BlockRef, Pool, ReadError, Reading, Slot, Source},
};

/// The types of vaults, which differ in how tokens leave them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Claimable as time goes.
    Linear,
    /// The same, once a milestone has succeeded.
    Milestone,
    /// Never claimable: its tokens leave through the staker.
    NonClaim,
}

/// Why an address is not shown as a vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAVault {
    /// Nobody answered.
    NotRead(ReadError),
    /// It does not answer as a vault does, or its staker is another one's.
    NoVault,
    /// It holds another token than the one that is staked.
    OtherToken(Address),
    /// Its registry is none of those that the network lists: it may say of itself whatever it likes.
    Unlisted(Address),
}

/// The staker of a vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staker {
    /// The contract: the withdrawer of what the vault stakes, whatever its implementation.
    pub address: Address,
    /// `getImplementation()`.
    pub implementation: Reading<Address>,
    /// All that the vault's registry offers: the place is the version that `upgradeStaker` takes.
    pub offered: Reading<Vec<Address>>,
    /// What its code can do.
    pub can: Reading<Abilities>,
    /// What the code of the newest one can do.
    pub newest_can: Reading<Abilities>,
    /// Tokens that it holds itself, in token units: of a deposit that failed.
    pub holds: Reading<U256>,
    /// What it may take from the vault, in token units.
    pub allowance: Reading<U256>,
    /// Voting power in Governance, in token units.
    pub power: Reading<U256>,
    /// Whether it ever staked under an implementation that keeps that in mind. Not read where its implementation has no
    /// such function.
    pub has_staked: Reading<bool>,
    /// From when on it may empty the vault, Unix seconds. Not read where its implementation has no such function.
    pub empties_at: Reading<u64>,
}

/// A vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vault {
    /// The contract.
    pub address: Address,
    /// Who owns it: of a milestone vault that failed, who revokes it.
    pub beneficiary: Address,
    /// Its type.
    pub kind: Kind,
    /// Its registry.
    pub registry: Address,
    /// Who may call its staker; zero while nobody may.
    pub operator: Reading<Address>,
    /// All that it was ever to hold, in token units.
    pub allocation: Reading<U256>,
    /// What was claimed of it, in token units.
    pub claimed: Reading<U256>,
    /// Tokens in it, without those that are staked, in token units.
    pub balance: Reading<U256>,
    /// `getClaimable()`, in token units. Of a vault that is never claimable it says nothing: see [`Self::to_claim`].
    pub claimable: Reading<U256>,
    /// When it unlocks.
    pub lock: Reading<GlobalLock>,
    /// What its staker may be approved at most, in token units; all of it, where the type knows no such limit.
    pub stakeable: Reading<U256>,
    /// From when on its staker may be approved, Unix seconds.
    pub approvable_at: Reading<u64>,
    /// Whether its milestone has succeeded; `None` where it has none.
    pub milestone: Option<Reading<bool>>,
    /// Its staker.
    pub staker: Staker,
    /// When all of that was read, Unix seconds.
    pub read_at: u64,
}

impl Vault {
    /// What `claim` would pay out; `None` of a type that never pays out that way, whatever `getClaimable` says.
    pub fn to_claim(&self) -> Option<&Reading<U256>> {
        (self.kind != Kind::NonClaim).then_some(&self.claimable)
    }

    /// What is unlocked by time, in token units, rounded down: nothing before the cliff, all after the end.
    pub fn unlocked(&self) -> Reading<U256> {
        let formula =
            "allocation × (now − startTime) / (endTime − startTime); 0 before the cliff, all after the end";
        let source = Source::derived(formula, [("getGlobalLock", self.lock.source.clone())]);
        let value = self
            .lock
            .need()
            .and_then(|lock| unlocked(&lock, U256::from(self.read_at)).ok_or(ReadError::Decode));
        Reading { value, source }
    }

    /// The version of its staker that has its implementation, where its registry offers that.
    pub fn version(&self) -> Option<u64> {
        let (now, offered) = (self.staker.implementation.get()?, self.staker.offered.get()?);
        offered.iter().rposition(|implementation| implementation == now).map(|place| place as u64)
    }

    /// The newest version of its staker that its registry offers.
    pub fn newest(&self) -> Option<u64> {
        self.staker.offered.get()?.len().checked_sub(1).map(|place| place as u64)
    }

    /// Whether its staker has the newest implementation.
    pub fn is_newest(&self) -> Option<bool> {
        Some(self.staker.offered.get()?.last()? == self.staker.implementation.get()?)
    }

    /// Whether its staker can do something, by its code.
    pub fn can(&self, ability: Ability) -> Result<bool, ReadError> {
        self.staker.can.need().map(|can| can.has(ability))
    }

    /// Why it is not complete, when it is that nobody answered.
    pub fn unanswered(&self) -> Option<ReadError> {
        let amounts = [&self.allocation, &self.balance, &self.claimable, &self.stakeable, &self.staker.holds];
        let amounts = amounts.into_iter().find_map(Reading::unanswered);
        amounts
            .or_else(|| self.operator.unanswered())
            .or_else(|| self.staker.can.unanswered())
            .or_else(|| self.staker.newest_can.unanswered())
            .or_else(|| self.staker.allowance.unanswered())
    }
}

/// `None` where the lock contradicts itself.
fn unlocked(lock: &GlobalLock, now: U256) -> Option<U256> {
    if now >= lock.endTime {
        return Some(lock.allocation);
    }
    if now < lock.cliff || now < lock.startTime {
        return Some(U256::ZERO);
    }
    let length = lock.endTime.checked_sub(lock.startTime)?;
    lock.allocation.checked_mul(now - lock.startTime)?.checked_div(length)
}

/// Versions that a registry may offer: far more than any has.
const MOST_VERSIONS: u64 = 64;

/// What the vault says of itself.
struct First {
    address: Address,
    beneficiary: Slot<Address>,
    kind: Slot<u8>,
    registry: Slot<Address>,
    token: Slot<Address>,
    staker: Slot<Address>,
    operator: Slot<Address>,
    allocation: Slot<U256>,
    claimed: Slot<U256>,
    claimable: Slot<U256>,
    balance: Slot<U256>,
    lock: Slot<GlobalLock>,
    stakeable: Slot<U256>,
    approvable_at: Slot<U256>,
    milestone: Slot<alloy_primitives::Uint<96, 2>>,
}

impl First {
    fn ask(batch: &mut Batch, contracts: &Deployment, address: Address) -> Self {
        Self {
            address,
            beneficiary: batch.add(address, IATP::getBeneficiaryCall {}),
            kind: batch.add(address, IATP::getTypeCall {}),
            registry: batch.add(address, IATP::getRegistryCall {}),
            token: batch.add(address, IATP::getTokenCall {}),
            staker: batch.add(address, IATP::getStakerCall {}),
            operator: batch.add(address, IATP::getOperatorCall {}),
            allocation: batch.add(address, IATP::getAllocationCall {}),
            claimed: batch.add(address, IATP::getClaimedCall {}),
            claimable: batch.add(address, IATP::getClaimableCall {}),
            balance: batch.add(contracts.token.address, IERC20::balanceOfCall { account: address }),
            lock: batch.add(address, IATP::getGlobalLockCall {}),
            stakeable: batch.add(address, IATP::getStakeableAmountCall {}),
            approvable_at: batch.add(address, IATP::getExecuteAllowedAtCall {}),
            milestone: batch.add(address, IATP::getMilestoneIdCall {}),
        }
    }

    /// Who it is, if it is a vault of a registry that is listed.
    fn identity(
        &self,
        answers: &Answers,
        contracts: &Deployment,
        registries: &[Address],
    ) -> Result<Identity, NotAVault> {
        let known = |slot| answers.value(slot).map_err(not_a_vault);
        let kind = match answers.value(self.kind).map_err(not_a_vault)? {
            0 => Kind::Linear,
            1 => Kind::Milestone,
            2 => Kind::NonClaim,
            _ => return Err(NotAVault::NoVault),
        };
        let (token, registry) = (known(self.token)?, known(self.registry)?);
        if token != contracts.token.address {
            return Err(NotAVault::OtherToken(token));
        }
        if !registries.contains(&registry) {
            return Err(NotAVault::Unlisted(registry));
        }
        Ok(Identity { kind, registry, beneficiary: known(self.beneficiary)?, staker: known(self.staker)? })
    }
}

fn not_a_vault(error: ReadError) -> NotAVault {
    if error.is_unanswered() { NotAVault::NotRead(error) } else { NotAVault::NoVault }
}

#[derive(Clone, Copy)]
struct Identity {
    kind: Kind,
    registry: Address,
    beneficiary: Address,
    staker: Address,
}

/// What its staker and its registry say.
struct Second {
    back: Slot<Address>,
    implementation: Slot<Address>,
    holds: Slot<U256>,
    allowance: Slot<U256>,
    power: Slot<U256>,
    has_staked: Slot<bool>,
    empties_at: Slot<U256>,
    versions: Slot<U256>,
    milestone: Option<Slot<u8>>,
}

impl Second {
    fn ask(batch: &mut Batch, contracts: &Deployment, vault: &First, who: Identity, first: &Answers) -> Self {
        let (token, staker) = (contracts.token.address, who.staker);
        let milestone = (who.kind == Kind::Milestone).then(|| {
            // a number that was not read gives an answer that is not used
            let id = first.value(vault.milestone).unwrap_or_default();
            batch.add(who.registry, IATPRegistry::getMilestoneStatusCall { _milestoneId: id })
        });
        Self {
            back: batch.add(staker, IStaker::getATPCall {}),
            implementation: batch.add(staker, IStaker::getImplementationCall {}),
            holds: batch.add(token, IERC20::balanceOfCall { account: staker }),
            allowance: batch.add(token, IERC20::allowanceCall { owner: vault.address, spender: staker }),
            power: batch.add(contracts.governance, IGovernance::powerNowCall { _owner: staker }),
            has_staked: batch.add(staker, IStaker::hasStakedCall {}),
            empties_at: batch.add(staker, IStaker::WITHDRAWAL_TIMESTAMPCall {}),
            versions: batch.add(who.registry, IATPRegistry::getNextStakerVersionCall {}),
            milestone,
        }
    }
}

/// Reads vaults: four requests' time, and one more for each implementation whose code is not `known`; what was looked up
/// is added there. `registries` are those that the network lists. Never fails as a whole.
pub async fn vaults(
    pool: &Pool,
    contracts: &Deployment,
    registries: &[Address],
    addresses: &[Address],
    known: &mut BTreeMap<Address, Abilities>,
    block: BlockRef,
) -> At<Vec<(Address, Result<Vault, NotAVault>)>> {
    let mut batch = Batch::new();
    let firsts: Vec<First> =
        addresses.iter().map(|address| First::ask(&mut batch, contracts, *address)).collect();
    let first = batch.run(pool, &block).await;

    let mut batch = Batch::new();
    let mut asked = Vec::new();
    for vault in firsts {
        let who = vault.identity(&first, contracts, registries);
        asked.push(
            who.map(|who| (who, Second::ask(&mut batch, contracts, &vault, who, &first))).map_or_else(
                |not| (vault.address, Err(not)),
                |(who, second)| (vault.address, Ok((vault_of(&vault, who, &first, block.timestamp), second))),
            ),
        );
    }
    let second = batch.run(pool, &block).await;
    let offered = offered(pool, &asked, &second, &block).await;
    let mut found: Vec<_> = asked
        .into_iter()
        .map(|(address, vault)| {
            let whole = vault.and_then(|(vault, slots)| with_staker(vault, &slots, &second, &offered));
            (address, whole)
        })
        .collect();

    let vaults = || found.iter().filter_map(|(_, vault)| vault.as_ref().ok());
    let mut codes: Vec<Address> = vaults()
        .flat_map(|vault| [vault.staker.implementation.get(), newest(&vault.staker)])
        .flatten()
        .copied()
        .filter(|code| !known.contains_key(code))
        .collect();
    codes.sort_unstable();
    codes.dedup();
    let read =
        join_all(codes.into_iter().map(|at| async move { (at, pool.code(at, block.number).await) })).await;
    let mut failed = BTreeMap::new();
    for (at, code) in read {
        match code {
            Ok(code) => drop(known.insert(at, Abilities::of_code(&code))),
            Err(error) => drop(failed.insert(at, ReadError::from(error))),
        }
    }
    let look = |at: Option<&Address>| {
        let at = at.ok_or(ReadError::Incomplete)?;
        known.get(at).copied().ok_or_else(|| failed.get(at).cloned().unwrap_or(ReadError::Incomplete))
    };
    for vault in found.iter_mut().filter_map(|(_, vault)| vault.as_mut().ok()) {
        let staker = &mut vault.staker;
        staker.can.value = look(staker.implementation.get());
        staker.newest_can.value = look(newest(staker));
    }
    At { block, value: found }
}

fn newest(staker: &Staker) -> Option<&Address> {
    staker.offered.get()?.last()
}

/// A vault and what was asked about its staker.
type Begun = (Vault, Second);

/// What each registry offers.
async fn offered(
    pool: &Pool,
    asked: &[(Address, Result<Begun, NotAVault>)],
    second: &Answers,
    block: &BlockRef,
) -> BTreeMap<Address, Reading<Vec<Address>>> {
    let mut batch = Batch::new();
    let mut slots = BTreeMap::new();
    for (vault, slot) in asked.iter().filter_map(|(_, vault)| vault.as_ref().ok()) {
        slots.entry(vault.registry).or_insert_with(|| {
            let count = second.get(slot.versions).and_then(|count| small(count, MOST_VERSIONS));
            let versions = 0..count.get().copied().unwrap_or(0);
            let calls = versions.map(|version| {
                let call = IATPRegistry::getStakerImplementationCall { _version: U256::from(version) };
                batch.add(vault.registry, call)
            });
            let calls: Vec<_> = calls.collect();
            (count, calls)
        });
    }
    let answers = batch.run(pool, block).await;
    let settle = |(registry, (count, calls)): (Address, (Reading<u64>, Vec<Slot<Address>>))| {
        let read = count.need().and_then(|_| calls.into_iter().map(|call| answers.value(call)).collect());
        (registry, Reading { value: read, source: count.source })
    };
    slots.into_iter().map(settle).collect()
}

fn small(number: U256, most: u64) -> Result<u64, ReadError> {
    u64::try_from(number).ok().filter(|number| *number <= most).ok_or(ReadError::Decode)
}

/// The vault without what is still to be read of its staker.
fn vault_of(vault: &First, who: Identity, first: &Answers, now: u64) -> Vault {
    let unread =
        || Source::derived("the staker of the vault", [("getStaker", first.get(vault.staker).source)]);
    let stakeable = match who.kind {
        // knows no limit of its own
        Kind::Milestone => first.get(vault.balance),
        Kind::Linear | Kind::NonClaim => first.get(vault.stakeable),
    };
    Vault {
        address: vault.address,
        beneficiary: who.beneficiary,
        kind: who.kind,
        registry: who.registry,
        operator: first.get(vault.operator),
        allocation: first.get(vault.allocation),
        claimed: first.get(vault.claimed),
        balance: first.get(vault.balance),
        claimable: first.get(vault.claimable),
        lock: first.get(vault.lock),
        stakeable,
        approvable_at: first.get(vault.approvable_at).and_then(|at| small(at, u64::MAX)),
        milestone: None,
        staker: Staker {
            address: who.staker,
            implementation: missing(unread()),
            offered: missing(unread()),
            can: missing(unread()),
            newest_can: missing(unread()),
            holds: missing(unread()),
            allowance: missing(unread()),
            power: missing(unread()),
            has_staked: missing(unread()),
            empties_at: missing(unread()),
        },
        read_at: now,
    }
}

fn missing<T>(source: Source) -> Reading<T> {
    Reading { value: Err(ReadError::Incomplete), source }
}

/// The same with what staker and registry said.
fn with_staker(
    vault: Vault,
    slots: &Second,
    second: &Answers,
    offered: &BTreeMap<Address, Reading<Vec<Address>>>,
) -> Result<Vault, NotAVault> {
    if second.value(slots.back).map_err(not_a_vault)? != vault.address {
        return Err(NotAVault::NoVault);
    }
    let implementation = second.get(slots.implementation);
    let code = |at: &Reading<Address>| {
        Source::derived(
            "selectors in the code of the implementation",
            [("getImplementation", at.source.clone())],
        )
    };
    let offered = offered.get(&vault.registry).cloned();
    let staker = Staker {
        can: missing(code(&implementation)),
        newest_can: missing(code(&implementation)),
        implementation,
        offered: offered.unwrap_or_else(|| missing(second.get(slots.versions).source)),
        holds: second.get(slots.holds),
        allowance: second.get(slots.allowance),
        power: second.get(slots.power),
        has_staked: second.get(slots.has_staked),
        empties_at: second.get(slots.empties_at).and_then(|at| small(at, u64::MAX)),
        ..vault.staker
    };
    // Pending, Failed, Succeeded
    let milestone = slots.milestone.map(|slot| second.get(slot).map(|status| status == 2));
    Ok(Vault { milestone, staker, ..vault })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lock(start: u64, cliff: u64, end: u64, allocation: u64) -> GlobalLock {
        let [start, cliff, end, allocation] = [start, cliff, end, allocation].map(U256::from);
        GlobalLock { startTime: start, cliff, endTime: end, allocation }
    }

    #[test]
    fn a_lock_opens_at_its_cliff_and_is_gone_at_its_end() {
        let lock = lock(100, 150, 300, 1_001);
        for (now, expected) in
            [(0, 0), (149, 0), (150, 250), (151, 255), (299, 995), (300, 1_001), (999, 1_001)]
        {
            assert_eq!(unlocked(&lock, U256::from(now)), Some(U256::from(expected)), "at {now}");
        }
    }

    proptest! {
        #[test]
        fn what_is_unlocked_never_shrinks_nor_exceeds_all(
            start: u32, cliff: u32, length in 1u32.., allocation: u64, a: u64, b: u64,
        ) {
            let (start, end) = (u64::from(start), u64::from(start) + u64::from(length));
            let lock = lock(start, start + u64::from(cliff), end, allocation);
            let at = |now: u64| unlocked(&lock, U256::from(now)).expect("a lock that can be");
            let (earlier, later) = (at(a.min(b)), at(a.max(b)));
            prop_assert!(earlier <= later && later <= U256::from(allocation));
        }

        #[test]
        fn no_lock_panics(words: [[u8; 32]; 5]) {
            let [start, cliff, end, allocation, now] = words.map(U256::from_be_bytes::<32>);
            let _ = unlocked(&GlobalLock { startTime: start, cliff, endTime: end, allocation }, now);
        }
    }
}
