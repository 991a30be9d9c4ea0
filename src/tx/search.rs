//! What an account sent since a block, found through its count of transactions: the count grows with each, so the
//! blocks where it grew are found by halving, and only those are read. Nodes without old states are searched from the
//! newest block back for as far as they remember.

use alloy_primitives::Address;

use crate::chain::{NodeErrorKind, Pool, RpcError, rpc::Mined};

/// The transactions of an account above a block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Those that were found.
    pub mined: Vec<Mined>,
    /// Whether that is all of them.
    pub complete: bool,
    /// The endpoint that was asked is behind the one that said how many there are: look again.
    pub behind: bool,
}

/// Blocks read one by one where no endpoint has their states (half an hour of Ethereum).
const READ_BLOCKS: u64 = 150;

/// Blocks read for one search at most: an account that sends without end is not worth more.
const MOST_BLOCKS: usize = 64;

/// The account's count of mined transactions after a block.
#[derive(Clone, Copy, Debug)]
struct Count {
    block: u64,
    used: u64,
}

/// Everything that `from` sent above block `since`, after which it had sent `used` transactions; by now it has sent `all`
/// of them, as some endpoint said.
pub async fn sent_above(
    pool: &Pool,
    from: Address,
    since: u64,
    (used, all): (u64, u64),
) -> Result<Search, RpcError> {
    let newest = pool.newest().await?.block().number;
    let mut work = Work { pool, from, blocks: 0, search: Search::default() };
    let mut top = Count { block: newest, used: pool.nonce_at(from, newest).await? };
    // what it does not know of yet it cannot find, and must not be taken for not there
    if top.used < all {
        return Ok(Search { behind: true, ..Search::default() });
    }
    let mut stride = 1;
    while top.used > used && top.block > since {
        let block = top.block.saturating_sub(stride).max(since);
        let below = if block == since { Some(used) } else { state_of(pool, from, block).await? };
        let Some(below) = below.map(|used| Count { block, used }) else {
            return work.read_all(since, top.block).await;
        };
        if !work.narrow(below, top).await? {
            return Ok(work.search);
        }
        top = below;
        stride *= 2;
    }
    // a count that is higher than it should be this far back: a reorganisation, or a node that contradicts itself
    work.search.complete = top.used <= used;
    Ok(work.search)
}

/// The count after a block, `None` where its state is gone.
async fn state_of(pool: &Pool, from: Address, block: u64) -> Result<Option<u64>, RpcError> {
    match pool.nonce_at(from, block).await {
        Ok(used) => Ok(Some(used)),
        Err(RpcError::Node(error)) if error.kind == NodeErrorKind::NoState => Ok(None),
        Err(error) => Err(error),
    }
}

struct Work<'a> {
    pool: &'a Pool,
    from: Address,
    blocks: usize,
    search: Search,
}

impl Work<'_> {
    /// Reads the blocks between two counts where the count grew. `false` when there are too many.
    async fn narrow(&mut self, low: Count, high: Count) -> Result<bool, RpcError> {
        let mut open = vec![(low, high)];
        while let Some((low, high)) = open.pop() {
            if low.used >= high.used {
                continue;
            }
            if high.block - low.block > 1 {
                let block = low.block.midpoint(high.block);
                let middle = Count { block, used: self.pool.nonce_at(self.from, block).await? };
                open.extend([(low, middle), (middle, high)]);
                continue;
            }
            if self.blocks == MOST_BLOCKS {
                return Ok(false);
            }
            self.read(high.block).await?;
        }
        Ok(true)
    }

    /// Reads every block above `since` up to `last`, if they are few.
    async fn read_all(mut self, since: u64, last: u64) -> Result<Search, RpcError> {
        if last - since <= READ_BLOCKS {
            for block in (since + 1..=last).rev() {
                self.read(block).await?;
            }
            self.search.complete = true;
        }
        Ok(self.search)
    }

    async fn read(&mut self, block: u64) -> Result<(), RpcError> {
        self.blocks += 1;
        let transactions = self.pool.transactions(block).await?;
        self.search.mined.extend(transactions.into_iter().filter(|tx| tx.from == self.from));
        Ok(())
    }
}
