/**
 * Tokens: where they come from, and who may move them.
 */
import { DEPLOYER } from '../accounts.mjs';

/** @typedef {import('../network.mjs').Network} Network */
/** @typedef {`0x${string}`} Address */

/** @param {Network} network @param {{ to: Address, amount: bigint }} deed */
export async function mint({ contracts }, { to, amount }) {
  return contracts.token.send(DEPLOYER, 'mint', [to, amount]);
}

/** @param {Network} network @param {{ from: Address, spender: Address, amount: bigint }} deed */
export async function approve({ contracts }, { from, spender, amount }) {
  return contracts.token.send(from, 'approve', [spender, amount]);
}
