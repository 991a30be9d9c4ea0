//! Which alerts are news: those that came once the page had read what it reads.

use std::collections::BTreeSet;

/// Milliseconds in which a page has read what it reads, once all events are there.
const OPENING: u64 = 30_000;

/// How much is read of what alerts are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Events are still coming in.
    Begun,
    /// The events are there, as far as endpoints give them; something else is not.
    Events,
    /// All of it.
    Whole,
}

/// What was seen on the page before.
#[derive(Debug, Default)]
pub(super) struct News {
    known: Option<BTreeSet<String>>,
    /// Since when no event of the past is waited for, in milliseconds.
    since: Option<u64>,
    settled: bool,
}

impl News {
    /// Takes the alerts that are there now and gives back those that are news.
    ///
    /// What comes in piece by piece while the page opens was there before, and is seen on the page: news begins with the
    /// first reading that lacks nothing. What never gets read must not silence the rest: after a while whatever is there
    /// is the beginning, also if a part is missing.
    pub(super) fn take(&mut self, there: BTreeSet<String>, extent: Extent, now: u64) -> Vec<String> {
        let since = match extent {
            Extent::Begun => None,
            Extent::Events | Extent::Whole => self.since.or(Some(now)),
        };
        self.since = since;
        let waited = since.is_some_and(|since| now.saturating_sub(since) > OPENING);
        // between two looks may lie an hour: what was there at the last one is known, however much it lacked
        let before = if self.settled || waited { self.known.take() } else { None };
        self.settled = self.settled || waited || extent == Extent::Whole;
        let news = before.map(|before| there.difference(&before).cloned().collect()).unwrap_or_default();
        self.known = Some(there);
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks at what is there, second by second.
    fn told(looks: &[(u64, Extent, &[&str])]) -> Vec<String> {
        let mut news = News::default();
        let look = |(second, extent, there): &(u64, Extent, &[&str])| {
            let there = there.iter().map(|one| (*one).to_owned()).collect();
            news.take(there, *extent, second * 1_000)
        };
        looks.iter().flat_map(look).collect()
    }

    #[test]
    fn what_comes_in_while_the_page_opens_was_there_before() {
        use Extent::{Begun, Events, Whole};
        let opening = [
            (0, Begun, &[][..]),
            (50, Begun, &["an old slash"]),
            (90, Events, &["an old slash", "another"]),
            (95, Whole, &["an old slash", "another", "a wrong coinbase"]),
        ];
        assert_eq!(told(&opening), [""; 0]);
        let later: &[&str] = &["an old slash", "a wrong coinbase", "a slash"];
        assert_eq!(told(&[&opening[..], &[(3_600, Whole, later)]].concat()), ["a slash"]);
    }

    #[test]
    fn what_never_gets_read_does_not_silence_the_first_alert() {
        use Extent::Events;
        let looks: [(u64, Extent, &[&str]); 4] = [
            (2, Events, &[]),
            (4, Events, &["few keys"]),
            (3_600, Events, &["few keys", "a slash"]),
            (3_700, Events, &["few keys", "a slash"]),
        ];
        assert_eq!(told(&looks), ["a slash"], "once");
    }
}
