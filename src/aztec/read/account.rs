use alloy_primitives::{Address, U256};

use crate::{
    aztec::{Deployment, abi::IERC20},
    chain::{At, Batch, BlockRef, Pool, ReadError, Reading},
};

/// What an account can stake with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Funds {
    /// The account.
    pub account: Address,
    /// Its tokens.
    pub tokens: Reading<U256>,
    /// What the contract that stakes may take of them: the `StakingRegistry`, or the rollup for one's own sequencer.
    pub allowance: Reading<U256>,
}

impl Funds {
    /// Why it is not complete, when it is that nobody answered.
    pub fn unanswered(&self) -> Option<ReadError> {
        self.tokens.unanswered().or_else(|| self.allowance.unanswered())
    }
}

/// Reads the tokens of an account and its allowance for the `StakingRegistry`.
pub async fn funds(pool: &Pool, contracts: &Deployment, account: Address, block: BlockRef) -> At<Funds> {
    funds_for(pool, contracts, account, contracts.staking_registry, block).await
}

/// Reads the tokens of an account and its allowance for whoever takes them.
pub async fn funds_for(
    pool: &Pool,
    contracts: &Deployment,
    account: Address,
    spender: Address,
    block: BlockRef,
) -> At<Funds> {
    let token = contracts.token.address;
    let mut batch = Batch::new();
    let tokens = batch.add(token, IERC20::balanceOfCall { account });
    let allowance = batch.add(token, IERC20::allowanceCall { owner: account, spender });
    let answers = batch.run(pool, &block).await;
    let value = Funds { account, tokens: answers.get(tokens), allowance: answers.get(allowance) };
    At { block, value }
}
