use leptos::prelude::*;

use super::{Screen, facts::summary};
use crate::{
    aztec::reason,
    state::Scope,
    ui::kit::{Addr, Icon},
    units::Ratio,
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
    title: &'static str,
    text: String,
    evidence: String,
    address: Option<alloy_primitives::Address>,
}

impl Check {
    fn new(
        verdict: Verdict,
        title: &'static str,
        text: impl Into<String>,
        evidence: impl Into<String>,
    ) -> Self {
        Self { verdict, title, text: text.into(), evidence: evidence.into(), address: None }
    }

    fn unread(title: &'static str) -> Self {
        Self::new(
            Verdict::Unknown,
            title,
            "Could not be read. Rota tries again at the next block.",
            "Not read",
        )
    }
}

/// Next keys that are looked at.
const KEYS: u64 = 8;
/// A share of all stake from which on concentration is worth a thought, in thousandths.
const LARGE_SHARE: u64 = 50;

/// What can be told from the chain about a provider, each with its evidence.
#[component]
pub(super) fn Checks() -> impl IntoView {
    let scope = expect_context::<Scope>();
    let screen = expect_context::<Screen>();
    let keys = scope.next_keys(screen.provider_id, Signal::stored(KEYS));
    let summary = summary(scope, screen);
    let next_keys = move || -> Option<Check> {
        const TITLE: &str = "Next keys are unused";
        let keys = keys.with(|keys| match (keys.last(), keys.error()) {
            (Some(at), _) => Some(Ok(at.value.clone())),
            (None, Some(error)) => Some(Err(error.clone())),
            (None, None) => None,
        })?;
        let Ok(keys) = keys else { return Some(Check::unread(TITLE)) };
        if keys.is_empty() {
            return Some(Check::new(
                Verdict::Look,
                "No keys left",
                "Nobody can delegate until the provider adds keys.",
                "0",
            ));
        }
        let checked = format!("{} checked", keys.len());
        for key in keys {
            match key.problem {
                Ok(None) => {}
                Err(_) => return Some(Check::unread(TITLE)),
                Ok(Some(problem)) => {
                    let because = reason::bad_key(key.attester, &problem);
                    let mut check = Check::new(Verdict::Fail, "A bad key is next", because.what, "");
                    check.address = Some(key.attester);
                    return Some(check);
                }
            }
        }
        let text = "Owner, BLS key, entry queues, repeats and exits were looked up on every rollup. A wrong proof of possession shows only when the key is admitted.";
        Some(Check::new(Verdict::Pass, TITLE, text, checked))
    };
    let admin = move || -> Option<Check> {
        screen.page.with(|page| {
            let page = &page.last()?.value;
            const TITLE: &str = "No change of admin pending";
            let Some(pending) = page.pending_admin.get() else { return Some(Check::unread(TITLE)) };
            if pending.is_zero() {
                return Some(Check::new(Verdict::Pass, TITLE, "Nobody was proposed as the next admin.", ""));
            }
            let text = "This address was proposed as admin and may accept at any time. The new admin sets commission and keys of later delegations.";
            let mut check = Check::new(Verdict::Look, "A new admin is proposed", text, "");
            check.address = Some(*pending);
            Some(check)
        })
    };
    let recipient = move || -> Option<Check> {
        screen.page.with(|page| {
            let page = &page.last()?.value;
            const TITLE: &str = "Admin and rewards recipient differ";
            let Some(config) = page.config.get() else { return Some(Check::unread(TITLE)) };
            Some(if config.admin == config.rewards_recipient {
                let text = "One address controls the keys and receives the commission. Common, but a split of duties is safer.";
                Check::new(Verdict::Look, "Admin is also the rewards recipient", text, "")
            } else {
                Check::new(Verdict::Pass, TITLE, "Control of the keys and receipt of the commission are apart.", "")
            })
        })
    };
    let share = move || -> Option<Check> {
        let summary = summary.get()?;
        let total =
            screen.page.with(|page| page.last().and_then(|at| at.value.total_staked.get().copied()))?;
        let ratio = Ratio::new(*summary.stake.get()?, total)?;
        Some(if ratio.permille() >= LARGE_SHARE {
            Check::new(
                Verdict::Look,
                "Large share of the network",
                "5 % of all stake or more. Delegating elsewhere spreads risk.",
                ratio.percent(),
            )
        } else {
            Check::new(
                Verdict::Pass,
                "Moderate share of the network",
                "Less than 5 % of all stake.",
                ratio.percent(),
            )
        })
    };
    let all = Memo::new(move |_| {
        [next_keys(), admin(), recipient(), share()].into_iter().flatten().collect::<Vec<_>>()
    });
    let tally =
        move |wanted: Verdict| all.with(|all| all.iter().filter(|check| check.verdict == wanted).count());
    view! {
        <section class="panel">
            <header>
                <h2>"Checks"</h2>
                <p>"Computed in your browser from the chain"</p>
                <div class="end row">
                    {move || [(Verdict::Pass, "ok", "check", "pass"), (Verdict::Look, "warn", "warn", "look closer"), (Verdict::Fail, "bad", "x", "fail")]
                        .into_iter()
                        .filter_map(|(verdict, tone, icon, word)| {
                            let n = tally(verdict);
                            (n > 0).then(|| view! { <span class=format!("status {tone}")><Icon name=icon size=14/>{format!("{n} {word}")}</span> })
                        })
                        .collect_view()}
                </div>
            </header>
            <ul class="checks">
                {move || all.get().into_iter().map(|check| view! { <Line check=check/> }).collect_view()}
                <Show when=move || all.with(Vec::is_empty)>
                    <li><span class="skel mark16"></span><span class="skel w12"></span><span></span></li>
                </Show>
            </ul>
        </section>
    }
}

#[component]
fn Line(check: Check) -> impl IntoView {
    let scope = expect_context::<Scope>();
    let (tone, icon, word) = match check.verdict {
        Verdict::Pass => ("pass", "check", "Pass"),
        Verdict::Look => ("warn", "warn", "Look closer"),
        Verdict::Fail => ("fail", "x", "Fail"),
        Verdict::Unknown => ("", "clock", "Not known"),
    };
    view! {
        <li>
            <span class=tone><Icon name=icon/></span>
            <b>{check.title}<span class="vh">{format!(": {word}")}</span></b>
            <span class="r">
                {check.evidence}
                {check.address.map(|address| view! { <Addr address=address explorer=scope.network.with_value(|network| network.explorer_address(address))/> })}
            </span>
            <p>{check.text}</p>
        </li>
    }
}
