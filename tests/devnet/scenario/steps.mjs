/**
 * The scenario: 120 days on the local network, in steps that each do one thing. Later steps find what earlier ones left
 * by asking the story.
 */
import * as actions from '../actions/index.mjs';
import { aztecAbi, aztecCode } from '../artifacts.mjs';
import { deployRollup } from '../deploy.mjs';
import { DEPLOYER } from '../accounts.mjs';
import { DAY, HOUR, SIGNALLING, TOKEN } from '../parameters.mjs';
import { withProofOf } from '../keys.mjs';
import * as proposals from './proposals.mjs';
import { CHEAPER, DUD_FIRST, FREE, GREEDY, NEW_RECIPIENT_OF_6, providers, PURSES, SOLD_OUT, STEADY } from './cast.mjs';

/** @typedef {import('./story.mjs').Story} Story */

/** Days before the end at which the chain begins. */
export const LENGTH = 120;

/** A rollup's version is any number; mainnet's are like this one. */
const SECOND_VERSION = 4248422647n;

/** @type {{ title: string, tell: (story: Story) => Promise<void> }[]} */
export const STEPS = [
  { title: 'tokens for everybody', tell: fillPurses },
  { title: 'six providers with keys', tell: registerProviders },
  { title: 'the first sequencers', tell: stakeOnFirstRollup },
  { title: 'an upgrade by governance', tell: upgrade },
  { title: 'a proposal that nobody executes', tell: proposals.expire },
  { title: 'terms change, more delegations', tell: changeTerms },
  { title: 'two deposits that fail', tell: failTwice },
  { title: 'a token vault that stakes', tell: stakeFromVault },
  { title: 'a proposal for execution', tell: proposals.accept },
  { title: 'exits and slashings, with votes in between', tell: leave },
  { title: 'rewards on their way', tell: spreadRewards },
  { title: 'a signalling round that was won', tell: proposals.winRound },
  { title: 'the entry queue', tell: fillEntryQueue },
  { title: 'token vaults', tell: makeVaults },
  { title: 'a signalling round that is running', tell: proposals.signalNow },
];

/** @param {Story} story */
async function fillPurses({ network }) {
  for (const [name, amount] of Object.entries(PURSES)) {
    await actions.mint(network, { to: network.address(name), amount });
  }
  await network.chain.setEther(network.address('penniless'), 0n);
}

/** @param {Story} story */
async function registerProviders(story) {
  await story.daysBefore(119);
  for (const provider of providers((name) => story.address(name))) await story.registerProvider(provider);
  await story.addKeys(STEADY, { count: 12 });
  await story.addKeys(CHEAPER, { count: 6 });
  await story.addKeys(FREE, { count: 11 });
  await story.addKeys(GREEDY, { count: 4 });
  await story.addKeys(SOLD_OUT, { count: 3 });
  await story.addKeys(DUD_FIRST, { count: 3 });
}

/** @param {Story} story */
async function stakeOnFirstRollup(story) {
  await story.daysBefore(118);
  const delegations = [
    ...times(3, { from: 'alice', provider: STEADY }),
    ...times(4, { from: 'bob', provider: STEADY }),
    ...times(2, { from: 'carol', provider: STEADY }),
    { from: 'dave', provider: STEADY, move: false },
    ...times(2, { from: 'bob', provider: CHEAPER }),
    { from: 'alice', provider: CHEAPER },
    { from: 'dave', provider: CHEAPER },
    ...times(3, { from: 'carol', provider: FREE }),
    { from: 'dave', provider: FREE, recipient: 'coldWallet' },
    { from: 'dave', provider: GREEDY },
    { from: 'bob', provider: SOLD_OUT },
    { from: 'bob', provider: SOLD_OUT, withdrawer: 'carol' },
    { from: 'alice', provider: SOLD_OUT },
    ...times(2, { from: 'dave', provider: DUD_FIRST }),
  ];
  const ownSequencers = [
    ...times(5, { from: 'solo1' }),
    { from: 'solo1', move: false },
    ...times(5, { from: 'solo2' }),
  ];
  for (const delegation of delegations) await story.delegate(delegation);
  for (const stake of ownSequencers) await story.selfStake(stake);
  await story.drainQueue();
}

/**
 * The sequencers signal for a second rollup, stake and the voter agree, and it becomes canonical.
 * @param {Story} story
 */
async function upgrade(story) {
  // signalling rounds begin at its slot 0 and take two hours: at the end one of them is half over
  await story.daysBefore(111 - HOUR / DAY);
  const { network } = story;
  const rollup = await deployRollup(network, story.rollupCode, SECOND_VERSION);
  const payload = await network.chain.deploy({
    from: DEPLOYER,
    abi: await aztecAbi('RegisterNewRollupVersionPayload'),
    bytecode: await aztecCode('RegisterNewRollupVersionPayload'),
    args: [network.contracts.registry.address, rollup.address],
  });
  const amount = 150_000_000n * TOKEN;
  await actions.depositVotes(network, { from: network.address('voter'), amount });

  const round = await actions.nextRound(network);
  await actions.signal(network, { payload, count: Number(SIGNALLING.quorum) });
  await actions.nextRound(network);
  const { proposal, createdAt } = await actions.submitRound(network, { round });

  await network.chain.warpTo(createdAt + 4 * DAY);
  await actions.triggerDefaultVote(network, { proposal });
  await actions.vote(network, { from: network.address('voter'), proposal, amount, support: true });
  await network.chain.warpTo(createdAt + 12 * DAY + HOUR);
  await actions.execute(network, { proposal });

  network.addRollup(SECOND_VERSION, rollup.address);
  story.followUpgrade(SECOND_VERSION);
  story.proposals.push({ id: Number(proposal), payload, createdAt, state: 'executed' });
}

/** @param {Story} story */
async function changeTerms(story) {
  await story.daysBefore(60);
  await story.setTakeRate(CHEAPER, 800);
  await story.addKeys(STEADY, { count: 8 });
  await story.daysBefore(50);
  await story.setRewardsRecipient(DUD_FIRST, NEW_RECIPIENT_OF_6);
  await story.daysBefore(45);
  await story.delegate({ from: 'carol', provider: STEADY });
  await story.delegate({ from: 'alice', provider: CHEAPER });
  await story.delegate({ from: 'carol', provider: CHEAPER });
  await story.delegate({ from: 'alice', provider: DUD_FIRST });
  await story.selfStake({ from: 'solo2' });
  await story.drainQueue();
  await story.daysBefore(35);
  await story.dripKeys(FREE, 1);
  await story.daysBefore(20);
  await story.proposeAdmin(GREEDY, story.address('pendingAdmin4'));
}

/**
 * A flush refuses a key that validates for somebody else, and a key with the proof of another. Both delegators get
 * their money back, and keep a split that will never earn.
 * @param {Story} story
 */
async function failTwice(story) {
  await story.daysBefore(18);
  const { keyRing } = story.network;
  const [used] = await keysInUse(story, 'solo1');
  await story.addKeys(CHEAPER, { keys: [used, ...await keyRing.take(7)] });
  const [key, other] = await keyRing.take(2);
  await story.addKeys(DUD_FIRST, { keys: [withProofOf(key, other)] });
  await story.delegate({ from: 'bob', provider: CHEAPER, failure: 'key already used' });
  await story.delegate({ from: 'dave', provider: DUD_FIRST, failure: 'bad proof of possession' });
  await story.drainQueue();
  const [alsoUsed] = await keysInUse(story, 'solo2');
  await story.addKeys(DUD_FIRST, { keys: [alsoUsed, ...await keyRing.take(4)] });
}

/**
 * Two sequencers whose withdrawer is the staker of a vault.
 * @param {Story} story
 */
async function stakeFromVault(story) {
  await story.daysBefore(17);
  const grantee = story.address('grantee');
  await story.addKeys(STEADY, { count: 2 });
  await story.makeVault({
    name: 'staking', type: 'linear', beneficiary: grantee, allocation: 1_000_000n * TOKEN, operator: grantee,
    version: 3n, allowance: 400_000n * TOKEN,
  });
  for (const delegation of times(2, { vault: 'staking', provider: STEADY })) await story.delegateFromVault(delegation);
  await story.drainQueue();
}

/**
 * An exit in each stage, and both things that a slashing can do. An exit takes 9.6 days by governance's rules, 4 by
 * the rollup's.
 * @param {Story} story
 */
async function leave(story) {
  const active = (withdrawer, provider) => delegationsOf(story, withdrawer, provider)[0];
  const finalised = active('bob', STEADY);
  const finalisable = active('alice', STEADY);
  const freeOnRollupOnly = active('carol', FREE);
  const justStarted = active('alice', SOLD_OUT);

  await story.daysBefore(15);
  await story.startExit(finalised);
  await story.daysBefore(12);
  await story.startExit(finalisable, 'coldWallet');
  await proposals.voteAndPropose(story);
  await story.daysBefore(6);
  await story.startExit(freeOnRollupOnly);
  await proposals.voteAndSignal(story);
  await story.daysBefore(5);
  await story.slash(active('bob', CHEAPER), 5_000n * TOKEN);
  await story.daysBefore(4);
  await story.slash(active('dave', CHEAPER), 12_000n * TOKEN);
  await story.daysBefore(3);
  await story.finishExit(finalised);
  await story.daysBefore(2);
  await story.startExit(justStarted);
  await proposals.split(story);
}

/**
 * Every delegation has earned, a little differently, so that no two figures are equal by chance. Some rewards are
 * further along: in the split, in the warehouse, withdrawn; and one delegation has some left on the first rollup.
 * @param {Story} story
 */
async function spreadRewards(story) {
  await story.daysBefore(1);
  await proposals.proposeHostile(story);
  const [first, second] = story.network.rollups.map(({ version }) => version);
  const earning = story.sequencers.filter(({ split, failure }) => split && !failure);
  for (const [i, sequencer] of earning.entries()) {
    await story.accrue(sequencer, BigInt(7 + i) * 350n * TOKEN + BigInt(i) * 123_456_789n + 1n);
  }

  const [onBoth] = delegationsOf(story, 'alice', STEADY);
  await story.accrue(onBoth, 1_234n * TOKEN, first);

  const [inSplit, inWarehouse] = delegationsOf(story, 'bob', STEADY);
  await story.claim(inSplit);
  await story.claim(inWarehouse);
  await story.distribute(inWarehouse);
  // Rewards that came after: this one has some at every stage but the last.
  await story.accrue(inWarehouse, 350n * TOKEN, second);

  const [withdrawn] = delegationsOf(story, 'carol', STEADY);
  await story.claim(withdrawn);
  await story.distribute(withdrawn);
  await story.withdraw(story.address('carol'));
  // What the split kept after the first time is shared out with the rest at the second.
  await story.accrue(withdrawn, 700n * TOKEN + 7n);
  await story.claim(withdrawn);
  await story.distribute(withdrawn);
}

/** @param {Story} story */
async function fillEntryQueue(story) {
  await story.daysBefore(2 * HOUR / DAY);
  await story.delegate({ from: 'bob', provider: STEADY });
  await story.selfStake({ from: 'solo1' });
  await story.delegate({ from: 'carol', provider: CHEAPER });
  await story.delegate({ from: 'alice', provider: FREE });
  await story.selfStake({ from: 'solo2' });
}

/**
 * One vault of each type, each at another stage. Nobody stakes from these yet.
 * @param {Story} story
 */
async function makeVaults(story) {
  const [beneficiary, operator] = [story.address('vested'), story.address('vaultOperator')];
  await story.makeVault({ name: 'untouched', type: 'linear', beneficiary, allocation: 1_000_000n * TOKEN });
  await story.makeVault({
    name: 'without an exit', type: 'milestone', beneficiary, allocation: 600_000n * TOKEN, more: 7n, operator,
    version: 1n, allowance: 200_000n * TOKEN,
  });
  await actions.decideMilestone(story.network, { milestone: 7n, status: 2 });
  await story.makeVault({
    name: 'not claimable', type: 'nonClaim', beneficiary, allocation: 500_000n * TOKEN, operator: beneficiary,
    version: 3n, allowance: 200_000n * TOKEN,
  });
}

/** Delegations that validate on the canonical rollup, the oldest first. */
function delegationsOf(story, withdrawer, provider) {
  const { version } = story.network.canonical;
  return story.sequencers.filter((sequencer) => sequencer.status === 'validating'
    && sequencer.rollup === version
    && sequencer.provider === provider
    && sequencer.withdrawer === story.address(withdrawer));
}

/** The keys with which somebody's sequencers validate. */
function keysInUse(story, withdrawer) {
  const attesters = story.sequencers
    .filter((sequencer) => sequencer.status === 'validating' && sequencer.withdrawer === story.address(withdrawer))
    .map(({ attester }) => attester);
  return Promise.all(attesters.map((attester) => story.network.keyRing.of(attester)));
}

function times(count, value) {
  return Array.from({ length: count }, () => value);
}
