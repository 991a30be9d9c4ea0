/**
 * The way out: exits, and the slashing that can force one.
 */
import { DEPLOYER } from '../accounts.mjs';

/** @typedef {import('../network.mjs').Network} Network */
/** @typedef {`0x${string}`} Address */

/**
 * @param {Network} network
 * @param {{ attester: Address, recipient?: Address, version?: bigint }} deed to the withdrawer, if not given
 * @returns {Promise<{ receipt: any, startedAt: number }>}
 */
export async function startExit(network, { attester, recipient, version }) {
  const withdrawer = await network.contracts.gse.read('getWithdrawer', [attester]);
  const receipt = await network.rollup(version).send(withdrawer, 'initiateWithdraw', [
    attester, recipient ?? withdrawer,
  ]);
  return { receipt, startedAt: await network.chain.now(receipt.blockNumber) };
}

/** @param {Network} network @param {{ attester: Address, version?: bigint }} deed */
export async function finishExit(network, { attester, version }) {
  return network.rollup(version).send(DEPLOYER, 'finalizeWithdraw', [attester]);
}

/** @param {Network} network @param {{ attester: Address, amount: bigint, version?: bigint }} deed */
export async function slash(network, { attester, amount, version }) {
  const rollup = network.rollup(version);
  const slasher = await rollup.read('getSlasher');
  await network.chain.setEther(slasher);
  const receipt = await rollup.send(slasher, 'slash', [attester, amount]);
  return { receipt, slashedAt: await network.chain.now(receipt.blockNumber) };
}
