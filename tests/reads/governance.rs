//! Proposals and signalling rounds, as the scenario made them.

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::SolValue as _;
use rota::{
    aztec::{
        effects::number,
        positions,
        read::{self, Origin},
        rules::{ProposalState, Verdict},
    },
    tx::Lexicon as _,
};

use serde_json::json;

use crate::support::{Fork, IToken, devnet};

fn named(state: &str) -> ProposalState {
    match state {
        "pending" => ProposalState::Pending,
        "active" => ProposalState::Active,
        "queued" => ProposalState::Queued,
        "executable" => ProposalState::Executable,
        "rejected" => ProposalState::Rejected,
        "executed" => ProposalState::Executed,
        "expired" => ProposalState::Expired,
        other => panic!("no state {other}"),
    }
}

fn id_of(state: &str) -> u64 {
    devnet().facts.proposals.iter().find(|proposal| proposal.state == state).expect("made by the scenario").id
}

fn million(n: u64) -> U256 {
    U256::from(n) * U256::from(10).pow(U256::from(24))
}

#[tokio::test]
async fn every_proposal_is_read_with_its_own_rules() {
    let (facts, contracts, block) = (&devnet().facts, devnet().contracts().await, devnet().block().await);
    let pool = devnet().chain.pool();
    let found = read::proposals(&pool, contracts, block).await.value;
    assert_eq!(pool.requests(), 4, "the chain id, the count, the proposals, their power and payloads");
    assert_eq!(found.count.value, Ok(facts.proposals.len() as u64));
    let proposers = [found.proposer.value.expect("read"), contracts.governance];
    for (row, made) in found.rows.iter().rev().zip(&facts.proposals) {
        assert_eq!(row.id, made.id);
        let proposal = row.proposal.value.clone().expect("read");
        let state = row.state.value.clone().expect("read");
        assert_eq!(state, named(&made.state), "{}", made.id);
        assert_eq!(proposal.creation, made.created_at);
        let ours = proposal.standing.state(proposers, block.timestamp, || row.power.value.clone());
        assert_eq!(ours, Ok(state), "{}", made.id);
        // signalled ones are wrapped, the others are not
        let signalled = if made.lock { None } else { Some(made.payload) };
        assert_eq!(row.original, signalled, "{}", made.id);
        assert_eq!(proposal.payload == made.payload, made.lock);
        assert_eq!(row.is_forecast, state == ProposalState::Pending);
    }
    let rules = found.rules.value.expect("read");
    assert_eq!(rules.phases.pending, 3 * 86_400);
    assert_eq!(rules.phases.executable, (3 + 7 + 2 + 7) * 86_400);
}

#[tokio::test]
async fn a_page_says_where_a_proposal_comes_from_and_what_it_does() {
    let (contracts, block) = (devnet().contracts().await, devnet().block().await);
    let pool = devnet().chain.pool();
    let page = |state| {
        let (pool, id) = (pool.clone(), id_of(state));
        async move { read::proposal(&pool, contracts, id, block).await.expect("read").value }
    };
    let active = page("active").await;
    let rollup = contracts.canonical().address;
    assert_eq!(active.origin.value, Ok(Origin::Signalled { rollup }));
    let actions = active.actions.value.expect("read");
    assert_eq!(actions.len(), 3, "two, and the wrapper's own");
    assert_eq!(actions[2].target, active.row.proposal.value.clone().expect("read").payload);
    assert_eq!(active.default_vote.value, Ok(U256::ZERO));
    assert!(active.default_power.value.expect("read") > U256::ZERO, "somebody may trigger it");
    assert_eq!(active.row.uri.value.as_deref(), Ok("https://example.org/a-longer-exit-delay"));
    let ballot = active.row.proposal.value.expect("read").standing.ballot;
    assert_eq!((ballot.yea, ballot.nay), (million(20), million(5)));

    let locked = page("queued").await;
    assert_eq!(locked.origin.value, Ok(Origin::Locked));
    assert_eq!(locked.actions.value.expect("read").len(), 1);

    // getActions reverts: said in its place, and the rest is there
    let hostile = page("pending").await;
    assert!(hostile.actions.value.is_err());
    assert!(hostile.row.proposal.value.is_ok() && hostile.row.uri.value.is_ok());

    // stake voted for the upgrade by its default vote: on a rollup that is not canonical any more
    let executed = page("executed").await;
    let staked = executed.staked_ballot.value.expect("read");
    assert!(!staked.yea.is_zero() && staked.nay.is_zero());
    assert_eq!(executed.default_vote.value, Ok(staked.yea), "of the rollup that signalled, not of today's");
    assert_eq!(executed.default_power.value, Ok(U256::ZERO), "all of it has voted");
    // nobody signalled: nothing votes by default, whatever the rollup has
    assert_eq!((locked.default_vote.value, locked.default_power.value), (Ok(U256::ZERO), Ok(U256::ZERO)));
}

#[tokio::test]
async fn withdrawals_are_found_however_old() {
    let fork = Fork::new().await;
    let contracts = devnet().contracts().await;
    let [first, _] = [0, 1].map(U256::from);
    let block = fork.latest().await;
    // whose the very first withdrawal is, from the contract
    let owner = {
        let mut batch = rota::chain::Batch::new();
        let call = rota::aztec::abi::IGovernance::getWithdrawalCall { withdrawalId: first };
        let slot = batch.add(contracts.governance, call);
        batch.run(&fork.pool(), &block).await.value(slot).expect("there is one")
    };
    // as if 20,600 had come after it: `withdrawalCount` is beside `proposalCount`
    let slot = B256::from(U256::from(11));
    let count = B256::from(U256::from(20_601));
    fork.rpc.must("anvil_setStorageAt", json!([contracts.governance, slot, count])).await;
    // and as if it were still open: recipient and flag share a slot
    let base = U256::from_be_bytes(keccak256((first, U256::from(6)).abi_encode()).0);
    let word = B256::from(U256::from_be_slice(owner.recipient.as_slice()));
    let place = B256::from(base + U256::from(2));
    fork.rpc.must("anvil_setStorageAt", json!([contracts.governance, place, word])).await;
    fork.mine(1).await;
    let pool = fork.pool();
    let nothing = read::Withdrawals::default();
    let found = read::withdrawals(&pool, contracts, owner.recipient, &nothing, fork.latest().await).await;
    let found = found.expect("read").value;
    assert_eq!(found.looked, 20_601);
    let oldest = found.open.first().expect("found");
    assert_eq!((oldest.id, oldest.amount), (0, owner.amount));
    // the next reading asks about the open and the newest ones only
    let asked = pool.requests();
    let again = read::withdrawals(&pool, contracts, owner.recipient, &found, fork.latest().await).await;
    assert_eq!(again.expect("read").value, found);
    assert!(pool.requests() - asked <= 3, "{}", pool.requests() - asked);
    let other = read::withdrawals(&pool, contracts, Address::repeat_byte(9), &nothing, fork.latest().await);
    assert_eq!(other.await.expect("read").value.open, []);
}

/// What the page asks about the calls of a proposal.
async fn intent(chain: &crate::support::Chain, id: u64) -> (read::ProposalPage, read::Intent) {
    let book = chain.book().await;
    let block = chain.latest().await;
    let page = read::proposal(&chain.pool(), &book.contracts, id, block).await.expect("read").value;
    let proposal = page.row.proposal.value.clone().expect("read");
    let actions = page.actions.value.clone().expect("read");
    let decoded = actions
        .iter()
        .map(|action| book.decode(&rota::tx::Call::new(action.target, action.data.clone())))
        .collect();
    let intent = read::Intent {
        payload: proposal.payload,
        original: page.row.original,
        actions,
        decoded,
        executable_from: Some(proposal.standing.phases.queued + 1),
    };
    (page, intent)
}

#[tokio::test]
async fn what_a_proposal_changes_is_read_now_and_rehearsed() {
    let (chain, contracts) = (&devnet().chain, devnet().contracts().await);
    let block = chain.latest().await;
    let (_, active) = intent(chain, id_of("active")).await;
    let effects = read::effects(&chain.pool(), contracts, &active, block).await.value;
    let [gas] = &effects.settings[&0][..] else { panic!("one setting") };
    assert_eq!(gas.setting.label, "Gas for checking a key");
    let now = gas.now.as_ref().expect("told").value.clone().expect("read");
    assert_eq!(number(&now), Some(U256::from(250_000)));
    assert_eq!(number(&gas.setting.after), Some(U256::from(300_000)));
    assert!(!effects.settings.contains_key(&1), "nobody knows what the unknown contract does");
    // the payload that was written, and the target that is no contract
    let original = active.original.expect("wrapped");
    assert!(effects.codes[&original].value.as_ref().expect("read").size > 0);
    assert_eq!(effects.codes[&active.actions[1].target].value.as_ref().expect("read").size, 0);
    assert!(matches!(effects.steadiness, Ok(read::Steadiness::Steady { .. })));
    let rehearsal = effects.rehearsal.expect("tried").expect("the node can");
    assert_eq!(rehearsal.failed, None, "the unknown target has no code: its call does nothing");
    assert_eq!(rehearsal.time, active.executable_from.expect("set"));
    let [moved] = &rehearsal.moved[..] else { panic!("{:?}", rehearsal.moved) };
    assert_eq!((moved.of, number(&moved.after)), (contracts.gse, Some(U256::from(300_000))));

    let (_, queued) = intent(chain, id_of("queued")).await;
    let effects = read::effects(&chain.pool(), contracts, &queued, block).await.value;
    let [owner] = &effects.settings[&0][..] else { panic!("one setting") };
    let now = owner.now.as_ref().expect("told").value.clone().expect("read");
    assert_eq!(now.as_address(), Some(contracts.governance));
    let rehearsal = effects.rehearsal.expect("tried").expect("the node can");
    assert_eq!(rehearsal.moved[0].label, "Owner");
    let told = rota::aztec::abi::emitted(&rehearsal.events[0].data).expect("known");
    assert_eq!(told.name, "OwnershipTransferred");
}

#[tokio::test]
async fn a_rehearsal_says_which_call_reverts() {
    let (chain, contracts) = (&devnet().chain, devnet().contracts().await);
    let block = chain.latest().await;
    let (_, queued) = intent(chain, id_of("queued")).await;
    let act = queued.actions[0].clone();
    // the same twice: the second time governance owns it no more
    let twice = read::Intent {
        actions: vec![act.clone(), act.clone()],
        decoded: vec![queued.decoded[0].clone(), queued.decoded[0].clone()],
        ..queued.clone()
    };
    let effects = read::effects(&chain.pool(), contracts, &twice, block).await.value;
    let [second] = &effects.settings[&1][..] else { panic!("one setting") };
    assert!(second.by_earlier, "what it is before the second call is what the first one makes it");
    assert_eq!(second.now.as_ref().expect("told").value.as_ref(), Ok(&second.setting.after));
    let (place, data) = effects.rehearsal.expect("tried").expect("ran").failed.expect("it reverts");
    assert_eq!(place, 1);
    let error = rota::aztec::abi::CATALOG.error(&data).expect("known");
    assert_eq!(error.name, "OwnableUnauthorizedAccount");
    // the calls are not those that the payload answers
    assert_eq!(effects.steadiness, Ok(read::Steadiness::ByCaller));
    // a call of the token would succeed here, and Governance refuses it
    let token = read::Action { target: contracts.token.address, data: act.data.clone() };
    let token = read::Intent { actions: vec![token], decoded: vec![None], ..queued.clone() };
    let effects = read::effects(&chain.pool(), contracts, &token, block).await.value;
    assert_eq!(effects.rehearsal.expect("tried").expect("ran").failed.map(|(place, _)| place), Some(0));
    // never to be executed, or too much: not tried
    let over = read::Intent { executable_from: None, ..queued.clone() };
    assert_eq!(read::effects(&chain.pool(), contracts, &over, block).await.value.rehearsal, None);
    let many = read::Intent { actions: vec![act; 201], decoded: vec![None; 201], ..queued };
    let effects = read::effects(&chain.pool(), contracts, &many, block).await.value;
    assert_eq!(effects.rehearsal, Some(Err(read::NoRehearsal::TooLarge)));
}

#[tokio::test]
async fn what_is_missing_passes_and_less_does_not() {
    let (contracts, block) = (devnet().contracts().await, devnet().block().await);
    let rows = read::proposals(&devnet().chain.pool(), contracts, block).await.value.rows;
    let row = rows.iter().find(|row| row.id == id_of("active")).expect("there");
    let standing = row.proposal.value.clone().expect("read").standing;
    let power = row.power.value.clone().expect("read");
    assert_eq!(standing.thresholds.tally(standing.ballot, power).verdict, Verdict::TooFewVotes);
    let missing = standing.thresholds.missing_yeas(standing.ballot, power).expect("possible");
    let with = |more: U256| {
        let ballot = rota::aztec::rules::Ballot { yea: standing.ballot.yea + more, ..standing.ballot };
        standing.thresholds.tally(ballot, power).verdict
    };
    assert_eq!(with(missing), Verdict::Accepted);
    assert_eq!(with(missing - U256::ONE), Verdict::TooFewVotes);
}

#[tokio::test]
async fn the_running_round_is_counted_by_payload_and_slot() {
    let (facts, contracts, block) = (&devnet().facts, devnet().contracts().await, devnet().block().await);
    let signalling = read::signalling(&devnet().chain.pool(), contracts, block).await.expect("read").value;
    let terms = signalling.terms.value.expect("read");
    assert_eq!((terms.round_size, terms.quorum, terms.lifetime), (100, 60, 5));
    let running = &facts.signalling.running;
    assert_eq!(signalling.rounds[0].round, running.round);
    let counted: Vec<_> =
        signalling.payloads.iter().map(|of| (of.payload, of.signals.value.clone().expect("read"))).collect();
    let expected: Vec<_> = running.payloads.iter().map(|of| (of.payload, of.signals)).collect();
    assert_eq!(counted, expected);
    let signals = signalling.signals.value.expect("read");
    for (payload, count) in &expected {
        let own = signals.iter().filter(|signal| signal.payload == *payload);
        assert_eq!(own.count() as u64, *count);
    }
    assert!(signals.is_sorted_by(|a, b| a.slot < b.slot), "one in each slot");
    assert!(signals.iter().all(|signal| terms.round_of(signal.slot) == running.round));
    assert!(signals.iter().all(|signal| signal.signaler != Address::ZERO));
    let outlook = terms.outlook(signalling.rounds[0].facts.value.clone().expect("read"), signalling.slot);
    assert_eq!(outlook.is_reachable(9), outlook.left >= 51);
    assert_eq!(outlook.missing(29), 31);
}

#[tokio::test]
async fn a_round_that_was_won_can_be_submitted() {
    let (facts, contracts, block) = (&devnet().facts, devnet().contracts().await, devnet().block().await);
    let signalling = read::signalling(&devnet().chain.pool(), contracts, block).await.expect("read").value;
    let terms = signalling.terms.value.expect("read");
    let submittable: Vec<_> = signalling
        .rounds
        .iter()
        .filter(|round| {
            let signals = round.signals.value.clone().expect("read");
            terms.is_submittable(round.facts.value.clone().expect("read"), signals, signalling.slot)
        })
        .map(|round| (round.round, round.leader, round.signals.value.clone()))
        .collect();
    let won = &facts.signalling.won;
    assert_eq!(submittable, [(won.round, Some(won.payload), Ok(won.signals))]);
}

#[tokio::test]
async fn a_round_that_a_change_of_rollup_voided_is_found() {
    let (contracts, block) = (devnet().contracts().await, devnet().block().await);
    let pool = devnet().chain.pool();
    let now = read::signalling(&pool, contracts, block).await.expect("read").value;
    assert_eq!(now.voided, []);
    assert!(now.rounds.len() >= 13, "earlier rounds too");
    // as if another rollup had become canonical since the round was won
    let replaced = rota::aztec::Deployment { canonical: 0, ..contracts.clone() };
    let later = read::signalling(&pool, &replaced, block).await.expect("read").value;
    let won = &devnet().facts.signalling.won;
    let [voided] = &later.voided[..] else { panic!("{:?}", later.voided) };
    assert_eq!((voided.round.round, voided.round.leader), (won.round, Some(won.payload)));
    assert_eq!(voided.rollup, contracts.canonical().address);
}

#[tokio::test]
async fn a_payload_that_answers_too_much_is_read_or_said_not_to_be() {
    let (contracts, id) = (devnet().contracts().await, id_of("pending"));
    let hostile = &devnet().facts.hostile_payloads;
    let fork = Fork::new().await;
    for (kind, calls, bytes) in [("many", 1_000, 36), ("large", 1, 1_000_000)] {
        // the payload is in the fourth slot of a proposal, beside its margin
        let base = keccak256((U256::from(id), U256::from(3)).abi_encode());
        let slot = B256::from(U256::from_be_bytes(base.0) + U256::from(3));
        let margin = (U256::from(33) * U256::from(10).pow(U256::from(16))) << 160;
        let word = B256::from(margin | U256::from_be_slice(hostile[kind].as_slice()));
        fork.rpc.must("anvil_setStorageAt", json!([contracts.governance, slot, word])).await;
        fork.mine(1).await;
        let block = fork.latest().await;
        let page = read::proposal(&fork.pool(), contracts, id, block).await.expect("read").value;
        assert_eq!(page.row.proposal.value.expect("read").payload, hostile[kind]);
        assert_eq!(page.row.original, None, "it says that it is a wrapper, and is none");
        let actions = page.actions.value.expect("read");
        assert_eq!((actions.len(), actions[0].data.len()), (calls, bytes), "{kind}");
    }
}

/// What happened to a proposal, as its page asks.
async fn past_of(chain: &crate::support::Chain, id: u64, before: Option<&read::Past>) -> read::Past {
    let book = chain.book().await;
    let block = chain.latest().await;
    let page = read::proposal(&chain.pool(), &book.contracts, id, block).await.expect("read").value;
    let proposal = page.row.proposal.value.clone().expect("read");
    let asked = (id, &proposal, page.origin.get().copied());
    read::past(&chain.pool(), &book.contracts, asked, before, block).await.value
}

#[tokio::test]
async fn who_made_a_proposal_and_who_voted_is_told_by_events() {
    let (chain, facts) = (&devnet().chain, &devnet().facts);
    let contracts = devnet().contracts().await;
    let active = past_of(chain, id_of("active"), None).await;
    let round =
        facts.proposals.iter().find(|proposal| proposal.state == "active").and_then(|made| made.round);
    assert_eq!(active.begun.value.clone().expect("read").how, read::How::Round(round.expect("signalled")));
    let votes = active.votes.value.clone().expect("read");
    let told: Vec<_> = votes.iter().map(|vote| (vote.voter, vote.support, vote.amount)).collect();
    let account = facts.account("voter");
    assert_eq!(told, [(account, true, million(20)), (account, false, million(5))]);
    assert_eq!(active.lock, None);

    let queued = past_of(chain, id_of("queued"), None).await;
    let read::How::Lock { amount, returns_to, .. } = queued.begun.value.expect("read").how else {
        panic!("proposed with a lock");
    };
    let locker = keccak256("rota local network, proposes with a lock");
    let expected = U256::from(258_750) * U256::from(10).pow(U256::from(21));
    assert_eq!((amount, returns_to), (expected, Address::from_word(locker)));
    let lock = queued.lock.expect("locked").value.expect("read");
    assert!(!lock.claimed && lock.at > chain.latest().await.timestamp);

    // nobody can have voted yet
    assert_eq!(past_of(chain, id_of("pending"), None).await.votes.value, Ok(Vec::new()));

    // stake voted by default: by the rollup of then
    let executed = past_of(chain, id_of("executed"), None).await;
    let stake: Vec<_> = executed
        .stake
        .iter()
        .map(|voter| (voter.delegatee, voter.is_default, voter.used.value.clone().expect("read")))
        .collect();
    let all: U256 = stake.iter().map(|(_, _, used)| *used).sum();
    let cast = executed.votes.value.expect("read");
    let cast: U256 = cast.iter().filter(|vote| vote.voter == contracts.gse).map(|vote| vote.amount).sum();
    assert!(stake.iter().all(|(_, is_default, _)| *is_default));
    assert_eq!(all, cast);
    assert!(cast > U256::ZERO);
}

#[tokio::test]
async fn a_later_reading_adds_the_votes_since() {
    let fork = Fork::new().await;
    let book = fork.book().await;
    let (gse, active) = (book.contracts.gse, id_of("active"));
    let before = past_of(&fork, active, None).await;
    let rollup = book.contracts.canonical().address;
    let call = rota::aztec::abi::IRollup::voteCall { _proposalId: U256::from(active) };
    let data = alloy_sol_types::SolCall::abi_encode(&call);
    let sender = devnet().facts.account("fresh");
    let hash = crate::support::Deeds::on(&fork).post_with(sender, rollup, &data, json!({})).await;
    assert_eq!(fork.mined(hash).await["status"], "0x1");
    let after = past_of(&fork, active, Some(&before)).await;
    assert_eq!(after.begun, before.begun);
    let votes = after.votes.value.expect("read");
    assert_eq!(
        votes.len(),
        before.votes.value.expect("read").len() + 2,
        "the rollup's and the bonus stake's"
    );
    assert!(votes.iter().rev().take(2).all(|vote| vote.voter == gse && vote.support));
    assert!(after.stake.iter().all(|voter| voter.is_default), "nobody else voted with stake");
    assert!(after.stake.iter().any(|voter| voter.used.value.clone().expect("read") > U256::ZERO));
}

#[tokio::test]
async fn slashers_are_read_with_their_rounds() {
    let (facts, contracts, block) = (&devnet().facts, devnet().contracts().await, devnet().block().await);
    let found = read::slashing(&devnet().chain.pool(), contracts, block).await.value;
    assert_eq!(found.earlier.value, Ok(0), "none was replaced");
    assert_eq!(found.slashers.len(), facts.rollups.len());
    let canonical = &found.slashers[0];
    assert_eq!((canonical.rollup, canonical.is_current), (contracts.canonical().address, true));
    assert_eq!(canonical.enabled.value, Ok(true));
    assert_eq!(canonical.disabled_until.value, Ok(0));
    let vetoer = Address::from_word(keccak256("rota local network, vetoer"));
    assert_eq!(canonical.vetoer.value, Ok(vetoer));
    let terms = canonical.terms.value.clone().expect("read");
    assert!(terms.quorum > terms.round_size / 2 && terms.lifetime > terms.execution_delay);
    let current = canonical.current.value.clone().expect("read");
    let clock = contracts.canonical().clock.value.clone().expect("read");
    assert_eq!(current, clock.slot_at(block.timestamp) / terms.round_size);
    assert_eq!(canonical.rounds[0].round, current);
    assert!(canonical.rounds.len() as u64 > terms.lifetime);
    assert!(canonical.rounds.iter().all(|round| round.votes.value == Ok((false, 0))), "nobody votes here");
}

#[tokio::test]
async fn a_slasher_that_the_vetoer_stopped_says_until_when() {
    let fork = Fork::new().await;
    let contracts = devnet().contracts().await;
    let vetoer = Address::from_word(keccak256("rota local network, vetoer"));
    fork.rpc.must("anvil_impersonateAccount", json!([vetoer])).await;
    fork.set_ether(vetoer, U256::from(10).pow(U256::from(18))).await;
    let before = read::slashing(&fork.pool(), contracts, fork.latest().await).await.value;
    let slasher = before.slashers[0].slasher;
    let data = [&keccak256("setSlashingEnabled(bool)")[..4], &[0; 32]].concat();
    let hash = crate::support::Deeds::on(&fork).post_with(vetoer, slasher, &data, json!({})).await;
    assert_eq!(fork.mined(hash).await["status"], "0x1");
    let block = fork.latest().await;
    let after = read::slashing(&fork.pool(), contracts, block).await.value;
    assert_eq!(after.slashers[0].enabled.value, Ok(false));
    assert!(after.slashers[0].disabled_until.value.clone().expect("read") > block.timestamp);
    // governance gives the rollup another slasher: the earlier one stays in sight
    let governance = contracts.governance;
    fork.rpc.must("anvil_impersonateAccount", json!([governance])).await;
    fork.set_ether(governance, U256::from(10).pow(U256::from(18))).await;
    let other = contracts.rollups[0].address;
    let other = before.slashers.iter().find(|view| view.rollup == other).expect("there").slasher;
    let data = [&keccak256("setSlasher(address)")[..4], other.into_word().as_slice()].concat();
    let rollup = contracts.canonical().address;
    let hash = crate::support::Deeds::on(&fork).post_with(governance, rollup, &data, json!({})).await;
    assert_eq!(fork.mined(hash).await["status"], "0x1");
    let found = read::slashing(&fork.pool(), contracts, fork.latest().await).await.value;
    let of: Vec<_> = found
        .slashers
        .iter()
        .filter(|view| view.rollup == rollup)
        .map(|view| (view.slasher, view.is_current))
        .collect();
    assert_eq!(of, [(other, true), (slasher, false)]);
    assert_eq!(found.earlier.value, Ok(1));
}

#[tokio::test]
async fn stake_is_counted_by_whether_it_follows_upgrades() {
    let (facts, contracts, block) = (&devnet().facts, devnet().contracts().await, devnet().block().await);
    let found = read::upgrades(&devnet().chain.pool(), contracts, block).await.value;
    assert_eq!(found.latest.value, Ok(contracts.canonical().address));
    let of: Vec<_> = found.instances.iter().map(|(of, _)| *of).collect();
    let rollups = contracts.rollups.iter().rev().map(|rollup| Some(rollup.address));
    assert_eq!(of, std::iter::once(None).chain(rollups).collect::<Vec<_>>());
    let all: Vec<_> =
        found.instances.iter().map(|(_, instance)| instance.value.clone().expect("read")).collect();
    let stake: U256 = all.iter().map(|instance| instance.stake).sum();
    assert_eq!(stake, facts.total_staked);
    for instance in &all {
        let mut expected: Vec<Address> = facts
            .sequencers
            .iter()
            .filter(|sequencer| sequencer.status == "validating")
            .filter(|sequencer| {
                if instance.follows {
                    sequencer.moves_with_latest
                } else {
                    let of = &facts.rollups[facts.rollup_index(sequencer.rollup)];
                    !sequencer.moves_with_latest && of.address == instance.address
                }
            })
            .map(|sequencer| sequencer.attester)
            .collect();
        let mut attesters = instance.attesters.clone();
        expected.sort_unstable();
        attesters.sort_unstable();
        assert_eq!(attesters, expected, "{}", instance.address);
    }
    let replaced = found.replaced.value.expect("read");
    let rollups: Vec<_> = replaced
        .iter()
        .filter_map(|replaced| match replaced.by {
            read::Successor::Rollup(rollup) => Some(rollup),
            read::Successor::GovernanceProposer(_) => None,
        })
        .collect();
    let expected: Vec<_> = facts.rollups.iter().map(|rollup| rollup.address).collect();
    assert_eq!(rollups, expected, "each became canonical in its turn");
}

#[tokio::test]
async fn rewards_left_on_an_old_rollup_are_told_in_its_own_asset() {
    let (contracts, facts) = (devnet().contracts().await, &devnet().facts);
    let history = crate::history::of_network().await;
    let alice = facts.account("alice");
    let asked = positions::of_all(&history, Some(alice));
    let (pool, block) = (devnet().chain.pool(), devnet().block().await);
    let found = read::left_behind(&pool, contracts, &asked, block).await.value;
    let [old] = found.as_slice() else { panic!("one old rollup: {found:?}") };
    let accrued: Vec<_> =
        facts.rewards.accrued.iter().filter(|one| U256::from(one.rollup) == old.version).collect();
    let of_splits = accrued.iter().filter(|one| asked.splits.contains(&one.coinbase));
    let all: U256 = of_splits.map(|one| one.amount).sum();
    assert!(all > U256::ZERO, "the scenario leaves some there");
    assert_eq!(old.owed.value, Ok(all));
    // by whom the splits pay, as the makers of the network wrote it down
    let part_of = |person: Address| -> U256 {
        let splits = facts.sequencers.iter().filter_map(|made| made.split.as_ref());
        let own = splits.filter(|split| split.recipients[1] == person);
        let part = own.map(|split| {
            let made = history.delegations.iter().find(|made| made.split == split.address).expect("told");
            let owed =
                accrued.iter().find(|one| one.coinbase == split.address).map_or(U256::ZERO, |one| one.amount);
            owed * U256::from(10_000 - made.take_rate.expect("known").get()) / U256::from(10_000)
        });
        let itself = accrued.iter().filter(|one| one.coinbase == person).map(|one| one.amount);
        part.chain(itself).sum()
    };
    let net = part_of(alice);
    assert!(net > U256::ZERO);
    assert_eq!(old.own.value, Ok(net));
    // who may exit the stake is neither here nor there
    let mut exits = history.clone();
    let fresh = facts.account("fresh");
    exits.delegations.iter_mut().for_each(|made| made.withdrawer = Some(fresh));
    for (person, part) in [
        (alice, net),
        (fresh, U256::ZERO),
        (facts.account("coldWallet"), part_of(facts.account("coldWallet"))),
    ] {
        let asked = positions::of_all(&exits, Some(person));
        let found = read::left_behind(&pool, contracts, &asked, block).await.value;
        assert_eq!(found[0].own.value, Ok(part), "{person}");
    }
    // nobody is owed nothing, which is not the same as not read
    let nobody = positions::of_all(&history, None);
    let found = read::left_behind(&pool, contracts, &nobody, block).await.value;
    assert_eq!(found[0].own.value, Ok(U256::ZERO));
    assert_eq!(old.pays.value, Ok(true));
    let asset = old.asset.value.clone().expect("read");
    let held = devnet().chain.read(asset.address, IToken::balanceOfCall { account: old.rollup }).await;
    assert_eq!(old.held.value, Ok(held), "nobody waits in its queue");
    assert!(held >= all);
}

/// Code that answers everything with these bytes.
fn always(data: &[u8]) -> String {
    let length = u16::try_from(data.len()).expect("short");
    let head = [&[0x61], &length.to_be_bytes()[..], &[0x80, 0x60, 0x0a, 0x5f, 0x39, 0x5f, 0xf3]].concat();
    format!("0x{}", alloy_primitives::hex::encode([&head, data].concat()))
}

/// A pool whose endpoint asks puppets instead: by selector, the bytes that are answered, or `None` for a revert.
async fn with_puppets(fork: &Fork, answers: Vec<([u8; 4], Option<Vec<u8>>)>) -> rota::chain::Pool {
    use alloy_sol_types::SolCall;
    alloy_sol_types::sol! {
        struct Call3 { address target; bool allowFailure; bytes callData; }
        function aggregate3(Call3[] calls) external payable;
    }
    let mut puppets = Vec::new();
    for (number, (selector, answer)) in (0x71..).zip(answers) {
        let puppet = Address::repeat_byte(number);
        let code = answer.map_or_else(|| "0x5f5ffd".to_owned(), |answer| always(&answer));
        fork.rpc.must("anvil_setCode", json!([puppet, code])).await;
        puppets.push((selector, puppet));
    }
    fork.mine(1).await;
    let change = move |request: &mut serde_json::Value| {
        let text = request["params"][0]["data"].as_str().or_else(|| request["params"][0]["input"].as_str());
        let Some(data) = text.and_then(|text| alloy_primitives::hex::decode(text).ok()) else { return };
        let Ok(mut asked) = aggregate3Call::abi_decode(&data) else { return };
        for call in &mut asked.calls {
            let puppet = puppets.iter().find(|(selector, _)| call.callData.starts_with(selector));
            call.target = puppet.map_or(call.target, |(_, puppet)| *puppet);
        }
        let field = if request["params"][0]["data"].is_string() { "data" } else { "input" };
        request["params"][0][field] = json!(alloy_primitives::Bytes::from(asked.abi_encode()));
    };
    let link = crate::support::Rewriting::new(&fork.url, change);
    let specs = vec![crate::support::endpoint("puppets", link)];
    rota::chain::Pool::new(31_337, specs, crate::support::real_host(), rota::chain::PoolConfig::default())
}

#[tokio::test]
async fn whom_a_won_round_would_slash_is_told_and_whether_it_was_vetoed() {
    use alloy_sol_types::{SolCall, SolValue};
    use rota::{
        aztec::abi::{ISlasher, ISlashingProposer, SlashAction},
        chain::ReadError,
    };
    let fork = Fork::new().await;
    let contracts = devnet().contracts().await;
    let whom = Address::repeat_byte(0x55);
    let won = (ISlashingProposer::getRoundCall::SELECTOR, Some((false, U256::from(10_000)).abi_encode()));
    let action = SlashAction { validator: whom, slashAmount: U256::from(7) };
    let tally = |answer| (ISlashingProposer::getTallyCall::SELECTOR, answer);
    let actions = Some(vec![action].abi_encode());
    let committees = |answer| (ISlashingProposer::getSlashTargetCommitteesCall::SELECTOR, answer);
    let nobody = Some(Vec::<Vec<Address>>::new().abi_encode());
    let payload = |answer| (ISlashingProposer::getPayloadAddressCall::SELECTOR, answer);
    let address = Some(Address::repeat_byte(0x66).abi_encode());
    let veto = |vetoed: bool| (ISlasher::vetoedPayloadsCall::SELECTOR, Some(vetoed.abi_encode()));
    let error = || ReadError::Reverted(alloy_primitives::Bytes::new());
    let told = || Ok(vec![(whom, U256::from(7))]);
    for (answers, targets, vetoed) in [
        (
            vec![committees(nobody.clone()), tally(actions.clone()), payload(address.clone()), veto(true)],
            told(),
            Ok(true),
        ),
        (
            vec![committees(nobody.clone()), tally(actions.clone()), payload(address.clone()), veto(false)],
            told(),
            Ok(false),
        ),
        // what leads to the question was not read: the answer to another question is none
        (
            vec![committees(nobody.clone()), tally(actions.clone()), payload(None), veto(false)],
            told(),
            Err(error()),
        ),
        (
            vec![committees(nobody.clone()), tally(None), payload(address.clone()), veto(false)],
            Err(error()),
            Err(error()),
        ),
        (
            vec![committees(None), tally(actions.clone()), payload(address.clone()), veto(false)],
            Err(error()),
            Err(error()),
        ),
    ] {
        let pool = with_puppets(&fork, [vec![won.clone()], answers].concat()).await;
        let found = read::slashing(&pool, contracts, fork.latest().await).await.value;
        let round = &found.slashers[0].rounds[0];
        assert_eq!(round.votes.value, Ok((false, 10_000)));
        assert_eq!((&round.targets.value, &round.vetoed.value), (&targets, &vetoed));
    }
}

#[tokio::test]
async fn a_rollup_whose_slasher_is_not_read_does_not_vanish() {
    use alloy_sol_types::SolCall;
    let fork = Fork::new().await;
    let contracts = devnet().contracts().await;
    let none = vec![(rota::aztec::abi::IRollup::getSlasherCall::SELECTOR, None)];
    let pool = with_puppets(&fork, none).await;
    let found = read::slashing(&pool, contracts, fork.latest().await).await.value;
    assert_eq!(found.slashers.len(), 0);
    let rollups: Vec<_> = found.unread.iter().map(|(rollup, _)| *rollup).collect();
    let all: Vec<_> = contracts.rollups.iter().rev().map(|rollup| rollup.address).collect();
    assert_eq!(rollups, all);
}

#[tokio::test]
async fn nothing_is_counted_as_far_as_an_endpoint_says() {
    use rota::chain::ReadError;
    let fork = Fork::new().await;
    let contracts = devnet().contracts().await;
    // two to the fortieth, whatever is asked
    let many = always(&U256::from(1u64 << 40).to_be_bytes::<32>());
    for contract in [contracts.staking_registry, contracts.governance] {
        fork.rpc.must("anvil_setCode", json!([contract, many])).await;
    }
    fork.mine(1).await;
    let (pool, block) = (fork.pool(), fork.latest().await);
    let providers = read::providers(&pool, contracts, block).await;
    assert_eq!(providers.map(|_| ()), Err(ReadError::Decode));
    let keys = read::next_keys(&pool, contracts, 1, u64::MAX, block).await;
    assert_eq!(keys.map(|_| ()), Err(ReadError::Decode));
    let owner = Address::repeat_byte(1);
    let waiting =
        read::withdrawals(&pool, contracts, owner, &rota::aztec::read::Withdrawals::default(), block).await;
    assert_eq!(waiting.map(|_| ()), Err(ReadError::Decode));
}
