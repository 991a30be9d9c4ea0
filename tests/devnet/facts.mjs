/**
 * What is known about a running local network, as plain JSON: the expectations of tests in any language.
 *
 * Amounts are decimal strings in wei; times are seconds; versions, ids, blocks and rates are numbers; addresses have
 * their checksum.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { FIXED, MULTICALL3 } from './addresses.mjs';
import * as parameters from './parameters.mjs';
import { PURSES } from './scenario/cast.mjs';

/**
 * The entry for this network in the app's list of networks.
 * @param {number} port
 */
export function networkEntry(port) {
  return {
    id: 'aztec-local',
    system: 'aztec',
    name: 'Aztec Local',
    chainId: parameters.CHAIN_ID,
    rpc: [`http://127.0.0.1:${port}`],
    explorer: null,
    registry: FIXED.registry,
    stakingRegistry: FIXED.stakingRegistry,
    fromBlock: 0,
    atpRegistries: [FIXED.vaultRegistry],
    atpFactories: [FIXED.vaultFactory],
    unlocked: true,
  };
}

/**
 * @param {object} made
 * @param {number} made.port
 * @param {import('./network.mjs').Network} made.network
 * @param {import('./scenario/story.mjs').Story | null} made.story nothing where only the contracts stand
 * @returns {Promise<any>}
 */
export async function collectFacts({ port, network, story }) {
  const entry = networkEntry(port);
  const { number, hash, timestamp } = await network.chain.rpc('eth_getBlockByNumber', ['latest', false]);
  return plain({
    rpc: entry.rpc[0],
    proxy: null,
    network: entry,
    built: { block: Number(number), hash, timestamp: Number(timestamp) },
    contracts: {
      ...Object.fromEntries(Object.entries(network.contracts).map(([name, { address }]) => [name, address])),
      multicall3: MULTICALL3,
    },
    rollups: network.rollups.map(({ version, contract }) => ({
      version: Number(version),
      address: contract.address,
      canonical: version === network.canonical.version,
      active: story ? activeOn(story, version) : 0,
    })),
    parameters: {
      activationThreshold: parameters.ACTIVATION_THRESHOLD,
      ejectionThreshold: parameters.EJECTION_THRESHOLD,
      localEjectionThreshold: parameters.LOCAL_EJECTION_THRESHOLD,
      exitDelay: parameters.EXIT_DELAY,
      governanceWithdrawalDelay: parameters.GOVERNANCE_WITHDRAWAL_DELAY,
      slotSeconds: parameters.SLOT_SECONDS,
      epochSlots: parameters.EPOCH_SLOTS,
    },
    accounts: network.people,
    nextKey: network.keyRing.next,
    ...(story && factsOf(story)),
  });
}

/** `rollup` is everywhere the version of one. @param {import('./scenario/story.mjs').Story} story */
function factsOf(story) {
  const { providers, sequencers, queue, proposals, hostilePayloads, signalling, rewards, vaults } = story;
  return {
    purses: PURSES,
    totalStaked: sequencers.reduce((sum, { balance }) => sum + balance, 0n),
    providers: providers.map(({ queue: keys, firstIndex, history, ...terms }) => ({
      ...terms,
      keysLeft: keys.length,
      queue: keys,
      firstIndex,
      delegations: sequencers.filter(({ provider }) => provider === terms.id).length,
      history,
    })),
    sequencers: sequencers.map(({ split, parameters: terms, stakedOn, rollup, exit, ...sequencer }) => ({
      ...sequencer,
      split: split && { address: split, recipients: terms.recipients, allocations: terms.allocations.map(Number) },
      stakedOn: Number(stakedOn),
      rollup: Number(rollup),
      exit: exit && { ...exit, finalisableAt: Math.max(exit.exitableAt, exit.unlocksAt) },
    })),
    entryQueue: queue.map(({ attester, withdrawer, provider }, place) => ({ place, attester, withdrawer, provider })),
    proposals,
    vaults,
    hostilePayloads,
    signalling,
    rewards: {
      ...rewards.entries(),
      accrued: rewards.accrued.map(({ version, ...credit }) => ({ ...credit, rollup: Number(version) })),
    },
  };
}

function activeOn({ sequencers }, version) {
  return sequencers.filter(({ status, rollup }) => status === 'validating' && rollup === version).length;
}

/** @param {string} file @param {any} facts */
export async function writeFacts(file, facts) {
  await writeFile(file, `${JSON.stringify(facts, null, 1)}\n`);
}

/** @param {string} file @returns {Promise<any>} */
export async function readFacts(file) {
  return JSON.parse(await readFile(file, 'utf8'));
}

/** Wei go beyond what a JSON number can hold. */
function plain(value) {
  return JSON.parse(JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? part.toString() : part)));
}
