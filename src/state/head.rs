use std::time::Duration;

use leptos::prelude::*;

use super::tasks::{spawn_scoped, watch};
use crate::{
    chain::{BlockRef, Network, Pool, RpcError, host::Clock as _},
    platform::{self, Browser},
};

/// The newest block, asked for again and again while the tab can be seen.
#[derive(Clone, Copy)]
pub(crate) struct Head {
    /// The newest block that was seen. It never goes back by more than a reorganisation does.
    pub(crate) block: ReadSignal<Option<BlockRef>>,
    /// When it was last confirmed to be the newest, by the page's clock in milliseconds.
    pub(crate) read_at: ReadSignal<u64>,
    /// Why the last attempt failed.
    pub(crate) error: ReadSignal<Option<RpcError>>,
    /// The page's clock, once a second.
    pub(crate) ticks: ReadSignal<u64>,
    /// Whether what is shown is too old to act on.
    pub(crate) stale: Memo<bool>,
    wake: RwSignal<u64>,
}

/// Older than this, figures are grey and nothing is signed: three slots of Ethereum.
pub(crate) const STALE_MILLIS: u64 = 36_000;

impl Head {
    /// Starts asking; ends with the current owner.
    pub(super) fn start(pool: &Pool, network: &Network) -> Self {
        let (block, set_block) = signal(None::<BlockRef>);
        let (read_at, set_read_at) = signal(Browser.ticks());
        let (error, set_error) = signal(None);
        let (ticks, set_ticks) = signal(Browser.ticks());
        let wake = RwSignal::new(0);
        let (wakers, mut awake) = futures::channel::mpsc::unbounded();

        watch(move || {
            // at the start the loop below asks anyway; it lives exactly as long as this effect
            if wake.get() > 0 {
                wakers.unbounded_send(()).ok();
            }
        });
        let visible = platform::on_visible(move |visible| {
            if visible {
                wake.try_update(|count| *count += 1);
            }
        });
        on_cleanup(move || drop(visible));

        spawn_scoped(async move {
            loop {
                set_ticks.set(Browser.ticks());
                sleep(Duration::from_secs(1)).await;
            }
        });
        // a local chain mines when it likes; a public endpoint should not be asked more often than blocks come
        let pause = Duration::from_millis(if network.is_local() { 1_000 } else { 4_000 });
        let pool = pool.clone();
        spawn_scoped(async move {
            loop {
                if platform::is_visible() {
                    match pool.latest().await {
                        Ok(header) => {
                            let newest = header.block();
                            set_read_at.set(Browser.ticks());
                            set_error.set(None);
                            if block.get_untracked() != Some(newest) {
                                set_block.set(Some(newest));
                            }
                        }
                        Err(failure) => set_error.set(Some(failure)),
                    }
                }
                let _ =
                    crate::chain::host::timeout(&Browser, pause, futures::StreamExt::next(&mut awake)).await;
            }
        });
        let stale = Memo::new(move |_| {
            let age = ticks.get().saturating_sub(read_at.get());
            block.with(Option::is_some) && age > STALE_MILLIS
        });
        Self { block, read_at, error, ticks, stale, wake }
    }

    /// Asks at once.
    pub(crate) fn refresh(&self) {
        self.wake.update(|count| *count += 1);
    }

    /// Milliseconds since the head was last confirmed.
    pub(crate) fn age(&self) -> u64 {
        self.ticks.get().saturating_sub(self.read_at.get())
    }

    /// The same as `stale`, by the clock of this very moment.
    pub(crate) fn is_stale_untracked(&self) -> bool {
        let read_at = self.read_at.try_get_untracked().unwrap_or_default();
        Browser.ticks().saturating_sub(read_at) > STALE_MILLIS
    }

    /// Chain time: the newest block's timestamp plus what passed since it was read. Never the computer's date.
    pub(crate) fn now(&self) -> Option<u64> {
        self.block.with(|block| block.map(|block| block.timestamp + self.age() / 1000))
    }
}

async fn sleep(duration: Duration) {
    use crate::chain::host::Sleep as _;
    Browser.sleep(duration).await;
}
