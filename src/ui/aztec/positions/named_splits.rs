//! Naming a split that pays the address and is not found by itself: who only receives rewards stands in no event.

use alloy_primitives::Address;
use leptos::{ev::MouseEvent, prelude::*};

use super::Desk;
use crate::{
    aztec::{
        positions::SplitTerms,
        read::{Named, NamedSplit, NotPaid},
    },
    chain::ReadError,
    state::{Ledger, Looked, Naming, Page, Screen, watch},
    ui::{
        Cx,
        kit::{Field, Kind, field, icon, submitted},
        text,
    },
    units::{self, format},
};

/// What the form works with.
#[derive(Clone, Copy)]
pub(super) struct NamedSplits(StoredValue<Form>);

#[derive(Clone, Copy)]
struct Form {
    read: Screen<Looked>,
    named: RwSignal<Naming>,
    split: RwSignal<String>,
    terms: RwSignal<String>,
    /// Whether the form is open, where somebody opened or closed it.
    opened: RwSignal<Option<bool>>,
}

impl NamedSplits {
    /// Of an address.
    pub(super) fn new(cx: Cx, owner: Memo<Option<Address>>) -> Self {
        let named = RwSignal::new(Naming::default());
        let read = cx.scope.named_splits(owner, named);
        let (split, terms): (RwSignal<String>, RwSignal<String>) = (RwSignal::default(), RwSignal::default());
        let opened = RwSignal::new(None);
        // what was typed for one address is not meant for the next one
        watch(move || {
            owner.track();
            split.set(String::new());
            terms.set(String::new());
            opened.set(None);
        });
        Self(StoredValue::new(Form { read, named, split, terms, opened }))
    }

    /// What came of each.
    pub(super) fn read(self) -> Screen<Looked> {
        self.0.get_value().read
    }

    /// Whether there is something to say about any split.
    fn has_any(self, owner: Option<Address>) -> bool {
        let Form { named, read, .. } = self.0.get_value();
        named.with(|named| !named.of(owner).is_empty())
            || read.with(|read| {
                let of_it = |looked: &Looked| Some(looked.owner) == owner && !looked.found.is_empty();
                read.last().is_some_and(|at| of_it(&at.value))
            })
    }
}

/// The form behind a line that opens it: few need it. It is open where somebody named a split, now or at an earlier visit.
pub(super) fn fold(desk: Desk) -> AnyView {
    let opened = desk.named.0.get_value().opened;
    let open = opened.get().unwrap_or_else(|| desk.named.has_any(desk.owner.get()));
    // it is drawn again with every block: what the browser alone knows would be forgotten
    let turn: Box<dyn FnMut(MouseEvent)> = Box::new(move |event| {
        event.prevent_default();
        opened.set(Some(!open));
    });
    view! {
        <details class="disc" prop:open=open>
            <summary on:click=turn>{icon("cr", 16)}"A split that pays this address is missing"</summary>
            <div class="body stack">{form(desk)}</div>
        </details>
    }
    .into_any()
}

/// The form, and why those that were named are not among the rewards.
fn form(desk: Desk) -> AnyView {
    let Form { split, terms, named, .. } = desk.named.0.get_value();
    let parsed = units::address(&split.get());
    let given = terms.get();
    let told = SplitTerms::parse(&given);
    let wrong = (!given.trim().is_empty() && told.is_none()).then(|| {
        "Not the parameters of a split: as many allocations as recipients, then the total and the incentive."
            .to_owned()
    });
    let ready = parsed.is_ok() && wrong.is_none();
    let look = submitted(move || {
        if let Ok(address) = units::address(&split.get_untracked()) {
            let new = NamedSplit { split: address, terms: SplitTerms::parse(&terms.get_untracked()) };
            named.update(|named| named.ask(desk.owner.get_untracked(), new));
        }
    });
    let input = field(Field {
        label: "Split contract",
        text: split,
        error: parsed.as_ref().err().map(ToString::to_string),
        hint: "that pays this address and is not listed. It is kept in this browser".to_owned(),
        kind: Kind::Code("0x…"),
    });
    let parameters = field(Field {
        label: "Its parameters, only where its events cannot be read",
        text: terms,
        error: wrong,
        hint: "Recipients, allocations, total, incentive: as its SplitUpdated event, an explorer or cast writes them. They count if their hash is its splitHash()".to_owned(),
        kind: Kind::Code("[0x…, 0x…], [500, 9500], 10000, 0"),
    });
    let said = named.with(|named| verdicts(desk, named.of(desk.owner.get())));
    view! {
        <form class="stack" on:submit=look>
            <div class="pair">{input}{parameters}</div>
            <div class="row"><button type="submit" class="btn" disabled=!ready>"Look at split"</button></div>
        </form>
        {said}
    }
    .into_any()
}

/// What came of those that were named on this page, and of those that are kept and brought nothing; of those that pay the
/// address there is a row.
fn verdicts(desk: Desk, named: &[NamedSplit]) -> Vec<AnyView> {
    let found = desk.named.read().get();
    let looked = found.last().filter(|at| Some(at.value.owner) == desk.owner.get());
    let value = looked.map(|at| at.value.found.clone()).unwrap_or_default();
    let line = |asked: Address| {
        let verdict = value.iter().find(|(split, _)| *split == asked).map(|(_, verdict)| verdict);
        let said = match verdict {
            Some(Ok(_)) if is_own(desk, asked) => {
                "is of a stake of this address: see its row above.".into_any()
            }
            Some(Ok(_)) => return None,
            Some(Err(why)) => why_not(desk, asked, why),
            None if found.failure().is_some() => "could not be read. Rota tries again.".into_any(),
            None => "is being read.".into_any(),
        };
        Some(view! { <p class="status warn wrap small" role="status">{icon("info", 14)}<span>{desk.cx.addr(asked)}" "{said}</span></p> }.into_any())
    };
    told_of(named, &value).into_iter().filter_map(line).collect()
}

/// Those that something is said of: what was named, and what is kept and has no row.
fn told_of(named: &[NamedSplit], found: &[Named]) -> Vec<Address> {
    let asked: Vec<Address> = named.iter().map(|asked| asked.split).collect();
    let silent = found.iter().filter(|(split, verdict)| verdict.is_err() && !asked.contains(split));
    let silent: Vec<_> = silent.map(|(split, _)| *split).collect();
    asked.into_iter().chain(silent).collect()
}

fn is_own(desk: Desk, split: Address) -> bool {
    let own = |made: &crate::aztec::model::Delegation| made.split == split;
    desk.sheet
        .get()
        .is_some_and(|sheet| sheet.lines.iter().any(|line| line.stake.delegation.as_ref().is_some_and(own)))
}

fn why_not(desk: Desk, split: Address, why: &NotPaid) -> AnyView {
    match why {
        NotPaid::NotRead(_) => "could not be read. Rota tries again.".into_any(),
        NotPaid::NoSplit => {
            "is no split as this network’s staking makes them: it could say of itself whatever it likes."
                .into_any()
        }
        NotPaid::NeedsTerms(ReadError::LogsMissing) => {
            "is a split, but none of its events tells its parameters. Paste them beside it.".into_any()
        }
        NotPaid::NeedsTerms(error) => {
            let reason = text::read_error(error).what;
            view! { "is a split, but its events could not be read: "{reason}" Paste its parameters beside it." }
                .into_any()
        }
        NotPaid::OtherTerms => {
            "has other parameters: the hash of those that were pasted is not its splitHash().".into_any()
        }
        NotPaid::Owned(by) => view! {
            "can be given other recipients at any time, by "{desk.cx.addr(*by)}". Rota claims only from splits that nobody can change."
        }
        .into_any(),
        NotPaid::Rewards => {
            "gives a part to whoever shares it out. Rota claims only from splits that give none.".into_any()
        }
        NotPaid::PaysProvider if !is_of_a_delegation(desk, split) => {
            "names this address where a delegation’s split names the provider, but no event that was read is of such a delegation. Rota does not claim from it."
                .into_any()
        }
        NotPaid::PaysProvider => {
            let provide = desk.cx.link(Page::Provide(None));
            view! { "pays this address the provider’s commission: it is claimed under "<a href=provide>"Provide"</a>"." }.into_any()
        }
        NotPaid::PaysAmong(recipients) => view! {
            "pays this address, but not as a delegation’s split pays a delegator: Rota does not claim from it. Its recipients:"
            {parties(desk, recipients)}
        }
        .into_any(),
        NotPaid::PaysOthers(recipients) => {
            view! { "pays others, not this address:"{parties(desk, recipients)} }.into_any()
        }
    }
}

/// The first few of them.
fn parties(desk: Desk, recipients: &[Address]) -> Vec<AnyView> {
    let mut all: Vec<_> =
        recipients.iter().take(4).map(|to| view! { " "{desk.cx.addr(*to)} }.into_any()).collect();
    let rest = recipients.len().saturating_sub(4);
    if rest > 0 {
        all.push(format!(" and {}", format::count(rest as u64)).into_any());
    }
    all
}

/// Whether an event says that a delegation made it.
fn is_of_a_delegation(desk: Desk, split: Address) -> bool {
    let made = |ledger: &Ledger| ledger.history.delegations.iter().any(|made| made.split == split);
    desk.cx.scope.ledger.with(|ledger| ledger.as_ref().is_some_and(made))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chain::RpcError, units::Bps};

    #[test]
    fn a_kept_split_that_nobody_answered_for_has_a_line() {
        let [named, kept, good] = [1, 2, 3].map(Address::repeat_byte);
        let terms = SplitTerms::of_delegation(named, kept, Bps::new(500).expect("a share"));
        let unread = || Err(NotPaid::NotRead(RpcError::NoEndpoint.into()));
        let asked = [NamedSplit { split: named, terms: None }];
        let found = [(named, unread()), (kept, unread()), (good, Ok(terms))];
        assert_eq!(told_of(&asked, &found), [named, kept], "each once, and no line beside a row");
        assert_eq!(told_of(&[], &found), [named, kept], "after a reload");
    }
}
