/**
 * What public endpoints refuse or leave out, and anvil does not. Texts and codes are those of providers that people
 * meet: go-ethereum's for methods, QuickNode's for block ranges, Infura's for numbers of results, dRPC's for batches.
 */
import { numberToHex } from 'viem/utils';

/**
 * @typedef {object} Limits
 * @property {number} callGas most gas for one eth_call
 * @property {number} logBlocks most blocks in one eth_getLogs
 * @property {number} logResults most logs from one eth_getLogs
 * @property {number} batch most requests in one batch
 * @property {number} latency milliseconds before every answer
 */

/** @type {Limits} */
export const PUBLIC_LIMITS = { callGas: 50_000_000, logBlocks: 10_000, logResults: 10_000, batch: 3, latency: 60 };

/** A public endpoint has no accounts, no debugging and no power over the chain. */
const SERVED = new Set([
  'eth_blobBaseFee', 'eth_blockNumber', 'eth_call', 'eth_chainId', 'eth_createAccessList', 'eth_estimateGas',
  'eth_feeHistory', 'eth_gasPrice', 'eth_getBalance', 'eth_getBlockByHash', 'eth_getBlockByNumber',
  'eth_getBlockReceipts', 'eth_getCode', 'eth_getLogs', 'eth_getProof', 'eth_getStorageAt',
  'eth_getTransactionByHash', 'eth_getTransactionCount', 'eth_getTransactionReceipt', 'eth_maxPriorityFeePerGas',
  'eth_sendRawTransaction', 'eth_simulateV1', 'eth_syncing', 'net_version', 'web3_clientVersion',
]);

/**
 * @typedef {import('../rpc.mjs').RpcRequest} RpcRequest
 * @typedef {import('../rpc.mjs').RpcAnswer} RpcAnswer
 *
 * @param {(request: RpcRequest) => Promise<RpcAnswer>} node
 * @param {Limits} limits
 * @returns {(request: RpcRequest) => Promise<RpcAnswer>} the node as a public endpoint
 */
export function limited(node, limits) {
  return async (request) => {
    const { method, params } = request;
    if (!SERVED.has(method)) return failure(request, methodMissing(method));
    // What is malformed the node can refuse better than we.
    if (!(params?.[0] instanceof Object)) return withoutTimes(await node(request));
    if (method === 'eth_call' || method === 'eth_estimateGas') return node(withGasCap(request, limits.callGas));
    if (method === 'eth_getLogs') return logs(node, request, limits);
    return withoutTimes(await node(request));
  };
}

/** @param {RpcRequest} request @param {RpcAnswer['error']} error @returns {RpcAnswer} */
export function failure({ id }, error) {
  return { jsonrpc: '2.0', id, error };
}

/** @param {string} method */
export function methodMissing(method) {
  return { code: -32601, message: `the method ${method} does not exist/is not available` };
}

/** @param {number} most */
export function batchTooLong(most) {
  return {
    code: 31,
    message: `Batch of more than ${most} requests are not allowed on free tier, `
      + 'to use this feature register paid account at drpc.org',
  };
}

/** @param {number} most */
export function rangeTooWide(most) {
  return { code: -32614, message: `eth_getLogs is limited to a ${most.toLocaleString('en')} range` };
}

function tooManyResults(most) {
  return { code: -32005, message: `query returned more than ${most} results` };
}

/** Endpoints do not complain of too much gas, they give less. */
function withGasCap(request, cap) {
  const [call, ...rest] = request.params;
  const asked = call.gas === undefined ? cap : Number(call.gas);
  return { ...request, params: [{ ...call, gas: numberToHex(Math.min(asked, cap)) }, ...rest] };
}

/**
 * eth_getLogs as far as the limits allow it.
 * @param {(request: RpcRequest) => Promise<RpcAnswer>} node
 * @param {RpcRequest} request
 * @param {Pick<Limits, 'logBlocks' | 'logResults'>} limits
 * @returns {Promise<RpcAnswer>}
 */
export async function logs(node, request, { logBlocks, logResults }) {
  if (await blocksAskedFor(node, request.params[0]) > logBlocks) return failure(request, rangeTooWide(logBlocks));
  const answer = withoutTimes(await node(request));
  return answer.result?.length > logResults ? failure(request, tooManyResults(logResults)) : answer;
}

async function blocksAskedFor(node, { blockHash, fromBlock = 'latest', toBlock = 'latest' }) {
  if (blockHash) return 1;
  const [from, to] = await Promise.all([fromBlock, toBlock].map((block) => blockNumber(node, block)));
  return to - from + 1;
}

async function blockNumber(node, block) {
  if (block.startsWith('0x')) return Number(block);
  const { result } = await node({ jsonrpc: '2.0', id: 0, method: 'eth_getBlockByNumber', params: [block, false] });
  return Number(result.number);
}

/** Many endpoints do not say when a log was, and few when a transaction was: the time is the block's. */
function withoutTimes(answer) {
  const told = [answer.result].flat().filter(Boolean);
  // in place: a copy of thousands of logs takes longer than a node needs to find them
  for (const entry of told.flatMap((one) => [one, ...(one.logs ?? []), ...(one.transactions ?? [])])) delete entry.blockTimestamp;
  return answer;
}
