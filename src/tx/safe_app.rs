//! A Safe around the page: the Safe Apps protocol, as its SDK speaks it since version 1 (`@safe-global/safe-apps-sdk`).
//!
//! A Safe's own page shows this one in a frame, and answers what it is asked by messages:
//!
//! ```text
//! asked     { id, method, params, env: { sdkVersion } }
//! answered  { id, success: true, version, data }   or   { id, success: false, version, error }
//! ```
//!
//! What comes back for a transaction is the number of a proposal (`safeTxHash`), not of a transaction of the chain:
//! others may have to sign first, and somebody has to execute it. Nothing in an answer is believed because the Safe's
//! page says so: [`super::track`] looks for the execution on chain.

use std::{sync::Arc, time::Duration};

use alloy_primitives::{Address, B256, Bytes, U64, U256};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Eip1193, WalletError,
    wallet::{EXECUTION, SEND},
};
use crate::chain::{host::BoxFuture, is_loopback, text::tame};

/// The version of the protocol that is spoken: Safe's page answers in the form of the asker's major version.
const SDK: &str = "9.1.0";
/// What Safe's page answers when somebody closes the proposal without making it. The protocol has no codes: this text,
/// all of it, is one.
const REJECTED: &str = "Transaction was rejected";
/// No answer of any method that is asked here is larger, in bytes of JSON.
pub const MOST_BYTES: usize = 1_000_000;
/// A Safe's page answers what needs nobody's consent within this time.
const PROMPTLY: Duration = Duration::from_secs(10);
/// Asked first: whose page this is in.
pub const WHO: &str = "getSafeInfo";

/// The page around this one, to be asked.
pub trait Frame: Send + Sync {
    /// Asks, and waits for an answer that carries the question's number: `within` that time, or for as long as it
    /// takes. An answer that does not come in time is [`WalletError::Disconnected`].
    fn ask(
        &self,
        method: &'static str,
        params: Value,
        within: Option<Duration>,
    ) -> BoxFuture<'static, Result<Value, WalletError>>;
}

/// A question as the Safe's page expects it.
pub fn question(id: &str, method: &str, params: &Value) -> Value {
    json!({ "id": id, "method": method, "params": params, "env": { "sdkVersion": SDK } })
}

#[derive(Deserialize)]
struct Answer {
    id: String,
    success: bool,
    #[serde(default)]
    version: String,
    #[serde(default)]
    data: Value,
    #[serde(default)]
    error: String,
}

/// The number and the content of an answer, given as JSON; `None` when it is none: a page may hear anything.
pub fn answer(text: &str) -> Option<(String, Result<Value, WalletError>)> {
    if text.len() > MOST_BYTES {
        return None;
    }
    let answer: Answer = serde_json::from_str(text).ok()?;
    let major: u32 = answer.version.split('.').next()?.parse().ok()?;
    if major == 0 {
        return None;
    }
    let said = match (answer.success, answer.error.as_str()) {
        (true, _) => Ok(answer.data),
        (false, REJECTED) => Err(WalletError::Rejected),
        (false, error) => Err(WalletError::Other { code: 0, message: tame(error, 160) }),
    };
    Some((answer.id, said))
}

/// Whether a page at this origin may be the one around: it came encrypted, or from this machine.
pub fn may_surround(origin: &str) -> bool {
    // a sandboxed page or a file has the origin "null"
    let plain = origin.len() <= 200 && origin.bytes().all(|byte| byte.is_ascii_graphic());
    plain && (origin.starts_with("https://") && origin.len() > 8 || is_loopback(origin))
}

/// A Safe, as its page describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SafeInfo {
    /// Its address.
    pub address: Address,
    /// The chain it is on.
    pub chain_id: u64,
    /// Whoever looks at it there is none of its signers, and cannot propose anything.
    pub read_only: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawInfo {
    safe_address: Address,
    chain_id: Value,
    #[serde(default)]
    is_read_only: bool,
}

impl SafeInfo {
    /// From an answer to [`WHO`].
    pub fn of(data: Value) -> Result<Self, WalletError> {
        let strange = || WalletError::strange("what the Safe says about itself");
        let raw: RawInfo = serde_json::from_value(data).map_err(|_shape| strange())?;
        // a number since version 2, a text before and in some pages after
        let text = raw.chain_id.as_str().and_then(|id| id.parse().ok());
        let chain_id = raw.chain_id.as_u64().or(text).filter(|id| *id > 0);
        if raw.safe_address.is_zero() {
            return Err(strange());
        }
        Ok(Self {
            address: raw.safe_address,
            chain_id: chain_id.ok_or_else(strange)?,
            read_only: raw.is_read_only,
        })
    }
}

/// What [`super::Wallet`] asks to have sent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    from: Address,
    to: Address,
    #[serde(default)]
    value: U256,
    data: Bytes,
    chain_id: U64,
}

/// The Safe around the page as a wallet. It cannot be moved to another chain, and it proposes instead of sending.
#[derive(Clone)]
pub struct SafeApp(Arc<dyn Frame>);

impl core::fmt::Debug for SafeApp {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SafeApp")
    }
}

impl SafeApp {
    /// The Safe whose page is `frame`.
    pub fn new(frame: Arc<dyn Frame>) -> Self {
        Self(frame)
    }

    /// Who it is now: somebody may have opened another Safe in that page.
    pub async fn info(&self) -> Result<SafeInfo, WalletError> {
        SafeInfo::of(self.0.ask(WHO, Value::Null, Some(PROMPTLY)).await?)
    }

    /// Asks the signers for one call. The bytes are those that were shown; what it may burn is left to the Safe, so that
    /// a call that fails makes the whole transaction fail.
    async fn propose(self, params: Value) -> Result<Value, WalletError> {
        let request: Option<Request> = params.get(0).and_then(|first| Request::deserialize(first).ok());
        let request = request.ok_or_else(|| WalletError::strange("the transaction"))?;
        let info = self.info().await?;
        // between the last look at the session and now somebody may have opened another Safe
        if request.from != info.address || request.chain_id != U64::from(info.chain_id) {
            return Err(WalletError::Unauthorized);
        }
        let call = json!({
            "to": request.to.to_checksum(None),
            "value": request.value.to_string(),
            "data": request.data,
        });
        let proposed = self.0.ask("sendTransactions", json!({ "txs": [call], "params": {} }), None).await?;
        hash(&proposed["safeTxHash"]).map(|hash| json!(hash))
    }

    /// The transaction that executed a proposal, as the Safe's page says; `null` while there is none.
    async fn execution(self, params: Value) -> Result<Value, WalletError> {
        let asked = json!({ "safeTxHash": params[0] });
        let known = self.0.ask("getTxBySafeTxHash", asked, Some(PROMPTLY)).await?;
        match known.get("txHash") {
            None | Some(Value::Null) => Ok(Value::Null),
            Some(told) => hash(told).map(|hash| json!(hash)),
        }
    }
}

fn hash(value: &Value) -> Result<B256, WalletError> {
    let hash: Option<B256> = value.as_str().and_then(|text| text.parse().ok());
    hash.filter(|hash| !hash.is_zero()).ok_or_else(|| WalletError::strange("the number of the proposal"))
}

impl Eip1193 for SafeApp {
    fn request(&self, method: &'static str, params: Value) -> BoxFuture<'static, Result<Value, WalletError>> {
        let safe = self.clone();
        Box::pin(async move {
            match method {
                "eth_accounts" | "eth_requestAccounts" => Ok(json!([safe.info().await?.address])),
                "eth_chainId" => Ok(json!(U64::from(safe.info().await?.chain_id))),
                SEND => safe.propose(params).await,
                EXECUTION => safe.execution(params).await,
                _ => Err(WalletError::Unsupported),
            }
        })
    }

    fn proposes(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use futures::{FutureExt as _, future::ready};

    use super::*;
    use crate::tx::{Call, Wallet};

    const SAFE: Address = Address::repeat_byte(0x5a);

    /// Says what it is told to say, once for each question, and keeps what it was asked.
    #[derive(Default)]
    struct Script {
        says: Mutex<Vec<Result<Value, WalletError>>>,
        asked: Mutex<Vec<(&'static str, Value, Option<Duration>)>>,
    }

    impl Frame for Script {
        fn ask(
            &self,
            method: &'static str,
            params: Value,
            within: Option<Duration>,
        ) -> BoxFuture<'static, Result<Value, WalletError>> {
            self.asked.lock().expect("a lock").push((method, params, within));
            Box::pin(ready(self.says.lock().expect("a lock").remove(0)))
        }
    }

    fn info() -> Value {
        json!({ "safeAddress": SAFE, "chainId": 1, "threshold": 2, "owners": [], "isReadOnly": false })
    }

    /// Every answer of a script is there at once.
    fn block_on<T>(work: impl Future<Output = T>) -> T {
        work.now_or_never().expect("nothing waits")
    }

    fn saying(says: impl IntoIterator<Item = Value>) -> (Wallet, Arc<Script>) {
        let says = says.into_iter().map(Ok).collect();
        let script = Arc::new(Script { says: Mutex::new(says), ..Script::default() });
        (Wallet::new(Arc::new(SafeApp::new(script.clone()))), script)
    }

    fn call() -> Call {
        Call { to: Address::repeat_byte(0xab), value: U256::from(17), data: vec![1, 2, 3].into() }
    }

    fn send(wallet: &Wallet, from: Address, chain_id: u64) -> Result<B256, WalletError> {
        block_on(wallet.send(from, &call(), chain_id, Some(4)))
    }

    #[test]
    fn proposes_the_very_call_and_gives_its_number() {
        let number = B256::repeat_byte(9);
        let (wallet, script) = saying([info(), json!({ "safeTxHash": number })]);
        assert!(wallet.proposes());
        assert_eq!(send(&wallet, SAFE, 1), Ok(number));
        let asked = script.asked.lock().expect("a lock");
        let txs = json!([{ "to": call().to.to_checksum(None), "value": "17", "data": "0x010203" }]);
        // signers take their time; whose page it is is known at once
        assert_eq!(asked[0], (WHO, Value::Null, Some(PROMPTLY)));
        assert_eq!(asked[1], ("sendTransactions", json!({ "txs": txs, "params": {} }), None));
    }

    #[test]
    fn another_safe_or_chain_is_not_asked() {
        for (from, chain_id) in [(Address::repeat_byte(1), 1), (SAFE, 5)] {
            let (wallet, script) = saying([info()]);
            assert_eq!(send(&wallet, from, chain_id), Err(WalletError::Unauthorized));
            assert_eq!(script.asked.lock().expect("a lock").len(), 1);
        }
    }

    #[test]
    fn what_is_no_number_may_have_been_proposed_all_the_same() {
        for strange in
            [json!(null), json!({}), json!({ "safeTxHash": "0x12" }), json!({ "safeTxHash": B256::ZERO })]
        {
            let (wallet, _) = saying([info(), strange.clone()]);
            let error = send(&wallet, SAFE, 1).expect_err("no number");
            assert!(!error.sent_nothing(), "{strange}: {error}");
        }
    }

    #[test]
    fn an_execution_is_a_hash_or_none() {
        let hash = B256::repeat_byte(3);
        let table = [
            (json!({ "txHash": hash }), Some(Some(hash))),
            (json!({ "txStatus": "AWAITING_CONFIRMATIONS" }), Some(None)),
            (json!({ "txHash": null }), Some(None)),
            (json!({ "txHash": "yes" }), None),
            (json!({ "txHash": [hash] }), None),
        ];
        for (said, expected) in table {
            let (wallet, script) = saying([said]);
            assert_eq!(block_on(wallet.execution(B256::repeat_byte(9))).ok(), expected);
            let asked = script.asked.lock().expect("a lock");
            assert_eq!(asked[0].1, json!({ "safeTxHash": B256::repeat_byte(9) }));
        }
    }

    #[test]
    fn a_safe_is_an_address_on_a_chain() {
        let table = [
            (info(), Some((1, false))),
            (json!({ "safeAddress": SAFE, "chainId": "10", "isReadOnly": true }), Some((10, true))),
            (json!({ "safeAddress": SAFE, "chainId": 0 }), None),
            (json!({ "safeAddress": SAFE, "chainId": "0x1" }), None),
            (json!({ "safeAddress": SAFE, "chainId": 1.5 }), None),
            (json!({ "safeAddress": Address::ZERO, "chainId": 1 }), None),
            (json!({ "safeAddress": "0x5a", "chainId": 1 }), None),
            (json!(null), None),
            (json!([[[]]]), None),
        ];
        for (said, expected) in table {
            let found = SafeInfo::of(said.clone()).ok().map(|info| (info.chain_id, info.read_only));
            assert_eq!(found, expected, "{said}");
        }
    }

    #[test]
    fn it_reads_nothing_and_moves_nowhere() {
        let (wallet, script) = saying([info()]);
        assert_eq!(block_on(wallet.accounts()), Ok(vec![SAFE]));
        let safe = SafeApp::new(script.clone());
        for method in ["wallet_switchEthereumChain", "eth_call", "eth_getBalance"] {
            assert_eq!(block_on(safe.request(method, json!([]))), Err(WalletError::Unsupported));
        }
        assert_eq!(script.asked.lock().expect("a lock").len(), 1);
    }

    #[test]
    fn answers_are_told_from_noise() {
        let rejected = r#"{"id":"a","success":false,"version":"9.1.0","error":"Transaction was rejected"}"#;
        assert_eq!(answer(rejected), Some(("a".to_owned(), Err(WalletError::Rejected))));
        let other = WalletError::Other { code: 0, message: "Transaction was rejected!".to_owned() };
        assert_eq!(
            answer(&rejected.replace("rejected\"", "rejected!\"")),
            Some(("a".to_owned(), Err(other)))
        );
        let good = r#"{"id":"a","success":true,"version":"1.0.0","data":[7]}"#;
        assert_eq!(answer(good), Some(("a".to_owned(), Ok(json!([7])))));
        let long = "x".repeat(5_000);
        let Some((_, Err(error))) = answer(&rejected.replace("Transaction", &long)) else {
            panic!("an error")
        };
        assert!(error.to_string().len() < 300);
        let noise = [
            "7".to_owned(),
            "null".to_owned(),
            r#"{"id":7,"success":true,"version":"9.1.0"}"#.to_owned(),
            r#"{"id":"a","success":"true","version":"9.1.0"}"#.to_owned(),
            r#"{"id":"a","success":true}"#.to_owned(),
            r#"{"id":"a","success":true,"version":"0.4.2"}"#.to_owned(),
            good.replace('7', &"7,".repeat(MOST_BYTES)),
            "[".repeat(100_000),
        ];
        for text in noise {
            assert_eq!(answer(&text), None, "{}", tame(&text, 80));
        }
    }

    #[test]
    fn questions_have_the_form_of_the_protocol() {
        let expected =
            json!({ "id": "b", "method": "getSafeInfo", "params": null, "env": { "sdkVersion": "9.1.0" } });
        assert_eq!(question("b", WHO, &Value::Null), expected);
    }

    #[test]
    fn who_may_be_around() {
        let table = [
            ("https://app.safe.global", true),
            ("http://127.0.0.1:8080", true),
            ("http://localhost", true),
            ("http://app.safe.global", false),
            ("http://127.0.0.1.evil.example", false),
            ("null", false),
            ("file://", false),
            ("https://", false),
            ("https://a b", false),
            ("", false),
        ];
        for (origin, expected) in table {
            assert_eq!(may_surround(origin), expected, "{origin}");
        }
        assert!(!may_surround(&format!("https://{}", "a".repeat(300))));
    }
}
