//! An account that is a Safe, whose own page is around this one: what is proposed there is done when the Safe says so on
//! chain, and not before, whatever its page says.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use alloy_primitives::{Address, B256, U256, hex, keccak256};
use alloy_sol_types::SolCall as _;
use rota::{
    aztec::{Book, Learned, plan},
    chain::{MULTICALL3, bundle, host::BoxFuture, unbundle},
    tx::{
        Lexicon as _, Wallet, WalletError,
        driver::Context,
        machine::{Event, Pause, Phase, Run, StepState},
        safe_app::{Frame, SafeApp},
        track::Sent,
    },
};
use serde_json::{Value, json};

use crate::{
    scene::{Page, Scene, eventually},
    support::devnet,
};

/// Runtime code of an account that carries out what it is given as `topic, number, to, data` and tells of it in the
/// events of a Safe: `to.call(data)`, then a log with that topic, the number, and nothing paid.
const CODE: &str = "0x606036038060605f375f5f825f5f6040355af150506020355f525f6020525f3560405fa100";

fn topic(event: &str) -> B256 {
    keccak256(format!("{event}(bytes32,uint256)"))
}

/// The Safe's page.
#[derive(Clone)]
struct Around {
    safe: Address,
    said: Arc<Mutex<Said>>,
}

#[derive(Default)]
struct Said {
    proposed: Vec<Value>,
    executions: BTreeMap<B256, B256>,
    rejects: bool,
    silent: bool,
}

/// Of the n-th proposal.
fn number(n: usize) -> B256 {
    B256::from(U256::from(0x7700 + n))
}

impl Around {
    fn with<T>(&self, f: impl FnOnce(&mut Said) -> T) -> T {
        f(&mut self.said.lock().expect("not poisoned"))
    }

    fn says_of(&self, n: usize, execution: B256) {
        self.with(|said| said.executions.insert(number(n), execution));
    }

    fn answer(&self, method: &str, params: &Value) -> Result<Value, WalletError> {
        match method {
            "getSafeInfo" => Ok(json!({ "safeAddress": self.safe, "chainId": 31_337, "isReadOnly": false })),
            "sendTransactions" if self.with(|said| said.rejects) => Err(WalletError::Rejected),
            "sendTransactions" => {
                let n = self.with(|said| {
                    said.proposed.push(params["txs"][0].clone());
                    said.proposed.len()
                });
                Ok(json!({ "safeTxHash": number(n) }))
            }
            "getTxBySafeTxHash" => {
                let asked: B256 = serde_json::from_value(params["safeTxHash"].clone()).expect("a number");
                Ok(json!({ "txHash": self.with(|said| said.executions.get(&asked).copied()) }))
            }
            other => panic!("{other} was asked"),
        }
    }
}

impl Frame for Around {
    fn ask(
        &self,
        method: &'static str,
        params: Value,
        _: Option<std::time::Duration>,
    ) -> BoxFuture<'static, Result<Value, WalletError>> {
        let around = self.clone();
        Box::pin(async move {
            if around.with(|said| said.silent) && method == "sendTransactions" {
                std::future::pending::<()>().await;
            }
            around.answer(method, &params)
        })
    }
}

struct Stage {
    scene: Scene,
    around: Around,
}

impl Stage {
    /// A Safe without ether that has allowed the staking registry something.
    async fn new() -> Self {
        Self::on(Scene::with_allowance("delegator", 1).await).await
    }

    /// The account of a scene is a Safe without ether from now on.
    async fn on(scene: Scene) -> Self {
        scene.fork.rpc.must("anvil_setCode", json!([scene.from, CODE])).await;
        scene.fork.set_ether(scene.from, U256::ZERO).await;
        scene.fork.mine(1).await;
        let around = Around { safe: scene.from, said: Arc::default() };
        Self { scene, around }
    }

    fn context(&self) -> Context {
        let wallet = Wallet::new(Arc::new(SafeApp::new(Arc::new(self.around.clone()))));
        Context { wallet: Arc::new(move || Some(wallet.clone())), ..self.scene.context() }
    }

    /// The page, after the Safe was asked for the one step.
    async fn proposed(&self) -> (Page, Sent) {
        let plan = self.scene.return_allowance().await;
        let mut page = Page::open(self.context(), Run::new(7, plan), false);
        page.confirm().await;
        let sent = page.waiting(0).await;
        (page, sent)
    }

    /// A signer has the Safe do something and say that it was what has this number.
    async fn execute(&self, event: &str, number: B256, to: Address, data: &[u8]) -> B256 {
        let signer = devnet().facts.account("fresh");
        let words = [topic(event), number, to.into_word()].concat();
        let input = hex::encode_prefixed([&words[..], data].concat());
        let request = json!([{ "from": signer, "to": self.scene.from, "data": input, "gas": "0x100000" }]);
        let hash = self.scene.fork.rpc.must("eth_sendTransaction", request).await;
        serde_json::from_value(hash).expect("a hash")
    }
}

#[tokio::test]
async fn a_proposal_is_done_when_the_safe_says_so_on_chain() {
    let stage = Stage::new().await;
    let (mut page, sent) = stage.proposed().await;
    assert!(sent.is_proposed() && sent.by_contract, "{sent:?}");
    let proposed = stage.around.with(|said| said.proposed.clone());
    let call = json!({ "to": sent.call.to.to_checksum(None), "value": "0", "data": sent.call.data });
    assert_eq!(proposed, [call], "the very bytes that were shown");
    // the signers take their time
    stage.scene.fork.mine(3).await;
    assert!(matches!(page.run().phase, Phase::Waiting(0)));
    assert!(stage.scene.allowance().await > U256::ZERO);

    let hash = stage.execute("ExecutionSuccess", number(1), sent.call.to, &sent.call.data).await;
    stage.around.says_of(1, hash);
    let run = page.done().await;
    let StepState::Confirmed(outcome) = &run.steps[0] else { panic!("{:?}", run.steps) };
    assert_eq!((outcome.hash, stage.scene.allowance().await), (hash, U256::ZERO));
}

#[tokio::test]
async fn what_the_safes_page_says_alone_is_nothing() {
    let stage = Stage::new().await;
    let (page, sent) = stage.proposed().await;
    // transactions that succeed and say nothing of it, or of another number, or of another Safe
    let other = stage.execute("ExecutionSuccess", B256::repeat_byte(1), sent.call.to, &[]).await;
    let unknown = B256::repeat_byte(0xee);
    for told in [other, unknown] {
        stage.around.says_of(1, told);
        stage.scene.fork.mine(1).await;
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let run = page.run();
        let StepState::Sent(now) = &run.steps[0] else { panic!("{:?}", run.steps) };
        assert!(matches!(run.phase, Phase::Waiting(0)) && now.is_proposed(), "{run:?}");
    }
}

#[tokio::test]
async fn another_call_under_its_number_is_not_what_was_asked_for() {
    let stage = Stage::new().await;
    let (mut page, sent) = stage.proposed().await;
    let hash = stage.execute("ExecutionSuccess", number(1), sent.call.to, &[1, 2, 3, 4]).await;
    stage.around.says_of(1, hash);
    // nor is it said not to be done: an executor may keep the bytes elsewhere
    assert_eq!(page.paused().await, (0, Pause::Unproven { by: hash }));
    assert!(page.run().may_happen_twice(0));
    assert!(stage.scene.allowance().await > U256::ZERO);
    page.send(Event::Close);
    page.until(|run| run.phase == Phase::Closed).await;
}

#[tokio::test]
async fn an_execution_that_is_reorganised_away_is_looked_for_anew() {
    let stage = Stage::new().await;
    let (page, sent) = stage.proposed().await;
    let rpc = &stage.scene.fork.rpc;
    let before = rpc.must("evm_snapshot", json!([])).await;
    let gone = stage.execute("ExecutionSuccess", number(1), sent.call.to, &sent.call.data).await;
    stage.scene.fork.mined(gone).await;
    assert_eq!(rpc.must("evm_revert", json!([before])).await, true);
    page.close().await;
    // a page that named it before it went
    let mut kept = stage.scene.kept();
    kept.steps[0] = StepState::Sent(Sent { hash: gone, ..sent.clone() });
    let mut page = Page::open(stage.context(), kept, true);
    page.until(|run| matches!(&run.steps[0], StepState::Sent(sent) if sent.is_proposed())).await;
    // set aside it stays so
    page.send(Event::SetAside);
    assert_eq!(page.paused().await, (0, Pause::Uncertain));
    stage.scene.fork.mine(2).await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(matches!(page.run().phase, Phase::Paused(0, Pause::Uncertain)));
    // the signers' next transaction is another one
    stage.execute("Nothing", B256::ZERO, Address::ZERO, &[]).await;
    let hash = stage.execute("ExecutionSuccess", number(1), sent.call.to, &sent.call.data).await;
    assert_ne!(hash, gone);
    stage.around.says_of(1, hash);
    let run = page.until(|run| run.phase == Phase::Done).await;
    assert!(matches!(&run.steps[0], StepState::Confirmed(outcome) if outcome.hash == hash));
}

#[tokio::test]
async fn a_call_that_failed_inside_is_a_failure() {
    let stage = Stage::new().await;
    let (mut page, sent) = stage.proposed().await;
    // the transaction succeeds all the same
    let hash = stage.execute("ExecutionFailure", number(1), Address::ZERO, &sent.call.data).await;
    stage.around.says_of(1, hash);
    assert_eq!(page.paused().await, (0, Pause::Reverted));
    assert!(matches!(&page.run().steps[0], StepState::Reverted { outcome, .. } if outcome.hash == hash));
}

#[tokio::test]
async fn a_reload_follows_it_further() {
    let stage = Stage::new().await;
    let (page, sent) = stage.proposed().await;
    page.close().await;
    let hash = stage.execute("ExecutionSuccess", number(1), sent.call.to, &sent.call.data).await;
    stage.around.says_of(1, hash);
    let mut page = Page::open(stage.context(), stage.scene.kept(), true);
    page.done().await;
    assert_eq!(stage.around.with(|said| said.proposed.len()), 1);
}

#[tokio::test]
async fn a_rejected_proposal_can_be_made_again() {
    let stage = Stage::new().await;
    stage.around.with(|said| said.rejects = true);
    let plan = stage.scene.return_allowance().await;
    let mut page = Page::open(stage.context(), Run::new(7, plan), false);
    page.confirm().await;
    assert_eq!(page.paused().await, (0, Pause::Wallet(WalletError::Rejected)));
    stage.around.with(|said| said.rejects = false);
    page.send(Event::Again);
    assert!(page.waiting(0).await.is_proposed());
}

#[tokio::test]
async fn a_page_that_never_answers_is_asked_once() {
    let stage = Stage::new().await;
    stage.around.with(|said| said.silent = true);
    let plan = stage.scene.return_allowance().await;
    let mut page = Page::open(stage.context(), Run::new(7, plan), false);
    page.confirm().await;
    eventually("the question", || async { matches!(page.run().phase, Phase::Asking(0)) }).await;
    page.close().await;
    // after a reload nobody knows: it says so, and asks nothing by itself
    let mut page = Page::open(stage.context(), stage.scene.kept(), true);
    assert_eq!(page.paused().await, (0, Pause::Uncertain));
    assert!(page.run().may_happen_twice(0));
    assert!(stage.around.with(|said| said.proposed.is_empty()));
}

alloy_sol_types::sol! {
    struct Config { uint16 incentive; bool paused; }

    interface IWarehouse {
        function setWithdrawConfig(Config config) external;
        function withdraw(address owner, address token) external;
    }
}

/// The warehouse lets an owner that paused withdrawals through Multicall3 only where it is the transaction's sender,
/// which a Safe never is.
#[tokio::test]
async fn a_safe_that_alone_may_withdraw_calls_the_warehouse_itself() {
    let scene = Scene::of("bob").await;
    let (bob, warehouse) = (scene.from, devnet().facts.contract("warehouse"));
    let pause = IWarehouse::setWithdrawConfigCall { config: Config { incentive: 0, paused: true } };
    scene.deeds.act(bob, warehouse, pause).await;
    let stage = Stage::on(scene).await;
    let planner = stage.scene.planner();
    let (splits, rewards) = planner.rewards(bob).await;
    let claim =
        plan::claim(&planner.setting().await, &rewards, &splits, None, &|_| U256::ZERO).expect("a plan");
    let arrival = claim.arrivals.iter().find(|one| one.recipient == bob).expect("his own").amount;
    let (last, bundles) = claim.plan.steps.split_last().expect("steps");
    assert_eq!(last.call.to, warehouse);
    let withdraw = IWarehouse::withdrawCall { owner: bob, token: stage.scene.token() }.abi_encode();
    assert_eq!(last.call.data, withdraw);
    // what it is shown as, once the rewards taught where the warehouse is
    let book = Book { learned: Learned::of(&rewards).into(), ..stage.scene.book.clone() };
    assert_eq!(book.decode(&last.call).map(|call| call.name).as_deref(), Some("withdraw"));
    assert_eq!(book.name(warehouse).as_deref(), Some("SplitsWarehouse"));
    assert_eq!(stage.scene.book.decode(&last.call), None, "a selector alone proves nothing");
    for step in bundles {
        let calls = unbundle(&step.call.data).expect("a bundle");
        assert!(calls.iter().all(|(to, data)| *to != warehouse || !data.starts_with(&withdraw[..36])));
    }

    let before = stage.scene.tokens_of(bob).await;
    let mut page = Page::open(stage.context(), Run::new(7, claim.plan.clone()), false);
    page.confirm().await;
    for (step, planned) in claim.plan.steps.iter().enumerate() {
        page.waiting(step).await;
        if step + 1 == claim.plan.steps.len() {
            // the contract is the oracle: by way of Multicall3 it does not work
            let wrong = bundle(vec![(warehouse, withdraw.clone().into())]);
            stage.execute("Nothing", B256::ZERO, MULTICALL3, &wrong).await;
            assert_eq!(stage.scene.tokens_of(bob).await, before);
        }
        let done =
            stage.execute("ExecutionSuccess", number(step + 1), planned.call.to, &planned.call.data).await;
        stage.around.says_of(step + 1, done);
    }
    let run = page.done().await;
    assert_eq!(stage.scene.tokens_of(bob).await, before + arrival);
    let StepState::Confirmed(outcome) = run.steps.last().expect("a step") else { panic!("{:?}", run.steps) };
    let said = outcome.says.clone().expect("what came of it");
    assert!(said.contains("arrived at") && !said.contains("failed"), "{said}");
}
