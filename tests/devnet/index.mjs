/**
 * The local network: Aztec's real contracts with a history of 120 days, on an anvil of its own.
 *
 * `startDevnet` makes one; `attachDevnet` joins one that another process made, by the facts it wrote.
 */
import { numberToHex } from 'viem/utils';
import * as actions from './actions/index.mjs';
import { PEOPLE, people } from './accounts.mjs';
import { startAnvil } from './anvil.mjs';
import { aztecErrors } from './artifacts.mjs';
import { Chain } from './chain.mjs';
import { deployContracts } from './deploy.mjs';
import { collectFacts, readFacts } from './facts.mjs';
import { KeyRing } from './keys.mjs';
import { Network, networkAbis } from './network.mjs';
import { BLOCK_GAS_LIMIT, BLOCK_SECONDS, CHAIN_ID, DAY, MNEMONIC } from './parameters.mjs';
import { reporter } from './progress.mjs';
import { rpcClient } from './rpc.mjs';
import { enlarge, scaleSeconds } from './scale.mjs';
import { LENGTH, playScenario } from './scenario/index.mjs';
import { keepState, keptState } from './state.mjs';

/** Anvil takes a block as final when it has two epochs of Ethereum above it. */
const FINAL = 64;

const ANVIL_ARGUMENTS = [
  '--chain-id', String(CHAIN_ID), '--mnemonic', MNEMONIC, '--accounts', String(PEOPLE.length), '--balance', '100',
  '--gas-limit', String(BLOCK_GAS_LIMIT), '--enable-tx-gas-limit',
];

/**
 * @typedef {object} Devnet
 * @property {string} url
 * @property {number} port
 * @property {any} network the entry for the app's list of networks
 * @property {any} facts
 * @property {Record<string, import('./accounts.mjs').Account>} accounts
 * @property {import('./network.mjs').Contracts} contracts
 * @property {Network} handle for the actions
 * @property {Record<string, (deed?: any) => Promise<any>>} actions
 * @property {Chain['rpc']} rpc
 * @property {Chain['send']} send
 * @property {Chain['read']} read
 * @property {Chain['snapshot']} snapshot
 * @property {Chain['revert']} revert
 * @property {Chain['mine']} mine
 * @property {Chain['warp']} warp
 * @property {Chain['reorganise']} reorganise
 * @property {Chain['setAutomine']} setAutomine
 * @property {Chain['setIntervalMining']} setIntervalMining
 */

/**
 * @param {object} [options]
 * @param {number} [options.port] 0 for any free one
 * @param {number | null} [options.blockTime] seconds between blocks; none: a block for each transaction
 * @param {boolean} [options.scenario] false: only the contracts, nobody in them
 * @param {boolean} [options.quiet] false: says on stderr what it is doing and how long that took
 * @returns {Promise<Devnet & { ended: Promise<void>, stop: () => Promise<void> }>}
 */
export async function startDevnet({ port = 0, blockTime = null, scenario = true, quiet = true } = {}) {
  const progress = reporter(quiet);
  const end = Math.floor(Date.now() / 1000);
  const anvil = await progress('anvil', () => startAnvil({
    port, genesisTime: end - LENGTH * DAY, arguments: ANVIL_ARGUMENTS,
  }));
  try {
    const parts = await progress('interfaces', () => partsFor(anvil.rpc));
    // As on mainnet. Left to itself, anvil would put several blocks into one second.
    await parts.chain.setBlockSpacing(BLOCK_SECONDS);
    const { network, rollupCode } = await progress('contracts', () => deployContracts(parts));
    const story = scenario ? await playScenario({ network, rollupCode, end, progress }) : null;
    // The chain's clock joins the real one, and goes on with it.
    await parts.chain.setBlockSpacing(null);
    await parts.chain.warpTo(Math.floor(Date.now() / 1000));
    if (blockTime) await network.chain.setIntervalMining(blockTime);
    const facts = await collectFacts({ port: anvil.port, network, story });
    return { ...devnet(network, facts), ended: anvil.ended, stop: anvil.stop };
  } catch (error) {
    await anvil.stop();
    throw error;
  }
}

/**
 * A large network: see `scale.mjs`. The first time it is built; afterwards its state comes from the cache in seconds, and
 * then what the chain was at earlier blocks is not known any more, as with most public endpoints.
 * @param {object} options
 * @param {number} [options.port] 0 for any free one
 * @param {number} options.scale how many times 300 providers
 * @param {number | null} [options.blockTime]
 * @param {boolean} [options.quiet]
 * @returns {ReturnType<typeof startDevnet>}
 */
export async function startLargeDevnet({ port = 0, scale, blockTime = null, quiet = true }) {
  const progress = reporter(quiet);
  const known = await keptState(scale);
  const genesisTime = known?.genesisTime ?? Math.floor(Date.now() / 1000 - scaleSeconds(scale));
  const anvil = await progress('anvil', () => startAnvil({
    port, genesisTime, arguments: [...ANVIL_ARGUMENTS, '--no-request-size-limit'],
  }));
  try {
    const parts = await progress('interfaces', () => partsFor(anvil.rpc, known?.nextKey));
    const { network, counts } = known
      ? { network: await progress('state from the cache', () => restored(parts, known)), counts: known.counts }
      : await builtLarge(parts, { scale, progress, genesisTime });
    await parts.chain.warpTo(Math.max(Math.floor(Date.now() / 1000), await parts.chain.now() + 1));
    // All that happened is final, as nearly all is on a real chain. Contracts on a restored chain see the hash of no block
    // from before: the head's parent has one now.
    await parts.chain.mine(FINAL);
    if (blockTime) await parts.chain.setIntervalMining(blockTime);
    const facts = { ...await collectFacts({ port: anvil.port, network, story: null }), scale: counts };
    facts.rollups[0].active = counts.active;
    return { ...devnet(network, facts), ended: anvil.ended, stop: anvil.stop };
  } catch (error) {
    await anvil.stop();
    throw error;
  }
}

async function builtLarge(parts, { scale, progress, genesisTime }) {
  await parts.chain.setBlockSpacing(BLOCK_SECONDS);
  const { network } = await progress('contracts', () => deployContracts(parts));
  const counts = await enlarge({ network, n: scale, progress });
  await parts.chain.setBlockSpacing(null);
  const { contracts, rollups, keyRing } = network;
  await progress('state into the cache', async () => keepState(scale, {
    genesisTime,
    counts,
    nextKey: keyRing.next,
    addresses: Object.fromEntries(Object.entries(contracts).map(([name, { address }]) => [name, address])),
    rollups: rollups.map(({ version, contract }) => ({ version: Number(version), address: contract.address })),
    dump: await parts.chain.rpc('anvil_dumpState'),
  }));
  return { network, counts };
}

async function restored(parts, { dump, addresses, rollups }) {
  await parts.chain.rpc('anvil_loadState', [dump]);
  return new Network({
    ...parts, addresses, rollups: rollups.map(({ version, address }) => ({ version: BigInt(version), address })),
  });
}

/**
 * @param {string} factsFile as `cli.mjs --facts` writes it
 * @returns {Promise<Devnet>}
 */
export async function attachDevnet(factsFile) {
  const facts = await readFacts(factsFile);
  await requireSameChain(rpcClient(facts.rpc), facts, factsFile);
  return devnet(await networkAt(facts), facts);
}

/**
 * The network's contracts at an endpoint: also on a fork of it.
 * @param {{ rpc: string, contracts: Record<string, `0x${string}`>, rollups: { version: string | number, address: `0x${string}` }[], nextKey: number }} where
 *   as in the facts
 * @returns {Promise<Network>}
 */
export async function networkAt({ rpc, contracts, rollups, nextKey }) {
  const { multicall3, ...addresses } = contracts;
  const parts = await partsFor(rpcClient(rpc), nextKey);
  return new Network({
    ...parts, addresses, rollups: rollups.map(({ version, address }) => ({ version: BigInt(version), address })),
  });
}

/** A file outlives the network that it tells of, and the next network may have the same port. */
async function requireSameChain(rpc, { rpc: url, built }, factsFile) {
  const block = await rpc('eth_getBlockByNumber', [numberToHex(built.block), false]).catch((error) => {
    throw new Error(`No network answers at ${url}, of which ${factsFile} tells: ${error.message}`);
  });
  if (block?.hash !== built.hash) throw new Error(`The network at ${url} is not the one that ${factsFile} tells of.`);
}

async function partsFor(rpc, nextKey = 0) {
  const known = people();
  const [abis, errors] = await Promise.all([networkAbis(), aztecErrors()]);
  const own = Object.values(abis).flat().filter(({ type }) => type === 'error');
  const chain = new Chain(rpc, Object.values(known).map(({ address }) => address), [...errors, ...own]);
  return { chain, people: known, keyRing: new KeyRing(nextKey), abis };
}

/** @returns {Devnet} */
function devnet(network, facts) {
  const { chain } = network;
  const bound = (name) => chain[name].bind(chain);
  return {
    url: facts.rpc,
    port: Number(new URL(facts.rpc).port),
    network: facts.network,
    facts,
    accounts: network.people,
    contracts: network.contracts,
    handle: network,
    actions: Object.fromEntries(Object.entries(actions).map(([name, act]) => [name, (deed) => act(network, deed)])),
    rpc: chain.rpc,
    send: bound('send'),
    read: bound('read'),
    snapshot: bound('snapshot'),
    revert: bound('revert'),
    mine: bound('mine'),
    warp: bound('warp'),
    reorganise: bound('reorganise'),
    setAutomine: bound('setAutomine'),
    setIntervalMining: bound('setIntervalMining'),
  };
}
