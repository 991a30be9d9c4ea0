use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::record::Record,
    ui::{
        aztec::provider::past::{Past, changed, commissions},
        kit::chart::Looking,
    },
};

/// What the provider was and is, as everybody sees it on its public page.
pub(super) fn past(desk: Desk, provider_id: u64) -> AnyView {
    let record = Memo::new(move |_| {
        desk.cx.scope.ledger.with(|ledger| {
            let ledger = ledger.as_ref().filter(|ledger| ledger.is_complete())?;
            Some(Record::of(&ledger.history, provider_id))
        })
    });
    let of = Past { cx: desk.cx, provider_id, record };
    let looking = Looking::new();
    view! { {commissions(of, looking)}{changed(of)} }.into_any()
}
