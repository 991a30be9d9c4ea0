use alloy_primitives::Address;
use leptos::prelude::*;

use super::{Desk, answered};
use crate::{
    aztec::{read::KeyVerdict, reason},
    chain::ReadError,
    state::Screen,
    ui::{
        Cx,
        kit::{icon, live},
    },
    units::format,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Pass,
    Look,
    Fail,
    Unknown,
}

#[derive(Clone, Debug, PartialEq)]
struct Check {
    verdict: Verdict,
    title: String,
    text: String,
    evidence: String,
    address: Option<Address>,
}

impl Check {
    fn new(
        verdict: Verdict,
        title: impl Into<String>,
        text: impl Into<String>,
        evidence: impl Into<String>,
    ) -> Self {
        Self { verdict, title: title.into(), text: text.into(), evidence: evidence.into(), address: None }
    }

    fn about(self, address: Address) -> Self {
        Self { address: Some(address), ..self }
    }

    fn unread(title: &'static str) -> Self {
        let text = "Could not be read. Rota tries again at the next block.";
        Self::new(Verdict::Unknown, title, text, "Not read")
    }
}

/// Next keys that are looked at.
pub(super) const KEYS: u64 = 8;
/// A share of all stake from which on concentration is worth a thought, in thousandths.
const LARGE_SHARE: u64 = 50;

/// What can be told from the chain about a provider, each with its evidence.
pub(super) fn checks(desk: Desk, keys: Screen<Vec<KeyVerdict>>) -> AnyView {
    live(move || {
        let keys = keys.with(answered).map(next_keys);
        let all: Vec<Check> = [keys, admin(desk), holder(desk), recipient(desk), share(desk)]
            .into_iter()
            .chain(past(desk).map(Some))
            .flatten()
            .collect();
        let tally: Vec<_> = TALLIES.into_iter().filter_map(|kind| tally(&all, kind)).collect();
        let lines: Vec<_> = all.into_iter().map(|check| line(desk.cx, check)).collect();
        view! {
            <section class="panel">
                <header>
                    <h2>"Checks"</h2>
                    <p>"Computed in your browser from the chain"</p>
                    <div class="end row">{tally}</div>
                </header>
                <ul class="checks">{lines}</ul>
            </section>
        }
        .into_any()
    })
}

fn next_keys(keys: Result<Vec<KeyVerdict>, ReadError>) -> Check {
    const TITLE: &str = "Next keys are unused";
    let Ok(keys) = keys else { return Check::unread(TITLE) };
    if keys.is_empty() {
        let text = "Nobody can delegate until the provider adds keys.";
        return Check::new(Verdict::Look, "No keys left", text, "0");
    }
    let checked = format!("{} checked", keys.len());
    let bad = keys.iter().enumerate().find(|(_, key)| matches!(key.problem, Ok(Some(_))));
    if let Some((place, KeyVerdict { attester, problem: Ok(Some(problem)), .. })) = bad {
        let title = match place {
            0 => "A bad key is next".to_owned(),
            _ => format!("The {} key in the queue is bad", format::ordinal(place as u64 + 1)),
        };
        let because = reason::bad_key(place, *attester, problem);
        return Check::new(Verdict::Fail, title, because.what, "").about(*attester);
    }
    if keys.iter().any(|key| key.problem.is_err()) {
        return Check::unread(TITLE);
    }
    let text = "Owner, BLS key, entry queues, repeats and exits were looked up on every rollup. A wrong proof of possession shows only when the key is admitted.";
    Check::new(Verdict::Pass, TITLE, text, checked)
}

fn admin(desk: Desk) -> Option<Check> {
    const TITLE: &str = "No change of admin pending";
    desk.page.with(|page| {
        let Some(pending) = page.last()?.value.pending_admin.get() else { return Some(Check::unread(TITLE)) };
        if pending.is_zero() {
            return Some(Check::new(Verdict::Pass, TITLE, "Nobody was proposed as the next admin.", ""));
        }
        let text = "This address was proposed as admin and may accept at any time. The new admin sets commission and keys of later delegations.";
        Some(Check::new(Verdict::Look, "A new admin is proposed", text, "").about(*pending))
    })
}

/// One key, or a contract where several may have to agree.
fn holder(desk: Desk) -> Option<Check> {
    Some(match desk.admin.with(answered)? {
        Ok(true) => {
            let text = "A multisig or another contract: whoever it asks has to agree to a change.";
            Check::new(Verdict::Pass, "Admin is a contract", text, "has code")
        }
        Ok(false) => {
            let text = "Whoever holds it changes commission and keys of later delegations alone. Yours stay as they are.";
            Check::new(Verdict::Look, "Admin is a single key", text, "no code")
        }
        Err(_) => Check::unread("Admin is a contract"),
    })
}

fn recipient(desk: Desk) -> Option<Check> {
    const TITLE: &str = "Admin and rewards recipient differ";
    desk.page.with(|page| {
        let Some(config) = page.last()?.value.config.get() else { return Some(Check::unread(TITLE)) };
        Some(if config.admin == config.rewards_recipient {
            let text = "One address controls the keys and receives the commission. Common, but a split of duties is safer.";
            Check::new(Verdict::Look, "Admin is also the rewards recipient", text, "")
        } else {
            Check::new(Verdict::Pass, TITLE, "Control of the keys and receipt of the commission are apart.", "")
        })
    })
}

fn share(desk: Desk) -> Option<Check> {
    let summary = desk.summary()?;
    match summary.stake.value {
        Ok(_) => {}
        Err(ReadError::LogsMissing) => {
            let text = "Known when all events are read.";
            return Some(Check::new(Verdict::Unknown, "Share of the network", text, ""));
        }
        Err(_) => return Some(Check::unread("Share of the network")),
    }
    let ratio = *summary.share()?.get()?;
    Some(if ratio.permille() >= LARGE_SHARE {
        let text = "5 % of all stake or more. Delegating elsewhere spreads risk.";
        Check::new(Verdict::Look, "Large share of the network", text, ratio.percent())
    } else {
        Check::new(
            Verdict::Pass,
            "Moderate share of the network",
            "Less than 5 % of all stake.",
            ratio.percent(),
        )
    })
}

/// What its events say: commission, failed deposits, slashes.
fn past(desk: Desk) -> [Check; 3] {
    const TITLES: [&str; 3] = ["Commission steady", "No failed deposits", "Never slashed"];
    let Some(record) = desk.record.get() else {
        return TITLES
            .map(|title| Check::new(Verdict::Unknown, title, "Known when all events are read.", ""));
    };
    let changes = record.rates.len().saturating_sub(1) as u64;
    let steady = match record.raises() {
        0 if changes == 0 => Check::new(Verdict::Pass, TITLES[0], "It never changed since registration.", ""),
        0 => Check::new(
            Verdict::Pass,
            TITLES[0],
            "It was only ever lowered.",
            format::plural(changes, "change"),
        ),
        raises => {
            let text = format!("Raised {}. A delegation keeps the commission it was made at.", times(raises));
            Check::new(Verdict::Look, "Commission was raised", text, format::plural(changes, "change"))
        }
    };
    let failed = match record.failed {
        0 => Check::new(
            Verdict::Pass,
            TITLES[1],
            "Every deposit with its keys that left the queue joined.",
            "",
        ),
        n => {
            let text = "They waited in the entry queue, could not join and were paid back: the keys were bad or used.";
            Check::new(Verdict::Look, "Deposits failed", text, format::count(n))
        }
    };
    let slashed = match (record.slashes.len(), desk.cx.scope.deployment()) {
        (0, _) => Check::new(Verdict::Pass, TITLES[2], "No stake was taken from its sequencers.", ""),
        (n, contracts) => {
            let took =
                contracts.map(|contracts| contracts.token.amount(record.slashed())).unwrap_or_default();
            let text = format!("Slashes took {took} in all. The reason is not on chain.");
            Check::new(Verdict::Look, "Its sequencers were slashed", text, times(n))
        }
    };
    [steady, failed, slashed]
}

fn times(n: usize) -> String {
    if n == 1 { "once".to_owned() } else { format!("{n} times") }
}

const TALLIES: [(Verdict, &str, &str, &str); 3] = [
    (Verdict::Pass, "status ok", "check", "pass"),
    (Verdict::Look, "status warn", "warn", "look closer"),
    (Verdict::Fail, "status bad", "x", "fail"),
];

fn tally(all: &[Check], (verdict, tone, mark, word): (Verdict, &'static str, &str, &str)) -> Option<AnyView> {
    let n = all.iter().filter(|check| check.verdict == verdict).count();
    (n > 0).then(|| view! { <span class=tone>{icon(mark, 14)}{format!("{n} {word}")}</span> }.into_any())
}

fn line(cx: Cx, check: Check) -> AnyView {
    let (tone, mark, word) = match check.verdict {
        Verdict::Pass => ("pass", "check", ": Pass"),
        Verdict::Look => ("warn", "warn", ": Look closer"),
        Verdict::Fail => ("fail", "x", ": Fail"),
        Verdict::Unknown => ("", "clock", ": Not known"),
    };
    view! {
        <li>
            <span class=tone>{icon(mark, 16)}</span>
            <b>{check.title}<span class="vh">{word}</span></b>
            <span class="r">{check.evidence}{check.address.map(|address| cx.addr(address))}</span>
            <p>{check.text}</p>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aztec::read::KeyProblem;

    #[test]
    fn a_bad_key_further_back_is_not_said_to_be_next() {
        let key = |index, problem| KeyVerdict { index, attester: Address::ZERO, problem };
        let bad = || Ok(Some(KeyProblem::Repeated));
        // the first index is how many keys were taken before; places are counted from the head
        let said = |keys| next_keys(Ok(keys)).title;
        assert_eq!(said(vec![key(40, bad()), key(41, Ok(None))]), "A bad key is next");
        assert_eq!(
            said(vec![key(40, Ok(None)), key(41, Ok(None)), key(42, bad())]),
            "The 3rd key in the queue is bad"
        );
        let unread = vec![key(40, Err(ReadError::Incomplete)), key(41, bad())];
        assert_eq!(said(unread), "The 2nd key in the queue is bad");
        assert_eq!(next_keys(Ok(vec![key(40, Err(ReadError::Incomplete))])).verdict, Verdict::Unknown);
    }
}
