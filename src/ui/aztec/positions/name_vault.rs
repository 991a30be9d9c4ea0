//! Vaults that are not found by themselves: naming one, what came of it, and what was not read.

use alloy_primitives::Address;
use leptos::prelude::*;

use super::Desk;
use crate::{
    aztec::vaults::NotAVault,
    state::{Holdings, Other, Page},
    ui::kit::{self, Field, field, submitted},
    units::{self, format},
};

/// What was not read of the vaults, in words.
pub(super) fn unread(found: Option<&Holdings>, failed: bool) -> Vec<String> {
    let Some(found) = found else {
        let said = "Vaults could not be read. Rota tries again at the next block.";
        return failed.then(|| said.to_owned()).into_iter().collect();
    };
    let hidden = "Their factories’ events could not be read: name a vault to see it.";
    let hidden = found.events.is_err().then(|| hidden.to_owned());
    let missing = found.missing() as u64;
    let missing = (missing > 0).then(|| {
        format!(
            "{} could not be read, and may be of this address. Rota tries again.",
            format::plural(missing, "vault")
        )
    });
    hidden.into_iter().chain(missing).collect()
}

/// The field for one.
pub(super) fn name_one(desk: Desk) -> AnyView {
    let (typed, named) = (desk.vaults.typed, desk.vaults.named);
    let parsed = units::address(&typed.get());
    let ready = parsed.is_ok();
    let go = submitted(move || {
        if let Ok(address) = units::address(&typed.get_untracked()) {
            typed.set(String::new());
            named.update(|named| {
                if !named.contains(&address) {
                    named.push(address);
                }
            });
        }
    });
    let input = field(Field {
        label: "Vault address",
        text: typed,
        error: parsed.err().map(|error| error.to_string()),
        hint: "of a vault that is not found by itself. It is kept in this browser".to_owned(),
        kind: kit::Kind::Code("0x…"),
    });
    view! {
        <form class="stack" on:submit=go>
            {input}
            <div class="row"><button type="submit" class="btn" disabled=!ready>"Look at vault"</button></div>
        </form>
    }
    .into_any()
}

/// Why one that was named is not among them.
pub(super) fn no_vault(desk: Desk, vault: Address, other: &Other) -> AnyView {
    let why = match other {
        Other::Not(NotAVault::NotRead(_)) => "could not be read. Rota tries again.".into_any(),
        Other::Not(NotAVault::NoVault) => "does not answer as a token vault does.".into_any(),
        Other::Not(NotAVault::OtherToken(token)) => {
            view! { "holds another token, "{desk.cx.addr(*token)}"." }.into_any()
        }
        Other::Not(NotAVault::Unlisted(registry)) => view! {
            "names a registry that this network does not list, "{desk.cx.addr(*registry)}
            ": it may say of itself whatever it likes. If you trust it, add the registry in Settings (atpRegistries)."
        }
        .into_any(),
        Other::Of(beneficiary) => {
            let page = desk.cx.link(Page::Positions(Some(*beneficiary)));
            view! { "belongs to another address: "<a href=page>"its positions"</a>"." }.into_any()
        }
    };
    view! { <p class="small" role="status">{desk.cx.addr(vault)}" "{why}</p> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::{ReadError, RpcError};

    #[test]
    fn a_vault_that_nobody_answered_for_is_told_of() {
        let error = || ReadError::from(RpcError::NoEndpoint);
        let known = Holdings {
            owner: Address::repeat_byte(1),
            vaults: Vec::new(),
            others: Vec::new(),
            events: Ok(()),
            unread: 0,
        };
        assert!(unread(Some(&known), false).is_empty());
        let said = unread(Some(&Holdings { unread: 2, ..known.clone() }), false);
        assert!(
            matches!(said.as_slice(), [one] if one.starts_with("2 vaults could not be read")),
            "{said:?}"
        );
        // one that was named has its own line
        let other = (Address::repeat_byte(2), Other::Not(NotAVault::NotRead(error())));
        let named = Holdings { unread: 1, others: vec![other], ..known.clone() };
        assert!(unread(Some(&named), false).is_empty());
        let both = Holdings { events: Err(error()), unread: 1, ..known };
        assert_eq!(unread(Some(&both), false).len(), 2);
        assert_eq!((unread(None, true).len(), unread(None, false).len()), (1, 0));
    }
}
