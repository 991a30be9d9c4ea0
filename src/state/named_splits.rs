//! Splits that somebody named because they pay an address and are not found by themselves: looked at, and kept in this
//! browser once they turned out to.

use std::sync::Arc;

use alloy_primitives::Address;
use leptos::prelude::*;

use super::{Rhythm, Scope, Screen, remote, settings::PREFIX};
use crate::{
    aztec::{
        Deployment,
        positions::SplitTerms,
        read::{self, Named, NamedSplit, NotPaid},
    },
    chain::At,
    platform::LocalStorage,
    tx::journal::Store as _,
    units,
};

/// How many are kept of one address.
const MOST: usize = 40;

/// A split pays the same for ever: what was found is looked at again only where nobody answered, or after so many blocks.
const PERIOD: u64 = 7_200;

/// What somebody named on a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Naming {
    /// For which address: what was named for one says nothing about another.
    owner: Option<Address>,
    splits: Vec<NamedSplit>,
    /// How often it was asked for. Whoever asks again wants another answer than the last one.
    presses: u64,
}

impl Naming {
    /// Those that were named for an address.
    pub(crate) fn of(&self, owner: Option<Address>) -> &[NamedSplit] {
        if self.owner == owner { &self.splits } else { &[] }
    }

    /// Asks for one more, or for one anew: what was said of it before does not count any more.
    pub(crate) fn ask(&mut self, owner: Option<Address>, new: NamedSplit) {
        if self.owner != owner {
            self.splits.clear();
        }
        self.owner = owner;
        self.splits.retain(|known| known.split != new.split);
        self.splits.push(new);
        self.presses += 1;
    }
}

/// What came of the splits that were named for an address, and of those that are kept of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Looked {
    /// For which address.
    pub(crate) owner: Address,
    /// One verdict for each split.
    pub(crate) found: Vec<Named>,
}

/// What to look at.
#[derive(Clone, Debug, PartialEq)]
struct Question {
    owner: Address,
    splits: Vec<NamedSplit>,
    /// As in [`Naming`].
    presses: u64,
}

/// Contracts, and what to look at.
type Key = (Arc<Deployment>, Question);

fn key(network: &str, owner: Address) -> String {
    format!("{PREFIX}splits.1/{network}/{}", owner.to_checksum(None))
}

fn parsed(text: &str) -> Vec<NamedSplit> {
    let one = |line: &str| {
        let (split, terms) = line.split_once(' ')?;
        Some(NamedSplit { split: units::address(split).ok()?, terms: Some(SplitTerms::parse(terms)?) })
    };
    text.lines().filter_map(one).take(MOST).collect()
}

fn written(kept: &[NamedSplit]) -> String {
    let line = |named: &NamedSplit| Some(format!("{} {}", named.split, named.terms.as_ref()?.to_hex()));
    kept.iter().filter_map(line).collect::<Vec<_>>().join("\n")
}

/// What is kept of an address in this browser.
fn kept(network: &str, owner: Address) -> Vec<NamedSplit> {
    LocalStorage.get(&key(network, owner)).map(|text| parsed(&text)).unwrap_or_default()
}

/// What to look at: what was named, and what is kept. A split that is both is looked at with either terms.
fn together(named: &[NamedSplit], kept: Vec<NamedSplit>) -> Vec<NamedSplit> {
    let more = kept.into_iter().filter(|kept| !named.contains(kept));
    named.iter().cloned().chain(more).collect()
}

/// What came of the question before this one.
#[derive(Clone, Debug)]
struct Before {
    question: Question,
    /// The block that it was asked at first.
    since: u64,
    /// For each that was asked about, in its order.
    found: Vec<Named>,
}

/// Whether nobody answered for it.
pub(super) fn is_open((_, verdict): &Named) -> bool {
    verdict.as_ref().err().and_then(NotPaid::unanswered).is_some()
}

impl Before {
    /// What need not be asked again, in the order of the question.
    fn answered(&self, question: &Question, block: u64) -> Option<Vec<Option<Named>>> {
        let lately = (self.since..self.since.saturating_add(PERIOD)).contains(&block);
        let known = self.found.iter().map(|found| (!is_open(found)).then(|| found.clone()));
        (lately && self.question == *question).then(|| known.collect())
    }

    /// Terms that were good for the same address when somebody answered.
    fn good(&self, owner: Address, named: &NamedSplit) -> Option<Named> {
        let same = |(asked, (_, verdict)): &(&NamedSplit, &Named)| *asked == named && verdict.is_ok();
        let found = self.question.splits.iter().zip(&self.found).find(same);
        found.filter(|_| self.question.owner == owner).map(|(_, found)| found.clone())
    }
}

/// Puts together what is `known` and what was `asked` now, in the order of the question. What was good stays so while
/// nobody answers.
fn joined(
    question: &Question,
    last: Option<&Before>,
    known: Vec<Option<Named>>,
    asked: Vec<Named>,
) -> Vec<Named> {
    let mut asked = asked.into_iter();
    let of_one = |(named, known): (&NamedSplit, Option<Named>)| {
        known.or_else(|| {
            let new = asked.next()?;
            let good = last.filter(|_| is_open(&new)).and_then(|last| last.good(question.owner, named));
            Some(good.unwrap_or(new))
        })
    };
    question.splits.iter().zip(known).filter_map(of_one).collect()
}

/// One verdict for each split, the good one where there is one: terms that do not fit take nothing from those that do.
fn verdicts(found: Vec<Named>) -> Vec<Named> {
    let mut all: Vec<Named> = Vec::new();
    for (split, verdict) in found {
        match all.iter_mut().find(|(known, _)| *known == split) {
            Some((_, known)) if known.is_err() && verdict.is_ok() => *known = verdict,
            Some(_) => {}
            None => all.push((split, verdict)),
        }
    }
    all
}

/// What is kept from now on: those that pay the address, the newest first; `None` where that changes nothing.
fn kept_with(before: Vec<NamedSplit>, found: &[Named]) -> Option<Vec<NamedSplit>> {
    let good = found.iter().filter_map(|(split, terms)| Some((*split, terms.as_ref().ok()?)));
    let good = good.map(|(split, terms)| NamedSplit { split, terms: Some(terms.clone()) });
    let mut all: Vec<NamedSplit> = good.filter(|good| !before.contains(good)).collect();
    if all.is_empty() {
        return None;
    }
    let old = before.into_iter().filter(|old| all.iter().all(|new| new.split != old.split));
    let old: Vec<_> = old.collect();
    all.extend(old);
    all.truncate(MOST);
    Some(all)
}

fn keep(network: &str, owner: Address, found: &[Named]) {
    if let Some(all) = kept_with(kept(network, owner), found) {
        LocalStorage.put(&key(network, owner), &written(&all));
    }
}

impl Scope {
    /// What came of the splits that were `named`, and of those that are kept of the address.
    pub(crate) fn named_splits(
        &self,
        owner: Memo<Option<Address>>,
        named: RwSignal<Naming>,
    ) -> Screen<Looked> {
        let scope = *self;
        let network = self.network.with_value(|network| network.id.clone());
        let known = network.clone();
        let key = move || {
            let (contracts, owner) = (scope.deployment()?, owner.get()?);
            let (splits, presses) =
                named.with(|named| (together(named.of(Some(owner)), kept(&known, owner)), named.presses));
            // where there are none it costs nothing, and that there are none is an answer
            Some((contracts, Question { owner, splits, presses }))
        };
        let before: StoredValue<Option<(Arc<Deployment>, Before)>> = StoredValue::new(None);
        let rhythm: Rhythm<Key> = Rhythm { period: 1, same_screen: |a, b| a.1.owner == b.1.owner };
        remote::read(self.head, rhythm, key, move |(contracts, question): Key, block| {
            let (pool, network) = (scope.pool.get_value(), network.clone());
            Box::pin(async move {
                let last = before.try_get_value().flatten().filter(|(of, _)| *of == contracts);
                let last = last.map(|(_, last)| last);
                let known = last.as_ref().and_then(|last| last.answered(&question, block.number));
                let since = last.as_ref().filter(|_| known.is_some()).map_or(block.number, |last| last.since);
                let known = known.unwrap_or_else(|| vec![None; question.splits.len()]);
                let open = question.splits.iter().zip(&known).filter(|(_, known)| known.is_none());
                let open: Vec<_> = open.map(|(named, _)| named.clone()).collect();
                let owner = question.owner;
                let asked = read::named_splits(&pool, &contracts, owner, &open, block).await.value;
                let found = joined(&question, last.as_ref(), known, asked);
                let verdicts = verdicts(found.clone());
                before.try_set_value(Some((contracts, Before { question, since, found })));
                keep(&network, owner, &verdicts);
                // one that nobody answered for has its own verdict, beside the others
                Ok(At { block, value: Looked { owner, found: verdicts } })
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chain::RpcError, units::Bps};

    fn one(n: u8) -> NamedSplit {
        let [split, provider, owner] = [n, n + 1, n + 2].map(Address::repeat_byte);
        let terms = SplitTerms::of_delegation(provider, owner, Bps::new(500).expect("a share"));
        NamedSplit { split, terms: Some(terms) }
    }

    #[test]
    fn what_is_named_for_one_address_says_nothing_of_another() {
        let [mine, other] = [Some(Address::repeat_byte(1)), Some(Address::repeat_byte(2))];
        let mut naming = Naming::default();
        naming.ask(mine, one(1));
        assert_eq!((naming.of(mine), naming.of(other)), (&[one(1)][..], &[][..]));
        let before = naming.clone();
        naming.ask(mine, one(1));
        assert_eq!(naming.of(mine), before.of(mine));
        assert_ne!(naming, before, "pressing again asks again");
        naming.ask(other, one(5));
        assert_eq!((naming.of(mine), naming.of(other)), (&[][..], &[one(5)][..]));
    }

    #[test]
    fn only_what_nobody_answered_is_asked_again() {
        let owner = Address::repeat_byte(3);
        let question = Question { owner, splits: vec![one(1), one(4), one(7)], presses: 1 };
        let good = |n: u8| (one(n).split, Ok(one(n).terms.expect("some")));
        let unanswered = |n: u8| (one(n).split, Err(NotPaid::NeedsTerms(RpcError::NoEndpoint.into())));
        let no_split = (one(4).split, Err(NotPaid::NoSplit));
        let found = vec![good(1), no_split.clone(), unanswered(7)];
        let last = Before { question: question.clone(), since: 100, found };
        let known = last.answered(&question, 101).expect("the same question");
        assert_eq!(known, [Some(good(1)), Some(no_split.clone()), None]);
        let whole = joined(&question, Some(&last), known, vec![good(7)]);
        assert_eq!(whole, [good(1), no_split, good(7)]);
        // pressing again asks all, and what was good is not lost by an endpoint that fails
        let again = Question { presses: 2, ..question.clone() };
        assert_eq!(last.answered(&again, 101), None);
        assert_eq!(last.answered(&question, 100 + PERIOD), None, "after a day");
        let failed = || vec![unanswered(1), unanswered(4), unanswered(7)];
        let found = joined(&again, Some(&last), vec![None; 3], failed());
        assert_eq!(found, [good(1), unanswered(4), unanswered(7)]);
        let other = Question { owner: Address::repeat_byte(9), ..again };
        assert_eq!(joined(&other, Some(&last), vec![None; 3], failed()), failed(), "of another address");
    }

    #[test]
    fn a_kept_split_stays_whatever_is_typed() {
        let good = one(1);
        let terms = good.terms.clone().expect("some");
        let typed = NamedSplit { split: good.split, terms: None };
        let looked_at = together(std::slice::from_ref(&typed), vec![good.clone(), one(7)]);
        assert_eq!(looked_at, [typed, good.clone(), one(7)]);
        assert_eq!(together(&[one(7)], vec![one(7)]), [one(7)], "once");
        let wrong = (good.split, Err(NotPaid::OtherTerms));
        let right = (good.split, Ok(terms));
        assert_eq!(verdicts(vec![wrong.clone(), right.clone()]), std::slice::from_ref(&right));
        assert_eq!(verdicts(vec![right.clone(), wrong.clone()]), std::slice::from_ref(&right));
        assert_eq!(verdicts(vec![wrong.clone()]), std::slice::from_ref(&wrong));
        assert_eq!(kept_with(vec![good.clone()], &[right]), None);
        // its owner gave it other terms
        let other = one(7).terms.expect("some");
        let newer = NamedSplit { split: good.split, terms: Some(other.clone()) };
        assert_eq!(kept_with(vec![good.clone()], &[(good.split, Ok(other))]), Some(vec![newer]));
        assert_eq!(kept_with(vec![good], &[wrong]), None);
    }

    #[test]
    fn what_is_kept_survives_and_anything_else_is_left_out() {
        let all: Vec<_> = (1..60).map(one).collect();
        assert_eq!(parsed(&written(&all)), all[..MOST]);
        assert_eq!(parsed("0x12 0x34\nnonsense\n"), []);
        assert_ne!(key("a", Address::ZERO), key("b", Address::ZERO));
        assert!(key("a", Address::ZERO).starts_with(PREFIX), "forgotten with the rest");
    }
}
