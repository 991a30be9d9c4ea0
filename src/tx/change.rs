//! What a fresh simulation would do otherwise than the one that the person confirmed.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, I256, U256};

use super::{
    Call, Explanation, Lexicon,
    preview::{allowances, net_changes},
    simulate::{Event, Simulated},
};
use crate::units::format;

/// Sentences about as many differences at most: one is reason enough to look again.
const MOST: usize = 3;

/// What is worse now than when it was shown, in words; `None` where nothing is.
///
/// Worse is: the signer receives less or pays more; a recipient receives less; somebody receives something who received
/// nothing; a permission is larger or of somebody else; a deed concerns somebody else ([`Lexicon::deeds`]). More for the
/// signer or a recipient is fine: rewards grow from block to block. Accounts that pass tokens on are no recipients: what
/// stays with them depends on who was there before.
///
/// Where nothing was told when it was shown there is nothing to compare. Where it was, and is not any more, that is a
/// change: it has to be confirmed as what is not known.
pub fn worse(
    lexicon: &dyn Lexicon,
    from: Address,
    call: &Call,
    shown: &Simulated,
    now: &Simulated,
) -> Option<Explanation> {
    let Simulated::Succeeds { events: Some(before), .. } = shown else { return None };
    let Simulated::Succeeds { events: Some(after), .. } = now else {
        return Some(Explanation::new(
            "What this would move was simulated before, and no endpoint tells it now.",
            TODO,
        ));
    };
    let mut said = moved(lexicon, from, before, after);
    said.extend(allowed(lexicon, from, before, after));
    said.extend(done(lexicon, call, before, after));
    let more = said.len().saturating_sub(MOST);
    said.truncate(MOST);
    if said.is_empty() {
        return None;
    }
    if more > 0 {
        said.push(format!("And {more} more."));
    }
    Some(Explanation::new(format!("It would do something else now. {}", said.join(" ")), TODO))
}

const TODO: &str = "Nothing was signed. Look at it again before you confirm.";

fn moved(lexicon: &dyn Lexicon, from: Address, before: &[Event], after: &[Event]) -> Vec<String> {
    let (shown, now) = (net_changes(before), net_changes(after));
    let passing: BTreeSet<Address> =
        shown.passing.union(&now.passing).copied().filter(|account| *account != from).collect();
    let all: BTreeSet<_> = shown.changes.keys().chain(now.changes.keys()).copied().collect();
    let of = |changes: &BTreeMap<(Address, Address), I256>, key: (Address, Address)| {
        changes.get(&key).copied().unwrap_or_default()
    };
    let mut said = Vec::new();
    for key @ (token, account) in all {
        let (before, after) = (of(&shown.changes, key), of(&now.changes, key));
        let loses = after < before && (account == from || before.is_positive());
        let is_new = after.is_positive() && !before.is_positive() && account != from;
        if !passing.contains(&account) && (loses || is_new) {
            let who = if account == from { "You".to_owned() } else { who(lexicon, account) };
            said.push(format!(
                "{who}: {}, before {}.",
                signed(lexicon, token, after),
                signed(lexicon, token, before)
            ));
        }
    }
    said
}

fn allowed(lexicon: &dyn Lexicon, from: Address, before: &[Event], after: &[Event]) -> Vec<String> {
    let shown = allowances(from, before);
    let grown = allowances(from, after).into_iter().filter(|(key, now)| {
        let before = shown.get(key).copied().unwrap_or(U256::ZERO);
        *now > before
    });
    grown
        .map(|((token, spender), now)| {
            format!("{} may take {}.", who(lexicon, spender), amount(lexicon, token, now))
        })
        .collect()
}

fn done(lexicon: &dyn Lexicon, call: &Call, before: &[Event], after: &[Event]) -> Vec<String> {
    let (shown, now) = (lexicon.deeds(call, before), lexicon.deeds(call, after));
    let only = |these: &[String], others: &[String], then: &str| {
        let mut left = others.to_vec();
        let missing = these.iter().filter(|deed| match left.iter().position(|other| other == *deed) {
            Some(place) => {
                left.swap_remove(place);
                false
            }
            None => true,
        });
        missing.map(|deed| format!("{then}: {deed}.")).collect::<Vec<_>>()
    };
    [only(&now, &shown, "Now"), only(&shown, &now, "No longer")].concat()
}

fn who(lexicon: &dyn Lexicon, account: Address) -> String {
    lexicon.name(account).unwrap_or_else(|| format::short_address(account))
}

fn amount(lexicon: &dyn Lexicon, token: Address, amount: U256) -> String {
    match lexicon.token(token) {
        Some(known) => known.amount(amount),
        None => format!("{amount} units of token {}", format::short_address(token)),
    }
}

fn signed(lexicon: &dyn Lexicon, token: Address, change: I256) -> String {
    if change.is_zero() {
        let unit = lexicon.token(token).map_or_else(|| format::short_address(token), |token| token.symbol);
        return format!("nothing of {unit}");
    }
    let sign = if change.is_negative() { "\u{2212}" } else { "+" };
    format!("{sign}{}", amount(lexicon, token, change.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{B256, LogData};

    use super::*;
    use crate::{
        chain::{Pool, abi::DecodedCall, host::BoxFuture, logs::Log},
        tx::Plan,
        units::Token,
    };

    const ME: Address = Address::repeat_byte(0xaa);
    const FRIEND: Address = Address::repeat_byte(0xbb);
    const OTHER: Address = Address::repeat_byte(0xcc);
    const PURSE: Address = Address::repeat_byte(0xdd);
    const TOKEN: Address = Address::repeat_byte(1);

    /// Knows nothing but that events with one topic are deeds.
    struct Book;

    impl Lexicon for Book {
        fn decode(&self, _: &Call) -> Option<DecodedCall> {
            None
        }
        fn name(&self, _: Address) -> Option<String> {
            None
        }
        fn meaning(&self, _: &Call, _: &DecodedCall, _: usize) -> Option<String> {
            None
        }
        fn token(&self, _: Address) -> Option<Token> {
            None
        }
        fn explain(&self, _: &Call, _: &[u8]) -> Explanation {
            Explanation::new("", "")
        }
        fn outcome(&self, _: &Call, _: &[Log]) -> Option<String> {
            None
        }
        fn deeds(&self, _: &Call, events: &[Event]) -> Vec<String> {
            let alone = events.iter().filter(|event| event.data.topics().len() == 1);
            alone.map(|event| format!("deed {}", event.data.topics()[0][31])).collect()
        }
        fn guard(&self, _: Pool, _: Plan) -> BoxFuture<'static, Result<(), Explanation>> {
            Box::pin(async { Ok(()) })
        }
    }

    fn event(topics: Vec<B256>, value: u64) -> Event {
        let data = LogData::new_unchecked(topics, U256::from(value).to_be_bytes_vec().into());
        Event { address: TOKEN, data }
    }

    fn transfer(from: Address, to: Address, value: u64) -> Event {
        let topic = alloy_primitives::keccak256("Transfer(address,address,uint256)");
        event(vec![topic, from.into_word(), to.into_word()], value)
    }

    fn approval(owner: Address, spender: Address, value: u64) -> Event {
        let topic = alloy_primitives::keccak256("Approval(address,address,uint256)");
        event(vec![topic, owner.into_word(), spender.into_word()], value)
    }

    fn deed(number: u8) -> Event {
        event(vec![B256::with_last_byte(number)], 0)
    }

    fn compare(shown: Vec<Event>, now: Vec<Event>) -> Option<String> {
        let told = |events| Simulated::Succeeds { gas: None, events: Some(events) };
        let call = Call::new(PURSE, Vec::new());
        worse(&Book, ME, &call, &told(shown), &told(now)).map(|said| said.what)
    }

    #[test]
    fn the_same_or_better_is_no_change() {
        let pays = |value| transfer(ME, OTHER, value);
        let gets = |value| transfer(OTHER, ME, value);
        for (shown, now) in [
            (vec![], vec![]),
            (vec![pays(5)], vec![pays(5)]),
            (vec![gets(5)], vec![gets(6)]),
            // a recipient who gets more, too
            (vec![transfer(OTHER, FRIEND, 5)], vec![transfer(OTHER, FRIEND, 6)]),
            // somebody else's purse that pays another part of it
            (
                vec![transfer(OTHER, PURSE, 5), transfer(PURSE, ME, 3)],
                vec![transfer(OTHER, PURSE, 4), transfer(PURSE, ME, 3)],
            ),
            (vec![approval(ME, OTHER, 5)], vec![approval(ME, OTHER, 4)]),
            (vec![approval(FRIEND, OTHER, 5)], vec![approval(FRIEND, OTHER, 6)]),
            (vec![deed(1), deed(2), deed(1)], vec![deed(1), deed(1), deed(2)]),
        ] {
            assert_eq!(compare(shown.clone(), now.clone()), None, "{shown:?} {now:?}");
        }
    }

    #[test]
    fn whatever_is_worse_is_said() {
        let unit = format::short_address(TOKEN);
        let token = format!("units of token {unit}");
        let (friend, other) = (format::short_address(FRIEND), format::short_address(OTHER));
        let (gets, pays) =
            (|value| vec![transfer(OTHER, ME, value)], |value| vec![transfer(ME, OTHER, value)]);
        let to_friend = |value| vec![transfer(OTHER, FRIEND, value)];
        let mine = |spender, value| vec![approval(ME, spender, value)];
        for (shown, now, said) in [
            (gets(5), gets(4), format!("You: +4 {token}, before +5 {token}.")),
            (gets(5), vec![], format!("You: nothing of {unit}, before +5 {token}.")),
            (pays(5), pays(6), format!("You: \u{2212}6 {token}, before \u{2212}5 {token}.")),
            (vec![], pays(1), format!("You: \u{2212}1 {token}, before nothing of {unit}.")),
            (to_friend(5), to_friend(4), format!("{friend}: +4 {token}, before +5 {token}.")),
            // a recipient that nobody saw
            (
                vec![transfer(PURSE, ME, 5)],
                vec![transfer(PURSE, ME, 5), transfer(PURSE, OTHER, 1)],
                format!("{other}: +1 {token}, before nothing of {unit}."),
            ),
            (mine(OTHER, 5), mine(OTHER, 6), format!("{other} may take 6 {token}.")),
            (mine(OTHER, 5), mine(FRIEND, 5), format!("{friend} may take 5 {token}.")),
            (vec![deed(1)], vec![deed(2)], "Now: deed 2. No longer: deed 1.".to_owned()),
            (vec![deed(1), deed(1)], vec![deed(1)], "No longer: deed 1.".to_owned()),
        ] {
            let told = compare(shown, now).unwrap_or_default();
            assert!(told.contains(&said), "{told} without {said}");
        }
        let many = compare(vec![], (1..9).map(deed).collect()).expect("said");
        assert!(many.ends_with("Now: deed 3. And 5 more."), "{many}");
    }

    #[test]
    fn what_was_told_and_is_not_any_more_is_a_change() {
        let told = Simulated::Succeeds { gas: None, events: Some(Vec::new()) };
        let untold = Simulated::Succeeds { gas: None, events: None };
        let call = Call::new(PURSE, Vec::new());
        for (shown, now, changed) in [
            (&told, &untold, true),
            (&told, &Simulated::NotSimulated, true),
            (&untold, &told, false),
            (&untold, &untold, false),
            (&Simulated::NotSimulated, &told, false),
        ] {
            assert_eq!(worse(&Book, ME, &call, shown, now).is_some(), changed, "{shown:?} {now:?}");
        }
    }
}
