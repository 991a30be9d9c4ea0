/**
 * A network as large as mainnet may become, on the real contracts and by real transactions: `n` times 300 providers,
 * 2,000 delegations, 1,800 active sequencers and 30,000 logs.
 *
 * Three things make it quick. Blocks are filled: nobody waits for a transaction before sending the next. The entry queue
 * lets 72 in per epoch in place of four (governance may set that), so that the chain needs days and not weeks. And the
 * sequencers' keys, with proofs that the rollup really checks, are kept in the cache once they are derived.
 */
import { encodeFunctionData, numberToHex } from 'viem/utils';
import { DEPLOYER, namedAddress } from './accounts.mjs';
import { ACTIVATION_THRESHOLD, EPOCH_SECONDS, TOKEN, TRANSACTION_GAS_CAP } from './parameters.mjs';

const PROVIDERS = 300;
const DELEGATIONS = 2_000;
const ACTIVE = 1_800;
const LOGS = 30_000;
const DELEGATORS = 40;
/** What a flush within a transaction's gas can check, and how many of those fit into a block. */
const FLUSH = 24;
const FLUSHES = 3;
/** How many transactions wait for one block: their gas limits together have to fit into it. */
const BLOCK_GAS = 55_000_000;

/** Seconds of chain time that the building takes, and some to spare. @param {number} n */
export const scaleSeconds = (n) => Math.ceil(n * ACTIVE / FLUSH / FLUSHES + 20) * EPOCH_SECONDS * 1.1;

/**
 * @param {object} stage
 * @param {import('./network.mjs').Network} stage.network with contracts and nobody in them
 * @param {number} stage.n
 * @param {(title: string, work: () => Promise<any>) => Promise<any>} stage.progress
 * @returns {Promise<{ providers: number, delegations: number, active: number, logs: number }>} as the chain counts them
 */
export async function enlarge({ network, n, progress }) {
  const { chain } = network;
  await chain.rpc('anvil_autoImpersonateAccount', [true]);
  await chain.setAutomine(false);
  const crowd = new Crowd(network);
  await progress('providers', () => registerProviders(crowd, n));
  await progress('keys', () => addKeys(crowd, n));
  await progress('delegations', () => delegate(crowd, n));
  await progress('active sequencers', () => activate(crowd, n));
  await progress('logs', () => fillUp(crowd, n));
  await chain.setAutomine(true);
  await chain.rpc('anvil_autoImpersonateAccount', [false]);
  return counted(network);
}

/** Sends without waiting, and mines when a block is full. */
class Crowd {
  #nonces = new Map();
  #hashes = [];
  #gas = 0;

  /** @param {import('./network.mjs').Network} network */
  constructor(network) {
    this.network = network;
  }

  /** @param {string} from @param {import('./contract.mjs').Contract} contract @param {number} gas a limit */
  async send(from, contract, fn, args, gas) {
    if (this.#gas + gas > BLOCK_GAS) await this.mine();
    const { rpc } = this.network.chain;
    if (!this.#nonces.has(from)) {
      if (from !== DEPLOYER) await this.network.chain.setEther(from, 1_000n * TOKEN);
      this.#nonces.set(from, Number(await rpc('eth_getTransactionCount', [from, 'latest'])));
    }
    const nonce = this.#nonces.get(from);
    this.#nonces.set(from, nonce + 1);
    this.#gas += gas;
    const data = encodeFunctionData({ abi: contract.abi, functionName: fn, args });
    this.#hashes.push(await rpc('eth_sendTransaction', [{
      from, to: contract.address, data, gas: numberToHex(gas), nonce: numberToHex(nonce),
    }]));
  }

  /** Mines what waits; each of it must have succeeded. */
  async mine() {
    const { chain } = this.network;
    if (this.#hashes.length === 0) return;
    await chain.mine(1);
    const { transactions } = await chain.rpc('eth_getBlockByNumber', ['latest', false]);
    const receipts = await chain.rpc('eth_getBlockReceipts', ['latest']);
    const failed = receipts.find(({ status }) => status !== '0x1');
    if (transactions.length !== this.#hashes.length || failed) {
      throw new Error(`${transactions.length} of ${this.#hashes.length} were mined, failed: ${JSON.stringify(failed)}`);
    }
    this.#hashes = [];
    this.#gas = 0;
  }
}

const admin = (i) => namedAddress(`scale, admin ${i}`);
const delegator = (i) => namedAddress(`scale, delegator ${i % DELEGATORS}`);
/** From 0 to 15 % in steps that are no round numbers. */
const rateOf = (i) => (i * 137) % 1_501;
/** A few have many delegations and most have few, and everybody has one. Sums up to the number of delegations. */
function delegationsOf(n) {
  const providers = PROVIDERS * n;
  const spare = DELEGATIONS * n - providers;
  const weights = Array.from({ length: providers }, (_, i) => 1 / (i + 8));
  const sum = weights.reduce((a, b) => a + b);
  const counts = weights.map((weight) => 1 + Math.floor(spare * weight / sum));
  for (let i = 0, left = DELEGATIONS * n - counts.reduce((a, b) => a + b); i < left; i += 1) counts[i % providers] += 1;
  return counts;
}

async function registerProviders(crowd, n) {
  const { stakingRegistry } = crowd.network.contracts;
  for (let i = 0; i < PROVIDERS * n; i += 1) {
    await crowd.send(admin(i), stakingRegistry, 'registerProvider', [admin(i), rateOf(i), admin(i)], 200_000);
  }
  await crowd.mine();
}

/** As many as will be used, and up to two more. */
async function addKeys(crowd, n) {
  const { contracts: { stakingRegistry }, keyRing } = crowd.network;
  const counts = delegationsOf(n).map((count, i) => count + i % 3);
  const keys = await keyRing.take(counts.reduce((a, b) => a + b));
  const ids = await idsByAdmin(crowd.network, n);
  for (const [i, count] of counts.entries()) {
    const own = keys.splice(0, count);
    while (own.length > 0) {
      const some = own.splice(0, 60);
      const gas = Math.min(TRANSACTION_GAS_CAP, 150_000 + 240_000 * some.length);
      await crowd.send(admin(i), stakingRegistry, 'addKeysToProvider', [ids[i], some], gas);
    }
  }
  await crowd.mine();
}

async function delegate(crowd, n) {
  const { contracts: { token, stakingRegistry }, canonical: { version } } = crowd.network;
  const ids = await idsByAdmin(crowd.network, n);
  const counts = delegationsOf(n);
  const each = BigInt(Math.ceil(DELEGATIONS * n / DELEGATORS)) * ACTIVATION_THRESHOLD;
  for (let i = 0; i < DELEGATORS; i += 1) await crowd.send(DEPLOYER, token, 'mint', [delegator(i), each], 150_000);
  await crowd.mine();
  let paid = 0;
  for (const [i, count] of counts.entries()) {
    for (let k = 0; k < count; k += 1, paid += 1) {
      const from = delegator(paid);
      await crowd.send(from, token, 'approve', [stakingRegistry.address, ACTIVATION_THRESHOLD], 80_000);
      await crowd.send(from, stakingRegistry, 'stake', [ids[i], version, from, rateOf(i), from, true], 900_000);
    }
  }
  await crowd.mine();
}

/** Epoch by epoch; the rest stays in the entry queue. */
async function activate(crowd, n) {
  const { network } = crowd;
  const { chain, contracts: { governance }, canonical: { contract: rollup } } = network;
  await crowd.send(governance.address, rollup, 'updateStakingQueueConfig', [{
    bootstrapValidatorSetSize: 0n, bootstrapFlushSize: 0n, normalFlushSizeMin: BigInt(FLUSHES * FLUSH),
    normalFlushSizeQuotient: 1_000_000n, maxQueueFlushSize: BigInt(FLUSHES * FLUSH),
  }], 200_000);
  await crowd.mine();
  const genesis = Number(await rollup.read('getGenesisTime'));
  let epoch = Math.floor((await chain.now() - genesis) / EPOCH_SECONDS);
  for (let active = 0; active < ACTIVE * n; active += FLUSHES * FLUSH) {
    epoch += 1;
    // no block but the one of the flush: on a large state each takes a while
    await chain.rpc('evm_setNextBlockTimestamp', [genesis + epoch * EPOCH_SECONDS]);
    for (let i = 0; i < FLUSHES; i += 1) {
      await crowd.send(DEPLOYER, rollup, 'flushEntryQueue', [BigInt(FLUSH)], TRANSACTION_GAS_CAP);
    }
    await crowd.mine();
  }
  const now = Number(await rollup.read('getActiveAttesterCount'));
  if (now < ACTIVE * n) throw new Error(`only ${now} sequencers are active at ${await chain.now()}`);
}

/** What is missing to the number of logs are transfers of the token, as on every chain. */
async function fillUp(crowd, n) {
  const { token } = crowd.network.contracts;
  const { logs } = await counted(crowd.network);
  await crowd.send(DEPLOYER, token, 'mint', [DEPLOYER, TOKEN], 150_000);
  for (let i = logs + 1; i < LOGS * n; i += 1) {
    await crowd.send(DEPLOYER, token, 'transfer', [delegator(i), 1n], 60_000);
  }
  await crowd.mine();
}

/** Anvil may order the transactions of a block as it likes, so who has which id is asked. */
async function idsByAdmin({ contracts: { stakingRegistry } }, n) {
  const ids = new Map();
  for (let id = 1n; id <= BigInt(PROVIDERS * n); id += 1n) {
    ids.set((await stakingRegistry.read('providerConfigurations', [id]))[0], id);
  }
  return Array.from({ length: PROVIDERS * n }, (_, i) => ids.get(admin(i)));
}

async function counted({ chain, contracts: { stakingRegistry }, canonical: { contract: rollup } }) {
  const head = Number(await chain.rpc('eth_blockNumber'));
  let logs = 0;
  let delegations = 0;
  for (let from = 0; from <= head; from += 100) {
    const range = { fromBlock: numberToHex(from), toBlock: numberToHex(Math.min(head, from + 99)) };
    const found = await chain.rpc('eth_getLogs', [range]);
    logs += found.length;
    delegations += stakingRegistry.events({ logs: found }, 'StakedWithProvider').length;
  }
  return {
    providers: Number(await stakingRegistry.read('nextProviderIdentifier')) - 1,
    delegations,
    active: Number(await rollup.read('getActiveAttesterCount')),
    logs,
  };
}
