/**
 * Token vaults: made by whoever hands tokens out, prepared by their beneficiary, staked from by their operator.
 */
import { VAULT_DEPLOYER } from '../accounts.mjs';
import { mint } from './tokens.mjs';

/** @typedef {import('../network.mjs').Network} Network */
/** @typedef {`0x${string}`} Address */

/** What each type is made with besides beneficiary and allocation. */
const MADE_BY = { linear: 'createLinear', milestone: 'createMilestone', nonClaim: 'createNonClaim' };

/**
 * A vault with its tokens in it.
 * @param {Network} network
 * @param {{ type: keyof MADE_BY, beneficiary: Address, allocation: bigint, more?: bigint }} deed `more` is what may be
 *   revoked of a linear one, and the milestone of a milestone one
 * @returns {Promise<{ vault: Address, staker: Address, receipt: any }>}
 */
export async function createVault(network, { type, beneficiary, allocation, more }) {
  const { vaultFactory } = network.contracts;
  const args = [beneficiary, allocation, ...(type === 'nonClaim' ? [] : [more ?? 0n])];
  const receipt = await vaultFactory.send(VAULT_DEPLOYER, MADE_BY[type], args);
  const [{ atp: vault }] = vaultFactory.events(receipt, 'ATPCreated');
  await mint(network, { to: vault, amount: allocation });
  return { vault, staker: await network.vault(vault).read('getStaker'), receipt };
}

/** @param {Network} network @param {{ milestone: bigint, status: number }} deed 1 failed, 2 succeeded */
export async function decideMilestone({ contracts }, { milestone, status }) {
  return contracts.vaultRegistry.send(VAULT_DEPLOYER, 'setMilestoneStatus', [milestone, status]);
}

/**
 * Whatever of it is named.
 * @param {Network} network
 * @param {{ vault: Address, version?: bigint, operator?: Address, allowance?: bigint }} deed
 */
export async function prepareVault(network, { vault, version, operator, allowance }) {
  const contract = network.vault(vault);
  const beneficiary = await contract.read('getBeneficiary');
  if (version !== undefined) await contract.send(beneficiary, 'upgradeStaker', [version]);
  if (operator !== undefined) await contract.send(beneficiary, 'updateStakerOperator', [operator]);
  if (allowance !== undefined) await contract.send(beneficiary, 'approveStaker', [allowance]);
}

/**
 * One delegation of a vault that is prepared.
 * @param {Network} network
 * @param {{ vault: Address, provider: bigint | number, recipient?: Address, move?: boolean }} deed
 * @returns {Promise<{ attester: Address, split: Address, staker: Address, receipt: any }>}
 */
export async function stakeFromVault(network, { vault, provider, recipient, move = true }) {
  const { stakingRegistry } = network.contracts;
  const [, takeRate] = await stakingRegistry.read('providerConfigurations', [BigInt(provider)]);
  const { staker, operator, beneficiary } = await partsOf(network, vault);
  const receipt = await staker.send(operator, 'stakeWithProvider', [
    network.canonical.version, BigInt(provider), takeRate, recipient ?? beneficiary, move,
  ]);
  const [staked] = stakingRegistry.events(receipt, 'StakedWithProvider');
  return {
    attester: staked.attester, split: staked.coinbaseSplitContractAddress, staker: staker.address, receipt,
  };
}

async function partsOf(network, vault) {
  const contract = network.vault(vault);
  const [staker, operator, beneficiary] = await Promise.all(
    ['getStaker', 'getOperator', 'getBeneficiary'].map((fn) => contract.read(fn)),
  );
  return { staker: network.staker(staker), operator, beneficiary };
}
