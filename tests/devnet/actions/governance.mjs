/**
 * Governance: a payload is signalled for by sequencers on turn, becomes a proposal, is voted on and executed.
 */
import { DEPLOYER } from '../accounts.mjs';
import { GOVERNANCE, SIGNALLING, SLOT_SECONDS } from '../parameters.mjs';
import { compiledContracts } from '../solidity.mjs';
import { mint } from './tokens.mjs';

/** @typedef {import('../network.mjs').Network} Network */
/** @typedef {`0x${string}`} Address */

/** @typedef {bigint} Round */

/**
 * Takes the chain to the start of the next signalling round of the canonical rollup.
 * @param {Network} network
 * @returns {Promise<Round>}
 */
export async function nextRound({ chain, canonical: { contract: rollup } }) {
  const genesis = Number(await rollup.read('getGenesisTime'));
  const slot = Math.floor((await chain.now() - genesis) / SLOT_SECONDS);
  const round = BigInt(slot) / SIGNALLING.roundSlots + 1n;
  await chain.warpTo(genesis + Number(round * SIGNALLING.roundSlots) * SLOT_SECONDS);
  return round;
}

/**
 * So many signals for a payload, one in each following slot, each by the sequencer whose turn that slot is.
 * @param {Network} network
 * @param {{ payload: Address, count: number }} deed
 */
export async function signal({ chain, contracts, canonical: { contract: rollup } }, { payload, count }) {
  const genesis = Number(await rollup.read('getGenesisTime'));
  const next = Math.floor((await chain.now() - genesis) / SLOT_SECONDS) + 1;
  for (let slot = next; slot < next + count; slot += 1) {
    const time = genesis + slot * SLOT_SECONDS;
    const sequencer = await rollup.read('getProposerAt', [BigInt(time)]);
    await chain.setEther(sequencer);
    await chain.rpc('evm_setNextBlockTimestamp', [time]);
    await contracts.governanceProposer.send(sequencer, 'signal', [payload]);
  }
}

/**
 * Makes the payload that won a round that is over into a proposal.
 * @param {Network} network
 * @param {{ round: Round }} deed
 * @returns {Promise<{ proposal: bigint, createdAt: number }>}
 */
export async function submitRound({ chain, contracts: { governance, governanceProposer } }, { round }) {
  const receipt = await governanceProposer.send(DEPLOYER, 'submitRoundWinner', [round]);
  const [{ proposalId }] = governance.events(receipt, 'Proposed');
  return { proposal: proposalId, createdAt: await chain.now(receipt.blockNumber) };
}

/** Gives an account votes of its own. @param {Network} network @param {{ from: Address, amount: bigint }} deed */
export async function depositVotes({ contracts: { governance, token } }, { from, amount }) {
  await token.send(from, 'approve', [governance.address, amount]);
  await governance.send(from, 'deposit', [from, amount]);
}

/** @param {Network} network @param {{ from: Address, proposal: bigint, amount: bigint, support: boolean }} deed */
export async function vote({ contracts: { governance } }, { from, proposal, amount, support }) {
  return governance.send(from, 'vote', [proposal, amount, support]);
}

/**
 * The vote that stake casts by itself once somebody triggers it.
 * @param {Network} network
 * @param {{ proposal: bigint }} deed
 */
export async function triggerDefaultVote({ canonical: { contract: rollup } }, { proposal }) {
  return rollup.send(DEPLOYER, 'vote', [proposal]);
}

/** @param {Network} network @param {{ proposal: bigint }} deed */
export async function execute({ contracts: { governance } }, { proposal }) {
  return governance.send(DEPLOYER, 'execute', [proposal]);
}

/**
 * Deploys a payload; without actions one whose `getActions` does what `hostile` says.
 * @param {Network} network
 * @param {{ uri?: string, actions?: { target: Address, data: `0x${string}` }[], hostile?: { count: bigint, length: bigint } }} what
 * @returns {Promise<Address>}
 */
export async function deployPayload({ chain }, { uri = '', actions = [], hostile }) {
  const { Payload, HostilePayload } = await compiledContracts();
  return hostile
    ? chain.deploy({ from: DEPLOYER, ...HostilePayload, args: [hostile.count, hostile.length] })
    : chain.deploy({ from: DEPLOYER, ...Payload, args: [uri, actions] });
}

/**
 * Proposes by locking tokens that are made for it, without any signal.
 * @param {Network} network
 * @param {{ from: Address, payload: Address }} deed
 * @returns {Promise<{ proposal: bigint, createdAt: number }>}
 */
export async function proposeWithLock(network, { from, payload }) {
  const { chain, contracts: { governance } } = network;
  const amount = GOVERNANCE.proposeConfig.lockAmount;
  await mint(network, { to: from, amount });
  await depositVotes(network, { from, amount });
  const receipt = await governance.send(from, 'proposeWithLock', [payload, from]);
  const [{ proposalId }] = governance.events(receipt, 'Proposed');
  return { proposal: proposalId, createdAt: await chain.now(receipt.blockNumber) };
}
