//! Whether a bundle of claims would still bring anything. Each of its calls may fail alone, and where somebody was faster
//! most of them succeed all the same and move nothing: what counts is amounts.

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::SolCall as _;

use super::abi::{IERC20, IPullSplit, IRollup, ISplitsWarehouse};
use crate::{
    chain::{CallRequest, Pool, bundle, results, unbundle},
    tx::{Call, Explanation},
};

/// A balance that the bundle is meant to change.
struct Watched {
    token: Address,
    account: Address,
    /// A split's, which is to be shared out; otherwise a recipient's, which is to grow.
    is_split: bool,
}

/// Runs the bundle as `from` between two readings of the balances that it is meant to change, without sending it. An
/// error where nothing would move but gas. A bundle that is none of claims is not judged.
pub(super) async fn check(pool: &Pool, from: Address, call: &Call) -> Result<(), Explanation> {
    let Some(calls) = unbundle(&call.data) else { return Ok(()) };
    let watched: Vec<Watched> = calls.iter().filter_map(watched).collect();
    if watched.is_empty() {
        return Ok(());
    }
    match moves(pool, from, call.to, calls, &watched).await {
        Some(true) => Ok(()),
        Some(false) => Err(Explanation::new(
            "None of these claims would bring anything any more.",
            "Nothing was signed. Somebody may have been faster: look at the figures again.",
        )),
        None => Err(Explanation::new(
            "What this would bring could not be checked.",
            "Nothing was signed. Try again.",
        )),
    }
}

fn watched((to, data): &(Address, Bytes)) -> Option<Watched> {
    if let Ok(shared) = IPullSplit::distributeCall::abi_decode(data) {
        return Some(Watched { token: shared._token, account: *to, is_split: true });
    }
    let withdrawal = ISplitsWarehouse::withdrawCall::abi_decode(data).ok()?;
    Some(Watched { token: withdrawal._token, account: withdrawal._owner, is_split: false })
}

/// `None` where a balance or an amount was not read.
async fn moves(
    pool: &Pool,
    from: Address,
    multicall: Address,
    calls: Vec<(Address, Bytes)>,
    watched: &[Watched],
) -> Option<bool> {
    let balances = || {
        let each =
            |of: &Watched| (of.token, IERC20::balanceOfCall { account: of.account }.abi_encode().into());
        watched.iter().map(each).collect::<Vec<(Address, Bytes)>>()
    };
    let (claims, count): (Vec<_>, _) = (calls.iter().map(claimed_for).collect(), calls.len());
    let all = [balances(), calls, balances()].concat();
    let request = CallRequest { from: Some(from), ..CallRequest::read(multicall, bundle(all)) };
    let block = pool.latest().await.ok()?.block();
    let returned = results(&pool.call(&request, block.number).await.ok()?)?;
    let (before, rest) = returned.split_at_checked(watched.len())?;
    let (done, after) = rest.split_at_checked(count)?;
    let balance = |returned: &Result<Bytes, Bytes>| {
        IERC20::balanceOfCall::abi_decode_returns(returned.as_ref().ok()?).ok()
    };
    for (place, of) in watched.iter().enumerate() {
        let (before, after) = (balance(before.get(place)?)?, balance(after.get(place)?)?);
        let moved = if of.is_split {
            // what was claimed for it came in between
            let claimed = claims.iter().zip(done).filter(|(split, _)| **split == Some(of.account));
            let claimed = claimed.filter_map(|(_, returned)| {
                IRollup::claimSequencerRewardsCall::abi_decode_returns(returned.as_ref().ok()?).ok()
            });
            after < claimed.fold(before, U256::saturating_add)
        } else {
            after > before
        };
        if moved {
            return Some(true);
        }
    }
    Some(false)
}

/// The split that a call claims for.
fn claimed_for((_, data): &(Address, Bytes)) -> Option<Address> {
    Some(IRollup::claimSequencerRewardsCall::abi_decode(data).ok()?._coinbase)
}
