//! Naming a split that pays the address and is not found by itself: who only receives rewards stands in no event.

use alloy_primitives::Address;
use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::{
        positions::SplitTerms,
        read::{Named, NamedSplit, NotPaid},
    },
    chain::ReadError,
    state::{Page, Screen},
    ui::{
        Cx,
        kit::{Field, Kind, field, icon, submitted},
        text,
    },
    units,
};

/// What the form works with.
#[derive(Clone, Copy)]
pub(super) struct NamedSplits(StoredValue<Form>);

#[derive(Clone, Copy)]
struct Form {
    read: Screen<Vec<Named>>,
    named: RwSignal<Vec<NamedSplit>>,
    split: RwSignal<String>,
    terms: RwSignal<String>,
}

impl NamedSplits {
    /// Of an address.
    pub(super) fn new(cx: Cx, owner: Memo<Option<Address>>) -> Self {
        let named = RwSignal::new(Vec::new());
        let read = cx.scope.named_splits(owner, named);
        let (split, terms) = (RwSignal::default(), RwSignal::default());
        Self(StoredValue::new(Form { read, named, split, terms }))
    }

    /// What came of each.
    pub(super) fn read(self) -> Screen<Vec<Named>> {
        self.0.get_value().read
    }

    /// Looks at a split, with terms or without. What was said of it before does not count any more.
    fn look(self, split: Address, terms: Option<SplitTerms>) {
        self.0.get_value().named.update(|named| {
            named.retain(|known| known.split != split);
            named.push(NamedSplit { split, terms });
        });
    }
}

/// The form, and why those that were named are not among the rewards.
pub(super) fn form(desk: Desk) -> AnyView {
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
            desk.named.look(address, SplitTerms::parse(&terms.get_untracked()));
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
    let said = verdicts(desk, &named.get());
    view! {
        <form class="stack" on:submit=look>
            <div class="pair">{input}{parameters}</div>
            <div class="row"><button type="submit" class="btn" disabled=!ready>"Look at split"</button></div>
        </form>
        {said}
    }
    .into_any()
}

/// What came of those that were named on this page; of those that pay the address there is a row.
fn verdicts(desk: Desk, named: &[NamedSplit]) -> Vec<AnyView> {
    let found = desk.named.read().get();
    let value = found.last().map(|at| at.value.clone()).unwrap_or_default();
    let line = |asked: &NamedSplit| {
        let verdict = value.iter().find(|(split, _)| *split == asked.split).map(|(_, verdict)| verdict);
        let said = match verdict {
            Some(Ok(_)) if is_own(desk, asked.split) => {
                "is of a stake of this address: see its row above.".into_any()
            }
            Some(Ok(_)) => return None,
            Some(Err(why)) => why_not(desk, why),
            None if found.failure().is_some() => "could not be read. Rota tries again.".into_any(),
            None => "is being read.".into_any(),
        };
        Some(view! { <p class="status warn wrap small" role="status">{icon("info", 14)}<span>{desk.cx.addr(asked.split)}" "{said}</span></p> }.into_any())
    };
    named.iter().filter_map(line).collect()
}

fn is_own(desk: Desk, split: Address) -> bool {
    let own = |made: &crate::aztec::model::Delegation| made.split == split;
    desk.sheet
        .get()
        .is_some_and(|sheet| sheet.lines.iter().any(|line| line.stake.delegation.as_ref().is_some_and(own)))
}

fn why_not(desk: Desk, why: &NotPaid) -> AnyView {
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
        NotPaid::PaysProvider => {
            let provide = desk.cx.link(Page::Provide(None));
            view! { "pays this address the provider’s commission: it is claimed under "<a href=provide>"Provide"</a>"." }.into_any()
        }
        NotPaid::PaysOthers(recipients) => {
            let whom: Vec<_> =
                recipients.iter().take(4).map(|to| view! { " "{desk.cx.addr(*to)} }.into_any()).collect();
            view! { "pays others, not this address:"{whom} }.into_any()
        }
    }
}
