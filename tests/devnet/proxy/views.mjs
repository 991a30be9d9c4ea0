/**
 * Faults of a node that is well as a server and knows another part of the chain than it should: one that got stuck,
 * one behind the others, one without old states, one that gives few logs.
 */
import { numberToHex } from 'viem/utils';
import { failure, logs as limitedLogs } from './limits.mjs';

/** @typedef {import('./faults.mjs').Fault} Fault @typedef {import('./faults.mjs').Reply} Reply */
/** @typedef {import('../rpc.mjs').RpcRequest} RpcRequest @typedef {import('../rpc.mjs').RpcAnswer} RpcAnswer */

/** Where each method has the block that it is about. */
const BLOCK_AT = {
  eth_call: 1, eth_createAccessList: 1, eth_estimateGas: 1, eth_feeHistory: 1, eth_getBalance: 1, eth_getBlockByNumber: 0,
  eth_getBlockReceipts: 0, eth_getCode: 1, eth_getProof: 2, eth_getStorageAt: 2, eth_getTransactionCount: 1, eth_simulateV1: 1,
};
const OF_STATE = new Set([
  'eth_call', 'eth_createAccessList', 'eth_estimateGas', 'eth_getBalance', 'eth_getCode', 'eth_getProof',
  'eth_getStorageAt', 'eth_getTransactionCount', 'eth_simulateV1',
]);
/** What is in a block has its number here. */
const IN_A_BLOCK = new Set(['eth_getTransactionByHash', 'eth_getTransactionReceipt', 'eth_getBlockByHash']);

/** By the options of the rule, which are its own: what it found the first time, and how often it was asked. */
const memory = new WeakMap();

/** @type {Record<string, (fault: Fault) => Promise<Reply>>} */
export const VIEWS = {
  /** It stopped at the block that was newest when it was first asked, and calls that the newest for ever. */
  async stuckHead({ exchange, honest, options }) {
    if (!memory.has(options)) memory.set(options, newest(honest));
    const last = await memory.get(options);
    return each(exchange, honest, (node, request) => upTo(last, node, request));
  },

  /** Two nodes behind one address, one of them `blocks` behind: every other exchange goes to that one. */
  async headBack({ exchange, honest, options }) {
    const count = memory.get(options) ?? 0;
    memory.set(options, count + 1);
    if (count % 2 === 0) return honest();
    const last = Math.max(0, await newest(honest) - (options.blocks ?? 3));
    return each(exchange, honest, (node, request) => upTo(last, node, request));
  },

  /** States older than so many blocks are gone. */
  async noArchive({ exchange, honest, options: { blocks = 128 } }) {
    const oldest = await newest(honest) - blocks;
    return each(exchange, honest, (node, request) => {
      const block = request.params?.[BLOCK_AT[request.method]];
      const gone = OF_STATE.has(request.method) && isNumber(block) && Number(block) < oldest;
      return gone ? failure(request, NO_STATE) : node(request);
    });
  },

  /** Most blocks and most results of one eth_getLogs. */
  async logLimit({ exchange, honest, options: { blocks = 10_000, results = 10_000 } }) {
    return each(exchange, honest, (node, request) => (request.method === 'eth_getLogs'
      ? limitedLogs(node, request, { logBlocks: blocks, logResults: results })
      : node(request)));
  },
};

/** As go-ethereum says it. */
const NO_STATE = {
  code: -32000,
  message: `missing trie node ${'5a'.repeat(32)} (path ) state 0x${'5a'.repeat(32)} is not available`,
};
const NO_HEADER = { code: -32000, message: 'header not found' };

/** Answers one request after the other, each through the inner node. @returns {Promise<Reply>} */
async function each({ requests }, honest, answer) {
  let broken = null;
  const node = async (request) => {
    const reply = await honest([request]);
    // below us stands another fault, which has no answers to change
    if (!reply.answers) broken ??= reply;
    return reply.answers?.[0] ?? failure(request, NO_HEADER);
  };
  const answers = [];
  for (const request of requests) answers.push(await answer(node, request));
  return broken ?? { status: 200, answers };
}

/** The answer of a node for which `last` is the newest block. @returns {Promise<RpcAnswer>} */
async function upTo(last, node, request) {
  const { method, params = [], id } = request;
  const found = (result) => ({ jsonrpc: '2.0', id, result });
  if (method === 'eth_blockNumber') return found(numberToHex(last));
  if (method === 'eth_getLogs') {
    const { fromBlock = 'latest', toBlock = 'latest', ...filter } = params[0];
    const from = isNumber(fromBlock) ? Number(fromBlock) : last;
    const to = isNumber(toBlock) ? Math.min(Number(toBlock), last) : last;
    if (filter.blockHash) return node(request);
    return from > last ? found([]) : node({
      ...request, params: [{ ...filter, fromBlock: numberToHex(from), toBlock: numberToHex(to) }],
    });
  }
  if (IN_A_BLOCK.has(method)) {
    const answer = await node(request);
    const height = answer.result?.blockNumber ?? answer.result?.number;
    return Number(height ?? 0) > last ? found(null) : answer;
  }
  const place = BLOCK_AT[method];
  if (place === undefined) return node(request);
  if (isNumber(params[place]) && Number(params[place]) > last) {
    return method === 'eth_getBlockByNumber' ? found(null) : failure(request, NO_HEADER);
  }
  if (isNumber(params[place])) return node(request);
  const pinned = [...params];
  pinned[place] = numberToHex(last);
  return node({ ...request, params: pinned });
}

const isNumber = (block) => typeof block === 'string' && block.startsWith('0x');

/** @returns {Promise<number>} height of the newest block */
async function newest(honest) {
  const { answers } = await honest([{ jsonrpc: '2.0', id: 0, method: 'eth_blockNumber', params: [] }]);
  return Number(answers?.[0].result ?? 0);
}
