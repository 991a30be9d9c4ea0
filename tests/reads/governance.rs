//! Proposals and signalling rounds, as the scenario made them.

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::SolValue as _;
use rota::aztec::{
    read::{self, Origin},
    rules::{ProposalState, Verdict},
};

use serde_json::json;

use crate::support::{Fork, devnet};

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
    assert!(!outlook.is_reachable(9) || outlook.left >= 51);
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
