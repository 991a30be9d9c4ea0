/**
 * Rewards on their way: credited on a rollup, claimed to a split, shared out into the warehouse, withdrawn.
 */
import { encodeAbiParameters, keccak256, numberToHex, stringToHex } from 'viem/utils';
import { mint } from './tokens.mjs';
import { DEPLOYER } from '../accounts.mjs';

/** @typedef {import('../network.mjs').Network} Network */
/** @typedef {`0x${string}`} Address */
/**
 * @typedef {object} Split the parameters that a split contract knows only the hash of
 * @property {Address[]} recipients the provider's, then the delegator's
 * @property {bigint[]} allocations
 * @property {bigint} totalAllocation
 * @property {number} distributionIncentive
 */

/** Where a rollup keeps its rewards: a mapping by coinbase at this place of its storage. */
const REWARD_STORAGE = keccak256(stringToHex('aztec.reward.storage'));
const BIPS = 10_000n;

/**
 * Credits a coinbase on a rollup. On a real network that takes a proven checkpoint of the second layer, of which
 * there is none here, so the rollup's storage is written, and the rollup gets the tokens to pay with.
 * @param {Network} network
 * @param {{ coinbase: Address, amount: bigint, version?: bigint }} deed
 */
export async function accrue(network, { coinbase, amount, version }) {
  const rollup = network.rollup(version);
  const credited = await rollup.read('getSequencerRewards', [coinbase]) + amount;
  const place = keccak256(encodeAbiParameters([{ type: 'address' }, { type: 'bytes32' }], [coinbase, REWARD_STORAGE]));
  await network.chain.rpc('anvil_setStorageAt', [rollup.address, place, numberToHex(credited, { size: 32 })]);
  await mint(network, { to: rollup.address, amount });
}

/**
 * From the rollup to the coinbase itself.
 * @param {Network} network
 * @param {{ coinbase: Address, version?: bigint }} deed
 */
export async function claim(network, { coinbase, version }) {
  return network.rollup(version).send(DEPLOYER, 'claimSequencerRewards', [coinbase]);
}

/** From a split to the warehouse. @param {Network} network @param {{ split: Address, parameters: Split }} deed */
export async function distribute(network, { split, parameters }) {
  const { token } = network.contracts;
  return network.split(split).send(DEPLOYER, 'distribute', [parameters, token.address, DEPLOYER]);
}

/** From the warehouse to its owner. @param {Network} network @param {{ owner: Address }} deed */
export async function withdraw({ contracts: { warehouse, token } }, { owner }) {
  return warehouse.send(owner, 'withdraw', [owner, token.address]);
}

/**
 * The parameters of the split that a delegation gets.
 * @param {{ provider: Address, delegator: Address, takeRate: number }} shares
 * @returns {Split}
 */
export function splitParameters({ provider, delegator, takeRate }) {
  return {
    recipients: [provider, delegator],
    allocations: [BigInt(takeRate), BIPS - BigInt(takeRate)],
    totalAllocation: BIPS,
    distributionIncentive: 0,
  };
}
