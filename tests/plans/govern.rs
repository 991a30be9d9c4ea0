//! Governing: what is previewed, what is refused, and what happens when it is sent.

use alloy_primitives::{Address, LogData, U256, keccak256};
use alloy_sol_types::{SolCall as _, SolEvent as _, sol};
use rota::{
    aztec::{
        Book,
        abi::{IGSE, IGovernance},
        plan::{self, PlanError, Purse},
        read::{self, Backing, Deed, Usable},
        rules::{Ballot, ProposalState},
    },
    chain::{MULTICALL3, bundle},
    tx::{Call, Lexicon as _, Plan},
    units::format,
};
use serde_json::json;

use crate::{
    golden::{assert_golden, review},
    support::{Chain, Deeds, Fork, Limits, Planner, Proxy, devnet},
};

fn million(n: u64) -> U256 {
    U256::from(n) * U256::from(10).pow(U256::from(24))
}

fn id_of(state: &str) -> u64 {
    devnet().facts.proposals.iter().find(|proposal| proposal.state == state).expect("there").id
}

fn planner<'a>(chain: &'a Chain, book: &'a Book, name: &str) -> Planner<'a> {
    Planner { chain, book, from: devnet().facts.account(name) }
}

async fn usable(chain: &Chain, book: &Book, account: Address, id: u64) -> read::ProposalPower {
    let (pool, block) = (chain.pool(), chain.latest().await);
    let page = read::proposal(&pool, &book.contracts, id, block).await.expect("read").value;
    let snapshot = page.row.proposal.value.expect("read").standing.phases.pending;
    read::proposal_power(&pool, &book.contracts, account, (id, snapshot), block).await.value
}

async fn stake_of(chain: &Chain, book: &Book, account: Address) -> Backing {
    let sequencer = devnet().facts.sequencers.iter().find(|sequencer| {
        sequencer.withdrawer == account
            && sequencer.status == "validating"
            && sequencer.rollup != devnet().facts.rollups[0].version
    });
    let attester = sequencer.expect("a stake").attester;
    let block = chain.latest().await;
    let power = read::power(&chain.pool(), &book.contracts, account, &[attester], block).await.value;
    power.stakes[0].value.clone().expect("read")
}

/// Sends every step of a plan; each must succeed.
async fn carry_out(fork: &Fork, plan: &Plan) {
    for step in &plan.steps {
        let hash = Deeds::on(fork).post_with(plan.from, step.call.to, &step.call.data, json!({})).await;
        let receipt = fork.mined(hash).await;
        assert_eq!(receipt["status"], "0x1", "{}: {receipt}", step.title);
    }
}

#[tokio::test]
async fn governing_is_previewed() {
    let (chain, facts) = (&devnet().chain, &devnet().facts);
    let book = chain.book().await;
    let active = id_of("active");

    let alice = planner(chain, &book, "alice");
    let power =
        read::power(&chain.pool(), &book.contracts, alice.from, &[], chain.latest().await).await.value;
    let (held, allowance) = (power.tokens.value.expect("read"), power.allowance.value.expect("read"));
    let plan = plan::deposit(&alice.setting().await, U256::from(10).pow(U256::from(21)), held, allowance);
    assert_golden("govern_deposit", &review(chain, &book, &plan.expect("a plan")).await);

    let stake = stake_of(chain, &book, alice.from).await;
    let plan = plan::delegate_vote(&alice.setting().await, &stake, alice.from).expect("a plan");
    assert_golden("govern_delegate", &review(chain, &book, &plan).await);

    let voter = planner(chain, &book, "voter");
    let own = usable(chain, &book, voter.from, active).await.deposited.value.expect("read");
    let setting = voter.setting().await;
    let plan = plan::vote(&setting, active, Purse::Deposited, &own, million(7), false).expect("a plan");
    assert_golden("govern_vote", &review(chain, &book, &plan).await);
    let plan = plan::initiate_withdraw(&setting, voter.from, million(1), million(150)).expect("a plan");
    assert_golden("govern_withdraw", &review(chain, &book, &plan).await);

    let fresh = planner(chain, &book, "fresh");
    let setting = fresh.setting().await;
    let plan = plan::submit_round(&setting, facts.signalling.won.round).expect("a plan");
    assert_golden("govern_submit_round", &review(chain, &book, &plan).await);
    let plan = plan::settle(&setting, id_of("executable"), ProposalState::Executable).expect("a plan");
    assert_golden("govern_execute", &review(chain, &book, &plan).await);
    let plan = plan::default_vote(&setting, active).expect("a plan");
    assert_golden("govern_default_vote", &review(chain, &book, &plan).await);
}

#[tokio::test]
async fn what_cannot_be_done_is_not_planned() {
    let chain = &devnet().chain;
    let book = chain.book().await;
    let voter = planner(chain, &book, "voter");
    let setting = voter.setting().await;
    let one = U256::ONE;
    let purse = |is_forecast| Usable { power: one + one, used: one, is_forecast };
    let vote = |amount, usable: Usable| plan::vote(&setting, 5, Purse::Delegated, &usable, amount, true);
    let short = PlanError::NotEnoughPower { needed: one + one, held: one };
    assert_eq!(vote(one + one, purse(false)), Err(short), "what has voted cannot vote again");
    assert_eq!(vote(U256::ZERO, purse(false)), Err(PlanError::NoAmount));
    assert_eq!(vote(one, purse(true)), Err(PlanError::NotVotingYet));
    let few = PlanError::NotEnoughTokens { needed: one, held: U256::ZERO };
    assert_eq!(plan::deposit(&setting, one, U256::ZERO, one), Err(few));
    let later = setting.read_at.timestamp + 1;
    assert_eq!(plan::finalise_withdraw(&setting, 0, later), Err(PlanError::NotUntil(later)));
    for state in [ProposalState::Active, ProposalState::Expired, ProposalState::Executed] {
        assert_eq!(plan::settle(&setting, 0, state), Err(PlanError::NothingToSettle));
    }
    let stake = Backing { attester: voter.from, instance: None, balance: one, delegatee: voter.from };
    assert_eq!(plan::delegate_vote(&setting, &stake, Address::ZERO), Err(PlanError::NoStake));
    let stake = Backing { instance: Some(voter.from), ..stake };
    assert_eq!(plan::delegate_vote(&setting, &stake, voter.from), Err(PlanError::SameValue));
}

#[tokio::test]
async fn deposit_vote_and_withdrawal_go_through() {
    let fork = Fork::new().await;
    let book = fork.book().await;
    let alice = planner(&fork, &book, "alice");
    let thousand = U256::from(10).pow(U256::from(21));
    let plan = plan::deposit(&alice.setting().await, thousand, thousand, U256::ZERO).expect("a plan");
    assert_eq!(plan.steps.len(), 2);
    carry_out(&fork, &plan).await;
    let power = read::power(&fork.pool(), &book.contracts, alice.from, &[], fork.latest().await).await.value;
    assert_eq!(power.deposited.value, Ok(thousand));
    assert_eq!(power.allowance.value, Ok(U256::ZERO), "the approval was exact");

    // deposited after the snapshot of one proposal, before that of another
    let late = usable(&fork, &book, alice.from, id_of("active")).await.deposited.value.expect("read");
    assert_eq!(late.left(), U256::ZERO, "a deposit after the snapshot gives nothing");
    let pending = id_of("pending");
    let page = read::proposal(&fork.pool(), &book.contracts, pending, fork.latest().await).await;
    let phases = page.expect("read").value.row.proposal.value.expect("read").standing.phases;
    fork.warp_to(phases.pending + 1).await;
    let own = usable(&fork, &book, alice.from, pending).await.deposited.value.expect("read");
    assert_eq!((own.left(), own.is_forecast), (thousand, false));
    let half = thousand / U256::from(2);
    for support in [true, false] {
        let own = usable(&fork, &book, alice.from, pending).await.deposited.value.expect("read");
        let plan = plan::vote(&alice.setting().await, pending, Purse::Deposited, &own, half, support)
            .expect("a plan");
        carry_out(&fork, &plan).await;
    }
    let page = read::proposal(&fork.pool(), &book.contracts, pending, fork.latest().await).await;
    let ballot = page.expect("read").value.row.proposal.value.expect("read").standing.ballot;
    assert_eq!((ballot.yea, ballot.nay), (half, half));
    let own = usable(&fork, &book, alice.from, pending).await.deposited.value.expect("read");
    assert_eq!(own.left(), U256::ZERO);

    let setting = alice.setting().await;
    carry_out(&fork, &plan::initiate_withdraw(&setting, alice.from, thousand, thousand).expect("a plan"))
        .await;
    let known = read::Withdrawals::default();
    let found =
        read::withdrawals(&fork.pool(), &book.contracts, alice.from, &known, fork.latest().await).await;
    let [withdrawal] = found.expect("read").value.open[..] else { panic!("one withdrawal") };
    assert_eq!(withdrawal.amount, thousand);
    let setting = alice.setting().await;
    let early = plan::finalise_withdraw(&setting, withdrawal.id, withdrawal.unlocks_at);
    assert_eq!(early, Err(PlanError::NotUntil(withdrawal.unlocks_at)));
    fork.warp_to(withdrawal.unlocks_at).await;
    let setting = alice.setting().await;
    let plan = plan::finalise_withdraw(&setting, withdrawal.id, withdrawal.unlocks_at).expect("a plan");
    carry_out(&fork, &plan).await;
    let found =
        read::withdrawals(&fork.pool(), &book.contracts, alice.from, &known, fork.latest().await).await;
    assert_eq!(found.expect("read").value.open, []);
}

/// Transactions with votes are asked for once, and what is not known of them is not said to be something else.
async fn looked_at_once(fork: &Fork, book: &Book, owner: Address, hers: &read::StakeVotes) {
    let power: Vec<_> = hers
        .votes
        .iter()
        .filter_map(|moved| match moved.deed {
            Deed::VotedWithStake { proposal, amount, .. } => Some((proposal, amount)),
            _ => None,
        })
        .collect();
    // what was looked at is not asked for again, and what an endpoint forgot later is known
    let proxy = Proxy::start(&fork.url, Limits::default());
    let pool = Chain::at(&proxy.url).pool();
    let head = fork.latest().await;
    let again = read::stake_votes(&pool, &book.contracts, owner, Some(hers), head).await.expect("read");
    // not the place: this endpoint sends no times
    let told =
        |votes: &read::StakeVotes| -> Vec<Deed> { votes.votes.iter().map(|moved| moved.deed).collect() };
    assert_eq!((told(&again), again.unread, proxy.count("eth_getTransactionByHash")), (told(hers), 0, 0));
    proxy.break_by(json!({ "fault": "forgotten", "methods": ["eth_getTransactionByHash"] }));
    let blind = read::stake_votes(&pool, &book.contracts, owner, None, head).await.expect("read");
    assert_eq!((blind.votes.as_slice(), blind.unseen.as_slice()), ([].as_slice(), power.as_slice()));
    assert!(blind.unread > 0, "it may be in those that were not read");
    // and looked for again, where an endpoint may only have been behind
    let found = read::stake_votes(&fork.pool(), &book.contracts, owner, Some(&blind), head).await;
    assert_eq!(&found.expect("read"), hers);
}

#[tokio::test]
async fn delegated_stake_votes_on_what_comes_after() {
    let fork = Fork::new().await;
    let book = fork.book().await;
    let alice = planner(&fork, &book, "alice");
    let stake = stake_of(&fork, &book, alice.from).await;
    let plan = plan::delegate_vote(&alice.setting().await, &stake, alice.from).expect("a plan");
    let guarded = |call: Call| {
        let step = rota::tx::Step { title: String::new(), call };
        book.guard(fork.pool(), rota::tx::Plan { steps: vec![step], ..plan.clone() })
    };
    let right = plan.steps[0].call.clone();
    assert_eq!(guarded(right.clone()).await, Ok(()));
    // the same with an instance where the stake is not would succeed and move nothing
    let mut data = right.data.to_vec();
    data[4 + 12..4 + 32].copy_from_slice(book.contracts.staking_registry.as_slice());
    let why = guarded(Call { data: data.into(), ..right.clone() }).await.expect_err("nothing would move");
    assert!(why.what.contains("nothing would move"), "{}", why.what);
    // without the guard: what it brought about is told by whether power moved
    let outcome = async |call: &Call| {
        let hash = Deeds::on(&fork).post_with(plan.from, call.to, &call.data, json!({})).await;
        let receipt = fork.mined(hash).await;
        assert_eq!(receipt["status"], "0x1");
        let logs: Vec<rota::chain::logs::Log> =
            serde_json::from_value(receipt["logs"].clone()).expect("logs");
        book.outcome(call, &logs).expect("told")
    };
    let rollup = book.contracts.canonical().address;
    let mut elsewhere = right.data.to_vec();
    elsewhere[4 + 12..4 + 32].copy_from_slice(rollup.as_slice());
    assert_ne!(stake.instance, Some(rollup));
    let nothing = outcome(&Call { data: elsewhere.into(), ..right.clone() }).await;
    assert!(nothing.starts_with("No power moved"), "{nothing}");
    let moved = outcome(&right).await;
    assert!(moved.starts_with("200,000 AZTEC of power moved to"), "{moved}");
    let power = read::power(&fork.pool(), &book.contracts, alice.from, &[], fork.latest().await).await.value;
    assert_eq!(power.delegated.value, Ok(stake.balance), "on the right instance the power moves");
    let active = usable(&fork, &book, alice.from, id_of("active")).await.delegated.value.expect("read");
    assert_eq!(active.left(), U256::ZERO, "delegated after the snapshot");

    // a round that was won becomes a proposal; its snapshot is still to come
    let setting = alice.setting().await;
    let round = devnet().facts.signalling.won.round;
    carry_out(&fork, &plan::submit_round(&setting, round).expect("a plan")).await;
    let rows = read::proposals(&fork.pool(), &book.contracts, fork.latest().await).await.value.rows;
    let newest = &rows[0];
    assert_eq!(newest.state.value, Ok(ProposalState::Pending));
    assert_eq!(newest.original, Some(devnet().facts.signalling.won.payload));
    let snapshot = newest.proposal.value.clone().expect("read").standing.phases.pending;
    fork.warp_to(snapshot + 1).await;
    let own = usable(&fork, &book, alice.from, newest.id).await.delegated.value.expect("read");
    assert_eq!(own.left(), stake.balance);
    let plan = plan::vote(&alice.setting().await, newest.id, Purse::Delegated, &own, own.left(), false);
    carry_out(&fork, &plan.expect("a plan")).await;
    carry_out(&fork, &plan::default_vote(&alice.setting().await, newest.id).expect("a plan")).await;
    // her vote was a plain transaction; the default vote was not
    let votes_of = async |owner| {
        read::stake_votes(&fork.pool(), &book.contracts, owner, None, fork.latest().await)
            .await
            .expect("read")
    };
    let hers = votes_of(alice.from).await;
    let deeds: Vec<_> = hers.votes.iter().map(|moved| moved.deed).collect();
    let amount = own.left();
    assert_eq!(deeds, [Deed::VotedWithStake { proposal: newest.id, support: false, amount }]);
    assert_eq!(hers.unseen, []);
    looked_at_once(&fork, &book, alice.from, &hers).await;
    // the rollup voted with the stake of the bonus instance, which is a delegatee as any other
    let default = votes_of(stake.instance.expect("known")).await;
    let used = default.unseen.iter().find(|(id, _)| *id == newest.id).expect("it voted");
    assert!(default.votes.is_empty() && used.1 > U256::ZERO, "{default:?}");
    let owner = devnet().facts.account("fresh");
    let nothing = votes_of(owner).await;
    assert_eq!((nothing.owner, nothing.votes, nothing.unseen), (owner, vec![], vec![]));
    let page = read::proposal(&fork.pool(), &book.contracts, newest.id, fork.latest().await).await;
    let page = page.expect("read").value;
    assert_eq!(page.staked_ballot.value.expect("read").nay, stake.balance);
    assert!(page.default_vote.value.expect("read") > U256::ZERO, "the rest voted yea");
}

#[tokio::test]
async fn a_delegatee_that_votes_through_a_contract_is_named_without_a_side() {
    let fork = Fork::new().await;
    let book = fork.book().await;
    let alice = planner(&fork, &book, "alice");
    let stake = stake_of(&fork, &book, alice.from).await;
    let given = plan::delegate_vote(&alice.setting().await, &stake, MULTICALL3).expect("a plan");
    carry_out(&fork, &given).await;
    let id = id_of("pending");
    let contracts = &book.contracts;
    let page = read::proposal(&fork.pool(), contracts, id, fork.latest().await).await.expect("read").value;
    let proposal = page.row.proposal.value.expect("read");
    fork.warp_to(proposal.standing.phases.pending + 60).await;
    let amount = stake.balance;
    let vote = IGSE::voteCall { _proposalId: U256::from(id), _amount: amount, _support: false };
    let call = Call::new(MULTICALL3, bundle([(contracts.gse, vote.abi_encode().into())]));
    receipt_of(&fork, alice.from, &call).await;
    let asked = (id, &proposal, page.origin.get().copied());
    let past = read::past(&fork.pool(), contracts, asked, None, fork.latest().await).await.value;
    let told = past.stake.iter().find(|voter| voter.delegatee == MULTICALL3).expect("named");
    assert_eq!(
        (told.used.value.clone(), told.shown, told.is_default),
        (Ok(amount), Ballot::default(), false)
    );
    assert!(past.stake.iter().all(|voter| voter.delegatee != alice.from), "who sent it used nothing");
    // the same people are not looked for twice
    let again = read::past(&fork.pool(), contracts, asked, Some(&past), fork.latest().await).await.value;
    assert_eq!((again.stake, again.delegatees), (past.stake, past.delegatees));
}

/// Tokens by their owner, who deployed everything.
async fn mint(fork: &Fork, to: Address, amount: U256) {
    sol! { function mint(address to, uint256 amount) external; }
    let owner = Address::from_word(keccak256("rota local network, deployer"));
    fork.rpc.must("anvil_impersonateAccount", json!([owner])).await;
    fork.set_ether(owner, U256::from(10).pow(U256::from(18))).await;
    let data = mintCall { to, amount }.abi_encode();
    let token = devnet().facts.contract("token");
    let hash = Deeds::on(fork).post_with(owner, token, &data, json!({})).await;
    assert_eq!(fork.mined(hash).await["status"], "0x1");
}

/// Sends a call; what it emitted.
async fn receipt_of(fork: &Fork, from: Address, call: &Call) -> Vec<rota::chain::logs::Log> {
    let hash = Deeds::on(fork).post_with(from, call.to, &call.data, json!({})).await;
    let receipt = fork.mined(hash).await;
    assert_eq!(receipt["status"], "0x1");
    serde_json::from_value(receipt["logs"].clone()).expect("logs")
}

#[tokio::test]
async fn nothing_is_locked_for_a_payload_that_is_no_contract() {
    let fork = Fork::new().await;
    let book = fork.book().await;
    let whale = planner(&fork, &book, "whale");
    let amount = U256::ONE;
    let lock = plan::Lock { amount, deposited: amount, held: amount, allowance: U256::ZERO };
    let nobody = Address::repeat_byte(0x77);
    let proposed =
        plan::propose_with_lock(&whale.setting().await, nobody, whale.from, &lock).expect("a plan");
    let why = book.guard(fork.pool(), proposed).await.expect_err("it can never be executed");
    assert!(why.what.starts_with("There is no contract at"), "{}", why.what);
}

#[tokio::test]
async fn a_lock_proposes_from_power_or_from_tokens() {
    let fork = Fork::new().await;
    let book = fork.book().await;
    let whale = planner(&fork, &book, "whale");
    let payload = devnet().facts.hostile_payloads["many"];
    let rules = read::proposals(&fork.pool(), &book.contracts, fork.latest().await).await.value.rules;
    let amount = rules.value.expect("read").lock_amount;
    let none = plan::Lock { amount, deposited: U256::ZERO, held: amount, allowance: U256::ZERO };
    let back = devnet().facts.account("coldWallet");
    let propose = async |lock: &plan::Lock| {
        plan::propose_with_lock(&whale.setting().await, payload, back, lock).expect("a plan")
    };
    let titles = |plan: &Plan| plan.steps.iter().map(|step| step.call.to).collect::<Vec<_>>();
    let (token, gse) = (book.contracts.token.address, book.contracts.gse);
    assert_eq!(titles(&propose(&none).await), [token, gse]);
    assert_eq!(titles(&propose(&plan::Lock { allowance: amount, ..none }).await), [gse]);
    let from_power = propose(&plan::Lock { deposited: amount, held: U256::ZERO, ..none }).await;
    assert_eq!(titles(&from_power), [book.contracts.governance]);
    let short = plan::Lock { held: amount - U256::ONE, ..none };
    let refused = plan::propose_with_lock(&whale.setting().await, payload, back, &short);
    let few = PlanError::NotEnoughTokens { needed: amount, held: amount - U256::ONE };
    assert_eq!(refused, Err(few));

    // with the tokens: what is locked returns to who was named, and the receipt says so
    mint(&fork, whale.from, amount).await;
    let plan = propose(&none).await;
    assert_eq!(book.guard(fork.pool(), plan.clone()).await, Ok(()));
    let last = &plan.steps[1].call;
    receipt_of(&fork, plan.from, &plan.steps[0].call).await;
    let logs = receipt_of(&fork, plan.from, last).await;
    let said = book.outcome(last, &logs).expect("told");
    assert!(said.starts_with("Proposal ") && said.contains("258,750,000 AZTEC are locked"), "{said}");
    assert!(said.ends_with(&format!("return to {}.", format::short_address(back))), "{said}");
    // what other calls of the same bundle emit does not stand for it
    let emitted = |data: LogData| -> rota::chain::logs::Log {
        let log = json!({ "address": book.contracts.governance, "topics": data.topics(), "data": data.data });
        serde_json::from_value(log).expect("a log")
    };
    let exit = IGovernance::WithdrawInitiated {
        withdrawalId: U256::from(99),
        recipient: MULTICALL3,
        amount: U256::ONE,
    };
    let more = IGovernance::Proposed { proposalId: U256::from(98), proposal: MULTICALL3 };
    let others = [emitted(exit.encode_log_data()), emitted(more.encode_log_data())];
    let bundled: Vec<_> = others.iter().chain(&logs).chain(&others).cloned().collect();
    assert_eq!(book.outcome(last, &bundled).as_ref(), Some(&said));
    let silent = book.outcome(last, &[]).expect("told");
    assert!(silent.starts_with("Governance made no proposal"), "{silent}");
    let rows = read::proposals(&fork.pool(), &book.contracts, fork.latest().await).await.value.rows;
    let made = rows[0].proposal.value.clone().expect("read");
    assert_eq!((made.payload, made.standing.proposer), (payload, book.contracts.governance));
    let nothing = read::Withdrawals::default();
    let held = read::withdrawals(&fork.pool(), &book.contracts, back, &nothing, fork.latest().await).await;
    let held = held.expect("read").value.open;
    assert_eq!(held.last().map(|held| held.amount), Some(amount));
}

#[tokio::test]
async fn all_stake_is_delegated_in_one_plan_on_its_own_instances() {
    let fork = Fork::new().await;
    let book = fork.book().await;
    let dave = planner(&fork, &book, "dave");
    let own = devnet().facts.sequencers.iter();
    let own = own.filter(|stake| stake.withdrawer == dave.from && stake.status == "validating");
    let attesters: Vec<Address> = own.map(|stake| stake.attester).collect();
    let read = async || {
        let block = fork.latest().await;
        read::power(&fork.pool(), &book.contracts, dave.from, &attesters, block).await.value
    };
    let stakes: Vec<Backing> =
        read().await.stakes.into_iter().map(|stake| stake.value.expect("read")).collect();
    let all: U256 = stakes.iter().map(|stake| stake.balance).sum();
    let setting = dave.setting().await;
    let plan = plan::delegate_votes(&setting, &stakes, Some(dave.from)).expect("a plan");
    assert_eq!(plan.steps.len(), stakes.len());
    carry_out(&fork, &plan).await;
    let power = read().await;
    assert_eq!(power.delegated.value, Ok(all), "stake of the old rollup is among it");
    let now: Vec<Backing> = power.stakes.into_iter().map(|stake| stake.value.expect("read")).collect();
    let again = plan::delegate_votes(&setting, &now, Some(dave.from));
    assert_eq!(again, Err(PlanError::SameValue), "nothing is left to delegate");
    carry_out(&fork, &plan::delegate_votes(&dave.setting().await, &now, None).expect("a plan")).await;
    let power = read().await;
    assert_eq!(power.delegated.value, Ok(U256::ZERO));
    assert!(power.stakes.iter().all(|stake| {
        let stake = stake.value.clone().expect("read");
        Some(stake.delegatee) == stake.instance
    }));
}

#[tokio::test]
async fn what_was_accepted_is_executed() {
    let fork = Fork::new().await;
    let book = fork.book().await;
    let fresh = planner(&fork, &book, "fresh");
    let id = id_of("executable");
    let plan = plan::settle(&fresh.setting().await, id, ProposalState::Executable).expect("a plan");
    carry_out(&fork, &plan).await;
    let page = read::proposal(&fork.pool(), &book.contracts, id, fork.latest().await).await.expect("read");
    assert_eq!(page.value.row.state.value, Ok(ProposalState::Executed));
}
