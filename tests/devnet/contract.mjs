/**
 * A contract at an address: its calls, its transactions and its events.
 */
import { decodeEventLog, encodeEventTopics } from 'viem/utils';

export class Contract {
  #chain;

  /**
   * @param {import('./chain.mjs').Chain} chain
   * @param {`0x${string}`} address
   * @param {import('viem').Abi} abi
   */
  constructor(chain, address, abi) {
    this.#chain = chain;
    this.address = address;
    this.abi = abi;
  }

  /**
   * @param {string} fn
   * @param {unknown[]} args
   * @returns {Promise<any>} the decoded answer
   */
  read(fn, args = []) {
    return this.#chain.read({ to: this.address, abi: this.abi, fn, args });
  }

  /**
   * @param {string} from
   * @param {string} fn
   * @param {unknown[]} args
   * @returns {Promise<any>} the receipt; a revert is an error
   */
  send(from, fn, args = []) {
    return this.#chain.send({ from, to: this.address, abi: this.abi, fn, args });
  }

  /**
   * @param {{ logs: any[] }} receipt
   * @param {string} eventName
   * @returns {any[]} the arguments of every such event that this contract emitted in the transaction
   */
  events(receipt, eventName) {
    const [topic] = encodeEventTopics({ abi: this.abi, eventName });
    return receipt.logs
      .filter((log) => log.topics[0] === topic && log.address.toLowerCase() === this.address.toLowerCase())
      .map(({ data, topics }) => decodeEventLog({ abi: this.abi, data, topics }).args);
  }
}
