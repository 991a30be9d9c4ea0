use std::time::Duration;

use leptos::prelude::*;

use super::{
    freshness::Freshness,
    tasks::{pause, spawn_scoped, watch},
};
use crate::{
    chain::{BlockRef, Header, Network, Pool, RpcError, host::Clock as _},
    platform::{self, Browser},
};

/// The newest block, asked for again and again while the tab can be seen.
#[derive(Clone, Copy)]
pub(crate) struct Head {
    /// The newest block that was seen. It never goes back by more than a reorganisation does.
    pub(crate) block: ReadSignal<Option<BlockRef>>,
    /// Whether it is new.
    freshness: RwSignal<Freshness>,
    /// Why the last attempt failed.
    pub(crate) error: ReadSignal<Option<RpcError>>,
    /// The page's clock, once a second.
    pub(crate) ticks: ReadSignal<u64>,
    /// Whether what is shown is too old to act on.
    pub(crate) stale: Memo<bool>,
    wake: RwSignal<u64>,
    /// Whether blocks are looked for also while nobody sees the page.
    unseen: StoredValue<bool>,
}

/// How often a page that nobody sees looks for blocks: browsers let its timers run once a minute anyway.
const UNSEEN: Duration = Duration::from_mins(1);

impl Head {
    /// Starts asking; ends with the current owner.
    pub(super) fn start(pool: &Pool, network: &Network) -> Self {
        let (block, set_block) = signal(None::<BlockRef>);
        let freshness = RwSignal::new(Freshness::new(network.is_local(), Browser.ticks()));
        let (error, set_error) = signal(None);
        let (ticks, set_ticks) = signal(Browser.ticks());
        let wake = RwSignal::new(0);
        let unseen = StoredValue::new(false);
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
                pause(Duration::from_secs(1)).await;
            }
        });
        // a local chain mines when it likes; a public endpoint should not be asked more often than blocks come
        let pause = Duration::from_millis(if network.is_local() { 1_000 } else { 4_000 });
        let pool = pool.clone();
        spawn_scoped(async move {
            loop {
                let visible = platform::is_visible();
                if visible || unseen.try_get_value().unwrap_or_default() {
                    match newest(&pool, freshness.get_untracked()).await {
                        Ok(header) => {
                            let newest = header.block();
                            freshness.update(|fresh| fresh.read(&newest, Browser.ticks()));
                            set_error.set(None);
                            if block.get_untracked() != Some(newest) {
                                set_block.set(Some(newest));
                            }
                        }
                        Err(failure) => set_error.set(Some(failure)),
                    }
                }
                let pause = if visible { pause } else { UNSEEN };
                let _ =
                    crate::chain::host::timeout(&Browser, pause, futures::StreamExt::next(&mut awake)).await;
            }
        });
        let stale = Memo::new(move |_| freshness.get().is_stale(ticks.get()));
        Self { block, freshness, error, ticks, stale, wake, unseen }
    }

    /// Looks for blocks also while nobody sees the page: for whoever wants to be notified.
    pub(crate) fn watch_unseen(&self, wanted: bool) {
        self.unseen.try_set_value(wanted);
    }

    /// Asks at once.
    pub(crate) fn refresh(&self) {
        self.wake.update(|count| *count += 1);
    }

    /// Milliseconds since the head was last confirmed.
    pub(crate) fn age(&self) -> u64 {
        self.freshness.get().age(self.ticks.get())
    }

    /// For how many seconds there was no new block, when that is too long.
    pub(crate) fn stuck(&self) -> Option<u64> {
        self.freshness.get().stuck(self.ticks.get())
    }

    /// Seconds that the newest block is old by this computer's date, when that is suspicious.
    pub(crate) fn old_by_date(&self) -> Option<u64> {
        self.ticks.track();
        self.freshness.get().old_by_date(Browser.wall() / 1000)
    }

    /// The endpoints were compared: this is the highest block that one of them has.
    pub(super) fn compared(&self, highest: u64) {
        self.freshness.try_update(|fresh| fresh.compared(highest));
    }

    /// Whether the newest block was not confirmed for too long.
    pub(crate) fn is_unread(&self) -> bool {
        self.freshness.get().is_unread(self.ticks.get())
    }

    /// The same as `stale`, by the clock of this very moment.
    pub(crate) fn is_stale_untracked(&self) -> bool {
        self.freshness.try_get_untracked().is_none_or(|fresh| fresh.is_stale(Browser.ticks()))
    }

    /// Chain time: the newest block's timestamp plus what passed since it was read. Never the computer's date.
    pub(crate) fn now(&self) -> Option<u64> {
        self.block.with(|block| block.map(|block| block.timestamp + self.age() / 1000))
    }
}

/// The newest block of the first endpoint that keeps up, or else of one that is not further behind than a
/// reorganisation.
async fn newest(pool: &Pool, known: Freshness) -> Result<Header, RpcError> {
    let (wanted, least) = (known.wanted(Browser.ticks()), known.least());
    if wanted > least
        && let Ok(header) = pool.once().latest_from(wanted).await
    {
        return Ok(header);
    }
    pool.latest_from(least).await
}
