//! Plans of a provider's admin about keys and about itself: their gas, their order, their refusals.

use alloy_primitives::{Address, U256};
use rota::{
    aztec::{
        Book,
        abi::{G1Point, G2Point, KeyStore},
        plan::{self, KEYS_AT_ONCE, PlanError},
        read::{self, Holder, ProviderConfig},
    },
    tx::simulate::{Simulated, simulate},
};
use serde_json::json;

use crate::support::{Chain, Deeds, Fork, IStakingRegistry, Planner, devnet};

/// The one without keys.
const SOLD_OUT: u64 = 5;

/// A key without a zero anywhere: the dearest to store.
fn key(number: u64) -> KeyStore {
    let word = |part: u64| U256::from_limbs([number + 1, part + 1, u64::MAX, u64::MAX >> 3]);
    let point = |part| G1Point { x: word(part), y: word(part + 1) };
    let attester = Address::from_word(word(99).into());
    KeyStore {
        attester,
        publicKeyG1: point(1),
        publicKeyG2: G2Point { x0: word(3), x1: word(4), y0: word(5), y1: word(6) },
        proofOfPossession: point(7),
    }
}

async fn config(chain: &Chain, book: &Book, id: u64) -> ProviderConfig {
    let page = read::provider(&chain.pool(), &book.contracts, id, chain.latest().await).await.value;
    page.config.value.expect("read")
}

#[tokio::test]
async fn keys_are_added_in_batches_that_fit_into_a_transaction() {
    let fork = Fork::new().await;
    let book = fork.book().await;
    let config = config(&fork, &book, SOLD_OUT).await;
    let planner = Planner { chain: &fork, book: &book, from: config.admin };
    let setting = planner.setting().await;
    let keys: Vec<_> = (0..KEYS_AT_ONCE as u64 + 5).map(key).collect();
    let made = plan::add_keys(&setting, SOLD_OUT, &config, &keys).expect("a plan");
    assert_eq!(made.steps.len(), 2);
    assert!((70..=72).contains(&KEYS_AT_ONCE), "{KEYS_AT_ONCE}");
    let calls: Vec<_> = made.steps.iter().map(|step| step.call.clone()).collect();
    let simulation = simulate(&fork.pool(), config.admin, &calls, 0).await.expect("simulated");
    let gas: Vec<_> = simulation.calls.iter().filter_map(Simulated::gas).collect();
    assert!(gas.len() == 2 && gas[0] <= 15_000_000 && gas[0] > 14_000_000, "{gas:?}");

    // sent, they stand in the queue in their order
    for call in &calls {
        let request = json!([{ "from": config.admin, "to": call.to, "data": call.data, "gas": "0xff0000" }]);
        let hash = fork.rpc.must("eth_sendTransaction", request).await;
        let receipt = fork.mined(serde_json::from_value(hash).expect("a hash")).await;
        assert_eq!(receipt["status"], "0x1", "{receipt}");
    }
    let id = U256::from(SOLD_OUT);
    let registry = book.contracts.staking_registry;
    let first = fork.read(registry, IStakingRegistry::getFirstIndexInQueueCall { id }).await;
    for (place, key) in keys.iter().enumerate() {
        let index = first + place as u128;
        let there = fork.read(registry, IStakingRegistry::getValueAtIndexInQueueCall { id, index }).await;
        assert_eq!(there.attester, key.attester, "place {place}");
    }
}

#[tokio::test]
async fn a_provider_changes_hands_in_two_steps() {
    let fork = Fork::new().await;
    let book = fork.book().await;
    let (next, other) = (devnet().facts.account("fresh"), devnet().facts.account("whale"));
    let config = config(&fork, &book, 1).await;
    let pending = || async {
        let (pool, block) = (fork.pool(), fork.latest().await);
        read::pending_admin(&pool, &book.contracts, 1, block).await.expect("read").value
    };
    let admin = Planner { chain: &fork, book: &book, from: config.admin };
    let heir = Planner { chain: &fork, book: &book, from: next };
    let none = Address::ZERO;
    assert_eq!(pending().await, none);
    let setting = admin.setting().await;
    let offer = |pending, to| plan::offer_admin(&setting, 1, &config, pending, to);
    assert_eq!(offer(none, config.admin), Err(PlanError::SameValue));
    assert_eq!(offer(next, next), Err(PlanError::SameValue));
    let foreign = heir.setting().await;
    assert_eq!(plan::offer_admin(&foreign, 1, &config, none, other), Err(PlanError::NotAdmin(config.admin)));
    assert_eq!(plan::accept_admin(&foreign, 1, none), Err(PlanError::NotOffered(none)));
    assert_eq!(plan::accept_admin(&foreign, 1, other), Err(PlanError::NotOffered(other)));

    let offered = offer(none, next).expect("a plan");
    send(&fork, config.admin, &offered).await;
    assert_eq!(pending().await, next);
    let accepted = plan::accept_admin(&foreign, 1, pending().await).expect("a plan");
    send(&fork, next, &accepted).await;
    assert_eq!(pending().await, none);
    assert_eq!(self::config(&fork, &book, 1).await.admin, next);
}

async fn send(fork: &Fork, from: Address, plan: &rota::tx::Plan) {
    fork.rpc.must("anvil_impersonateAccount", json!([from])).await;
    for step in &plan.steps {
        let request = json!([{ "from": from, "to": step.call.to, "data": step.call.data }]);
        let hash = fork.rpc.must("eth_sendTransaction", request).await;
        let receipt = fork.mined(serde_json::from_value(hash).expect("a hash")).await;
        assert_eq!(receipt["status"], "0x1", "{receipt}");
    }
}

#[tokio::test]
async fn only_so_many_keys_leave_as_there_are() {
    let fork = Fork::new().await;
    let book = fork.book().await;
    let config = config(&fork, &book, 1).await;
    let planner = Planner { chain: &fork, book: &book, from: config.admin };
    let setting = planner.setting().await;
    let drip = |count, queued| plan::drip(&setting, 1, &config, count, queued);
    assert_eq!(drip(0, 8), Err(PlanError::NoKeys));
    assert_eq!(drip(9, 8), Err(PlanError::NotEnoughKeys(8)));
    assert_eq!(plan::add_keys(&setting, 1, &config, &[]), Err(PlanError::NoKeys));
    send(&fork, config.admin, &drip(2, 8).expect("a plan")).await;
    let left = read::provider(&fork.pool(), &book.contracts, 1, fork.latest().await).await.value.open_slots;
    let before = devnet().facts.provider(1).queue.len() as u64;
    assert_eq!(left.value, Ok(before - 2));
    // the contract agrees about who may
    let stranger = devnet().facts.account("whale");
    let call = IStakingRegistry::dripProviderQueueCall { id: U256::from(1), count: U256::from(1) };
    assert!(!Deeds::on(&fork).succeeds(stranger, book.contracts.staking_registry, call).await);
}

#[tokio::test]
async fn who_holds_an_account_is_told() {
    let fork = Fork::new().await;
    let (key, token) = (devnet().facts.account("fresh"), devnet().facts.contract("token"));
    let told = |account| {
        let pool = fork.pool();
        let latest = fork.latest();
        async move { read::holder(&pool, account, latest.await).await.expect("read").value }
    };
    assert_eq!(told(key).await, Holder::Key);
    assert_eq!(told(token).await, Holder::Contract);
    // a key that delegated its code is still one key (EIP-7702)
    let delegated = Address::repeat_byte(0x77);
    fork.rpc.must("anvil_setCode", json!([delegated, format!("0xef0100{}", "11".repeat(20))])).await;
    assert_eq!(told(delegated).await, Holder::Key);
}
