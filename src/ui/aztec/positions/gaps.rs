//! What may be missing from the figures of the page, and how they show it: what is known stands, and says that it is not
//! all.

use leptos::prelude::*;

use super::Desk;
use crate::{
    chain::{ReadError, Source},
    state::{Gap, Gaps},
    ui::kit::{Figure, icon},
};

/// What a figure is put together from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// Stakes of the address and of its vaults.
    Stakes,
    /// All splits that pay the address.
    Rewards,
    /// Something that is known by itself.
    Itself,
}

impl Of {
    /// Those that count for it.
    const fn gaps(self, all: Gaps) -> Gaps {
        match self {
            Self::Stakes => Gaps { received: Gap::None, named: Gap::None, ..all },
            Self::Rewards => all,
            Self::Itself => {
                Gaps { vaults: Gap::None, received: Gap::None, named: Gap::None, found: Gap::None }
            }
        }
    }

    /// All of them together.
    const fn gap(self, all: Gaps) -> Gap {
        self.gaps(all).of_all()
    }
}

/// A sum that may lack a part: where there is nothing that it is the sum of, it is none.
pub(super) fn partial(figure: Figure, gap: Gap, is_sum: bool) -> Figure {
    match (gap, figure) {
        (Gap::None, figure) => figure,
        (_, figure) if is_sum => figure,
        (Gap::Awaited, figure) => figure.without_value(),
        (Gap::Unread, Figure::Shown(_, source) | Figure::Aged(_, source, _)) => not_read(source),
        (Gap::Unread, figure) => figure,
    }
}

fn not_read(source: Source) -> Figure {
    Figure::NotRead(ReadError::Incomplete, Some(source))
}

/// Those of the sources that are in a state, in words.
fn listed(gaps: Gaps, wanted: Gap) -> Option<String> {
    let all = [
        (gaps.vaults, "token vaults"),
        (gaps.received, "splits of others’ stakes"),
        (gaps.named, "splits named here"),
        (gaps.found, "stakes and splits that were just found"),
    ];
    let some: Vec<_> = all.into_iter().filter(|(gap, _)| *gap == wanted).map(|(_, what)| what).collect();
    match some.as_slice() {
        [] => None,
        [one] => Some((*one).to_owned()),
        [before @ .., last] => Some(format!("{} and {last}", before.join(", "))),
    }
}

/// What is missing, as a clause; `None` where nothing is.
fn clause(gaps: Gaps) -> Option<String> {
    let awaited = listed(gaps, Gap::Awaited).map(|them| format!("{them} are still being read"));
    let unread = listed(gaps, Gap::Unread).map(|them| format!("not all {them} could be read"));
    match (awaited, unread) {
        (Some(awaited), Some(unread)) => Some(format!("{awaited}, {unread}")),
        (awaited, unread) => awaited.or(unread),
    }
}

/// The same as a sentence without its full stop.
fn sentence(gaps: Gaps) -> Option<String> {
    let clause = clause(gaps)?;
    let mut letters = clause.chars();
    let first = letters.next()?;
    Some(first.to_uppercase().chain(letters).collect())
}

impl Desk {
    /// What may be missing beside events.
    pub(super) fn gaps(self) -> Gaps {
        let found = if self.is_catching_up() { Gap::Awaited } else { Gap::None };
        let told = self.told.with(|told| told.as_ref().map(|told| told.gaps).unwrap_or_default());
        Gaps { found, ..told }
    }

    /// Whether something of this may be missing beside events.
    pub(super) fn gap(self, of: Of) -> Gap {
        of.gap(self.gaps())
    }

    /// Whether something was tried in vain, and nothing is on its way.
    pub(super) fn is_short(self) -> bool {
        let complete = self.told.with(|told| told.as_ref().is_some_and(|told| told.complete));
        if complete { self.gap(Of::Rewards) == Gap::Unread } else { self.cx.scope.events_in_trouble() }
    }

    /// What is missing of this, events included, in words; `None` where nothing is.
    pub(super) fn missing(self, of: Of) -> Option<String> {
        let complete = self.told.with(|told| told.as_ref().is_some_and(|told| told.complete));
        if complete {
            return sentence(of.gaps(self.gaps()));
        }
        let said = if self.cx.scope.events_in_trouble() {
            "Not all events could be read"
        } else {
            "Older events are still being read"
        };
        Some(said.to_owned())
    }

    /// The line below a figure: what it counts, and what may be missing of it.
    pub(super) fn below(self, of: Of, counted: Option<String>) -> AnyView {
        let complete = self.told.with(|told| told.as_ref().is_some_and(|told| told.complete));
        // before that the figure itself says what is wanting
        let gaps = if complete { of.gaps(self.gaps()) } else { Gaps::default() };
        let counted = counted.filter(|counted| !counted.is_empty());
        let gap = clause(gaps).map(|clause| match gaps.of_all() {
            Gap::Unread => {
                let said = format!("at least: {clause}");
                view! { <span class="status warn wrap">{icon("warn", 14)}{said}</span> }.into_any()
            }
            // soon gone: a line that comes and goes would move the page
            Gap::Awaited | Gap::None => view! { <span title=clause>"so far"</span> }.into_any(),
        });
        let between = (counted.is_some() && gap.is_some()).then_some("; ");
        view! { {counted}{between}{gap} }.into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::kit::Written;

    const KNOWN: Gaps = Gaps { vaults: Gap::None, received: Gap::None, named: Gap::None, found: Gap::None };

    #[test]
    fn a_sum_of_nothing_is_no_zero_while_something_may_be_missing() {
        let zero = || Figure::Shown(Written::count(0), Source::derived("a sum", []));
        assert_eq!(partial(zero(), Gap::None, false), zero());
        assert_eq!(partial(zero(), Gap::Awaited, false), Figure::Loading);
        assert!(matches!(partial(zero(), Gap::Unread, false), Figure::NotRead(ReadError::Incomplete, _)));
        // what is known of some stakes stands
        for gap in [Gap::Awaited, Gap::Unread] {
            assert_eq!(partial(zero(), gap, true), zero());
        }
        let aged = zero().aged(Some(7));
        assert!(matches!(partial(aged, Gap::Unread, false), Figure::NotRead(..)));
    }

    #[test]
    fn stakes_lack_nothing_while_splits_are_read() {
        let splits = Gaps { received: Gap::Awaited, named: Gap::Unread, ..KNOWN };
        assert_eq!((Of::Stakes.gap(splits), Of::Rewards.gap(splits)), (Gap::None, Gap::Awaited));
        let vaults = Gaps { vaults: Gap::Unread, ..KNOWN };
        assert_eq!((Of::Stakes.gap(vaults), Of::Rewards.gap(vaults)), (Gap::Unread, Gap::Unread));
        assert_eq!(Of::Itself.gap(vaults), Gap::None);
        // splits that were just found have brought nothing to the sum that is on the screen
        let found = Gaps { found: Gap::Awaited, ..KNOWN };
        assert_eq!((Of::Stakes.gap(found), Of::Rewards.gap(found)), (Gap::Awaited, Gap::Awaited));
        assert_eq!(Of::Itself.gap(found), Gap::None);
        let expected = "Stakes and splits that were just found are still being read";
        assert_eq!(sentence(Of::Rewards.gaps(found)).as_deref(), Some(expected));
    }

    #[test]
    fn what_is_missing_is_said_once_for_all_of_it() {
        assert_eq!(sentence(KNOWN), None);
        let awaited = Gaps { vaults: Gap::Awaited, received: Gap::Awaited, ..KNOWN };
        let expected = "Token vaults and splits of others’ stakes are still being read";
        assert_eq!(sentence(awaited).as_deref(), Some(expected));
        let mixed = Gaps { named: Gap::Unread, ..awaited };
        assert!(
            sentence(mixed).is_some_and(|said| said.ends_with(", not all splits named here could be read"))
        );
        let unread = Gaps { vaults: Gap::Unread, ..KNOWN };
        assert_eq!(sentence(unread).as_deref(), Some("Not all token vaults could be read"));
    }
}
