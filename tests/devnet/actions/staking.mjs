/**
 * The way in: delegating, staking one's own sequencer, and the entry queue.
 */
import { approve } from './tokens.mjs';
import { DEPLOYER } from '../accounts.mjs';
import { ACTIVATION_THRESHOLD, EPOCH_SECONDS } from '../parameters.mjs';

/** @typedef {import('../network.mjs').Network} Network */
/** @typedef {`0x${string}`} Address */
/** @typedef {import('../keys.mjs').SequencerKey} SequencerKey */
/** @typedef {import('./rewards.mjs').Split} Split */

/**
 * One delegation, with its approval.
 * @param {Network} network
 * @param {object} deed
 * @param {Address} deed.from who pays
 * @param {bigint | number} deed.provider
 * @param {bigint} [deed.version] the canonical rollup's
 * @param {Address} [deed.withdrawer] `from`
 * @param {Address} [deed.recipient] of the rewards: the withdrawer
 * @param {boolean} [deed.move] whether the stake follows to the next rollup: it does
 * @returns {Promise<{ attester: Address, rollup: Address, version: bigint, split: Address, parameters: Split,
 *   receipt: any }>}
 */
export async function stake(network, {
  from, provider, version = network.canonical.version, withdrawer = from, recipient = withdrawer, move = true,
}) {
  const { stakingRegistry, splitFactory } = network.contracts;
  const [, takeRate] = await stakingRegistry.read('providerConfigurations', [BigInt(provider)]);
  await approve(network, { from, spender: stakingRegistry.address, amount: ACTIVATION_THRESHOLD });
  const receipt = await stakingRegistry.send(from, 'stake', [
    BigInt(provider), version, withdrawer, takeRate, recipient, move,
  ]);
  const [staked] = stakingRegistry.events(receipt, 'StakedWithProvider');
  const [{ splitParams }] = splitFactory.events(receipt, 'SplitCreated');
  return {
    attester: staked.attester,
    rollup: staked.rollupAddress,
    version,
    split: staked.coinbaseSplitContractAddress,
    parameters: splitParams,
    receipt,
  };
}

/**
 * A sequencer without a provider, with the approval.
 * @param {Network} network
 * @param {{ from: Address, key?: SequencerKey, version?: bigint, withdrawer?: Address, move?: boolean }} deed
 * @returns {Promise<{ attester: Address, rollup: Address, version: bigint, receipt: any }>}
 */
export async function selfStake(network, {
  from, key, version = network.canonical.version, withdrawer = from, move = true,
}) {
  const rollup = network.rollup(version);
  const { attester, publicKeyG1, publicKeyG2, proofOfPossession } = key ?? (await network.keyRing.take(1))[0];
  await approve(network, { from, spender: rollup.address, amount: ACTIVATION_THRESHOLD });
  const receipt = await rollup.send(from, 'deposit', [
    attester, withdrawer, publicKeyG1, publicKeyG2, proofOfPossession, move,
  ]);
  return { attester, rollup: rollup.address, version, receipt };
}

/**
 * Lets in as many from the head of the entry queue as this epoch allows.
 * @param {Network} network
 * @param {{ version?: bigint }} [deed]
 * @returns {Promise<{ deposited: Address[], failed: Address[] }>} attesters
 */
export async function flush(network, { version } = {}) {
  const rollup = network.rollup(version);
  const receipt = await rollup.send(DEPLOYER, 'flushEntryQueue');
  const attesters = (event) => rollup.events(receipt, event).map(({ attester }) => attester);
  return { deposited: attesters('Deposit'), failed: attesters('FailedDeposit') };
}

/**
 * Flushes epoch after epoch until nobody waits: this takes the chain's time along.
 * @param {Network} network
 * @param {{ version?: bigint }} [deed]
 * @returns {Promise<{ deposited: Address[], failed: Address[] }>}
 */
export async function drainQueue(network, { version } = {}) {
  const all = { deposited: [], failed: [] };
  while (await network.rollup(version).read('getEntryQueueLength') > 0n) {
    await nextEpoch(network, { version });
    const { deposited, failed } = await flush(network, { version });
    if (deposited.length + failed.length === 0) throw new Error('the entry queue lets nobody in');
    all.deposited.push(...deposited);
    all.failed.push(...failed);
  }
  return all;
}

/** Mines the first block of the next epoch. @param {Network} network @param {{ version?: bigint }} [deed] */
export async function nextEpoch(network, { version } = {}) {
  const genesis = Number(await network.rollup(version).read('getGenesisTime'));
  const epoch = Math.floor((await network.chain.now() - genesis) / EPOCH_SECONDS);
  await network.chain.warpTo(genesis + (epoch + 1) * EPOCH_SECONDS);
}
