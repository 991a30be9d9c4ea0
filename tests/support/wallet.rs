//! A wallet whose owner is the test.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use alloy_primitives::{Address, B256};
use rota::{
    chain::host::BoxFuture,
    tx::{Eip1193, Wallet, WalletError, driver::CurrentWallet},
};
use serde_json::{Value, json};

use super::{Chain, Rpc, devnet};

/// What the wallet does when it is asked to send.
pub enum Answer {
    /// Sends what it was asked to send.
    Send,
    /// Does this first, then sends.
    SendAfter(BoxFuture<'static, ()>),
    /// Sends it after this was done to it.
    SendChanged(Box<dyn FnOnce(&mut Value) + Send>),
    /// Sends it and is never heard of again.
    SendSilently,
    /// Sends nothing and is never heard of again.
    Silence,
    /// Sends it, and fails with this code of EIP-1193.
    SendAndFail(i64),
    /// Sends nothing and gives this hash.
    Lie(B256),
    /// Sends it, and gives this hash.
    SendUnder(B256),
    /// The person says no, or the wallet does: code of EIP-1193.
    Refuse(i64),
}

struct State {
    account: Option<Address>,
    /// Another account, after so many questions for it.
    then: Option<(u32, Address)>,
    frozen: bool,
    chain_id: u64,
    answers: VecDeque<Answer>,
    asked: Vec<(String, Value)>,
}

/// A wallet that signs with the accounts of a node.
#[derive(Clone)]
pub struct TestWallet {
    rpc: Rpc,
    state: Arc<Mutex<State>>,
}

impl TestWallet {
    /// A wallet that has `account` selected and is on the network's chain.
    pub fn new(chain: &Chain, account: Address) -> Self {
        let chain_id = devnet().facts.network["chainId"].as_u64().expect("a number");
        let state = State {
            account: Some(account),
            then: None,
            frozen: false,
            chain_id,
            answers: VecDeque::new(),
            asked: Vec::new(),
        };
        Self { rpc: chain.rpc.clone(), state: Arc::new(Mutex::new(state)) }
    }

    fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        f(&mut self.state.lock().expect("not poisoned"))
    }

    /// As the app sees it.
    pub fn connected(&self) -> CurrentWallet {
        let wallet = Wallet::new(Arc::new(self.clone()));
        Arc::new(move || Some(wallet.clone()))
    }

    /// The person selects another account, or locks the wallet.
    pub fn select(&self, account: Option<Address>) {
        self.with(|state| state.account = account);
    }

    /// The person selects another account after so many more questions for it.
    pub fn select_after(&self, questions: u32, account: Address) {
        self.with(|state| state.then = Some((questions, account)));
    }

    fn selected(&self) -> Option<Address> {
        self.with(|state| {
            match &mut state.then {
                Some((0, account)) => state.account = Some(*account),
                Some((left, _)) => *left -= 1,
                None => {}
            }
            state.account
        })
    }

    /// The person moves to another chain.
    pub fn move_to(&self, chain_id: u64) {
        self.with(|state| state.chain_id = chain_id);
    }

    /// Answers no question any more, or again.
    pub fn freeze(&self, frozen: bool) {
        self.with(|state| state.frozen = frozen);
    }

    /// What it will do at the next request that has no answer yet; afterwards it sends.
    pub fn will(&self, answer: Answer) {
        self.with(|state| state.answers.push_back(answer));
    }

    /// Every request to send, as it came.
    pub fn asked_to_send(&self) -> Vec<Value> {
        self.with(|state| {
            let sends = state.asked.iter().filter(|(method, _)| method == "eth_sendTransaction");
            sends.map(|(_, params)| params[0].clone()).collect()
        })
    }
}

async fn send(rpc: Rpc, mut request: Value, answer: Answer) -> Result<Value, WalletError> {
    match answer {
        Answer::Send | Answer::SendSilently | Answer::SendUnder(_) | Answer::SendAndFail(_) => {}
        Answer::SendAfter(deed) => deed.await,
        Answer::SendChanged(change) => change(&mut request),
        Answer::Silence => std::future::pending().await,
        Answer::Lie(hash) => return Ok(json!(hash)),
        Answer::Refuse(code) => return Err(WalletError::from_code(code, "no")),
    }
    // what a wallet's own estimate comes to; a node would refuse to send what reverts
    request["gas"] = json!("0xf00000");
    rpc.ask("eth_sendTransaction", json!([request])).await.map_err(|error| {
        WalletError::from_code(
            error["code"].as_i64().unwrap_or(0),
            error["message"].as_str().unwrap_or_default(),
        )
    })
}

impl Eip1193 for TestWallet {
    fn request(&self, method: &'static str, params: Value) -> BoxFuture<'static, Result<Value, WalletError>> {
        let wallet = self.clone();
        self.with(|state| state.asked.push((method.to_owned(), params.clone())));
        Box::pin(async move {
            if wallet.with(|state| state.frozen) {
                std::future::pending::<()>().await;
            }
            match method {
                "eth_accounts" | "eth_requestAccounts" => {
                    Ok(json!(wallet.selected().into_iter().collect::<Vec<_>>()))
                }
                "eth_chainId" => Ok(json!(format!("{:#x}", wallet.with(|state| state.chain_id)))),
                "eth_sendTransaction" => {
                    let answer = wallet.with(|state| state.answers.pop_front()).unwrap_or(Answer::Send);
                    let silent = matches!(answer, Answer::SendSilently);
                    let other = if let Answer::SendUnder(hash) = answer { Some(json!(hash)) } else { None };
                    let failure = if let Answer::SendAndFail(code) = answer { Some(code) } else { None };
                    let sent = send(wallet.rpc, params[0].clone(), answer).await;
                    if let Some(code) = failure {
                        return Err(WalletError::from_code(code, "no"));
                    }
                    if silent { std::future::pending().await } else { sent.map(|hash| other.unwrap_or(hash)) }
                }
                _ => Err(WalletError::Unsupported),
            }
        })
    }
}
