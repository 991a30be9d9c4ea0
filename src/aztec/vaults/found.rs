use std::ops::RangeInclusive;

use alloy_primitives::Address;
use alloy_sol_types::SolEvent as _;

use crate::{
    aztec::abi::IATPFactory,
    chain::{
        Pool, ReadError,
        logs::{LogQuery, scan_about},
    },
};

/// The vaults that the factories of a network made for a beneficiary, in chain order: one request, times the pieces that the
/// endpoint cuts the range into. Nothing is asked where no factory is known. Fails as a whole: a list with a hole looks
/// whole.
///
/// What made a vault is no proof of what it is: [`super::vaults`] asks the vault itself.
pub async fn created(
    pool: &Pool,
    factories: &[Address],
    beneficiary: Address,
    range: RangeInclusive<u64>,
) -> Result<Vec<Address>, ReadError> {
    // an endpoint takes no address at all for any address
    if factories.is_empty() {
        return Ok(Vec::new());
    }
    let query =
        LogQuery { contracts: factories.to_vec(), events: vec![IATPFactory::ATPCreated::SIGNATURE_HASH] };
    let mut found = Vec::new();
    scan_about(pool, &query, &[vec![beneficiary.into_word()]], range, |part| {
        for entry in part.entries {
            let made = IATPFactory::ATPCreated::decode_log_data(&entry.data);
            found.push((entry.position(), made.map(|made| made.atp)));
        }
    })
    .await?;
    found.sort_by_key(|(position, _)| *position);
    found.into_iter().map(|(_, made)| made.map_err(|_error| ReadError::Decode)).collect()
}
