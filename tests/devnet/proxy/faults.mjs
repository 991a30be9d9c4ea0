/**
 * What can go wrong with an endpoint, one function for each.
 *
 * A fault stands between the client and the honest answer: it gets the exchange and a way to the honest reply, and
 * returns what the client shall see. A new fault is a new function here.
 */
import { STATUS_CODES } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, methodMissing } from './limits.mjs';
import { VIEWS } from './views.mjs';

/**
 * @typedef {import('../rpc.mjs').RpcRequest} RpcRequest
 * @typedef {import('../rpc.mjs').RpcAnswer} RpcAnswer
 * @typedef {{ requests: RpcRequest[], batch: boolean }} Exchange one HTTP request
 * @typedef {{ status: number, headers?: Record<string, string>, answers?: RpcAnswer[], text?: string,
 *   drip?: { bytes: number, ms: number }, dropped?: boolean }} Reply
 *   answers in the order of the requests, or a text in their place; so many bytes each so many milliseconds, or the
 *   connection is cut
 * @typedef {object} Fault
 * @property {Exchange} exchange
 * @property {(request: RpcRequest) => boolean} affects whether this request is one that the fault is set on
 * @property {(requests?: RpcRequest[]) => Promise<Reply>} honest the reply without this fault, to all or some
 * @property {Record<string, any>} options
 */

const PLAIN = { 'content-type': 'text/plain; charset=utf-8' };

/** @type {Record<string, (fault: Fault) => Promise<Reply>>} */
export const FAULTS = {
  /** Too many requests. Scripts of other origins can read `retryAfter` only where it is also `exposed`. */
  async rateLimit({ options: { retryAfter, exposed = false } }) {
    const headers = { ...PLAIN };
    if (retryAfter !== undefined) headers['retry-after'] = String(retryAfter);
    if (exposed) headers['access-control-expose-headers'] = 'retry-after';
    return { status: 429, headers, text: 'Too Many Requests' };
  },

  /** Any status above 499. */
  async unavailable({ options: { status = 503 } }) {
    return { status, headers: PLAIN, text: STATUS_CODES[status] };
  },

  /** Nobody there: the connection is cut before a word is said. */
  async dead() {
    return { status: 0, dropped: true, text: '' };
  },

  /** The connection stays open and nothing comes: for ever, or until it is cut after so many milliseconds. */
  async hang({ options: { ms } }) {
    await (ms === undefined ? new Promise(() => {}) : sleep(ms, undefined, { ref: false }));
    return { status: 0, dropped: true, text: '' };
  },

  /** Whoever asks for several things at once gets nothing. */
  async noBatch({ exchange, honest }) {
    if (!exchange.batch) return honest();
    const error = { code: -32600, message: 'batch requests are not supported' };
    return { status: 400, text: JSON.stringify(failure({ id: null }, error)) };
  },

  /** A few bytes at a time. */
  async drip({ honest, options: { bytes = 16, ms = 100 } }) {
    return { ...await honest(), drip: { bytes, ms } };
  },

  /** An honest answer in a heap of white space, which JSON allows. */
  async huge({ exchange, honest, options: { bytes = 50 << 20 } }) {
    const { answers, ...reply } = await honest();
    if (!answers) return reply;
    return { ...reply, text: JSON.stringify(exchange.batch ? answers : answers[0]).padStart(bytes) };
  },

  /** A portal or a provider's error page, with a status that says all is well. */
  async html() {
    return {
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      text: '<!doctype html><title>Welcome</title><p>Sign in to use this network.</p>',
    };
  },

  /** The second half of the answer is missing. */
  async truncated({ exchange, honest }) {
    const { answers, ...reply } = await honest();
    const text = JSON.stringify(exchange.batch ? answers : answers[0]);
    return { ...reply, text: text.slice(0, text.length / 2) };
  },

  /** The answer belongs to another request. */
  async wrongId({ exchange, affects, honest }) {
    return changed(await honest(), exchange, (answer, request) => (
      affects(request) ? { ...answer, id: Number(answer.id) + 1_000 } : answer
    ));
  },

  /** The endpoint serves another chain, mainnet if not told which. */
  async wrongChain({ exchange, honest, options: { chainId = 1 } }) {
    const results = { eth_chainId: `0x${chainId.toString(16)}`, net_version: String(chainId) };
    return changed(await honest(), exchange, (answer, { method }) => (
      method in results ? { ...answer, result: results[method] } : answer
    ));
  },

  /** As if the endpoint had never heard of these methods; the node does not get to see them. */
  async missingMethod({ exchange, affects, honest }) {
    const heard = exchange.requests.filter((request) => !affects(request));
    const reply = heard.length > 0 ? await honest(heard) : { status: 200, answers: [] };
    if (!reply.answers) return reply;
    const answers = exchange.requests.map((request) => (
      affects(request) ? failure(request, methodMissing(request.method)) : reply.answers[heard.indexOf(request)]
    ));
    return { ...reply, answers };
  },

  /** As if the endpoint had forgotten whatever these methods look up. */
  async forgotten({ exchange, affects, honest }) {
    return changed(await honest(), exchange, (answer, request) => (
      affects(request) ? { ...answer, result: null } : answer
    ));
  },

  async slow({ honest, options: { ms = 3_000 } }) {
    await sleep(ms, undefined, { ref: false });
    return honest();
  },

  ...VIEWS,
};

function changed(reply, { requests }, change) {
  if (!reply.answers) return reply;
  return { ...reply, answers: reply.answers.map((answer, i) => change(answer, requests[i])) };
}
