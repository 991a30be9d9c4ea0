use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};

use super::{Backing, Rewards, SplitAsked, Stakes, rewards, stakes};
use crate::{
    aztec::{
        Deployment,
        abi::{Configuration, IGSE, IGovernance, IRollup},
        positions::SplitTerms,
        rules::{ExitTerms, QueueState},
    },
    chain::{Answers, At, Batch, BlockRef, Pool, ReadError, Reading, Slot, Source},
};

/// What is to be read for somebody's positions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Whose: what waits for it in the warehouse is read whether or not a split of its own names it.
    pub owner: Address,
    /// Their keys.
    pub attesters: Vec<Address>,
    /// The splits of those that were made with a provider.
    pub splits: Vec<SplitAsked>,
}

/// What the chain says about somebody's stakes, at one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Positions {
    /// Whose they are.
    pub owner: Address,
    /// Where each key is, and all entry queues.
    pub stakes: Stakes,
    /// How fast each queue moves, in the order of [`Deployment::rollups`].
    pub queues: Vec<Result<QueueState, ReadError>>,
    /// Whether the stake with a key moves to the next rollup: `GSE.isRegistered(bonus instance, attester)`. Says nothing
    /// about a key that does not validate.
    pub follows: BTreeMap<Address, Reading<bool>>,
    /// Who has the vote of each key's stake, on the instance of stake that follows upgrades and then on each rollup:
    /// `GSE.getDelegatee(instance, attester)`. Only that of the instance which holds the stake counts.
    pub delegatees: BTreeMap<Address, Vec<Reading<Address>>>,
    /// The instance of stake that follows upgrades.
    pub bonus: Result<Address, ReadError>,
    /// How long an exit takes that starts now, in the order of [`Deployment::rollups`].
    pub exit_terms: Vec<Reading<ExitTerms>>,
    /// What they earned.
    pub rewards: Rewards,
}

impl Positions {
    /// Who votes with stake that validates on a rollup (its index), as the instance has it that holds the stake: the
    /// rollup, or the one of stake that follows upgrades.
    pub fn backing(
        &self,
        contracts: &Deployment,
        attester: Address,
        (rollup, balance): (usize, U256),
    ) -> Reading<Backing> {
        let follows = self.follows.get(&attester);
        let read = || -> Result<(Address, Reading<Address>), ReadError> {
            let follows = follows.ok_or(ReadError::Incomplete)?.need()?;
            let all = self.delegatees.get(&attester).ok_or(ReadError::Incomplete)?;
            let (instance, place) = if follows {
                (self.bonus.clone()?, 0)
            } else {
                (contracts.rollups.get(rollup).ok_or(ReadError::Incomplete)?.address, rollup + 1)
            };
            Ok((instance, all.get(place).cloned().ok_or(ReadError::Incomplete)?))
        };
        let read = read();
        let followed = follows.map(|follows| ("isRegistered in the bonus instance", follows.source.clone()));
        let backer = read.as_ref().ok().map(|(_, delegatee)| ("getDelegatee", delegatee.source.clone()));
        let source = Source::derived(
            "the delegatee on the instance where the stake is: the bonus instance where it follows upgrades, otherwise its rollup",
            followed.into_iter().chain(backer),
        );
        let value = read.and_then(|(instance, delegatee)| {
            let delegatee = delegatee.need()?;
            Ok(Backing { attester, instance: Some(instance), balance, delegatee })
        });
        Reading { value, source }
    }

    /// Why it is not complete, when it is that nobody answered.
    pub fn unanswered(&self) -> Option<ReadError> {
        let terms = self.exit_terms.iter().find_map(Reading::unanswered);
        self.stakes.unanswered().or_else(|| self.rewards.unanswered()).or(terms)
    }
}

/// Reads it. Two requests for all parts together, as long as their calls fit into two; a third where an attester leaves
/// an older rollup or where there is no split, and those for splits whose terms have to be looked up. Never fails as a
/// whole.
pub async fn positions(
    pool: &Pool,
    contracts: &Deployment,
    asked: &Asked,
    known: &BTreeMap<Address, SplitTerms>,
    block: BlockRef,
) -> At<Positions> {
    let about = rewards::About { contracts, owner: asked.owner, asked: &asked.splits, known, block: &block };
    let mut first = Batch::new();
    let stakes = stakes::Asking::begin(&mut first, contracts, &asked.attesters);
    let rewards = rewards::Asking::begin(&mut first, about);
    let terms = terms(&mut first, contracts);
    let answers = first.run(pool, &block).await;

    let mut second = Batch::new();
    let stakes = stakes.go_on(&answers, &mut second, contracts);
    let rewards = rewards.go_on(pool, about, &answers, &mut second).await;
    let (bonus, exit_terms) = terms.settle(&answers);
    let votes = Votes::ask(&mut second, contracts, &asked.attesters, bonus);
    let rest = if second.is_empty() { None } else { Some(second.run(pool, &block).await) };

    let stakes = stakes.finish(rest.as_ref(), pool, contracts, &block).await;
    let rewards = rewards.finish(rest.as_ref());
    let Voters { follows, delegatees, bonus } = votes.settle(rest.as_ref());
    let paces = contracts.rollups.iter().zip(&stakes.queues).map(|(rollup, queue)| {
        let clock = rollup.clock.value.clone()?;
        Ok(QueueState {
            available: queue.available.need()?,
            flush_size: queue.flush_size.need()?,
            epoch: clock.epoch_at(block.timestamp),
            clock,
        })
    });
    let paces = paces.collect();
    let owner = asked.owner;
    let value = Positions { owner, stakes, queues: paces, follows, delegatees, bonus, exit_terms, rewards };
    At { block, value }
}

/// What the delays of exits are read from.
struct TermSlots {
    bonus: Slot<Address>,
    governance: Slot<Configuration>,
    delays: Vec<Slot<U256>>,
}

fn terms(batch: &mut Batch, contracts: &Deployment) -> TermSlots {
    TermSlots {
        bonus: batch.add(contracts.gse, IGSE::getBonusInstanceAddressCall {}),
        governance: batch.add(contracts.governance, IGovernance::getConfigurationCall {}),
        delays: contracts
            .rollups
            .iter()
            .map(|rollup| batch.add(rollup.address, IRollup::getExitDelayCall {}))
            .collect(),
    }
}

impl TermSlots {
    /// The instance of stake that follows upgrades, and how long an exit takes.
    fn settle(self, answers: &Answers) -> (Result<Address, ReadError>, Vec<Reading<ExitTerms>>) {
        let small = |n: U256| u64::try_from(n).map_err(|_error| ReadError::Decode);
        let governance = answers.get(self.governance);
        let exit_terms = self.delays.into_iter().map(|delay| {
            let delay = answers.get(delay).and_then(small);
            let read = || -> Result<ExitTerms, ReadError> {
                let governance = governance.as_ref().need()?;
                Ok(ExitTerms {
                    exit_delay: delay.need()?,
                    voting_delay: small(governance.votingDelay)?,
                    voting_duration: small(governance.votingDuration)?,
                    execution_delay: small(governance.executionDelay)?,
                })
            };
            Reading {
                value: read(),
                source: Source::derived(
                    "the longer of: exit delay; votingDelay / 5 + votingDuration + executionDelay",
                    [("exit delay", delay.source.clone()), ("configuration", governance.source.clone())],
                ),
            }
        });
        (answers.value(self.bonus), exit_terms.collect())
    }
}

/// As [`Positions`] has it.
struct Voters {
    follows: BTreeMap<Address, Reading<bool>>,
    delegatees: BTreeMap<Address, Vec<Reading<Address>>>,
    bonus: Result<Address, ReadError>,
}

/// Which stakes follow upgrades, and who votes with each on every instance.
struct Votes {
    bonus: Result<Address, ReadError>,
    asked: Vec<(Address, Slot<bool>, Vec<Slot<Address>>)>,
}

impl Votes {
    fn ask(
        batch: &mut Batch,
        contracts: &Deployment,
        attesters: &[Address],
        bonus: Result<Address, ReadError>,
    ) -> Self {
        // an address that was not read is asked as well: nothing is registered there, and the answer would be a lie
        let following = bonus.clone().unwrap_or_default();
        let instances: Vec<Address> =
            std::iter::once(following).chain(contracts.rollups.iter().map(|rollup| rollup.address)).collect();
        let mut asked = Vec::new();
        for &attester in attesters {
            let registered = IGSE::isRegisteredCall { _instance: following, _attester: attester };
            let registered = batch.add(contracts.gse, registered);
            let delegatee = |instance: &Address| {
                let call = IGSE::getDelegateeCall { _instance: *instance, _attester: attester };
                batch.add(contracts.gse, call)
            };
            asked.push((attester, registered, instances.iter().map(delegatee).collect::<Vec<_>>()));
        }
        Self { bonus, asked }
    }

    fn settle(self, rest: Option<&Answers>) -> Voters {
        let (mut follows, mut delegatees) = (BTreeMap::new(), BTreeMap::new());
        for (attester, registered, backers) in self.asked {
            // where something was asked there are answers
            let Some(answers) = rest else { continue };
            let read = answers.get(registered).and_then(|yes| self.bonus.clone().map(|_| yes));
            follows.insert(attester, read);
            delegatees.insert(attester, backers.into_iter().map(|slot| answers.get(slot)).collect());
        }
        Voters { follows, delegatees, bonus: self.bonus }
    }
}
