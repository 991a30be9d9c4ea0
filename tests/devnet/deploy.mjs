/**
 * Puts Aztec's contracts and ours on an empty chain: staking and governance on one rollup, without anybody in it.
 */
import { deployMulticall3 } from './multicall3.mjs';
import { aztecAbi, aztecCode } from './artifacts.mjs';
import { DEPLOYER, VAULT_DEPLOYER, VETOER } from './accounts.mjs';
import { compiledContracts } from './solidity.mjs';
import { Network } from './network.mjs';
import * as parameters from './parameters.mjs';

const { DAY, TOKEN } = parameters;
const NOBODY = '0x0000000000000000000000000000000000000000';
const ZERO_HASH = `0x${'00'.repeat(32)}`;
const ROLLUP_LIBRARIES = [
  'ValidatorOperationsExtLib',
  'RollupOperationsExtLib',
  'RewardExtLib',
  'TallySlasherDeploymentExtLib',
  'EmpireSlasherDeploymentExtLib',
];
/** As Aztec's enum has it: none, tally, empire. */
const TALLY_SLASHER = 1;

/** Zero is legal, mainnet began with it, and it finds code that takes 0 for nothing. */
export const FIRST_VERSION = 0n;

/**
 * @param {Pick<ConstructorParameters<typeof Network>[0], 'chain' | 'people' | 'keyRing' | 'abis'>} parts
 * @returns {Promise<{ network: Network, rollupCode: RollupCode }>}
 */
export async function deployContracts(parts) {
  const network = new Network({ ...parts, addresses: {}, rollups: [] });
  await network.chain.setEther(DEPLOYER, 1_000n * TOKEN);
  await deployAtFixedAddresses(network);
  await deployMulticall3(network.chain);
  await deployGovernance(network);
  const rollupCode = await deployRollupLibraries(network);
  const rollup = await deployRollup(network, rollupCode, FIRST_VERSION);
  await joinAsFirstRollup(network, rollup);
  await deployFeeAsset(network);
  await deployVaults(network);
  return { network, rollupCode };
}

/** These come first and in this order: see `addresses.mjs`. */
async function deployAtFixedAddresses(network) {
  const token = await deployAztec(network, 'token', 'TestERC20', ['Aztec', 'AZTEC', DEPLOYER]);
  const registry = await deployAztec(network, 'registry', 'Registry', [DEPLOYER, token.address]);
  const warehouse = await deployOwn(network, 'warehouse', 'SplitsWarehouse', []);
  const factory = await deployOwn(network, 'splitFactory', 'PullSplitFactory', [warehouse.address]);
  await deployOwn(network, 'stakingRegistry', 'StakingRegistry', [token.address, factory.address, registry.address]);
  network.addContract('rewardDistributor', await registry.read('getRewardDistributor'));
}

/** No rollup pays in it before a test says so. Its deployer is nobody else's: the others' addresses stay what they are. */
async function deployFeeAsset(network) {
  const { FeeAsset: { abi, bytecode } } = await compiledContracts();
  const from = '0x00000000000000000000000000000000000FEe00';
  await network.chain.setEther(from, TOKEN);
  network.addContract('feeAsset', await network.chain.deploy({ from, abi, bytecode, args: [] }));
}

/**
 * The registry and the factory of token vaults, and four generations of stakers: one that cannot stake, one without an
 * exit, one that can leave but not finish, one that can do all of it. Half of what is in a vault is free at the end.
 */
async function deployVaults(network) {
  const { chain, contracts: { token, stakingRegistry } } = network;
  const own = await compiledContracts();
  const from = VAULT_DEPLOYER;
  await chain.setEther(from, TOKEN * 10n);
  const begin = await chain.now();
  const deploy = (artifact, args) => chain.deploy({ from, ...own[artifact], args });
  const times = [begin - 120 * DAY, 60 * DAY, 480 * DAY, begin].map(BigInt);
  const registry = network.addContract('vaultRegistry', await deploy('VaultRegistry', times));
  network.addContract('vaultFactory', await deploy('VaultFactory', [registry.address, token.address]));
  const [passed, toCome] = [begin, begin + 1_000 * DAY].map(BigInt);
  for (const [artifact, ...args] of [
    ['BaseStaker'], ['NonWithdrawableStaker'], ['WithdrawableStaker', toCome], ['MendedStaker', passed],
  ]) {
    const implementation = await deploy(artifact, [stakingRegistry.address, ...args]);
    await registry.send(from, 'registerStakerImplementation', [implementation]);
  }
}

async function deployGovernance(network) {
  const { token, registry } = network.contracts;
  const gse = await deployAztec(network, 'gse', 'GSE', [
    DEPLOYER, token.address, parameters.ACTIVATION_THRESHOLD, parameters.EJECTION_THRESHOLD,
  ]);
  const proposer = await deployAztec(network, 'governanceProposer', 'GovernanceProposer', [
    registry.address, gse.address, parameters.SIGNALLING.quorum, parameters.SIGNALLING.roundSlots,
  ]);
  // Without a beneficiary anybody may deposit, as on mainnet.
  const governance = await deployAztec(network, 'governance', 'Governance', [
    token.address, proposer.address, NOBODY, parameters.GOVERNANCE,
  ]);
  await gse.send(DEPLOYER, 'setGovernance', [governance.address]);
}

/**
 * @typedef {{ code: `0x${string}`, verifier: `0x${string}` }} RollupCode what all rollups share
 * @returns {Promise<RollupCode>}
 */
async function deployRollupLibraries({ chain }) {
  const libraries = {};
  for (const name of ROLLUP_LIBRARIES) libraries[name] = await deployPublished(chain, name, []);
  const verifier = await deployPublished(chain, 'MockVerifier', []);
  return { code: await aztecCode('Rollup', libraries), verifier };
}

/**
 * A rollup that no registry knows yet. Rewards can be claimed from it, as from mainnet's since early 2026; afterwards
 * governance owns it.
 * @param {Network} network
 * @param {RollupCode} rollupCode
 * @param {bigint} version
 * @returns {Promise<import('./contract.mjs').Contract>}
 */
export async function deployRollup(network, { code, verifier }, version) {
  const { token, gse, governance } = network.contracts;
  const genesis = { vkTreeRoot: ZERO_HASH, protocolContractsHash: ZERO_HASH, genesisArchiveRoot: ZERO_HASH };
  const address = await network.chain.deploy({
    from: DEPLOYER,
    abi: await aztecAbi('Rollup'),
    bytecode: code,
    args: [
      token.address, token.address, gse.address, verifier, DEPLOYER, genesis, rollupConfiguration(network, version),
    ],
  });
  const rollup = network.rollupAt(address);
  await rollup.send(DEPLOYER, 'setRewardsClaimable', [true]);
  await rollup.send(DEPLOYER, 'transferOwnership', [governance.address]);
  return rollup;
}

function rollupConfiguration({ contracts }, version) {
  return {
    aztecSlotDuration: parameters.SLOT_SECONDS,
    aztecEpochDuration: parameters.EPOCH_SLOTS,
    targetCommitteeSize: parameters.COMMITTEE_SIZE,
    lagInEpochsForValidatorSet: 2,
    lagInEpochsForRandao: 1,
    aztecProofSubmissionEpochs: 1,
    slashingQuorum: 65,
    slashingRoundSize: 128,
    slashingLifetimeInRounds: 34,
    slashingExecutionDelayInRounds: 28,
    slashAmounts: [2_000n * TOKEN, 5_000n * TOKEN, 5_000n * TOKEN],
    slashingOffsetInRounds: 2,
    slasherFlavor: TALLY_SLASHER,
    slashingVetoer: VETOER,
    slashingDisableDuration: 3 * DAY,
    manaTarget: 100_000_000,
    exitDelaySeconds: parameters.EXIT_DELAY,
    version: Number(version),
    provingCostPerMana: 100,
    initialEthPerFeeAsset: 10_000_000,
    rewardConfig: {
      rewardDistributor: contracts.rewardDistributor.address,
      sequencerBps: parameters.SEQUENCER_BPS,
      booster: NOBODY,
      checkpointReward: parameters.REWARD_PER_CHECKPOINT,
    },
    rewardBoostConfig: { increment: 125_000, maxScore: 15_000_000, a: 1_000, minimum: 100_000, k: 1_000_000 },
    stakingQueueConfig: parameters.ENTRY_QUEUE,
    localEjectionThreshold: parameters.LOCAL_EJECTION_THRESHOLD,
    earliestRewardsClaimableTimestamp: 0,
    inboxLag: 1,
  };
}

/** Later rollups join by a proposal; the first one is there before governance has taken over. */
async function joinAsFirstRollup(network, rollup) {
  const { registry, gse, governance, rewardDistributor, token } = network.contracts;
  for (const list of [registry, gse]) {
    await list.send(DEPLOYER, 'addRollup', [rollup.address]);
    await list.send(DEPLOYER, 'transferOwnership', [governance.address]);
  }
  await token.send(DEPLOYER, 'mint', [rewardDistributor.address, 100_000_000n * TOKEN]);
  network.addRollup(FIRST_VERSION, rollup.address);
}

async function deployAztec(network, name, artifact, args) {
  return network.addContract(name, await deployPublished(network.chain, artifact, args));
}

async function deployPublished(chain, artifact, args) {
  const [abi, bytecode] = await Promise.all([aztecAbi(artifact), aztecCode(artifact)]);
  return chain.deploy({ from: DEPLOYER, abi, bytecode, args });
}

async function deployOwn(network, name, artifact, args) {
  const { [artifact]: { abi, bytecode } } = await compiledContracts();
  return network.addContract(name, await network.chain.deploy({ from: DEPLOYER, abi, bytecode, args }));
}
