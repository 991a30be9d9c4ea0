//! Endpoints that do what a test says.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rota::chain::{
    EndpointSpec,
    host::{BoxFuture, Link, LinkAnswer, LinkError},
};
use serde_json::{Value, json};

use super::HttpLink;

/// An endpoint for a pool; its label is its key.
pub fn endpoint(label: &str, link: impl Link + 'static) -> EndpointSpec {
    EndpointSpec { key: format!("key of {label}"), label: label.to_owned(), link: Arc::new(link) }
}

/// A JSON-RPC request as an endpoint sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    pub id: Value,
    pub method: String,
    pub params: Value,
}

impl Asked {
    fn read(body: &str) -> Self {
        let request: Value = serde_json::from_str(body).expect("the pool sends JSON");
        assert_eq!(request["jsonrpc"], "2.0");
        Self {
            id: request["id"].clone(),
            method: request["method"].as_str().expect("a method").to_owned(),
            params: request["params"].clone(),
        }
    }
}

/// What an endpoint does about a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// The honest answer.
    Result(Value),
    /// A JSON-RPC error: `{ code, message, data? }`.
    Error(Value),
    /// The same with another HTTP status than 200.
    ErrorWithStatus(u16, Value),
    /// An answer to a request with this id.
    ResultFor(Value, Value),
    /// HTTP status and body.
    Http(u16, &'static str),
    /// Status 429, with the seconds of `Retry-After` where the page may read them.
    RateLimited(Option<u64>),
    /// Nothing, ever.
    Silence,
    /// No connection, or what else the host says.
    Fails(LinkError),
}

type Play = dyn Fn(&Asked) -> Reply + Send + Sync;

#[derive(Default)]
struct Seen {
    asked: Mutex<Vec<Asked>>,
    open: AtomicUsize,
    most_open: AtomicUsize,
}

/// An endpoint that plays a part. It answers `eth_chainId` by itself, unless told to play that too, and no batches, unless
/// told to.
#[derive(Clone)]
pub struct Script {
    chain_id: Option<u64>,
    play: Arc<Play>,
    seen: Arc<Seen>,
    dawdles: bool,
    wanders: bool,
    batches: bool,
}

impl Script {
    /// An endpoint of chain 31337.
    pub fn new(play: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self {
            chain_id: Some(31_337),
            play: Arc::new(play),
            seen: Arc::default(),
            dawdles: false,
            wanders: false,
            batches: false,
        }
    }

    /// Answers batches, the last question first.
    pub fn taking_batches(mut self) -> Self {
        self.batches = true;
        self
    }

    /// May change its chain, as a wallet does.
    pub fn wandering(mut self) -> Self {
        self.wanders = true;
        self.playing_its_chain()
    }

    /// An endpoint of another chain.
    pub fn of_chain(mut self, chain_id: u64) -> Self {
        self.chain_id = Some(chain_id);
        self
    }

    /// Plays `eth_chainId` too.
    pub fn playing_its_chain(mut self) -> Self {
        self.chain_id = None;
        self
    }

    /// Lets every other task go first before it answers, many times.
    pub fn dawdling(mut self) -> Self {
        self.dawdles = true;
        self
    }

    /// What it was asked.
    pub fn asked(&self) -> Vec<Asked> {
        self.seen.asked.lock().expect("not poisoned").clone()
    }

    /// The methods it was asked.
    pub fn methods(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.method).collect()
    }

    /// How often it was asked something else than its chain.
    pub fn count(&self) -> usize {
        self.asked().iter().filter(|asked| asked.method != "eth_chainId").count()
    }

    /// Most requests that were open at once.
    pub fn most_open(&self) -> usize {
        self.seen.most_open.load(Ordering::SeqCst)
    }
}

fn answer(status: u16, body: impl ToString) -> LinkAnswer {
    LinkAnswer { status, retry_after: None, body: body.to_string() }
}

fn success(id: &Value, result: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": result })
}

fn failure(id: &Value, error: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": error })
}

/// As nodes do that take none.
fn refused_batch() -> BoxFuture<'static, Result<LinkAnswer, LinkError>> {
    let error = json!({ "code": -32600, "message": "batch requests are not supported" });
    Box::pin(async move { Ok(answer(200, failure(&Value::Null, &error))) })
}

impl Script {
    fn each(&self, batch: &str) -> BoxFuture<'static, Result<LinkAnswer, LinkError>> {
        let questions: Vec<Value> = serde_json::from_str(batch).expect("the pool sends JSON");
        let answers: Vec<_> = questions.iter().rev().map(|one| self.exchange(one.to_string())).collect();
        Box::pin(async move {
            let mut bodies = Vec::new();
            for one in answers {
                bodies.push(one.await?.body);
            }
            Ok(answer(200, format!("[{}]", bodies.join(","))))
        })
    }
}

impl Link for Script {
    fn exchange(&self, body: String) -> BoxFuture<'static, Result<LinkAnswer, LinkError>> {
        if body.starts_with('[') {
            return if self.batches { self.each(&body) } else { refused_batch() };
        }
        let asked = Asked::read(&body);
        let reply = match self.chain_id {
            Some(chain) if asked.method == "eth_chainId" => Reply::Result(json!(format!("{chain:#x}"))),
            _ => (self.play)(&asked),
        };
        let id = asked.id.clone();
        self.seen.asked.lock().expect("not poisoned").push(asked);
        let (seen, dawdles) = (self.seen.clone(), self.dawdles);
        Box::pin(async move {
            let open = seen.open.fetch_add(1, Ordering::SeqCst) + 1;
            seen.most_open.fetch_max(open, Ordering::SeqCst);
            for _ in 0..if dawdles { 50 } else { 0 } {
                tokio::task::yield_now().await;
            }
            seen.open.fetch_sub(1, Ordering::SeqCst);
            Ok(match reply {
                Reply::Result(result) => answer(200, success(&id, &result)),
                Reply::ResultFor(id, result) => answer(200, success(&id, &result)),
                Reply::Error(error) => answer(200, failure(&id, &error)),
                Reply::ErrorWithStatus(status, error) => answer(status, failure(&id, &error)),
                Reply::Http(status, body) => answer(status, body),
                Reply::RateLimited(seconds) => {
                    let retry_after = seconds.map(Duration::from_secs);
                    LinkAnswer { status: 429, retry_after, body: "Too Many Requests".to_owned() }
                }
                Reply::Silence => std::future::pending().await,
                Reply::Fails(error) => return Err(error),
            })
        })
    }

    fn may_wander(&self) -> bool {
        self.wanders
    }
}

/// A real endpoint whose requests are changed on the way, and written down.
#[derive(Clone)]
pub struct Rewriting {
    link: HttpLink,
    change: Arc<dyn Fn(&mut Value) + Send + Sync>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Rewriting {
    pub fn new(url: &str, change: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        Self { link: HttpLink::new(url), change: Arc::new(change), asked: Arc::default() }
    }

    /// A real endpoint that only writes down what it is asked.
    pub fn watching(url: &str) -> Self {
        Self::new(url, |_| {})
    }

    /// What was asked, before the change.
    pub fn asked(&self, method: &str) -> Vec<Asked> {
        let asked = self.asked.lock().expect("not poisoned");
        asked.iter().filter(|asked| asked.method == method).cloned().collect()
    }
}

impl Link for Rewriting {
    fn exchange(&self, body: String) -> BoxFuture<'static, Result<LinkAnswer, LinkError>> {
        if body.starts_with('[') {
            return refused_batch();
        }
        self.asked.lock().expect("not poisoned").push(Asked::read(&body));
        let mut request = serde_json::from_str(&body).expect("the pool sends JSON");
        (self.change)(&mut request);
        self.link.exchange(request.to_string())
    }
}

/// Changes the requests of a batch.
type Change = dyn Fn(&mut [Value]) + Send + Sync;

/// A real endpoint whose batches are changed on the way.
#[derive(Clone)]
pub struct ChangedBatches {
    link: HttpLink,
    change: Arc<Change>,
}

impl ChangedBatches {
    pub fn new(url: &str, change: impl Fn(&mut [Value]) + Send + Sync + 'static) -> Self {
        Self { link: HttpLink::new(url), change: Arc::new(change) }
    }
}

impl Link for ChangedBatches {
    fn exchange(&self, body: String) -> BoxFuture<'static, Result<LinkAnswer, LinkError>> {
        if !body.starts_with('[') {
            return self.link.exchange(body);
        }
        let mut requests: Vec<Value> = serde_json::from_str(&body).expect("the pool sends JSON");
        (self.change)(&mut requests);
        self.link.exchange(json!(requests).to_string())
    }
}

/// A real endpoint that has forgotten the states of old blocks, as a node without archive has.
#[derive(Clone)]
pub struct Forgetful {
    link: HttpLink,
    oldest: u64,
}

impl Forgetful {
    /// `oldest` is the first block whose state it has.
    pub fn new(url: &str, oldest: u64) -> Self {
        Self { link: HttpLink::new(url), oldest }
    }
}

impl Link for Forgetful {
    fn exchange(&self, body: String) -> BoxFuture<'static, Result<LinkAnswer, LinkError>> {
        if body.starts_with('[') {
            return refused_batch();
        }
        let asked = Asked::read(&body);
        let block = asked.params.as_array().and_then(|params| params.last()).and_then(Value::as_str);
        let number = block.and_then(|text| u64::from_str_radix(text.strip_prefix("0x")?, 16).ok());
        if asked.method == "eth_getTransactionCount" && number.is_some_and(|number| number < self.oldest) {
            let error = json!({ "code": -32000, "message": "missing trie node 3b1f (path )" });
            let body = json!({ "jsonrpc": "2.0", "id": asked.id, "error": error }).to_string();
            return Box::pin(async move { Ok(LinkAnswer { status: 200, retry_after: None, body }) });
        }
        self.link.exchange(body)
    }
}
