/**
 * A chain as tests want it: calls and transactions by name, its clock, snapshots, and mining under control.
 *
 * Whoever is named as sender can send: accounts that anvil holds no key of are impersonated for that one transaction,
 * so that `eth_accounts` never lists more than the people of the network.
 */
import { decodeFunctionResult, encodeDeployData, encodeFunctionData, getAddress, numberToHex } from 'viem/utils';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeRevert, RevertError } from './reverts.mjs';
import { RpcError } from './rpc.mjs';
import { TOKEN, TRANSACTION_GAS_CAP } from './parameters.mjs';

const RECEIPT_POLL = 10;
const RECEIPT_TIMEOUT = 120_000;

/**
 * @typedef {`0x${string}`} Address
 * @typedef {object} Transaction
 * @property {Address} from
 * @property {Address} [to] nothing for a deployment
 * @property {import('viem').Abi} [abi]
 * @property {string} [fn]
 * @property {unknown[]} [args]
 * @property {`0x${string}`} [data] in place of abi, fn and args
 * @property {bigint} [value]
 * @property {bigint | number} [gas] as much as a transaction may have, if not given
 * @property {boolean} [wait] false: return the hash without waiting for a block
 */

export class Chain {
  #keyed;
  #errors;

  /**
   * @param {(method: string, params?: unknown[]) => Promise<any>} rpc
   * @param {Address[]} keyed accounts that the node itself can sign for
   * @param {import('viem').Abi} errors the custom errors by which a revert is described
   */
  constructor(rpc, keyed, errors) {
    this.rpc = rpc;
    this.#errors = errors;
    this.#keyed = new Set(keyed.map((address) => address.toLowerCase()));
  }

  /**
   * @param {Pick<Transaction, 'to' | 'abi' | 'fn' | 'args'> & { from?: Address, block?: string }} call
   * @returns {Promise<any>} the decoded answer
   */
  async read({ to, abi, fn, args = [], from, block = 'latest' }) {
    const data = encodeFunctionData({ abi, functionName: fn, args });
    const answer = await this.#call({ from, to, data }, block, fn);
    return decodeFunctionResult({ abi, functionName: fn, args, data: answer });
  }

  /**
   * @param {Transaction} transaction
   * @returns {Promise<any>} the receipt, or the hash where `wait` is false
   */
  async send({ from, to, abi, fn, args = [], data, value = 0n, gas = TRANSACTION_GAS_CAP, wait = true }) {
    const input = data ?? (abi ? encodeFunctionData({ abi, functionName: fn, args }) : '0x');
    const call = { from, to, data: input, value: numberToHex(value), gas: numberToHex(gas) };
    const hash = await this.#asSender(from, () => this.rpc('eth_sendTransaction', [call]));
    if (!wait) return hash;

    const receipt = await this.receipt(hash);
    if (receipt.status !== '0x1') throw await this.#reasonOf(receipt, call, fn ?? 'transaction');
    return receipt;
  }

  /**
   * @param {{ from: Address, abi: import('viem').Abi, bytecode: `0x${string}`, args?: unknown[] }} deployment
   * @returns {Promise<Address>}
   */
  async deploy({ from, abi, bytecode, args = [] }) {
    const receipt = await this.send({ from, data: encodeDeployData({ abi, bytecode, args }), fn: 'constructor' });
    return getAddress(receipt.contractAddress);
  }

  /** Waits until the transaction is in a block. @param {`0x${string}`} hash @returns {Promise<any>} */
  async receipt(hash) {
    const deadline = Date.now() + RECEIPT_TIMEOUT;
    for (;;) {
      const receipt = await this.rpc('eth_getTransactionReceipt', [hash]);
      if (receipt) return receipt;
      if (Date.now() > deadline) throw new Error(`transaction ${hash} is in no block yet`);
      await sleep(RECEIPT_POLL);
    }
  }

  /** @param {Address} address */
  async setEther(address, wei = 100n * TOKEN) {
    await this.rpc('anvil_setBalance', [address, numberToHex(wei)]);
  }

  /** @returns {Promise<number>} seconds: the timestamp of the newest block, or of the block with that number */
  async now(block = 'latest') {
    return Number((await this.rpc('eth_getBlockByNumber', [block, false])).timestamp);
  }

  /** Mines a block with exactly that timestamp. @param {number} timestamp */
  async warpTo(timestamp) {
    await this.rpc('evm_setNextBlockTimestamp', [timestamp]);
    await this.mine(1);
  }

  /** @param {number} seconds */
  async warp(seconds) {
    await this.warpTo(await this.now() + seconds);
  }

  /** @param {number} blocks */
  async mine(blocks = 1) {
    await this.rpc('anvil_mine', [numberToHex(blocks)]);
  }

  /** @returns {Promise<string>} an id for one `revert`, which uses it up along with all younger ones */
  snapshot() {
    return this.rpc('evm_snapshot');
  }

  /** @param {string} id */
  async revert(id) {
    if (!await this.rpc('evm_revert', [id])) throw new Error(`there is no snapshot ${id} (any more)`);
  }

  /** Replaces the newest blocks by empty ones, as a reorganisation does: what was in them is undone. @param {number} depth */
  async reorganise(depth) {
    await this.rpc('anvil_reorg', [depth, []]);
  }

  /** @param {boolean} on false: transactions wait until somebody mines */
  async setAutomine(on) {
    await this.rpc('evm_setAutomine', [on]);
  }

  /** A block every so many seconds, in place of one for each transaction. @param {number} seconds 0 ends it */
  async setIntervalMining(seconds) {
    await this.rpc('evm_setIntervalMining', [seconds]);
  }

  /**
   * Every next block comes so many seconds after the one before, whatever the real time is.
   * @param {number | null} seconds nothing: blocks take the real time again, from where the chain's clock is
   */
  async setBlockSpacing(seconds) {
    if (seconds === null) await this.rpc('anvil_removeBlockTimestampInterval');
    else await this.rpc('anvil_setBlockTimestampInterval', [seconds]);
  }

  async #asSender(from, act) {
    if (this.#keyed.has(from.toLowerCase())) return act();
    await this.rpc('anvil_impersonateAccount', [from]);
    try {
      return await act();
    } finally {
      await this.rpc('anvil_stopImpersonatingAccount', [from]);
    }
  }

  /** A receipt has no reason, so the call is made once more on the state that the transaction found. */
  async #reasonOf(receipt, call, what) {
    const before = numberToHex(BigInt(receipt.blockNumber) - 1n);
    try {
      await this.#call(call, before, what);
    } catch (error) {
      return error;
    }
    return new RevertError(what, 'for a reason that its repetition does not show', [], '0x');
  }

  async #call(call, block, what) {
    try {
      return await this.rpc('eth_call', [call, block]);
    } catch (error) {
      const reverted = error instanceof RpcError && typeof error.data === 'string';
      throw reverted ? describeRevert(what, error.data, this.#errors) : error;
    }
  }
}
