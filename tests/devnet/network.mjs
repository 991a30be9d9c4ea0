/**
 * The contracts of a local network that stands, whoever deployed it: all that the actions need to work on it.
 */
import { aztecAbi } from './artifacts.mjs';
import { Contract } from './contract.mjs';
import { compiledContracts } from './solidity.mjs';

/** Which interface each contract has. */
const AZTEC_INTERFACES = {
  token: 'TestERC20',
  registry: 'Registry',
  rewardDistributor: 'RewardDistributor',
  gse: 'GSE',
  governance: 'Governance',
  governanceProposer: 'GovernanceProposer',
};
const OWN_INTERFACES = {
  warehouse: 'SplitsWarehouse',
  splitFactory: 'PullSplitFactory',
  stakingRegistry: 'StakingRegistry',
  feeAsset: 'FeeAsset',
  vaultRegistry: 'VaultRegistry',
  vaultFactory: 'VaultFactory',
};

/**
 * @typedef {`0x${string}`} Address
 * @typedef {Record<keyof AZTEC_INTERFACES | keyof OWN_INTERFACES, Contract>} Contracts
 */

export class Network {
  #abis;

  /**
   * @param {object} parts
   * @param {import('./chain.mjs').Chain} parts.chain
   * @param {Record<string, import('./accounts.mjs').Account>} parts.people
   * @param {import('./keys.mjs').KeyRing} parts.keyRing
   * @param {Record<string, import('viem').Abi>} parts.abis by the names above, `rollup` and `split`
   * @param {Record<string, Address>} parts.addresses of those of the names above that are deployed
   * @param {{ version: bigint, address: Address }[]} parts.rollups in the order of the registry
   */
  constructor({ chain, people, keyRing, abis, addresses, rollups }) {
    this.#abis = abis;
    this.chain = chain;
    this.people = people;
    this.keyRing = keyRing;
    /** @type {Contracts} */
    this.contracts = {};
    for (const [name, address] of Object.entries(addresses)) this.addContract(name, address);
    /** @type {{ version: bigint, contract: Contract }[]} */
    this.rollups = [];
    for (const { version, address } of rollups) this.addRollup(version, address);
  }

  /** @param {keyof Contracts} name @param {Address} address */
  addContract(name, address) {
    this.contracts[name] = this.#at(address, name);
    return this.contracts[name];
  }

  /** The newest rollup is the canonical one. @param {bigint} version @param {Address} address */
  addRollup(version, address) {
    this.rollups.push({ version, contract: this.rollupAt(address) });
  }

  /** @returns {{ version: bigint, contract: Contract }} */
  get canonical() {
    return this.rollups.at(-1);
  }

  /** @param {bigint} [version] the canonical one, if not given */
  rollup(version = this.canonical.version) {
    const found = this.rollups.find((rollup) => rollup.version === BigInt(version));
    if (!found) throw new Error(`there is no rollup of version ${version}`);
    return found.contract;
  }

  /** @param {Address} address one that need not be registered */
  rollupAt(address) {
    return this.#at(address, 'rollup');
  }

  /** @param {Address} address */
  split(address) {
    return this.#at(address, 'split');
  }

  /** @param {Address} address a token vault of any type */
  vault(address) {
    return this.#at(address, 'vault');
  }

  /** @param {Address} address the staker of a token vault, of any generation */
  staker(address) {
    return this.#at(address, 'staker');
  }

  /** @param {string} name one of `PEOPLE` @returns {Address} */
  address(name) {
    return this.people[name].address;
  }

  #at(address, name) {
    return new Contract(this.chain, address, this.#abis[name]);
  }
}

/** @returns {Promise<Record<string, import('viem').Abi>>} */
export async function networkAbis() {
  const own = await compiledContracts();
  const aztec = await Promise.all(Object.entries({ ...AZTEC_INTERFACES, rollup: 'Rollup' })
    .map(async ([name, artifact]) => [name, await aztecAbi(artifact)]));
  return {
    ...Object.fromEntries(aztec),
    ...Object.fromEntries(Object.entries(OWN_INTERFACES).map(([name, artifact]) => [name, own[artifact].abi])),
    split: own.PullSplit.abi,
    vault: own.MilestoneVault.abi,
    staker: own.MendedStaker.abi,
  };
}
