use alloy_primitives::U256;
use leptos::prelude::*;

use super::{
    proposal::Desk,
    stakes::{by_default, default_vote, elsewhere, stakes},
    tally::percent,
    vaults::{FromVault, from_vault},
};
use crate::{
    aztec::{
        plan::{self, Purse},
        read::{Backing, Power, ProposalPage, ProposalPower, Usable},
        rules::{Ballot, ProposalState},
    },
    chain::Reading,
    state::Screen,
    ui::{
        aztec::propose::{propose, submit, with_setting},
        kit::{Field, Figure, Kind, Written, field, icon, live, press},
    },
    units::{self, Token, format},
};

/// What the panel works with.
#[derive(Clone, Copy)]
struct Booth {
    desk: Desk,
    own: Screen<ProposalPower>,
    power: Screen<Power>,
    vault: FromVault,
    yea: RwSignal<bool>,
    /// `None` until somebody chose: then the purse that has something left.
    purse: RwSignal<Option<Purse>>,
    amount: RwSignal<String>,
}

/// The panel that votes, and what can be done with the proposal otherwise.
pub(super) fn vote(desk: Desk) -> AnyView {
    let cx = desk.cx;
    let snapshot = Memo::new(move |_| {
        desk.page.with(|page| Some(page.last()?.value.row.proposal.get()?.standing.phases.pending))
    });
    let booth = Booth {
        desk,
        own: cx.scope.proposal_power(desk.id, move || snapshot.get(), move || cx.account()),
        power: cx.scope.power(move || cx.account()),
        vault: FromVault::new(cx, desk.id, snapshot),
        yea: RwSignal::new(true),
        purse: RwSignal::new(None),
        amount: RwSignal::new(String::new()),
    };
    live(move || panel(booth))
}

fn panel(booth: Booth) -> AnyView {
    let cx = booth.desk.cx;
    let found = booth.desk.page.get();
    let (Some(at), Some(contracts)) = (found.last(), cx.scope.deployment()) else { return ().into_any() };
    let page = &at.value;
    let token = &contracts.token;
    let state = page.row.state.get().copied();
    let power = cx.account().is_some().then(|| purses(booth, token));
    let sentence = sentence(booth, page, token);
    let act = match state {
        Some(ProposalState::Active) => ballot(booth, page, token),
        Some(state @ (ProposalState::Executable | ProposalState::Droppable)) => {
            let plan = with_setting(cx, |setting| plan::settle(setting, booth.desk.id, state));
            let said = if state == ProposalState::Executable {
                "Anybody may execute it. Its calls are asked of the payload anew at that moment."
            } else {
                "Anybody may drop it: the governance proposer it came from was replaced."
            };
            view! { <div class="rule"><p class="small ink2">{said}</p></div>{propose(cx, plan, "Not possible now")} }.into_any()
        }
        Some(ProposalState::Pending) => {
            view! { <div class="rule"><p class="small ink2">"Nobody can vote yet. What you deposit or delegate before voting begins counts."</p></div> }.into_any()
        }
        Some(_) => view! { <div class="rule"><p class="small ink2">"Voting is over."</p></div> }.into_any(),
        None => view! { <div class="rule"><p class="small ink2">"Its state could not be read. Rota tries again at the next block."</p></div> }.into_any(),
    };
    let trigger = (state == Some(ProposalState::Active)).then(|| trigger(booth, page));
    let vault = (state == Some(ProposalState::Active)).then(|| from_vault(booth.vault, token)).flatten();
    view! {
        <section class="panel" aria-label="Your vote">
            <header><h2>"Your vote"</h2></header>
            {power}
            {sentence}
            {act}
            {vault}
            {trigger}
        </section>
    }
    .into_any()
}

fn purses(booth: Booth, token: &Token) -> AnyView {
    let found = booth.own.get();
    let forecast = found.last().and_then(|at| at.value.deposited.get().map(|usable| usable.is_forecast));
    let fig = |label: &'static str, pick: fn(&ProposalPower) -> &Reading<Usable>| {
        let figure = Figure::at(&found, |at| {
            Figure::of(pick(&at.value), |usable| Written::amount(token, usable.left()))
        });
        let used = found.last().and_then(|at| pick(&at.value).get().map(|usable| usable.used));
        let used = used.filter(|used| !used.is_zero());
        let used = used
            .map(|used| view! { <span class="sub">{format!("{} have voted", token.amount(used))}</span> });
        view! { {booth.desk.cx.sources.fig(label, figure, "w8")}{used} }.into_any()
    };
    let said = match forecast {
        Some(true) => "As of now; what counts is the power when voting begins.",
        _ => "Power when voting began. What came later does not count here.",
    };
    view! {
        <div class="body">
            <dl class="facts end">
                <dt>"Deposited, can vote"</dt><dd>{fig("Deposited, can vote", |power| &power.deposited)}</dd>
                <dt>"Delegated stake, can vote"</dt><dd>{fig("Delegated stake, can vote", |power| &power.delegated)}</dd>
            </dl>
            <p class="muted xs">{said}</p>
        </div>
    }
    .into_any()
}

/// What stake that was left with its rollup does on this proposal, under exactly the conditions that the contracts set.
/// What becomes of the account's stake on this proposal.
#[derive(Clone, Copy)]
struct Fate {
    state: ProposalState,
    /// Left with rollups that can vote by default, and what of it cannot.
    by_default: (U256, U256),
    /// With nobody, and with others.
    away: (U256, U256),
    /// Whether the default vote was cast.
    is_cast: bool,
    /// Whether sequencers of today's rollup signalled for it.
    is_ours: bool,
    snapshot: u64,
    now: u64,
}

/// Less than this before the snapshot, a transaction may come too late.
const SOON: u64 = 300;

impl Fate {
    /// In sentences; none where there is nothing to say.
    fn said(&self, token: &Token) -> Vec<String> {
        let pending = self.state == ProposalState::Pending;
        if !pending && self.state != ProposalState::Active {
            return Vec::new();
        }
        let amount = |raw| token.amount(raw);
        let date = format::date_time(self.snapshot, self.now);
        let mut said = Vec::new();
        let (votes, silent) = self.by_default;
        if !votes.is_zero() {
            let votes = amount(votes);
            said.push(match (pending, self.is_cast) {
                (true, _) => format!("Your stake of {votes} will vote yea through the rollup, once somebody triggers its vote, unless you delegate it before {date}."),
                (false, true) => format!("Your stake of {votes}, left with its rollup, has voted yea by default, unless you had delegated it when voting began."),
                (false, false) => format!("Your stake of {votes} votes yea through the rollup once somebody triggers its vote, if it was left with it when voting began. Delegating it now changes nothing here."),
            });
        }
        let unless = if pending {
            format!(", unless you delegate it before {date}")
        } else {
            ", if it was so when voting began".to_owned()
        };
        if !silent.is_zero() {
            let why = if self.is_ours {
                "it is not with the current rollup"
            } else {
                "no sequencers of the current rollup signalled for this proposal"
            };
            said.push(format!("Your stake of {} will not vote at all: {why}{unless}.", amount(silent)));
        }
        let (nobody, others) = self.away;
        if !nobody.is_zero() {
            said.push(format!(
                "Your stake of {} will not vote at all: it is delegated to nobody{unless}.",
                amount(nobody)
            ));
        }
        if !others.is_zero() {
            said.push(format!(
                "Your stake of {} votes as those decide whom you delegated it to{unless}.",
                amount(others)
            ));
        }
        let left = self.snapshot.saturating_sub(self.now);
        if pending && !said.is_empty() && left < SOON {
            said.push(format!("The block of the delegation must be of {date} or earlier: that is in {}. It may come too late.", format::duration(left)));
        }
        said
    }
}

fn fate(booth: Booth, page: &ProposalPage, power: &Power) -> Option<(Fate, Vec<Backing>)> {
    let cx = booth.desk.cx;
    let contracts = cx.scope.deployment()?;
    // a part of the stakes is not the stake
    cx.scope.ledger.with(|ledger| ledger.as_ref().filter(|ledger| ledger.is_complete()).map(|_| ()))?;
    let own = booth.own.get();
    let vote = default_vote(&contracts, page, *power.bonus.get()?, &own.last()?.value)?;
    let all: Option<Vec<Backing>> = power.stakes.iter().map(|stake| stake.get().copied()).collect();
    let all = all?;
    let sums = stakes(power).ok()?;
    let fate = Fate {
        state: *page.row.state.get()?,
        by_default: by_default(&all, power.account, &vote),
        away: (sums.nobody, sums.others),
        is_cast: !page.default_vote.get()?.is_zero(),
        is_ours: vote.signalled_by == Some(vote.canonical),
        snapshot: page.row.proposal.get()?.standing.phases.pending,
        now: cx.scope.head.block.with(|block| block.map(|block| block.timestamp))?,
    };
    Some((fate, all))
}

/// What becomes of the own stake, with what can be done about it.
fn sentence(booth: Booth, page: &ProposalPage, token: &Token) -> Option<AnyView> {
    let cx = booth.desk.cx;
    let power = booth.power.get();
    let power = &power.last()?.value;
    let (fate, all) = fate(booth, page, power)?;
    let said = fate.said(token);
    if said.is_empty() {
        return None;
    }
    let own = elsewhere(&all, power.account);
    let account = power.account;
    let delegate = (fate.state == ProposalState::Pending && !own.is_empty()).then(|| {
        let act = press(move || {
            submit(cx, with_setting(cx, |setting| plan::delegate_votes(setting, &own, Some(account))));
        });
        let page = cx.link(crate::state::Page::Governance(None));
        view! { <button type="button" class="btn sm" on:click=act>"Delegate it to yourself"</button><a class="btn sm" href=page>"Choose which"</a> }
    });
    let wait = (fate.state == ProposalState::Pending && !fate.by_default.0.is_zero()).then(|| {
        view! { <button type="button" class="btn sm" disabled=true>"Trigger the default vote: when voting has begun"</button> }
    });
    let lines: Vec<_> =
        said.into_iter().map(|line| view! { <p class="small">{line}</p> }.into_any()).collect();
    Some(
        view! { <div class="rule stack tight">{lines}<div class="row">{delegate}{wait}</div></div> }
            .into_any(),
    )
}

fn ballot(booth: Booth, page: &ProposalPage, token: &Token) -> AnyView {
    let cx = booth.desk.cx;
    let own = booth.own.get();
    let left = |pick: fn(&ProposalPower) -> &Reading<Usable>| {
        own.last().and_then(|at| pick(&at.value).get().copied())
    };
    let (deposited, delegated) = (left(|own| &own.deposited), left(|own| &own.delegated));
    let has = |usable: &Option<Usable>| usable.is_some_and(|usable| !usable.left().is_zero());
    let purse = purse(booth.purse.get(), has(&deposited), has(&delegated));
    let usable = match purse {
        Purse::Deposited => deposited,
        Purse::Delegated => delegated,
    };
    let choose = |chosen: Purse| press(move || booth.purse.set(Some(chosen)));
    let pressed = |chosen: Purse| if purse == chosen { "true" } else { "false" };
    let which = (has(&deposited) && has(&delegated)).then(|| {
        view! {
            <div class="seg" role="group" aria-label="Which power">
                <button type="button" aria-pressed=pressed(Purse::Deposited) on:click=choose(Purse::Deposited)>"Deposited"</button>
                <button type="button" aria-pressed=pressed(Purse::Delegated) on:click=choose(Purse::Delegated)>"Delegated stake"</button>
            </div>
        }
    });
    let yea = booth.yea.get();
    let typed = units::amount(&booth.amount.get(), token.decimals);
    let amount = typed.as_ref().ok().copied();
    let plan = amount.zip(usable).and_then(|(amount, usable)| {
        with_setting(cx, |setting| plan::vote(setting, booth.desk.id, purse, &usable, amount, yea))
    });
    let all = usable.map(|usable| usable.left());
    let decimals = token.decimals;
    let take = press(move || {
        if let Some(all) = all {
            booth.amount.set(format::amount(all, decimals, usize::from(decimals)));
        }
    });
    let input = field(Field {
        label: "Power to use",
        text: booth.amount,
        error: typed.err().map(|error| error.to_string()),
        hint: match all {
            Some(all) => format!("{} can vote. You may split it between yea and nay.", token.amount(all)),
            None => "What can vote was not read yet.".to_owned(),
        },
        kind: Kind::Number(""),
    });
    let side = |word: &'static str, said: &'static str, on: bool| {
        let choose = press(move || booth.yea.set(on));
        view! { <label class="choice"><input type="radio" name="vote" prop:checked=yea == on on:click=choose/>{word}<small>{said}</small></label> }.into_any()
    };
    view! {
        <div class="rule stack">
            {which}
            <div class="vchoice" role="radiogroup" aria-label="Vote">{side("Yea", "for all of its calls", true)}{side("Nay", "keep things as they are", false)}</div>
            {input}
            <div class="row"><button type="button" class="btn sm" on:click=take disabled=all.is_none_or(|all| all.is_zero())>"All"</button></div>
            {amount.map(|amount| after(page, amount, yea, token))}
            <span class="oneway row">{icon("oneway", 14)}"A vote cannot be changed"</span>
        </div>
        {propose(cx, plan, "Enter how much")}
    }
    .into_any()
}

/// Which power votes: the one that was chosen, and where that has nothing left or none was, one that has.
fn purse(chosen: Option<Purse>, deposited: bool, delegated: bool) -> Purse {
    match (chosen, deposited, delegated) {
        (Some(chosen), true, true) | (Some(chosen), false, false) => chosen,
        (_, false, true) => Purse::Delegated,
        _ => Purse::Deposited,
    }
}

/// Turnout and outcome before and after a vote.
fn after(page: &ProposalPage, amount: U256, yea: bool, token: &Token) -> AnyView {
    let (Some(proposal), Some(power)) = (page.row.proposal.get(), page.row.power.get().copied()) else {
        return ().into_any();
    };
    let (terms, now) = (proposal.standing.thresholds, proposal.standing.ballot);
    let then = if yea {
        Ballot { yea: now.yea.saturating_add(amount), ..now }
    } else {
        Ballot { nay: now.nay.saturating_add(amount), ..now }
    };
    let line = |what: &'static str, before: String, after: String| {
        view! { <dt>{what}</dt><dd class="diff"><del>{before}</del>" → "<ins>{after}</ins></dd> }.into_any()
    };
    let missing = match terms.missing_yeas(then, power) {
        Some(missing) if missing.is_zero() => "nothing: it would pass".to_owned(),
        Some(missing) => format!("{} of yea", token.amount(missing)),
        None => "more than all power that has not voted".to_owned(),
    };
    view! {
        <dl class="facts end">
            {line("Turnout", percent(now.cast(), power), percent(then.cast(), power))}
            {line("Yea share", percent(now.yea, now.cast()), percent(then.yea, then.cast()))}
            <dt>"Missing after it"</dt><dd>{missing}</dd>
        </dl>
    }
    .into_any()
}

/// Triggers the default vote, where it can be and was not.
fn trigger(booth: Booth, page: &ProposalPage) -> AnyView {
    let cx = booth.desk.cx;
    let Some(contracts) = cx.scope.deployment() else { return ().into_any() };
    let proposer = page.row.proposal.get().map(|proposal| proposal.standing.proposer);
    let canonical = contracts.canonical().address;
    let ours = page.origin.get() == Some(&crate::aztec::read::Origin::Signalled { rollup: canonical })
        && proposer.is_some()
        && proposer == contracts.governance_proposer;
    // without power the call would succeed and vote with nothing
    let left = page.default_power.get().copied().filter(|left| !left.is_zero());
    let Some(left) = left.filter(|_| ours) else { return ().into_any() };
    let left = contracts.token.amount(left);
    let id = booth.desk.id;
    let act = press(move || submit(cx, with_setting(cx, |setting| plan::default_vote(setting, id))));
    view! {
        <div class="rule stack tight"><p class="small ink2">{format!("{left} of stake that was left with the rollup vote yea, all at once, when somebody triggers that. Nobody has yet.")}</p><div class="row"><button type="button" class="btn sm" on:click=act>"Trigger the default vote"</button></div></div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purse_that_is_empty_gives_way_to_the_other() {
        use Purse::{Delegated, Deposited};
        for (chosen, deposited, delegated, votes) in [
            (None, true, true, Deposited),
            (None, false, true, Delegated),
            (None, false, false, Deposited),
            (Some(Delegated), true, true, Delegated),
            (Some(Delegated), true, false, Deposited),
            (Some(Deposited), false, true, Delegated),
            (Some(Delegated), false, false, Delegated),
        ] {
            assert_eq!(purse(chosen, deposited, delegated), votes, "{chosen:?} {deposited} {delegated}");
        }
    }

    #[test]
    fn what_becomes_of_own_stake_is_said_for_each_case() {
        let token =
            Token { address: alloy_primitives::Address::ZERO, symbol: "AZTEC".to_owned(), decimals: 0 };
        let fate = Fate {
            state: ProposalState::Pending,
            by_default: (U256::from(5), U256::ZERO),
            away: (U256::ZERO, U256::ZERO),
            is_cast: false,
            is_ours: true,
            snapshot: 100_000,
            now: 1_000,
        };
        let one = |fate: Fate| fate.said(&token).join(" | ");
        assert!(one(fate).starts_with("Your stake of 5 AZTEC will vote yea through the rollup, once somebody triggers its vote, unless you delegate it before 2 Jan"));
        let active = Fate { state: ProposalState::Active, ..fate };
        assert!(one(active).contains("Delegating it now changes nothing here"));
        assert!(one(Fate { is_cast: true, ..active }).contains("has voted yea by default"));
        let old = Fate { by_default: (U256::ZERO, U256::from(7)), ..fate };
        assert!(one(old).starts_with("Your stake of 7 AZTEC will not vote at all: it is not with the current rollup, unless you delegate it before"));
        assert!(
            one(Fate { is_ours: false, ..old }).contains("no sequencers of the current rollup signalled")
        );
        let nobody =
            Fate { by_default: (U256::ZERO, U256::ZERO), away: (U256::from(3), U256::from(4)), ..fate };
        assert!(one(nobody).contains("3 AZTEC will not vote at all: it is delegated to nobody"));
        assert!(one(nobody).contains("4 AZTEC votes as those decide whom you delegated it to"));
        assert!(one(Fate { now: 99_800, ..fate }).ends_with("It may come too late."));
        for over in [ProposalState::Queued, ProposalState::Executed, ProposalState::Rejected] {
            assert_eq!(one(Fate { state: over, ..fate }), "");
        }
    }
}
