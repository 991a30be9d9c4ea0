/**
 * Why a call failed, in the contracts' own words.
 */
import { decodeErrorResult } from 'viem/utils';

const PANIC_AND_STRING = [
  { type: 'error', name: 'Panic', inputs: [{ name: 'code', type: 'uint256' }] },
  { type: 'error', name: 'Error', inputs: [{ name: 'message', type: 'string' }] },
];

export class RevertError extends Error {
  /**
   * @param {string} what the function that was called
   * @param {string} reason the name of the custom error, or a description where there is none
   * @param {readonly unknown[]} args
   * @param {string} data what the contract returned
   */
  constructor(what, reason, args, data) {
    super(`${what} reverted: ${reason}(${args.join(', ')})`);
    this.name = 'RevertError';
    this.reason = reason;
    this.args = args;
    this.data = data;
  }
}

/**
 * @param {string} what
 * @param {string} data
 * @param {import('viem').Abi} errors the custom errors that are known
 */
export function describeRevert(what, data, errors) {
  if (data === '0x') return new RevertError(what, 'without a reason', [], data);
  try {
    const { errorName, args = [] } = decodeErrorResult({ abi: [...errors, ...PANIC_AND_STRING], data });
    return new RevertError(what, errorName, args, data);
  } catch {
    return new RevertError(what, `unknown error ${data}`, [], data);
  }
}
