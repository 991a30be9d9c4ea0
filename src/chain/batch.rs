use alloy_primitives::{Address, B256, Bytes, U256, address, hex};
use alloy_sol_types::{SolCall, sol};
use futures::{StreamExt as _, future::BoxFuture, stream::FuturesOrdered};

use super::{
    BlockRef, CallRequest, Fault, Learned, NodeErrorKind, Origin, Pool, ReadError, Reading, Returned,
    RpcError, Source,
    foresight::{Question, Results},
    rpc::TOGETHER,
};

/// Multicall3 has this address on every chain it was deployed to (<https://www.multicall3.com>).
pub const MULTICALL3: Address = address!("cA11bde05977b3631167028862bE2a173976CA11");

sol! {
    struct Call3 { address target; bool allowFailure; bytes callData; }
    struct Result3 { bool success; bytes returnData; }
    function aggregate3(Call3[] calls) external payable returns (Result3[] returnData);
    function getBlockNumber() external view returns (uint256 blockNumber);
    function getLastBlockHash() external view returns (bytes32 blockHash);
}

/// One transaction that makes several calls, each of which may fail alone. Multicall3 makes them in its own name: it has
/// no rights of the sender's.
pub fn bundle(calls: impl IntoIterator<Item = (Address, Bytes)>) -> Bytes {
    let calls = calls.into_iter().map(|(target, data)| Call3 { target, allowFailure: true, callData: data });
    aggregate3Call { calls: calls.collect() }.abi_encode().into()
}

/// The calls of such a transaction, by its bytes.
pub fn unbundle(data: &[u8]) -> Option<Vec<(Address, Bytes)>> {
    let bundle = aggregate3Call::abi_decode(data).ok()?;
    Some(bundle.calls.into_iter().map(|call| (call.target, call.callData)).collect())
}

/// What each of its calls returned, or the data it reverted with, by what it returned.
pub fn results(returned: &[u8]) -> Option<Vec<Result<Bytes, Bytes>>> {
    let results = aggregate3Call::abi_decode_returns(returned).ok()?;
    let each = |result: Result3| if result.success { Ok(result.returnData) } else { Err(result.returnData) };
    Some(results.into_iter().map(each).collect())
}

/// The calls of one screen, sent together and read at one block.
///
/// Each request holds as many calls as the endpoint was found to answer and ends with two more that Multicall3
/// answers about itself: the block number and the hash of the block before. They prove that the endpoint computed
/// at the block it was asked for, and, since they come last, that the gas lasted until there; a call that fails
/// after the gas ran out must not look like one that reverted.
#[derive(Debug, Default)]
pub struct Batch {
    calls: Vec<(Address, Bytes)>,
}

/// The place of one call's answer, typed by what the call returns.
pub struct Slot<R> {
    index: usize,
    /// Functions that return the same type decode alike: through a pointer they are one piece of code.
    decode: fn(&[u8]) -> Option<R>,
}

impl<R> core::fmt::Debug for Slot<R> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Slot({})", self.index)
    }
}

impl<R> Clone for Slot<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Slot<R> {}

fn decode<C: SolCall>(returned: &[u8]) -> Option<C::Return> {
    C::abi_decode_returns(returned).ok()
}

/// What came back, by [`Slot`].
#[derive(Debug)]
pub struct Answers {
    calls: Vec<(Address, Bytes)>,
    results: Vec<Result<Bytes, ReadError>>,
    block: u64,
}

impl Batch {
    /// Nothing to ask yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a call; its answer is found by the slot.
    pub fn add<C: SolCall>(&mut self, to: Address, call: C) -> Slot<C::Return> {
        self.calls.push((to, call.abi_encode().into()));
        Slot { index: self.calls.len() - 1, decode: decode::<C> }
    }

    /// Adds a call by its bytes; its answer is what it returned, undecoded.
    pub fn add_raw(&mut self, to: Address, data: Bytes) -> Slot<Bytes> {
        self.calls.push((to, data));
        Slot { index: self.calls.len() - 1, decode: |returned| Some(Bytes::copy_from_slice(returned)) }
    }

    /// Number of calls.
    pub fn len(&self) -> usize {
        self.calls.len()
    }

    /// Whether there is nothing to ask.
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Asks all of it at `block`. Never fails as a whole: what could not be read says so in its place.
    pub async fn run(self, pool: &Pool, block: &BlockRef) -> Answers {
        let mut results = pool.foresight().answers(block, &self.calls).await;
        let open = self.calls.iter().zip(&results).filter(|(_, answer)| answer.is_none());
        let open: Vec<Question> = open.map(|(call, _)| call.clone()).collect();
        let mut answers = ask_all(pool, block, &open).await.into_iter();
        results.iter_mut().filter(|result| result.is_none()).for_each(|result| *result = answers.next());
        let results = results.into_iter().map(|result| result.unwrap_or(Err(ReadError::Incomplete)));
        Answers { calls: self.calls, results: results.collect(), block: block.number }
    }

    /// The same, but fails as a whole when a part of it got no answer. What reverts is an answer.
    pub async fn run_whole(self, pool: &Pool, block: &BlockRef) -> Result<Answers, ReadError> {
        let answers = self.run(pool, block).await;
        let unanswered =
            |result: &Result<_, ReadError>| result.as_ref().err().cloned().filter(ReadError::is_unanswered);
        answers.results.iter().find_map(unanswered).map_or(Ok(()), Err)?;
        Ok(answers)
    }
}

impl Answers {
    /// The reading at a slot.
    pub fn get<R>(&self, slot: Slot<R>) -> Reading<R> {
        let value = self.returned(slot.index).and_then(|bytes| (slot.decode)(bytes).ok_or(ReadError::Decode));
        Reading { value, source: self.source(slot.index) }
    }

    /// The value at a slot, without its source.
    pub fn value<R>(&self, slot: Slot<R>) -> Result<R, ReadError> {
        self.returned(slot.index).and_then(|bytes| (slot.decode)(bytes).ok_or(ReadError::Decode))
    }

    fn returned(&self, index: usize) -> Result<&Bytes, ReadError> {
        match &self.results[index] {
            Ok(bytes) if bytes.is_empty() => Err(ReadError::Empty),
            Ok(bytes) => Ok(bytes),
            Err(error) => Err(error.clone()),
        }
    }

    fn source(&self, index: usize) -> Source {
        let (to, data) = &self.calls[index];
        let answer = self.results[index].as_ref().ok().map(|bytes| Returned::from(bytes.as_ref()));
        Origin::Call { to: *to, data: data.clone(), answer, block: self.block }.into()
    }
}

/// As many calls in each request as an endpoint was found to answer, and in all of them equally many: so that none comes much
/// later than the others.
fn in_requests<'a>(pool: &Pool, calls: &'a [Question]) -> std::slice::Chunks<'a, Question> {
    let most = pool.capability().calls.max(1);
    calls.chunks(calls.len().div_ceil(calls.len().div_ceil(most).max(1)).max(1))
}

/// Asks for all of it at whatever block is the newest, in as few requests as can be. What turns out to be about another block
/// than the one that is looked at, is asked again at that one.
pub(super) async fn guess(pool: &Pool, calls: &[Question]) -> Results {
    let chunks: Vec<_> = in_requests(pool, calls).collect();
    let each = chunks.chunks(TOGETHER).enumerate().map(|(place, chunks)| -> BoxFuture<'_, Results> {
        Box::pin(async move {
            own_turn(pool, place).await;
            let parts = guess_some(pool, chunks).await;
            let Some(block) = pool.foresight().block().await else { return Results::new() };
            if let Some(parts) = parts.filter(|parts| parts.iter().all(|part| part.is_at(&block))) {
                return parts.into_iter().flat_map(|part| part.results.into_iter().map(judged)).collect();
            }
            own_turn(pool, place).await;
            // once is enough: what fails is asked again by whoever needs it
            ask_all(&pool.once(), &block, &chunks.concat()).await
        })
    });
    at_once(each.collect()).await
}

/// Answers to what fits into one request. `None` where an endpoint cannot do it.
async fn guess_some(pool: &Pool, chunks: &[&[Question]]) -> Option<Vec<Proven>> {
    // written when its turn has come, and by then the block may be known
    let writes: Vec<_> = chunks
        .iter()
        .map(|chunk| |body: &mut String| write(body, chunk, &pool.foresight().height()))
        .collect();
    let guess = pool.guess("eth_call", &writes.iter().map(|write| write as _).collect::<Vec<_>>()).await?;
    let mut parts = Vec::new();
    for (result, chunk) in guess.results().zip(chunks) {
        // to understand a long answer takes a while: each has a turn of its own
        pool.host().sleep.turn().await;
        match take_apart(&serde_json::from_str(result?).ok()?, chunk.len()) {
            Ok(Taken::Proven(part)) => parts.push(part),
            _ => return None,
        }
    }
    Some(parts)
}

/// All of it at a block.
pub(super) async fn ask_all(pool: &Pool, block: &BlockRef, calls: &[Question]) -> Results {
    let each = in_requests(pool, calls).enumerate().map(|(place, chunk)| -> BoxFuture<'_, Results> {
        Box::pin(async move {
            own_turn(pool, place).await;
            ask(pool, block, chunk).await
        })
    });
    at_once(each.collect()).await
}

/// To write a long request takes a while: each of several begins in a turn of its own.
async fn own_turn(pool: &Pool, place: usize) {
    if place > 0 {
        pool.host().sleep.turn().await;
    }
}

/// Waits for all of them, in their order. The code that waits for many is long, and here once.
async fn at_once(parts: FuturesOrdered<BoxFuture<'_, Results>>) -> Results {
    parts.concat().await
}

/// One chunk, halved for as long as it is too much for the endpoints.
async fn ask(pool: &Pool, block: &BlockRef, calls: &[Question]) -> Results {
    let mut parts = vec![calls];
    let mut results = Results::with_capacity(calls.len());
    while let Some(part) = parts.pop() {
        match aggregate(pool, block, part).await {
            Ok(answers) => results.extend(answers),
            Err(Trouble::TooMuch) if part.len() > 1 => {
                let (first, second) = part.split_at(part.len().div_ceil(2));
                parts.extend([second, first]);
            }
            Err(Trouble::NoMulticall | Trouble::TooMuch) => {
                results.extend(one_by_one(pool, block, part).await);
            }
            Err(Trouble::Failed(error)) => {
                results.extend(part.iter().map(|_| Err(ReadError::Rpc(error.clone()))));
            }
        }
    }
    results
}

enum Trouble {
    /// Gas, size or time: ask for less.
    TooMuch,
    /// No Multicall3 on this chain at this block.
    NoMulticall,
    Failed(RpcError),
}

async fn aggregate(pool: &Pool, block: &BlockRef, calls: &[(Address, Bytes)]) -> Result<Results, Trouble> {
    // a chunk that is too much should be halved, not asked again three times
    let patience = if calls.len() > 1 { pool.once() } else { pool.clone() };
    let height = format!("{:#x}", block.number);
    let mut found = Found::NoMulticall;
    let answer = patience
        .ask_written::<Bytes>("eth_call", &|body| write(body, calls, &height), |endpoint, raw| {
            found = judge(raw, calls.len(), block)?;
            if matches!(found, Found::OutOfGas) {
                endpoint.learn(|known| known.calls = half_of(known.calls, calls.len()));
            }
            Ok(())
        })
        .await;
    match (answer, found) {
        (Ok(answer), Found::Results(results)) => {
            // what was too much once may have been a busy moment: grow again, slowly
            answer.by.learn(|known| {
                // more than half of it was in each of several requests
                if calls.len() * 2 >= known.calls {
                    known.calls = (known.calls + known.calls.div_ceil(8)).min(Learned::MOST_CALLS);
                }
            });
            Ok(results.into_iter().map(judged).collect())
        }
        (Ok(_), Found::NoMulticall) => Err(Trouble::NoMulticall),
        (Ok(_), Found::OutOfGas) => Err(Trouble::TooMuch),
        // aggregate3 with allowFailure reverts only when it runs out of gas itself
        (Err(RpcError::Node(error)), _)
            if matches!(
                error.kind,
                NodeErrorKind::OutOfGas | NodeErrorKind::TooManyLogs | NodeErrorKind::Reverted
            ) =>
        {
            // a refusal makes nobody rest: the endpoint that would be asked next is the one that gave it
            pool.learn(|known| known.calls = half_of(known.calls, calls.len()));
            Err(Trouble::TooMuch)
        }
        (Err(RpcError::AllFailed(faults)), _)
            if calls.len() > 1 && faults.iter().any(|(_, fault)| is_about_size(fault)) =>
        {
            Err(Trouble::TooMuch)
        }
        (Err(error), _) => Err(Trouble::Failed(error)),
    }
}

/// Writes the parameters of a request for these calls and the two proofs: `aggregate3` of Multicall3 at a height or tag.
fn write(body: &mut String, calls: &[Question], block: &str) {
    let asked = calls.iter().map(|(to, data)| (*to, data.clone()));
    let proofs = [
        (MULTICALL3, Bytes::from(getBlockNumberCall {}.abi_encode())),
        (MULTICALL3, Bytes::from(getLastBlockHashCall {}.abi_encode())),
    ];
    let data = bundle(asked.chain(proofs));
    let (before, after) = (format!(r#"[{{"to":"{MULTICALL3:#x}","data":"0x"#), format!(r#""}},"{block}"]"#));
    // all of it and no more, for there may be half a megabyte
    body.reserve_exact(before.len() + 2 * data.len() + after.len() + 1);
    body.push_str(&before);
    data.chunks(1024).for_each(|part| body.push_str(&hex::encode(part)));
    body.push_str(&after);
}

/// Calls per request after so many were too much.
fn half_of(known: usize, asked: usize) -> usize {
    known.min(asked).div_ceil(2).max(1)
}

enum Found {
    /// Answers to the calls asked, without the two proofs.
    Results(Vec<Result3>),
    /// The proofs failed: nothing in the answer can be told from a revert.
    OutOfGas,
    /// No contract answered.
    NoMulticall,
}

fn judged(result: Result3) -> Result<Bytes, ReadError> {
    if result.success { Ok(result.returnData) } else { Err(ReadError::Reverted(result.returnData)) }
}

/// Whether an answer to `calls` calls and the two proofs may be believed.
fn judge(raw: &Bytes, calls: usize, block: &BlockRef) -> Result<Found, Fault> {
    match take_apart(raw, calls)? {
        Taken::Proven(part) if part.is_at(block) => Ok(Found::Results(part.results)),
        Taken::Proven(_) => Err(Fault::WrongBlock(block.number)),
        Taken::OutOfGas => Ok(Found::OutOfGas),
        Taken::NoMulticall => Ok(Found::NoMulticall),
    }
}

/// What an answer holds.
enum Taken {
    Proven(Proven),
    OutOfGas,
    NoMulticall,
}

/// Answers with the block that they prove to be about: its number, and the hash of the one before.
struct Proven {
    number: U256,
    parent: B256,
    results: Vec<Result3>,
}

impl Proven {
    fn is_at(&self, block: &BlockRef) -> bool {
        self.number == U256::from(block.number) && self.parent == block.parent
    }
}

fn take_apart(raw: &Bytes, calls: usize) -> Result<Taken, Fault> {
    if raw.is_empty() {
        return Ok(Taken::NoMulticall);
    }
    let strange = || Fault::Malformed("not an answer of Multicall3".to_owned());
    let mut results = aggregate3Call::abi_decode_returns(raw).map_err(|_error| strange())?;
    if results.len() != calls + 2 {
        return Err(strange());
    }
    let proofs = results.split_off(calls);
    if !proofs.iter().all(|proof| proof.success) {
        return Ok(Taken::OutOfGas);
    }
    let number = getBlockNumberCall::abi_decode_returns(&proofs[0].returnData).map_err(|_error| strange())?;
    let parent =
        getLastBlockHashCall::abi_decode_returns(&proofs[1].returnData).map_err(|_error| strange())?;
    Ok(Taken::Proven(Proven { number, parent, results }))
}

fn is_about_size(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::TimedOut(_) | Fault::TooLarge(_) | Fault::Http(413 | 502 | 503 | 504) | Fault::NotJson
    )
}

/// Without Multicall3: as many requests as calls, limited by the pool's gate.
async fn one_by_one(pool: &Pool, block: &BlockRef, calls: &[(Address, Bytes)]) -> Results {
    let each = calls.iter().map(|(to, data)| -> BoxFuture<'_, Results> {
        Box::pin(async move {
            let result = match pool.call(&CallRequest::read(*to, data.clone()), block.number).await {
                Ok(bytes) => Ok(bytes),
                Err(RpcError::Node(error)) if error.kind == NodeErrorKind::Reverted => {
                    Err(ReadError::Reverted(error.data.unwrap_or_default()))
                }
                Err(error) => Err(ReadError::Rpc(error)),
            };
            vec![result]
        })
    });
    at_once(each.collect()).await
}
