/**
 * Proposals in every state that needs no change of the governance proposer, and signalling rounds.
 *
 * A proposal takes 3 days until votes count, 7 of voting, 2 of waiting, and may be executed for 7 more. Those with a
 * lock are created at the second they are meant to be; they are not unwrapped, and sequencers had no say.
 */
import { encodeFunctionData } from 'viem/utils';
import * as actions from '../actions/index.mjs';
import { aztecAbi } from '../artifacts.mjs';
import { namedAddress } from '../accounts.mjs';
import { DAY, HOUR, SIGNALLING, TOKEN } from '../parameters.mjs';

/** @typedef {import('./story.mjs').Story} Story */

const LOCKER = namedAddress('proposes with a lock');
const million = (n) => BigInt(n) * 1_000_000n * TOKEN;

/** @param {Story} story */
async function lockAndPropose(story, payload, state) {
  const { proposal, createdAt } = await actions.proposeWithLock(story.network, { from: LOCKER, payload });
  story.proposals.push({ id: Number(proposal), payload, createdAt, state, lock: true });
  return proposal;
}

async function vote(story, state, yea, nay) {
  const { id } = story.proposals.find((proposal) => proposal.state === state);
  const from = story.address('voter');
  for (const [amount, support] of [[yea, true], [nay, false]]) {
    if (amount > 0n) await actions.vote(story.network, { from, proposal: BigInt(id), amount, support });
  }
}

/** A call of a contract of the network. */
async function call(story, contract, artifact, functionName, args) {
  const target = story.network.contracts[contract]?.address ?? contract;
  return { target, data: encodeFunctionData({ abi: await aztecAbi(artifact), functionName, args }) };
}

/** @param {Story} story */
export async function expire(story) {
  await story.daysBefore(90);
  await story.network.chain.setEther(LOCKER);
  const rollup = story.network.canonical.contract.address;
  const payload = await actions.deployPayload(story.network, {
    uri: 'https://example.org/never-executed',
    actions: [await call(story, rollup, 'Rollup', 'setRewardsClaimable', [true])],
  });
  await lockAndPropose(story, payload, 'expired');
  await story.daysBefore(86);
  await vote(story, 'expired', million(150), 0n);
}

/** @param {Story} story */
export async function accept(story) {
  await story.daysBefore(16.5);
  const rollup = story.network.canonical.contract.address;
  const queue = {
    bootstrapValidatorSetSize: 24n, bootstrapFlushSize: 24n, normalFlushSizeMin: 4n,
    normalFlushSizeQuotient: 400n, maxQueueFlushSize: 8n,
  };
  const payload = await actions.deployPayload(story.network, {
    uri: 'https://example.org/retune-the-entry-queue',
    actions: [
      await call(story, rollup, 'Rollup', 'updateStakingQueueConfig', [queue]),
      await call(story, rollup, 'Rollup', 'setRewardsClaimable', [true]),
    ],
  });
  await lockAndPropose(story, payload, 'executable');
}

/** Twelve days before the end. @param {Story} story */
export async function voteAndPropose(story) {
  await vote(story, 'executable', million(100), million(20));
  await story.daysBefore(11);
  const transfer = [await call(story, 'registry', 'Registry', 'transferOwnership', [LOCKER])];
  const takesOver = await actions.deployPayload(story.network, { uri: 'ipfs://take-over', actions: transfer });
  await lockAndPropose(story, takesOver, 'queued');
  const empty = await actions.deployPayload(story.network, {});
  await lockAndPropose(story, empty, 'rejected');
}

/** Six days before the end. @param {Story} story */
export async function voteAndSignal(story) {
  await vote(story, 'queued', million(150), 0n);
  await vote(story, 'rejected', million(10), million(5));
  const { network } = story;
  const payload = await actions.deployPayload(network, {
    uri: 'https://example.org/a-longer-exit-delay',
    actions: [
      await call(story, 'gse', 'GSE', 'setProofOfPossessionGasLimit', [300_000n]),
      { target: namedAddress('a contract nobody knows'), data: '0x7b1837de0000000000000000000000000000000000000000000000000000000000000001' },
    ],
  });
  const round = await actions.nextRound(network);
  await actions.signal(network, { payload, count: Number(SIGNALLING.quorum) });
  await actions.nextRound(network);
  const { proposal, createdAt } = await actions.submitRound(network, { round });
  story.proposals.push({ id: Number(proposal), payload, createdAt, state: 'active', round: Number(round) });
}

/** Two days before the end: some for it, some against. @param {Story} story */
export async function split(story) {
  await vote(story, 'active', million(20), million(5));
}

/** @param {Story} story */
export async function proposeHostile(story) {
  const payload = await actions.deployPayload(story.network, { hostile: { count: 0n, length: 0n } });
  await lockAndPropose(story, payload, 'pending');
  // nobody proposed these: a test puts them in the place of another
  story.hostilePayloads = {
    many: await actions.deployPayload(story.network, { hostile: { count: 1_000n, length: 36n } }),
    large: await actions.deployPayload(story.network, { hostile: { count: 1n, length: 1_000_000n } }),
  };
}

/** A round that anybody may submit. @param {Story} story */
export async function winRound(story) {
  await story.daysBefore(8 * HOUR / DAY);
  const payload = await actions.deployPayload(story.network, {
    uri: 'https://example.org/more-gas-for-proofs',
    actions: [await call(story, 'gse', 'GSE', 'setProofOfPossessionGasLimit', [275_000n])],
  });
  const round = await actions.nextRound(story.network);
  await actions.signal(story.network, { payload, count: Number(SIGNALLING.quorum) + 2 });
  story.signalling.won = { round: Number(round), payload, signals: Number(SIGNALLING.quorum) + 2 };
}

/** @param {Story} story */
export async function signalNow(story) {
  const { network } = story;
  const [first, second] = [
    await actions.deployPayload(network, { uri: 'https://example.org/first-of-two' }),
    await actions.deployPayload(network, { uri: 'https://example.org/second-of-two' }),
  ];
  const round = await actions.nextRound(network);
  for (const [payload, count] of [[first, 20], [second, 9], [first, 9]]) {
    await actions.signal(network, { payload, count });
  }
  const payloads = [{ payload: first, signals: 29 }, { payload: second, signals: 9 }];
  story.signalling.running = { round: Number(round), payloads };
}
