/**
 * Checkpoints of the second layer: proposed by the sequencer on turn, attested by its committee, proven.
 *
 * The rollup's own contract takes them: committee, turn, signatures, header, fees and rewards are as on a real network.
 * Two things are not: `checkBlob` is switched off in the rollup's storage, since a proposal's blob takes an unusual
 * transaction, and the network's verifier takes any proof.
 */
import { createHash } from 'node:crypto';
import { sign } from 'viem/accounts';
import {
  concat, encodeAbiParameters, encodeFunctionData, encodePacked, getAddress, hashMessage, keccak256, numberToHex, stringToHex,
} from 'viem/utils';
import { DEPLOYER } from '../accounts.mjs';
import { attesterSecrets } from '../keys.mjs';
import { MULTICALL3 } from '../addresses.mjs';
import { EPOCH_SLOTS, SLOT_SECONDS } from '../parameters.mjs';

/** @typedef {import('../network.mjs').Network} Network */
/** @typedef {`0x${string}`} Address */

const ZERO = `0x${'00'.repeat(32)}`;
/** The commitment of an empty blob: the point at infinity. It is its own opening. */
const INFINITY = `0xc0${'00'.repeat(47)}`;
/** Where the rollup keeps `checkBlob`: see `RollupCore.sol`. */
const CHECK_BLOB = 4;
const MOST_PER_EPOCH = 32;
const [ATTESTATION, ATTESTATIONS_AND_SIGNERS] = [1, 2];

const sha256 = (bytes) => `0x${createHash('sha256').update(Buffer.from(bytes.slice(2), 'hex')).digest('hex')}`;
const toField = (bytes) => `0x00${sha256(bytes).slice(2, -2)}`;
const versioned = (commitment) => `0x01${sha256(commitment).slice(4)}`;

const AGGREGATE = [{ type: 'function', name: 'aggregate3', stateMutability: 'payable', outputs: [], inputs: [
  { name: 'calls', type: 'tuple[]', components: [{ name: 'target', type: 'address' }, { name: 'allowFailure', type: 'bool' }, { name: 'callData', type: 'bytes' }] },
] }];

const ATTESTATIONS = { type: 'tuple', components: [{ name: 'signatureIndices', type: 'bytes' }, { name: 'signaturesOrAddresses', type: 'bytes' }] };

/**
 * @typedef {object} Checkpoint
 * @property {bigint} number
 * @property {bigint} slot
 * @property {Address} proposer
 * @property {Address} coinbase
 * @property {`0x${string}`} archive
 * @property {any} attestations
 */

/**
 * The next slot whose turn is one of these attesters', or the next one at all.
 * @param {Network} network
 * @param {Address[]} [attesters]
 * @returns {Promise<{ time: number, slot: bigint, proposer: Address }>}
 */
async function turnOf({ chain, canonical: { contract: rollup } }, attesters) {
  const wanted = attesters?.map((address) => address.toLowerCase());
  const genesis = Number(await rollup.read('getGenesisTime'));
  const now = await chain.now();
  const next = Math.ceil((now - genesis + 1) / SLOT_SECONDS);
  for (let slot = next; slot < next + EPOCH_SLOTS * 2; slot += 1) {
    const time = genesis + slot * SLOT_SECONDS;
    const proposer = await rollup.read('getProposerAt', [BigInt(time)]).catch((error) => {
      // who validates is decided so far ahead and no further
      if (error.reason === 'ValidatorSelection__EpochNotStable') return undefined;
      throw error;
    });
    if (!proposer) break;
    if (!wanted || wanted.includes(proposer.toLowerCase())) return { time, slot: BigInt(slot), proposer };
  }
  throw new Error('none of them has its turn soon');
}

/**
 * One checkpoint, by whose turn it is in the next slots: its proposer names `coinbase` as who is to be paid.
 * @param {Network} network
 * @param {{ coinbase: Address, attesters?: Address[], direct?: boolean }} deed `attesters`: wait for one of these;
 *   `direct`: not through Multicall3, as nodes send it
 * @returns {Promise<Checkpoint>}
 */
export async function propose(network, { coinbase, attesters, direct = false }) {
  const { chain, canonical: { contract: rollup } } = network;
  const { time, slot, proposer } = await turnOf(network, attesters);
  await chain.rpc('anvil_setStorageAt', [rollup.address, numberToHex(CHECK_BLOB, { size: 32 }), ZERO]);
  await chain.warpTo(time);
  const number = await rollup.read('getPendingCheckpointNumber') + 1n;
  const inbox = await rollup.read('getInbox');
  const header = {
    lastArchiveRoot: await rollup.read('archiveAt', [number - 1n]),
    blockHeadersHash: ZERO, blobsHash: toField(versioned(INFINITY)),
    inHash: await chain.read({ to: inbox, abi: INBOX, fn: 'consume', args: [number], from: rollup.address }),
    outHash: ZERO, slotNumber: slot, timestamp: BigInt(time), coinbase: getAddress(coinbase), feeRecipient: ZERO,
    gasFees: { feePerDaGas: 0n, feePerL2Gas: 0n }, totalManaUsed: 0n,
  };
  const archive = keccak256(stringToHex(`archive ${number} in slot ${slot}`)).replace(/^0x../, '0x00');
  const committee = await rollup.read('getEpochCommittee', [slot / BigInt(EPOCH_SLOTS)]);
  let args = await signed(network, { archive, header, committee, proposer });
  const fee = await missingFee(chain, rollup, args);
  if (fee) {
    header.gasFees.feePerL2Gas = fee;
    args = await signed(network, { archive, header, committee, proposer });
  }
  await chain.rpc('evm_setNextBlockTimestamp', [time + 12]);
  const data = encodeFunctionData({ abi: rollup.abi, functionName: 'propose', args });
  const calls = [{ target: rollup.address, allowFailure: true, callData: data }];
  const receipt = await (direct
    ? chain.send({ from: DEPLOYER, to: rollup.address, data, fn: 'propose' })
    : chain.send({ from: DEPLOYER, to: MULTICALL3, abi: AGGREGATE, fn: 'aggregate3', args: [calls] }));
  if (!rollup.events(receipt, 'CheckpointProposed').length) throw new Error('the proposal failed inside its bundle');
  return { number, slot, proposer, coinbase, archive, attestations: args[1], transaction: receipt.transactionHash };
}

const INBOX = [{ type: 'function', name: 'consume', stateMutability: 'nonpayable', inputs: [{ name: '_toConsume', type: 'uint256' }], outputs: [{ name: '', type: 'bytes32' }] }];

/** The fee that the rollup wants in the header, when it is not the one that is there. */
async function missingFee(chain, rollup, args) {
  try {
    await chain.read({ to: rollup.address, abi: rollup.abi, fn: 'propose', args, from: DEPLOYER });
  } catch (error) {
    if (error.reason === 'Rollup__InvalidManaMinFee') return error.args[0];
    throw error;
  }
  return 0n;
}

/** The arguments of `propose`, signed by the whole committee. */
async function signed(network, { archive, header, committee, proposer }) {
  const oracleInput = { feeAssetPriceModifier: 0n };
  const headerHash = toField(encodePacked(
    ['bytes32', 'bytes32', 'bytes32', 'bytes32', 'bytes32', 'uint256', 'uint64', 'address', 'bytes32', 'uint128', 'uint128', 'uint256'],
    [header.lastArchiveRoot, header.blockHeadersHash, header.blobsHash, header.inHash, header.outHash, header.slotNumber, header.timestamp,
      header.coinbase, header.feeRecipient, header.gasFees.feePerDaGas, header.gasFees.feePerL2Gas, header.totalManaUsed],
  ));
  const digest = keccak256(encodeAbiParameters(
    ['uint8', 'bytes32', 'int256', 'bytes32'].map((type) => ({ type })), [ATTESTATION, archive, 0n, headerHash],
  ));
  const secrets = await attesterSecrets(network.keyRing.next);
  const bySequencer = (address, hash) => sign({ hash: hashMessage({ raw: hash }), privateKey: secrets.get(address.toLowerCase()) });
  const packed = await Promise.all(committee.map(async (address) => {
    const { r, s, v } = await bySequencer(address, digest);
    return concat([numberToHex(Number(v), { size: 1 }), r, s]);
  }));
  // every member signed: as many ones as members, from the left
  const bits = Array.from({ length: Math.ceil(committee.length / 8) }, (_, byte) =>
    (0xff << Math.max(0, 8 - (committee.length - byte * 8))) & 0xff);
  const attestations = { signatureIndices: concat(bits.map((byte) => numberToHex(byte, { size: 1 }))), signaturesOrAddresses: concat(packed) };
  const both = keccak256(encodeAbiParameters(
    [{ type: 'uint8' }, ATTESTATIONS, { type: 'address[]' }], [ATTESTATIONS_AND_SIGNERS, attestations, committee],
  ));
  const { r, s, v } = await bySequencer(proposer, both);
  return [{ archive, oracleInput, header }, attestations, committee, { v: Number(v), r, s }, concat(['0x01', INFINITY])];
}

/**
 * Proves checkpoints of one epoch, the first ones of it that are not proven: their coinbases are credited.
 * @param {Network} network
 * @param {{ checkpoints: Checkpoint[] }} deed
 */
export async function prove({ chain, canonical: { contract: rollup } }, { checkpoints }) {
  const [first, last] = [checkpoints[0], checkpoints.at(-1)];
  const fees = checkpoints.flatMap(({ coinbase }) => [`0x${coinbase.slice(2).padStart(64, '0')}`, ZERO]);
  while (fees.length < MOST_PER_EPOCH * 2) fees.push(ZERO);
  const receipt = await chain.send({ from: DEPLOYER, to: rollup.address, abi: rollup.abi, fn: 'submitEpochRootProof', args: [{
    start: first.number, end: last.number,
    args: { previousArchive: await rollup.read('archiveAt', [first.number - 1n]), endArchive: last.archive, outHash: ZERO, proverId: DEPLOYER },
    fees, attestations: last.attestations,
    blobInputs: concat([versioned(INFINITY), ZERO, ZERO, INFINITY, INFINITY]), proof: '0x',
  }] });
  return receipt.transactionHash;
}
