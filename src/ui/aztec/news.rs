//! What is news among the things that a page tells of: those that came once the page had read what it reads.

use std::collections::{BTreeMap, BTreeSet};

/// Milliseconds in which a page has read what it reads, once nothing of the past is waited for.
const OPENING: u64 = 30_000;

/// How much is read of what is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// The past is still coming in.
    Begun,
    /// The past has holes, and nobody fills them at present: what comes may be old.
    Holes,
    /// The past is there; something else is not.
    Past,
    /// All of it.
    Whole,
}

/// By what something is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// How things stand, whatever is known of the past.
    Standing,
    /// Something that only the past names, as a stake is: with more of the past there are more of them.
    Past,
    /// The same, and so since this second of chain time.
    Since(u64),
    /// An event of this block.
    Block(u64),
}

/// One thing to be told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// What makes it another one than those before.
    pub(super) identity: String,
    pub(super) by: By,
}

/// The moment when a page looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// Milliseconds of the page's own clock.
    pub(super) now: u64,
    /// The newest block that events are read of.
    pub(super) block: u64,
    /// Chain time, in seconds.
    pub(super) time: u64,
}

/// From when on what comes is news.
#[derive(Debug, Default)]
struct Opening {
    /// Since when nothing is waited for that would come by itself, in milliseconds.
    since: Option<u64>,
    is_over: bool,
}

impl Opening {
    /// Whether it was over before this look.
    ///
    /// What never gets read must not silence the rest: after a while whatever is there is the beginning, also if a part
    /// is missing.
    fn was_over(&mut self, waits: bool, is_whole: bool, now: u64) -> bool {
        self.since = if waits { None } else { self.since.or(Some(now)) };
        let waited = self.since.is_some_and(|since| now.saturating_sub(since) > OPENING);
        let before = self.is_over || waited;
        self.is_over = before || is_whole;
        before
    }
}

/// What was seen on the page before.
#[derive(Debug, Default)]
pub(super) struct News {
    known: BTreeMap<String, By>,
    page: Opening,
    /// That of the past alone: it begins anew while the past has holes.
    past: Opening,
    /// The first look: what happened before it is on the page.
    opened: Option<Moment>,
}

impl News {
    /// Takes what is there now and gives back those that are news.
    ///
    /// What comes in piece by piece while the page opens was there before, and is seen on the page: news begins with the
    /// first reading that lacks nothing. An event of before the page was opened never is.
    pub(super) fn take(&mut self, there: &[Item], extent: Extent, moment: Moment) -> BTreeSet<String> {
        let opened = *self.opened.get_or_insert(moment);
        let is_whole = extent == Extent::Whole;
        let has_past = matches!(extent, Extent::Past | Extent::Whole);
        let begun = self.page.was_over(extent == Extent::Begun, is_whole, moment.now);
        if !has_past {
            self.past.is_over = false;
        }
        let has_had_past = self.past.was_over(!has_past, is_whole, moment.now);
        let is_news = |item: &&Item| {
            let counts = match item.by {
                By::Standing => true,
                By::Past => has_had_past,
                By::Since(time) => has_had_past || time > opened.time,
                By::Block(block) => block > opened.block,
            };
            begun && counts && !self.known.contains_key(&item.identity)
        };
        let news = there.iter().filter(is_news).map(|item| item.identity.clone()).collect();
        // what one look lacks because a part was not read is no news when it is there again
        self.known.retain(|_, by| !is_whole && *by != By::Standing);
        self.known.extend(there.iter().map(|item| (item.identity.clone(), item.by)));
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Those that a test looks at: an old slash, another one, and so on.
    fn item(name: &str) -> Item {
        let by = match name {
            "few keys" => By::Standing,
            "a slash" => By::Block(101),
            "an exit that ended now" => By::Since(5_000),
            "an old exit" => By::Since(900),
            _ if name.contains("old") => By::Block(7),
            _ => By::Past,
        };
        Item { identity: name.to_owned(), by }
    }

    /// Looks at what is there, second by second, on a page that was opened at block 100.
    fn told(looks: &[(u64, Extent, &[&str])]) -> Vec<String> {
        let mut news = News::default();
        let look = |(second, extent, there): &(u64, Extent, &[&str])| {
            let there: Vec<_> = there.iter().map(|name| item(name)).collect();
            news.take(
                &there,
                *extent,
                Moment { now: second * 1_000, block: 100 + second / 12, time: 1_000 + second },
            )
        };
        looks.iter().flat_map(look).collect()
    }

    #[test]
    fn what_comes_in_while_the_page_opens_was_there_before() {
        use Extent::{Begun, Past, Whole};
        let opening = [
            (0, Begun, &[][..]),
            (50, Begun, &["an old slash"]),
            (90, Past, &["an old slash", "another old one"]),
            (95, Whole, &["an old slash", "another old one", "a wrong coinbase"]),
        ];
        assert_eq!(told(&opening), [""; 0]);
        let later: &[&str] = &["an old slash", "a wrong coinbase", "a slash"];
        assert_eq!(told(&[&opening[..], &[(3_600, Whole, later)]].concat()), ["a slash"]);
    }

    #[test]
    fn what_never_gets_read_does_not_silence_the_first_alert() {
        use Extent::Past;
        let looks: [(u64, Extent, &[&str]); 4] = [
            (2, Past, &[]),
            (4, Past, &["few keys"]),
            (3_600, Past, &["few keys", "a slash"]),
            (3_700, Past, &["few keys", "a slash"]),
        ];
        assert_eq!(told(&looks), ["a slash"], "once");
    }

    #[test]
    fn what_is_old_is_no_news_however_late_it_comes() {
        use Extent::{Begun, Holes, Whole};
        let looks: [(u64, Extent, &[&str]); 6] = [
            (2, Begun, &[]),
            (4, Holes, &[]),
            (40, Holes, &["few keys"]),
            (50, Holes, &["few keys", "an old slash", "a zombie"]),
            (3_600, Begun, &["few keys", "an old slash", "another old one", "a slash"]),
            (
                3_700,
                Whole,
                &["few keys", "an old slash", "another old one", "a slash", "a zombie", "two zombies"],
            ),
        ];
        assert_eq!(told(&looks), ["few keys", "a slash"]);
        // what ended while the page was open did, whatever is missing
        let holes: [(u64, Extent, &[&str]); 2] = [
            (4, Holes, &[]),
            (4_100, Holes, &["an old exit", "an exit that ended now", "an old slash", "a slash"]),
        ];
        assert_eq!(told(&holes), ["a slash", "an exit that ended now"]);
        // and then it is
        let later: &[&str] = &["few keys", "a slash", "a zombie", "two zombies", "a third zombie"];
        assert_eq!(
            told(&[&looks[..], &[(3_800, Whole, later)]].concat()),
            ["few keys", "a slash", "a third zombie"]
        );
    }
}
