//! The stakes of everybody on the network, by their events and without them.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};
use rota::{
    aztec::{
        events::Place,
        model::ExitView,
        plan::{self, LeftOut, PlanError, Setting},
        positions::{self, Fate, Kind, SplitTerms, Stake, due, export, export::Reader, standings},
        read::{self, Asked, Deed, Move, MovesAsked, Positions},
        rules::Position,
    },
    chain::{At, Pool, PoolConfig, ReadError, Reading},
    units::Bps,
};
use serde_json::json;

use crate::{
    delegations::{expected, without_number},
    history::of_network,
    support::{Chain, Limits, Proxy, Rewriting, Sequencer, devnet, endpoint, real_host},
};

const PEOPLE: [&str; 7] = ["alice", "bob", "carol", "dave", "solo1", "solo2", "whale"];

pub(crate) async fn stakes_of(person: &str) -> (Vec<Stake>, At<Positions>) {
    let (history, contracts) = (of_network().await, devnet().contracts().await);
    let stakes = positions::stakes(&history, devnet().facts.account(person));
    let asked = positions::asked(&history, devnet().facts.account(person), &stakes);
    let (pool, block) = (devnet().chain.pool(), devnet().block().await);
    let read = read::positions(&pool, contracts, &asked, &BTreeMap::new(), block).await;
    // the chain id, two for everything, and a few for splits whose terms no event suggests
    assert!(pool.requests() <= 9, "{} requests", pool.requests());
    (stakes, read)
}

/// What somebody staked, in the order in which it was queued.
fn made_by(person: &str) -> Vec<&'static Sequencer> {
    let facts = &devnet().facts;
    let withdrawer = facts.account(person);
    let mut made: Vec<_> = facts.sequencers.iter().filter(|s| s.withdrawer == withdrawer).collect();
    made.sort_by_key(|sequencer| sequencer.staked.block);
    made
}

async fn found(stakes: &[Stake], read: &At<Positions>) -> Vec<Position> {
    let rollups: Vec<_> = devnet().contracts().await.rollups.iter().map(|rollup| rollup.address).collect();
    let decided = standings(stakes, &rollups, &read.value.stakes);
    decided.into_iter().map(|position| position.expect("read")).collect()
}

#[tokio::test]
async fn every_stake_of_a_withdrawer_is_found_and_stands_where_the_facts_say() {
    let mut all = 0;
    for person in PEOPLE {
        let (stakes, read) = stakes_of(person).await;
        let made = made_by(person);
        assert_eq!(stakes.len(), made.len(), "{person}");
        let places = found(&stakes, &read).await;
        for ((stake, position), sequencer) in stakes.iter().zip(places).zip(made) {
            assert_eq!(stake.attester, sequencer.attester);
            assert_eq!(without_number(position.clone()), expected(sequencer), "{sequencer:?}");
            assert_eq!(stake.queued.tx, sequencer.staked.transaction);
            let made = stake.delegation.as_ref();
            assert_eq!(made.map(|made| made.provider_id), sequencer.provider);
            assert_eq!(made.map(|made| made.split), sequencer.split.as_ref().map(|split| split.address));
            assert_eq!(stake.slashed(), sequencer.slashed);
            assert_eq!(stake.paid.is_some(), sequencer.status == "finalised");
            assert_eq!(matches!(stake.fate, Fate::Refunded(_)), sequencer.status == "failed");
            assert_eq!(stake.fate == Fate::Waiting, sequencer.status == "queued");
            if let Position::Validating { .. } = position {
                let follows = read.value.follows[&stake.attester].value.clone();
                assert_eq!(follows, Ok(sequencer.moves_with_latest), "{sequencer:?}");
            }
            all += 1;
        }
    }
    assert!(all > 40, "{all} stakes");
}

#[tokio::test]
async fn a_stranger_has_nothing() {
    let history = of_network().await;
    assert!(positions::stakes(&history, Address::repeat_byte(0x55)).is_empty());
    let (pool, contracts, block) =
        (devnet().chain.pool(), devnet().contracts().await, devnet().block().await);
    let seen = read::seen(&pool, contracts, &[Address::repeat_byte(0x55)], block).await.expect("read");
    assert!(seen.value.is_empty());
}

/// What both ways can tell: no numbers of withdrawals, nothing that is over.
fn live(positions: impl IntoIterator<Item = (Address, Position)>) -> BTreeMap<Address, Position> {
    positions
        .into_iter()
        .filter(|(_, position)| position.is_live())
        .map(|(attester, position)| (attester, without_number(position)))
        .collect()
}

#[tokio::test]
async fn without_events_the_same_live_stakes_are_found() {
    let (pool, contracts, block) =
        (devnet().chain.pool(), devnet().contracts().await, devnet().block().await);
    for person in PEOPLE {
        let (stakes, read) = stakes_of(person).await;
        let places = found(&stakes, &read).await;
        let told = live(stakes.iter().map(|stake| stake.attester).zip(places));
        let seen =
            read::seen(&pool, contracts, &[devnet().facts.account(person)], block).await.expect("read");
        let seen = seen.value.into_iter().map(|seen| (seen.attester, seen.position.value.expect("read")));
        assert_eq!(live(seen), told, "{person}");
    }
}

#[tokio::test]
async fn terms_of_splits_are_those_whose_hash_the_split_keeps() {
    let mut seen = 0;
    for person in PEOPLE {
        let (_, read) = stakes_of(person).await;
        for made in made_by(person).into_iter().filter_map(|sequencer| sequencer.split.as_ref()) {
            let terms = read.value.rewards.splits[&made.address].terms.clone().expect("found");
            let rate = Bps::new(made.allocations[0]).expect("a share");
            let facts = SplitTerms::of_delegation(made.recipients[0], made.recipients[1], rate);
            assert_eq!(terms, facts, "of {person}");
            seen += 1;
        }
    }
    assert!(seen > 25, "{seen} splits");
}

/// Events of before a split may be missing when it is read, and with them what its terms follow from.
#[tokio::test]
async fn splits_of_one_time_are_looked_up_together() {
    let (history, contracts, alice) =
        (of_network().await, devnet().contracts().await, devnet().facts.account("alice"));
    let mut asked = positions::asked(&history, alice, &positions::stakes(&history, alice));
    asked.splits.iter_mut().for_each(|split| split.take_rate = None);
    let seen = Rewriting::watching(&devnet().chain.url);
    let pool = Pool::new(31_337, vec![endpoint("node", seen.clone())], real_host(), PoolConfig::default());
    let block = devnet().block().await;
    let read = read::positions(&pool, contracts, &asked, &BTreeMap::new(), block).await;
    let (_, whole) = stakes_of("alice").await;
    let terms = |read: &At<Positions>| -> Vec<_> {
        read.value.rewards.splits.values().map(|split| split.terms.clone().expect("found")).collect()
    };
    assert!(terms(&whole).len() > 3, "{} splits", terms(&whole).len());
    assert_eq!(terms(&read), terms(&whole));
    let mut made: Vec<u64> = asked.splits.iter().map(|split| split.block).collect();
    made.sort_unstable();
    let apart = made.windows(2).filter(|pair| pair[1] - pair[0] > 5_000).count();
    assert_eq!(seen.asked("eth_getLogs").len(), 1 + apart);
}

#[tokio::test]
async fn rewards_are_where_the_facts_say() {
    let (facts, contracts) = (&devnet().facts, devnet().contracts().await);
    let token = contracts.token.address;
    for person in PEOPLE {
        let (stakes, read) = stakes_of(person).await;
        let rewards = &read.value.rewards;
        for split in stakes.iter().filter_map(|stake| Some(stake.delegation.as_ref()?.split)) {
            let found = &rewards.splits[&split];
            for (rollup, accrued) in facts.rollups.iter().zip(&found.accrued) {
                let of_it = facts
                    .rewards
                    .accrued
                    .iter()
                    .filter(|a| a.coinbase == split && a.rollup == rollup.version);
                assert_eq!(accrued.value, Ok(of_it.map(|entry| entry.amount).sum()));
            }
            let held: U256 =
                facts.rewards.held_by_split.iter().filter(|h| h.split == split).map(|h| h.amount).sum();
            assert_eq!(found.balances[&token].held.value, Ok(held));
            assert_eq!(found.balances[&token].stored.value, Ok(facts.rewards.stored(split)));
            assert_eq!(found.paused.value, Ok(false));
            let due = due(rewards, found, token).expect("read");
            assert_eq!((due.held_back, due.at_split), (U256::ZERO, held + facts.rewards.stored(split)));
        }
        for purse in &rewards.purses {
            assert_eq!(purse.stored.value, Ok(facts.rewards.stored(purse.recipient)), "{person}");
            assert_eq!((purse.token, &purse.paused.value), (token, &Ok(false)));
        }
        let rates = rewards.rates.iter().map(|(id, rate)| (*id, rate.value.clone().expect("read").get()));
        assert!(rates.into_iter().all(|(id, rate)| facts.provider(id).take_rate == rate));
    }
}

#[tokio::test]
async fn an_exit_takes_what_the_rollup_and_governance_say() {
    let (_, read) = stakes_of("alice").await;
    let parameters = &devnet().facts.parameters;
    for terms in &read.value.exit_terms {
        let terms = terms.value.clone().expect("read");
        assert_eq!(terms.exit_delay, parameters.exit_delay);
        assert_eq!(terms.governance_delay(), parameters.governance_withdrawal_delay);
    }
    let exits = |position: &Position| match position {
        Position::Exiting { exit, .. } | Position::Zombie { exit, .. } => Some(exit.clone()),
        _ => None,
    };
    let (stakes, read) = stakes_of("dave").await;
    let zombies: Vec<ExitView> = found(&stakes, &read).await.iter().filter_map(exits).collect();
    assert!(zombies.iter().any(|exit| exit.recipient.is_none()), "one waits for its withdrawer");
}

#[tokio::test]
async fn a_sheet_adds_up_what_the_facts_say() {
    let (facts, contracts) = (&devnet().facts, devnet().contracts().await);
    for person in PEOPLE {
        let (stakes, read) = stakes_of(person).await;
        let owner = facts.account(person);
        let count = stakes.len();
        let sheet = positions::sheet(contracts, owner, stakes, &read.value);
        assert_eq!(sheet.lines.len(), count);
        let of = |statuses: &[&str]| {
            made_by(person).into_iter().filter(|s| statuses.contains(&s.status.as_str())).collect::<Vec<_>>()
        };
        let validating: U256 = of(&["validating"]).iter().map(|sequencer| sequencer.balance).sum();
        assert_eq!(sheet.staked.value, Ok(validating), "{person}");
        let leaving = of(&["exiting", "zombie"]);
        let leaving: U256 = leaving.iter().map(|leaver| leaver.exit.as_ref().expect("an exit").amount).sum();
        assert_eq!(sheet.exiting.value, Ok(leaving), "{person}");
        let stored = facts.rewards.stored(owner).saturating_sub(U256::ONE);
        let total = &sheet.totals[0];
        assert_eq!((sheet.totals.len(), total.token), (1, contracts.token.address));
        assert_eq!(total.name.value, Ok(contracts.token.clone()));
        assert_eq!(total.stored.value, Ok(stored), "{person}");
        // what a recipient elsewhere gets is not the withdrawer's
        let own = sheet.lines.iter().filter(|line| line.recipient == Some(owner));
        let sum: U256 = own.map(|line| line.gains[0].unclaimed.value.clone().expect("read")).sum();
        assert_eq!(total.unclaimed.value, Ok(sum));
        let waiting = sheet.count(|position| matches!(position, Position::Queued { .. }));
        assert_eq!(waiting, sheet.lines.iter().filter(|line| matches!(line.joins, Some(Ok(_)))).count());
    }
}

#[tokio::test]
async fn what_was_not_read_is_in_no_sum() {
    let (contracts, owner) = (devnet().contracts().await, devnet().facts.account("alice"));
    let (stakes, mut read) = stakes_of("alice").await;
    let split = stakes.iter().find_map(|stake| stake.delegation.as_ref()).expect("one").split;
    let rewards = read.value.rewards.splits.get_mut(&split).expect("read");
    rewards.accrued[0].value = Err(ReadError::Decode);
    let sheet = positions::sheet(contracts, owner, stakes, &read.value);
    assert_eq!(sheet.totals[0].unclaimed.value, Err(ReadError::Incomplete));
    assert!(sheet.staked.value.is_ok() && sheet.totals[0].stored.value.is_ok());
    let unread = sheet.lines.iter().flat_map(|line| &line.gains).filter(|gain| gain.unclaimed.value.is_err());
    assert_eq!(unread.count(), 1);
}

#[tokio::test]
async fn what_rollups_hold_back_is_neither_lost_nor_dust() {
    let (contracts, owner) = (devnet().contracts().await, devnet().facts.account("alice"));
    let (stakes, mut read) = stakes_of("alice").await;
    let before = positions::sheet(contracts, owner, stakes.clone(), &read.value);
    assert_eq!(before.totals[0].held_back.value, Ok(U256::ZERO));
    let rewards = &mut read.value.rewards;
    for rollup in &mut rewards.rollups {
        rollup.claimable.value = Ok(false);
    }
    let none = |balance: &mut Reading<U256>| balance.value = Ok(U256::ZERO);
    for balance in rewards.splits.values_mut().flat_map(|split| split.balances.values_mut()) {
        none(&mut balance.held);
        none(&mut balance.stored);
    }
    rewards.purses.iter_mut().for_each(|purse| none(&mut purse.stored));
    let sheet = positions::sheet(contracts, owner, stakes, &read.value);
    assert_eq!(sheet.totals[0].unclaimed.value, Ok(U256::ZERO));
    let held = sheet.totals[0].held_back.value.clone().expect("read");
    let unclaimed = before.totals[0].unclaimed.value.clone().expect("read");
    // the split and the warehouse keep one unit each of what does arrive
    let kept = U256::from(2 * sheet.lines.len());
    assert!(!held.is_zero() && held <= unclaimed + kept, "{held} of {unclaimed}");

    let setting = Setting { network: "devnet", contracts, from: owner, read_at: devnet().block().await };
    let splits: Vec<_> = read.value.rewards.splits.keys().copied().collect();
    let nothing = plan::claim(&setting, &read.value.rewards, &splits, None, &|_| U256::from(1_000));
    let Err(PlanError::NothingToClaim(left)) = nothing else { panic!("{nothing:?}") };
    assert!(!left.is_empty() && left.iter().all(|left| matches!(left, LeftOut::HeldBack { .. })), "{left:?}");
}

#[tokio::test]
async fn files_say_what_the_sheet_says() {
    let (facts, contracts, block) = (&devnet().facts, devnet().contracts().await, devnet().block().await);
    let book = devnet().chain.book().await;
    let token = &contracts.token;
    for person in PEOPLE {
        let (stakes, read) = stakes_of(person).await;
        let owner = facts.account(person);
        let sheet = positions::sheet(contracts, owner, stakes, &read.value);

        let history = of_network().await;
        let found = moves_of(person, &read.value.rewards).await;
        let moves = (owner, Some(found.as_slice()));
        let rewards = &read.value.rewards;
        let story = positions::story(contracts, &sheet, &history, moves, (&book.names, rewards));
        let tokens = [token.clone()];
        let time = |place: &Place| place.time;
        let pool = devnet().chain.pool();
        let fees = read::fees(&pool, owner, story.iter().map(|happened| happened.place.tx)).await;
        assert!(fees.values().all(|fee| fee.is_some_and(|wei| !wei.is_zero())), "every receipt is there");
        let terms =
            export::Terms { owner, chain_id: contracts.chain_id, tokens: &tokens, time: &time, fees: &fees };
        let csv = export::table(&story, Reader::Anybody, terms);
        let mut rows = csv.split_terminator("\r\n");
        assert_eq!(
            rows.next(),
            Some("time,type,amount,token,fee,transaction hash,note,gross,commission,net")
        );
        let rows: Vec<_> = rows.collect();
        let times: Vec<_> = rows.iter().map(|row| row.split(',').next()).collect();
        assert!(times.is_sorted(), "times come first and are in order: {rows:?}");
        let made: Vec<_> = rows.iter().filter(|row| row.contains(",stake,")).collect();
        assert_eq!(made.len(), sheet.lines.len());
        for sequencer in made_by(person) {
            let tx = sequencer.staked.transaction.to_string();
            assert!(made.iter().any(|row| row.contains(&tx) && row.starts_with("2026-")), "{tx}");
        }
        // what it sent itself is told once, with what that cost
        let mut told = rows.iter().filter_map(|row| {
            let mut fields = row.split(',').skip(4);
            let (fee, tx) = (fields.next()?, fields.next()?);
            (!fee.is_empty()).then_some((tx.to_owned(), fee.to_owned()))
        });
        let lines: Vec<_> = told.by_ref().collect();
        assert_eq!(lines.len(), fees.len(), "{person}");
        for (tx, fee) in lines {
            let wei = fees[&tx.parse::<alloy_primitives::B256>().expect("a hash")].expect("read");
            assert_eq!(rota::units::amount(&fee, 18), Ok(wei));
        }
        let refunds = made_by(person).into_iter().filter(|s| s.status == "failed").count();
        assert_eq!(rows.iter().filter(|row| row.contains(",refund,")).count(), refunds);
        let lines = |reader| export::table(&story, reader, terms).split_terminator("\r\n").count() - 1;
        let kinds = |wanted: &[Kind]| story.iter().filter(|happened| wanted.contains(&happened.kind)).count();
        // who made a stake paid it, and an exit went to whom its withdrawer named
        let flows = [Kind::Stake, Kind::Refund, Kind::ExitPaid];
        let own = story.iter().filter(|one| flows.contains(&one.kind) && one.party == Some(owner)).count();
        for one in story.iter().filter(|one| one.kind == Kind::Stake) {
            let sent =
                devnet().chain.rpc.must("eth_getTransactionByHash", serde_json::json!([one.place.tx])).await;
            let sender: Address = serde_json::from_value(sent["from"].clone()).expect("a sender");
            assert_eq!(one.party, (!one.note.starts_with("own")).then_some(sender), "{}", one.note);
        }
        let mine = own + kinds(&[Kind::Withdraw]);
        assert_eq!(lines(Reader::Koinly), mine, "{person}");
        assert_eq!(lines(Reader::Rotki), mine + kinds(&[Kind::Slash]), "{person}");

        let ics = export::calendar(&sheet, token, contracts.chain_id, block.timestamp);
        assert!(ics.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && ics.ends_with("END:VCALENDAR\r\n"));
        for exiting in made_by(person).into_iter().filter(|s| s.status == "exiting") {
            let end = exiting.exit.as_ref().expect("an exit").finalisable_at;
            let start = rota::units::format::iso(Some(end)).replace(['-', ':'], "");
            let unfolded = ics.replace("\r\n ", "");
            assert!(unfolded.contains(&format!("DTSTART:{start}\r\n")), "{unfolded}");
            assert!(unfolded.contains(&exiting.attester.to_string()));
        }
        let again = export::calendar(&sheet, token, contracts.chain_id, block.timestamp + 60);
        let ids = |text: &str| text.matches("UID:").count();
        assert_eq!(ids(&ics), ids(&again));

        let json: serde_json::Value =
            serde_json::from_str(&export::json(&sheet, owner, token, contracts.chain_id, block))
                .expect("JSON");
        assert_eq!(json["staked"], sheet.staked.value.clone().expect("read").to_string());
        assert_eq!(json["stakes"].as_array().map(Vec::len), Some(sheet.lines.len()));
    }
}

#[tokio::test]
async fn the_warehouse_is_read_for_who_has_no_split() {
    let (contracts, pool, block) =
        (devnet().contracts().await, devnet().chain.pool(), devnet().block().await);
    let with_purse = devnet().facts.rewards.in_warehouse.iter().find(|entry| entry.amount > U256::from(2));
    let owner = with_purse.expect("one").owner;
    let asked = Asked { owner, ..Asked::default() };
    let read = read::positions(&pool, contracts, &asked, &BTreeMap::new(), block).await.value;
    let sheet = positions::sheet(contracts, owner, Vec::new(), &read);
    let stored = devnet().facts.rewards.stored(owner) - U256::ONE;
    assert_eq!(sheet.totals[0].stored.value, Ok(stored), "as much as where there are splits");

    // it comes along although no split of its own is claimed
    let setting = Setting { network: "devnet", contracts, from: owner, read_at: block };
    let claim = plan::claim(&setting, &read.rewards, &[], Some(owner), &|_| U256::ZERO).expect("a plan");
    assert_eq!(claim.arrivals.iter().map(|arrival| arrival.amount).collect::<Vec<_>>(), [stored]);
}

#[tokio::test]
async fn a_warehouse_that_nobody_names_is_not_an_empty_one() {
    let (mut contracts, block) = (devnet().contracts().await.clone(), devnet().block().await);
    let owner = devnet().facts.account("solo1");
    contracts.split_factory = None;
    let asked = Asked { owner, ..Asked::default() };
    let pool = devnet().chain.pool();
    let read = read::positions(&pool, &contracts, &asked, &BTreeMap::new(), block).await.value;
    let sheet = positions::sheet(&contracts, owner, Vec::new(), &read);
    assert_eq!(sheet.totals[0].stored.value, Err(ReadError::Incomplete));
    let setting = Setting { network: "devnet", contracts: &contracts, from: owner, read_at: block };
    let claim = plan::claim(&setting, &read.rewards, &[], Some(owner), &|_| U256::ZERO);
    assert_eq!(claim.err(), Some(PlanError::NotRead("the rewards")), "and there is no nothing to claim");
}

#[tokio::test]
async fn where_no_rollup_says_what_it_pays_in_nothing_is_zero() {
    let (contracts, owner) = (devnet().contracts().await, devnet().facts.account("alice"));
    let (stakes, mut read) = stakes_of("alice").await;
    for rollup in &mut read.value.rewards.rollups {
        rollup.fee_asset.value = Err(ReadError::Empty);
    }
    read.value.rewards.tokens.clear();
    read.value.rewards.purses.clear();
    for split in read.value.rewards.splits.values_mut() {
        split.balances.clear();
    }
    let sheet = positions::sheet(contracts, owner, stakes, &read.value);
    let total = &sheet.totals[0];
    assert!(total.unclaimed.value.is_err() && total.stored.value.is_err() && total.name.value.is_err());
    assert!(sheet.lines.iter().flat_map(|line| &line.gains).all(|gain| gain.unclaimed.value.is_err()));
}

#[tokio::test]
async fn the_vote_of_a_stake_is_read_where_the_stake_is() {
    let contracts = devnet().contracts().await;
    for person in PEOPLE {
        let (stakes, read) = stakes_of(person).await;
        let owner = devnet().facts.account(person);
        let sheet = positions::sheet(contracts, owner, stakes, &read.value);
        let own: Vec<_> = sheet.lines.iter().map(|line| line.stake.attester).collect();
        let (pool, block) = (devnet().chain.pool(), devnet().block().await);
        // governance asks every instance whether the key is registered there
        let power = read::power(&pool, contracts, owner, &own, block).await.value;
        for (line, backing) in sheet.lines.iter().zip(&power.stakes) {
            let backing = backing.value.clone().expect("read");
            match (&line.position.value, &line.backing) {
                (Ok(Position::Validating { .. }), Some(read)) => assert_eq!(read.value, Ok(backing)),
                (Ok(Position::Validating { .. }), None) => panic!("{person}: nobody votes"),
                (_, backing) => assert_eq!(backing, &None),
            }
        }
    }
}

fn moves_asked(person: &str, rewards: &read::Rewards) -> MovesAsked {
    MovesAsked {
        owner: devnet().facts.account(person),
        splits: rewards.splits.keys().copied().collect(),
        tokens: rewards.tokens.keys().copied().collect(),
        warehouses: vec![devnet().facts.contract("warehouse")],
        vaults: Vec::new(),
    }
}

pub(crate) async fn moves_of(person: &str, rewards: &read::Rewards) -> Vec<Move> {
    let (pool, contracts, block) =
        (devnet().chain.pool(), devnet().contracts().await, devnet().block().await);
    let asked = moves_asked(person, rewards);
    read::moves(&pool, contracts, &asked, contracts.from_block.block()..=block.number).await.expect("read")
}

#[tokio::test]
async fn a_forgotten_transaction_does_not_take_the_rewards_with_it() {
    let contracts = devnet().contracts().await;
    let (_, read) = stakes_of("alice").await;
    let all = moves_of("alice", &read.value.rewards).await;
    let proxy = Proxy::start(&devnet().chain.url, Limits::default());
    proxy.break_by(json!({ "fault": "forgotten", "methods": ["eth_getTransactionByHash"] }));
    let pool = Chain::at(&proxy.url).pool();
    let range = contracts.from_block.block()..=devnet().block().await.number;
    let asked = moves_asked("alice", &read.value.rewards);
    let found = read::moves(&pool, contracts, &asked, range).await.expect("read");
    let (unknown, rest): (Vec<Move>, Vec<Move>) =
        found.into_iter().partition(|moved| matches!(moved.deed, Deed::ProposedBySomebody { .. }));
    assert_eq!(rest, all, "she made none");
    assert_eq!(unknown.len(), devnet().facts.proposals.len(), "and it is said of which that is not known");
}

#[tokio::test]
async fn what_came_in_is_what_the_balances_say() {
    let contracts = devnet().contracts().await;
    let token = contracts.token.address;
    let (mut shared_by_all, mut withdrawn_by_all) = (U256::ZERO, U256::ZERO);
    for person in PEOPLE {
        let (_, read) = stakes_of(person).await;
        let owner = devnet().facts.account(person);
        let rewards = &read.value.rewards;
        let found = moves_of(person, rewards).await;
        assert!(found.is_sorted_by_key(|moved| moved.place.position()));
        let sums = positions::income(owner, token, &found, rewards).expect("terms are read");
        // what was shared out to somebody was withdrawn or waits in the warehouse; others share out to them too
        let stored = devnet().facts.rewards.stored(owner);
        assert!(sums.shared <= sums.withdrawn + stored, "{person}: {sums:?}, {stored}");
        let all_own = read
            .value
            .rewards
            .splits
            .values()
            .all(|split| split.terms.as_ref().is_ok_and(|terms| terms.delegator() == Some(owner)));
        if all_own && person != "dave" {
            assert_eq!(sums.shared, sums.withdrawn + stored, "{person}: nothing is lost on the way");
        }
        shared_by_all += sums.shared;
        withdrawn_by_all += sums.withdrawn;
        // a split holds what rollups paid it and it did not share out
        for (split, found_split) in &rewards.splits {
            let sum = |pick: fn(&Deed, Address) -> Option<U256>| {
                found.iter().filter_map(|moved| pick(&moved.deed, *split)).fold(U256::ZERO, |sum, n| sum + n)
            };
            let claimed = sum(|deed, of| match deed {
                Deed::Claimed { split, amount, .. } if *split == of => Some(*amount),
                _ => None,
            });
            let shared = sum(|deed, of| match deed {
                Deed::Shared { split, amount, .. } if *split == of => Some(*amount),
                _ => None,
            });
            let balance = &found_split.balances[&token];
            let held =
                balance.held.value.clone().expect("read") + balance.stored.value.clone().expect("read");
            // what rounding leaves stays with the split
            let times = found
                .iter()
                .filter(|moved| matches!(moved.deed, Deed::Shared { split: of, .. } if of == *split));
            let kept = held - (claimed - shared);
            assert!(kept <= U256::from(times.count()), "{person}, {split}: {kept}");
        }
    }
    assert!(!shared_by_all.is_zero() && !withdrawn_by_all.is_zero(), "the network has both");
}

#[tokio::test]
async fn who_never_received_anything_is_told_only_where_chance_is_ruled_out() {
    let (contracts, owner) = (devnet().contracts().await, devnet().facts.account("alice"));
    let (stakes, mut read) = stakes_of("alice").await;
    let time = |place: &Place| place.time;
    let sheet = positions::sheet(contracts, owner, stakes, &read.value);
    let line = sheet.lines.iter().find(|line| line.backing.is_some()).expect("one validates");
    let (Fate::Joined(joined), Some(made)) = (line.stake.fate, &line.stake.delegation) else { panic!() };
    let begun = joined.time.expect("the node sends times");
    let dust = U256::from(1_000);
    // seventy seconds a slot and ten sequencers: one proposal each in 700 s
    let at = |rewards: &read::Rewards, moves: &[Move], expected: u64| {
        positions::never_paid(line, (moves, dust), rewards, (begun + expected * 700, 70, 10), &time)
    };
    assert_eq!(at(&read.value.rewards, &[], 100), None, "something is owed to it");
    let split = read.value.rewards.splits.get_mut(&made.split).expect("read");
    for accrued in &mut split.accrued {
        accrued.value = Ok(U256::ZERO);
    }
    for balance in split.balances.values_mut() {
        balance.held.value = Ok(U256::ZERO);
        balance.stored.value = Ok(U256::ZERO);
    }
    let rewards = read.value.rewards.clone();
    assert_eq!(at(&rewards, &[], 6), None, "chance");
    assert_eq!(at(&rewards, &[], 7), Some(7));
    let (token, split) = (contracts.token.address, made.split);
    let paid = |amount: U256| Deed::Claimed { rollup: contracts.rollups[0].address, split, token, amount };
    let shared = |token, amount: U256| Deed::Shared { split, token, amount };
    let after = |deed| at(&rewards, &[Move { place: joined, deed }], 100);
    assert_eq!(after(paid(dust)), None, "it was paid once");
    assert_eq!(after(shared(token, dust)), None, "and shared it out");
    // what a stranger can send does not end the warning
    assert_eq!(after(paid(dust - U256::ONE)), Some(100));
    assert_eq!(after(shared(token, U256::ONE)), Some(100));
    assert_eq!(after(shared(Address::repeat_byte(9), U256::MAX)), Some(100), "of another token");
    let mut dusty = rewards.clone();
    let balance = dusty.splits.get_mut(&split).expect("read").balances.get_mut(&token).expect("read");
    balance.held.value = Ok(U256::ONE);
    assert_eq!(at(&dusty, &[], 100), Some(100));
    let mut unread = rewards;
    unread.splits.get_mut(&made.split).expect("read").balances.clear();
    assert_eq!(at(&unread, &[], 100), None, "no balance is not an empty one");
    let split = read.value.rewards.splits.get_mut(&made.split).expect("read");
    split.accrued[0].value = Err(ReadError::Decode);
    assert_eq!(at(&read.value.rewards, &[], 100), None, "what is not read accuses nobody");
}
