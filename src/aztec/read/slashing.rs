use alloy_primitives::{Address, U256, keccak256};

use super::proposals::small;
use crate::{
    aztec::{
        Deployment,
        abi::{IRollup, ISlasher, ISlashingProposer, SlashAction},
        events::Fields,
        rules::SlashTerms,
    },
    chain::{
        Answers, At, Batch, BlockRef, Origin, Pool, ReadError, Reading, Slot, Source,
        logs::{LogQuery, scan},
    },
};

/// Slashing on every rollup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slashing {
    /// Every slasher that a rollup has or had, those of the newest rollup first.
    pub slashers: Vec<SlasherView>,
    /// Rollups whose slasher was not read, and why.
    pub unread: Vec<(Address, ReadError)>,
    /// Whether earlier slashers are among them: `SlasherUpdated` of every rollup.
    pub earlier: Reading<usize>,
}

impl Slashing {
    /// Why it is not complete, when it is that nobody answered.
    pub fn unanswered(&self) -> Option<ReadError> {
        let of = |view: &SlasherView| view.proposer.unanswered().or_else(|| view.terms.unanswered());
        let unread = || self.unread.first().map(|(_, error)| error.clone());
        self.earlier.unanswered().or_else(unread).or_else(|| self.slashers.iter().find_map(of))
    }
}

/// One slasher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlasherView {
    /// Whose.
    pub rollup: Address,
    /// The contract.
    pub slasher: Address,
    /// Whether the rollup has it now.
    pub is_current: bool,
    /// Who counts the votes.
    pub proposer: Reading<Address>,
    /// Who may object.
    pub vetoer: Reading<Address>,
    /// Whether it may slash now. The oldest generation has no such switch.
    pub enabled: Reading<bool>,
    /// Until when it may not, in Unix seconds; 0 or past when it may.
    pub disabled_until: Reading<u64>,
    /// Its proposer's constants.
    pub terms: Reading<SlashTerms>,
    /// The round of now.
    pub current: Reading<u64>,
    /// Rounds that are not over, the newest first.
    pub rounds: Vec<SlashRound>,
}

/// One round of votes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlashRound {
    /// Which.
    pub round: u64,
    /// Whether it was executed, and how many votes it has: `getRound(round)`.
    pub votes: Reading<(bool, u64)>,
    /// Whom it would slash, by how much: `getTally`. Empty where no quorum of votes is there.
    pub targets: Reading<Vec<(Address, U256)>>,
    /// Whether the vetoer has objected to exactly that.
    pub vetoed: Reading<bool>,
}

const UPDATED: &str = "SlasherUpdated(address,address)";
/// Rounds looked at, whatever the lifetime is said to be.
const MOST: u64 = 60;

/// Reads it: eight requests and a scan. Never fails as a whole.
pub async fn slashing(pool: &Pool, contracts: &Deployment, block: BlockRef) -> At<Slashing> {
    let mut batch = Batch::new();
    let asked: Vec<_> = contracts
        .rollups
        .iter()
        .rev()
        .map(|rollup| (rollup.address, batch.add(rollup.address, IRollup::getSlasherCall {})))
        .collect();
    let (answers, (mut earlier, source)) =
        futures::join!(batch.run(pool, &block), earlier(pool, contracts, block));
    let mut known: Vec<(Address, Address, bool)> = Vec::new();
    let mut unread = Vec::new();
    for (rollup, slot) in asked {
        match answers.value(slot) {
            Ok(slasher) => known.push((rollup, slasher, true)),
            Err(error) => unread.push((rollup, error)),
        }
        if let Ok(earlier) = &mut earlier {
            let of = earlier.iter().filter(|(of, _)| *of == rollup).map(|(_, slasher)| *slasher);
            for slasher in of.rev() {
                if known.iter().all(|(_, had, _)| *had != slasher) && !slasher.is_zero() {
                    known.push((rollup, slasher, false));
                }
            }
        }
    }
    let count = known.iter().filter(|(.., is_current)| !is_current).count();
    let slashers = views(pool, &known, block).await;
    let earlier = Reading { value: earlier.map(|_| count), source };
    At { block, value: Slashing { slashers, unread, earlier } }
}

/// Every slasher that an update names, old and new, with its rollup, in chain order.
async fn earlier(
    pool: &Pool,
    contracts: &Deployment,
    block: BlockRef,
) -> (Result<Vec<(Address, Address)>, ReadError>, Source) {
    let rollups: Vec<Address> = contracts.rollups.iter().map(|rollup| rollup.address).collect();
    let from = contracts.from_block.block().min(block.number);
    let query = LogQuery { contracts: rollups.clone(), events: vec![keccak256(UPDATED)] };
    let mut entries = Vec::new();
    let scanned = scan(pool, &query, from..=block.number, |part| entries.extend(part.entries)).await;
    entries.sort_by_key(crate::chain::logs::LogEntry::position);
    let source = Origin::Logs {
        contracts: rollups,
        event: UPDATED,
        topic: None,
        from,
        to: block.number,
        matches: entries.len(),
    };
    let found = scanned.map_err(ReadError::from).map(|()| {
        let both = |entry: &crate::chain::logs::LogEntry| {
            let fields = Fields::new(entry.data.topics(), entry.bytes());
            let of = entry.address;
            [fields.address(0), fields.address(1)].into_iter().flatten().map(move |slasher| (of, slasher))
        };
        entries.iter().flat_map(both).collect()
    });
    (found, source.into())
}

/// The constants of a proposer, as they are asked.
struct Asked {
    constants: [Slot<U256>; 4],
    current: Slot<U256>,
}

fn terms(answers: &Answers, asked: &Asked) -> Reading<SlashTerms> {
    let [size, quorum, lifetime, delay] = asked.constants.map(|slot| answers.get(slot));
    let source = Source::derived(
        "constants of the slashing proposer",
        [("ROUND_SIZE", size.source.clone()), ("QUORUM", quorum.source.clone())],
    );
    let number = |reading: &Reading<U256>| reading.need().and_then(small);
    let value = || {
        Ok(SlashTerms {
            round_size: number(&size)?,
            quorum: number(&quorum)?,
            lifetime: number(&lifetime)?,
            execution_delay: number(&delay)?,
        })
    };
    Reading { value: value(), source }
}

async fn views(pool: &Pool, known: &[(Address, Address, bool)], block: BlockRef) -> Vec<SlasherView> {
    let mut batch = Batch::new();
    let asked: Vec<_> = known
        .iter()
        .map(|&(_, slasher, _)| {
            (
                batch.add(slasher, ISlasher::PROPOSERCall {}),
                batch.add(slasher, ISlasher::VETOERCall {}),
                batch.add(slasher, ISlasher::isSlashingEnabledCall {}),
                batch.add(slasher, ISlasher::slashingDisabledUntilCall {}),
            )
        })
        .collect();
    let about = batch.run(pool, &block).await;
    let mut batch = Batch::new();
    let constants: Vec<Asked> = asked
        .iter()
        .map(|(proposer, ..)| {
            let of = about.value(*proposer).unwrap_or_default();
            Asked {
                constants: [
                    batch.add(of, ISlashingProposer::ROUND_SIZECall {}),
                    batch.add(of, ISlashingProposer::QUORUMCall {}),
                    batch.add(of, ISlashingProposer::LIFETIME_IN_ROUNDSCall {}),
                    batch.add(of, ISlashingProposer::EXECUTION_DELAY_IN_ROUNDSCall {}),
                ],
                current: batch.add(of, ISlashingProposer::getCurrentRoundCall {}),
            }
        })
        .collect();
    let told = batch.run(pool, &block).await;
    let mut views = Vec::new();
    for ((&(rollup, slasher, is_current), (proposer, vetoer, enabled, until)), constants) in
        known.iter().zip(asked).zip(constants)
    {
        let (terms, current) = (terms(&told, &constants), told.get(constants.current).and_then(small));
        let proposer = about.get(proposer);
        let rounds = match (proposer.get(), terms.get(), current.get()) {
            (Some(proposer), Some(terms), Some(current)) => {
                rounds(pool, (*proposer, slasher), *terms, *current, block).await
            }
            _ => Vec::new(),
        };
        views.push(SlasherView {
            rollup,
            slasher,
            is_current,
            vetoer: about.get(vetoer),
            enabled: about.get(enabled),
            disabled_until: about.get(until).and_then(small),
            proposer,
            terms,
            current,
            rounds,
        });
    }
    views
}

/// The rounds that can still be executed, or will be able to.
async fn rounds(
    pool: &Pool,
    (proposer, slasher): (Address, Address),
    terms: SlashTerms,
    current: u64,
    block: BlockRef,
) -> Vec<SlashRound> {
    let number = U256::from;
    let mut batch = Batch::new();
    let wanted: Vec<_> = (current.saturating_sub(terms.lifetime.min(MOST))..=current)
        .rev()
        .map(|round| {
            let call = ISlashingProposer::getRoundCall { _round: number(round) };
            (round, batch.add(proposer, call))
        })
        .collect();
    let answers = batch.run(pool, &block).await;
    let mut found: Vec<SlashRound> = wanted
        .into_iter()
        .map(|(round, slot)| {
            let votes = answers.get(slot).and_then(|round| Ok((round.isExecuted, small(round.voteCount)?)));
            let source = votes.source.clone();
            SlashRound {
                round,
                votes,
                targets: Reading::new(Vec::new(), source.clone()),
                vetoed: Reading::new(false, source),
            }
        })
        .collect();
    let decided = |round: &&mut SlashRound| {
        round.votes.get().is_some_and(|(executed, votes)| !executed && *votes >= terms.quorum)
    };
    let mut open: Vec<&mut SlashRound> = found.iter_mut().filter(decided).collect();
    targets(pool, (proposer, slasher), &mut open, block).await;
    found
}

/// Whom rounds with a quorum would slash, and whether the vetoer has objected to exactly that.
async fn targets(
    pool: &Pool,
    (proposer, slasher): (Address, Address),
    open: &mut [&mut SlashRound],
    block: BlockRef,
) {
    if open.is_empty() {
        return;
    }
    let number = U256::from;
    let mut batch = Batch::new();
    let committees: Vec<_> = open
        .iter()
        .map(|round| {
            let call = ISlashingProposer::getSlashTargetCommitteesCall { _round: number(round.round) };
            batch.add(proposer, call)
        })
        .collect();
    let found = batch.run(pool, &block).await;
    // what was not read leads to nothing: the next question about something else would have a good answer
    let mut batch = Batch::new();
    let tallies: Vec<Reading<Slot<Vec<SlashAction>>>> = open
        .iter()
        .zip(committees)
        .map(|(round, slot)| {
            found.get(slot).map(|committees| {
                let call =
                    ISlashingProposer::getTallyCall { _round: number(round.round), _committees: committees };
                batch.add(proposer, call)
            })
        })
        .collect();
    let answers = batch.run(pool, &block).await;
    let tallies: Vec<_> = tallies.into_iter().map(|tally| followed(tally, &answers)).collect();
    let mut batch = Batch::new();
    let payloads: Vec<Reading<Slot<Address>>> = open
        .iter()
        .zip(&tallies)
        .map(|(round, tally)| {
            tally.clone().map(|actions| {
                let call = ISlashingProposer::getPayloadAddressCall {
                    _round: number(round.round),
                    _actions: actions,
                };
                batch.add(proposer, call)
            })
        })
        .collect();
    let answers = batch.run(pool, &block).await;
    let payloads: Vec<_> = payloads.into_iter().map(|payload| followed(payload, &answers)).collect();
    let mut batch = Batch::new();
    let vetoes: Vec<Reading<Slot<bool>>> = payloads
        .into_iter()
        .map(|payload| payload.map(|payload| batch.add(slasher, ISlasher::vetoedPayloadsCall { payload })))
        .collect();
    let answers = batch.run(pool, &block).await;
    for ((round, tally), veto) in open.iter_mut().zip(tallies).zip(vetoes) {
        round.targets = tally.map(|actions| {
            actions.into_iter().map(|action| (action.validator, action.slashAmount)).collect()
        });
        round.vetoed = followed(veto, &answers);
    }
}

/// The answer to a question that was asked, or why it could not be.
fn followed<R>(asked: Reading<Slot<R>>, answers: &Answers) -> Reading<R> {
    match asked.value {
        Ok(slot) => answers.get(slot),
        Err(error) => Reading { value: Err(error), source: asked.source },
    }
}
