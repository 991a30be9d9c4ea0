//! The host of the chain layer, as `platform` has it for the browser: over `ureq` and tokio, or with a clock that only
//! moves when somebody sleeps.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use futures::channel::oneshot;
use rota::chain::host::{BoxFuture, Clock, Host, Link, LinkAnswer, LinkError, Random, Sleep};

/// Bytes of an answer that are read, as in the browser.
const MOST: u64 = 16 << 20;

/// Longer than any request of a test takes, so that a request to an endpoint that hangs ends with its test.
const PATIENCE: Duration = Duration::from_secs(30);

/// An endpoint reached over HTTP.
#[derive(Clone)]
pub struct HttpLink {
    url: Arc<str>,
    agent: ureq::Agent,
    most: u64,
}

impl HttpLink {
    pub fn new(url: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(PATIENCE))
            // a connection that the server is just closing would be a fault that no test asked for
            .max_idle_connections(0)
            .build();
        Self { url: url.into(), agent: config.into(), most: MOST }
    }

    /// Gives an answer up after so many bytes.
    pub fn reading(mut self, most: u64) -> Self {
        self.most = most;
        self
    }

    fn post(&self, body: &str) -> Result<LinkAnswer, LinkError> {
        let unreachable = |_| LinkError::Unreachable;
        let request = self.agent.post(&*self.url).header("content-type", "application/json");
        let mut response = request.send(body).map_err(unreachable)?;
        let retry_after = response
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok()?.trim().parse().ok())
            .map(Duration::from_secs);
        let body = response.body_mut().with_config().limit(self.most).lossy_utf8(true).read_to_string();
        let body = body.map_err(|error| match error {
            ureq::Error::BodyExceedsLimit(most) => LinkError::TooLarge(usize::try_from(most).unwrap_or(0)),
            _ => LinkError::Unreachable,
        })?;
        Ok(LinkAnswer { status: response.status().as_u16(), retry_after, body })
    }
}

impl Link for HttpLink {
    fn exchange(&self, body: String) -> BoxFuture<'static, Result<LinkAnswer, LinkError>> {
        let link = self.clone();
        let (tell, told) = oneshot::channel();
        // not tokio's pool of blocking threads: a runtime waits for those at its end, and an endpoint may hang
        std::thread::spawn(move || tell.send(link.post(&body)).ok());
        Box::pin(async { told.await.unwrap_or(Err(LinkError::Unreachable)) })
    }
}

/// Random numbers that are the same at every run: a counter, well mixed (splitmix64).
struct Counted(AtomicU64);

impl Random for Counted {
    fn next(&self) -> u64 {
        let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// A new sequence of random numbers, the same for the same `seed`.
pub fn counted_random(seed: u64) -> Arc<dyn Random> {
    Arc::new(Counted(AtomicU64::new(seed)))
}

struct Real {
    started: Instant,
}

impl Sleep for Real {
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

impl Clock for Real {
    fn ticks(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn wall(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }
}

/// Real time.
pub fn real_host() -> Host {
    let real = Arc::new(Real { started: Instant::now() });
    Host { sleep: real.clone(), clock: real, random: counted_random(1) }
}

#[derive(Default)]
struct Virtual {
    now: AtomicU64,
    slept: Mutex<Vec<Duration>>,
}

/// Time that only passes when somebody waits for it, and then at once. What is waited for beside it (an answer) must be
/// there at once too, or the time limit strikes.
#[derive(Clone, Default)]
pub struct VirtualTime(Arc<Virtual>);

impl VirtualTime {
    /// A host that lives in it.
    pub fn host(&self) -> Host {
        Host { sleep: Arc::new(self.clone()), clock: Arc::new(self.clone()), random: counted_random(1) }
    }

    /// Lets time pass without anybody sleeping.
    pub fn pass(&self, duration: Duration) {
        let millis = u64::try_from(duration.as_millis()).expect("short");
        self.0.now.fetch_add(millis, Ordering::SeqCst);
    }

    /// Every sleep that went to its end, in order.
    pub fn slept(&self) -> Vec<Duration> {
        self.0.slept.lock().expect("not poisoned").clone()
    }
}

impl Sleep for VirtualTime {
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let time = self.clone();
        Box::pin(async move {
            time.pass(duration);
            time.0.slept.lock().expect("not poisoned").push(duration);
        })
    }
}

impl Clock for VirtualTime {
    fn ticks(&self) -> u64 {
        self.0.now.load(Ordering::SeqCst)
    }

    fn wall(&self) -> u64 {
        self.ticks()
    }
}
