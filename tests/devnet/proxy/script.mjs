/**
 * Which faults are on: for which methods, and for how many more exchanges.
 */
import { FAULTS } from './faults.mjs';

/**
 * @typedef {object} Rule
 * @property {keyof typeof FAULTS} fault
 * @property {string[] | null} [methods] all, if not given
 * @property {number | null} [times] how many exchanges it spoils: all, if not given
 * @property {boolean} [cors] false: the reply lacks the headers without which a browser keeps it from the page
 * and what else the fault reads
 */

export class FaultScript {
  /** @type {Required<Rule>[]} */
  #rules = [];

  /** @param {Rule & Record<string, any>} rule @returns {() => void} ends it */
  add({ fault, methods = null, times = null, cors = true, ...options }) {
    if (!Object.hasOwn(FAULTS, fault)) {
      throw new Error(`There is no fault ${fault}. There are: ${Object.keys(FAULTS).join(', ')}.`);
    }
    const rule = { fault, methods, times, cors, options };
    this.#rules.push(rule);
    return () => this.#drop(rule);
  }

  clear() {
    this.#rules = [];
  }

  get rules() {
    return this.#rules.map(({ options, ...rule }) => ({ ...rule, ...options }));
  }

  /**
   * The reply with all faults that concern the exchange; the one that was set first is nearest to the client.
   * @param {import('./faults.mjs').Exchange} exchange
   * @param {(requests: import('./faults.mjs').RpcRequest[]) => Promise<import('./faults.mjs').Reply>} honest
   * @returns {Promise<{ reply: import('./faults.mjs').Reply, cors: boolean }>}
   */
  async play(exchange, honest) {
    const rules = this.#rules.filter((rule) => exchange.requests.some((request) => affects(rule, request)));
    for (const rule of rules) this.#use(rule);

    const replyTo = rules.reduceRight((inner, rule) => (requests) => FAULTS[rule.fault]({
      exchange: { ...exchange, requests },
      affects: (request) => affects(rule, request),
      honest: (some = requests) => inner(some),
      options: rule.options,
    }), honest);
    return { reply: await replyTo(exchange.requests), cors: rules.every(({ cors }) => cors) };
  }

  #use(rule) {
    if (rule.times === null) return;
    rule.times -= 1;
    if (rule.times <= 0) this.#drop(rule);
  }

  #drop(rule) {
    this.#rules = this.#rules.filter((other) => other !== rule);
  }
}

const affects = ({ methods }, { method }) => methods === null || methods.includes(method);
