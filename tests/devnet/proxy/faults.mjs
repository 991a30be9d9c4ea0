/**
 * What can go wrong with an endpoint, one function for each.
 *
 * A fault stands between the client and the honest answer: it gets the exchange and a way to the honest reply, and
 * returns what the client shall see. A new fault is a new function here.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, methodMissing } from './limits.mjs';

/**
 * @typedef {import('../rpc.mjs').RpcRequest} RpcRequest
 * @typedef {import('../rpc.mjs').RpcAnswer} RpcAnswer
 * @typedef {{ requests: RpcRequest[], batch: boolean }} Exchange one HTTP request
 * @typedef {{ status: number, headers?: Record<string, string>, answers?: RpcAnswer[], text?: string }} Reply
 *   answers in the order of the requests, or a text in their place
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

  async unavailable() {
    return { status: 503, headers: PLAIN, text: 'Service Unavailable' };
  },

  /** The connection stays open and nothing comes. */
  hang() {
    return new Promise(() => {});
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

  async slow({ honest, options: { ms = 3_000 } }) {
    await sleep(ms, undefined, { ref: false });
    return honest();
  },
};

function changed(reply, { requests }, change) {
  if (!reply.answers) return reply;
  return { ...reply, answers: reply.answers.map((answer, i) => change(answer, requests[i])) };
}
