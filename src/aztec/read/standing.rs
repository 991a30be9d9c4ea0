use std::collections::HashMap;

use alloy_primitives::{Address, B256, Bytes, U256, address};
use alloy_sol_types::SolCall as _;
use futures::future::join_all;

use super::keys::{Checks, KeyProblem, hash, queued};
use crate::{
    aztec::{
        Deployment,
        abi::{CATALOG, IGSE, IStakingRegistry, KeyStore},
        keys::Oracle,
        read::stakes::entry_queues,
    },
    chain::{
        At, Batch, BlockRef, CallRequest, MULTICALL3, NodeErrorKind, Pool, ReadError, Reading, RpcError,
        bundle, results,
    },
};

/// How a key that is not offered yet stands on chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyStanding {
    /// The provider in whose queue its address or its first public key waits.
    pub offered_by: Result<Option<u64>, ReadError>,
    /// Whether it was used, or waits in an entry queue.
    pub problem: Result<Option<KeyProblem>, ReadError>,
    /// What the GSE says to a deposit with it.
    pub oracle: Result<Oracle, ReadError>,
}

/// The standing of keys, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyStandings {
    /// Of each.
    pub keys: Vec<KeyStanding>,
    /// `GSE.proofOfPossessionGasLimit()`: gas for proving a key. Not in every generation.
    pub gas_limit: Reading<u64>,
}

/// Keys in all queues at most: ten times all sequencers of today. Beyond, nobody can say that a key is in none.
const MOST_OFFERED: u64 = 40_000;
/// Deposits that one request tries. Proving a key takes up to 300,000 gas, and nodes grant a call 50 million and more.
const TRIED_TOGETHER: usize = 40;

/// Looks keys up everywhere: in all providers' queues, in all entry queues, in the GSE and on all rollups; and lets the GSE
/// itself judge each by a deposit that is tried and not made.
pub async fn key_standings(
    pool: &Pool,
    contracts: &Deployment,
    keys: &[KeyStore],
    block: BlockRef,
) -> At<KeyStandings> {
    let asked: Vec<_> = keys.iter().map(|key| (0, key.attester, key.publicKeyG1.clone())).collect();
    let mut batch = Batch::new();
    let limit = batch.add(contracts.gse, IGSE::proofOfPossessionGasLimitCall {});
    let (limits, checks, waiting, offered, oracles) = futures::join!(
        batch.run(pool, &block),
        Checks::read(pool, contracts, &asked, &block),
        entry_queues(pool, contracts, block),
        Offered::read(pool, contracts, &block),
        try_all(pool, contracts, keys, &block),
    );
    let standing = |((key, slots), oracle): ((&KeyStore, _), _)| KeyStanding {
        offered_by: offered.as_ref().map_err(Clone::clone).map(|offered| offered.by(key)),
        problem: checks.problem(contracts, slots).and_then(|problem| match problem {
            Some(problem) => Ok(Some(problem)),
            None => queued(contracts, &waiting.value, key.attester, &key.publicKeyG1),
        }),
        oracle,
    };
    let keys = keys.iter().zip(&checks.slots).zip(oracles).map(standing).collect();
    At { block, value: KeyStandings { keys, gas_limit: limits.get(limit) } }
}

/// Keys in the queues of all providers.
struct Offered {
    attesters: HashMap<Address, u64>,
    points: HashMap<B256, u64>,
}

impl Offered {
    async fn read(pool: &Pool, contracts: &Deployment, block: &BlockRef) -> Result<Self, ReadError> {
        let registry = contracts.staking_registry;
        let small = |n: U256| u64::try_from(n).map_err(|_error| ReadError::Decode);
        let mut batch = Batch::new();
        let next = batch.add(registry, IStakingRegistry::nextProviderIdentifierCall {});
        let next = small(batch.run(pool, block).await.value(next)?)?;
        let mut batch = Batch::new();
        let heads = (1..next.min(MOST_OFFERED)).map(|provider| {
            let id = U256::from(provider);
            let first = batch.add(registry, IStakingRegistry::getFirstIndexInQueueCall { id });
            let length = batch.add(registry, IStakingRegistry::getProviderQueueLengthCall { id });
            (provider, first, length)
        });
        let heads: Vec<_> = heads.collect();
        let answers = batch.run(pool, block).await;
        let mut batch = Batch::new();
        let mut slots = Vec::new();
        for (provider, first, length) in heads {
            let (first, length) = (answers.value(first)?, small(answers.value(length)?)?);
            if length > MOST_OFFERED - slots.len().min(40_000) as u64 {
                return Err(ReadError::Incomplete);
            }
            slots.extend((0..u128::from(length)).map(|offset| {
                let call = IStakingRegistry::getValueAtIndexInQueueCall {
                    id: U256::from(provider),
                    index: first.saturating_add(offset),
                };
                (provider, batch.add(registry, call))
            }));
        }
        let answers = batch.run(pool, block).await;
        let mut offered = Self { attesters: HashMap::new(), points: HashMap::new() };
        for (provider, slot) in slots {
            let key = answers.value(slot)?;
            offered.attesters.entry(key.attester).or_insert(provider);
            offered.points.entry(hash(&key.publicKeyG1)).or_insert(provider);
        }
        Ok(offered)
    }

    fn by(&self, key: &KeyStore) -> Option<u64> {
        self.attesters.get(&key.attester).or_else(|| self.points.get(&hash(&key.publicKeyG1))).copied()
    }
}

/// Any withdrawer will do.
const NOBODY: Address = address!("0000000000000000000000000000000000000001");

fn deposit(key: &KeyStore) -> Bytes {
    let call = IGSE::depositCall {
        _attester: key.attester,
        _withdrawer: NOBODY,
        _publicKeyInG1: key.publicKeyG1.clone(),
        _publicKeyInG2: key.publicKeyG2.clone(),
        _proofOfPossession: key.proofOfPossession.clone(),
        _moveWithLatestRollup: false,
    };
    call.abi_encode().into()
}

/// The GSE takes deposits from rollups only, so each is tried in the rollup's name: many at once by an `eth_call` in which
/// Multicall3's code stands at the rollup's address, or one by one where the endpoint refuses that.
async fn try_all(
    pool: &Pool,
    contracts: &Deployment,
    keys: &[KeyStore],
    block: &BlockRef,
) -> Vec<Result<Oracle, ReadError>> {
    let code = pool.code(MULTICALL3, block.number).await.ok().filter(|code| !code.is_empty());
    let chunks = keys.chunks(TRIED_TOGETHER).map(|chunk| async {
        if let Some(code) = &code
            && let Some(told) = try_together(pool, contracts, chunk, code, block).await
        {
            return told;
        }
        join_all(chunk.iter().map(|key| try_one(pool, contracts, key, block))).await
    });
    join_all(chunks).await.concat()
}

async fn try_together(
    pool: &Pool,
    contracts: &Deployment,
    keys: &[KeyStore],
    code: &Bytes,
    block: &BlockRef,
) -> Option<Vec<Result<Oracle, ReadError>>> {
    let rollup = contracts.canonical().address;
    let data = bundle(keys.iter().map(|key| (contracts.gse, deposit(key))));
    let returned = pool.call_with_code(&CallRequest::read(rollup, data), block.number, code).await.ok()?;
    let answers = results(&returned).filter(|answers| answers.len() == keys.len())?;
    Some(
        answers
            .into_iter()
            .map(|answer| answer.map_or_else(|revert| told(&revert), |_| Ok(Oracle::Accepts)))
            .collect(),
    )
}

async fn try_one(
    pool: &Pool,
    contracts: &Deployment,
    key: &KeyStore,
    block: &BlockRef,
) -> Result<Oracle, ReadError> {
    let request = CallRequest {
        from: Some(contracts.canonical().address),
        ..CallRequest::read(contracts.gse, deposit(key))
    };
    match pool.call(&request, block.number).await {
        Ok(_) => Ok(Oracle::Accepts),
        Err(RpcError::Node(error)) if error.kind == NodeErrorKind::Reverted => {
            told(&error.data.unwrap_or_default())
        }
        Err(error) => Err(error.into()),
    }
}

/// What a refused deposit says of its key. The token is the last thing that the GSE asks for, and outside a flush the
/// rollup has allowed it none: then everything before was right.
fn told(revert: &[u8]) -> Result<Oracle, ReadError> {
    match CATALOG.error(revert) {
        Some(error) if error.name == "ERC20InsufficientAllowance" => Ok(Oracle::Accepts),
        // the contract that does not know the caller says nothing about the key
        Some(error) if error.name == "GSE__NotRollup" => Err(ReadError::Incomplete),
        Some(error) => Ok(Oracle::Refuses(error.name)),
        // out of gas, or an error of a contract that is not known
        None => Err(ReadError::Reverted(revert.to_vec().into())),
    }
}
