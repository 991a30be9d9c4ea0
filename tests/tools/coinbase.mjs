// Transactions of proposers and provers of each generation, encoded with viem from the published interfaces, directly and
// through what nodes send them by.
//
// Where the interfaces are from: v2 (Ignition) is published as @aztec/l1-artifacts 3.0.0-devnet.5, v4 as 4.1.2, which the
// tests install; v5 is published nowhere and written here after its source. Each has to have the selector that is known
// of it on chain.
//
// stdout: { proposals: [{ name, input, archive, coinbase, slot }], proofs: [{ name, input, start, end, coinbases }],
//           unknown: [{ name, input, archive, end }] }, the last of forms that no generation on mainnet is known to have
import { RollupAbi } from '@aztec/l1-artifacts';
import { encodeFunctionData, keccak256, parseAbi, parseAbiParameters, toFunctionSelector, toHex } from 'viem/utils';

const GAS_FEES = '(uint128 feePerDaGas, uint128 feePerL2Gas) gasFees';
const HEADER = `bytes32 lastArchiveRoot, bytes32 blockHeadersHash, bytes32 blobsHash, bytes32 inHash, bytes32 outHash, uint256 slotNumber, uint256 timestamp, address coinbase, bytes32 feeRecipient, ${GAS_FEES}, uint256 totalManaUsed`;
const PROPOSE_END = '(bytes signatureIndices, bytes signaturesOrAddresses) attestations, address[] signers, (uint8 v, bytes32 r, bytes32 s) signature, bytes blobInput';
const PROOF_END = '(bytes a, bytes b) attestations, bytes blobInputs, bytes proof';
const abiOf = (name, inputs) => [{ type: 'function', name, inputs: parseAbiParameters(inputs), outputs: [], stateMutability: 'nonpayable' }];
const proofOf = (inputs, list) => abiOf('submitEpochRootProof', `(uint256 start, uint256 end, (${inputs}) args, ${list}, ${PROOF_END}) _args`);

const word = (n) => keccak256(toHex(n));
const someone = (n) => `0x${word(`someone ${n}`).slice(26)}`;
const rest = { attestations: { signatureIndices: '0x0102', signaturesOrAddresses: '0xff' }, signers: [someone(5)], signature: { v: 27, r: word(1), s: word(2) }, blobInput: `0x${'ab'.repeat(77)}` };
const header = (n) => ({
  lastArchiveRoot: word(`${n}a`), blockHeadersHash: word(`${n}b`), blobsHash: word(`${n}c`), inHash: word(`${n}d`), outHash: word(`${n}e`),
  slotNumber: 4000n + BigInt(n), timestamp: 1_800_000_000n, coinbase: someone(n), feeRecipient: word(`${n}f`),
  gasFees: { feePerDaGas: 1n, feePerL2Gas: 2n }, totalManaUsed: 3n, accumulatedFees: 4n,
});

const published = RollupAbi.filter(({ name }) => name === 'propose' || name === 'submitEpochRootProof');
const archive = word('archive');
const proposal = (abi, n) => encodeFunctionData({ abi, functionName: 'propose', args: [
  { archive, oracleInput: { feeAssetPriceModifier: 0n }, header: header(n) }, rest.attestations, rest.signers, rest.signature, rest.blobInput,
] });
const v5 = abiOf('propose', `(bytes32 archive, (int256 feeAssetPriceModifier) oracleInput, (${HEADER}, uint256 accumulatedFees) header) _args, ${PROPOSE_END}`);
/** The first generation called checkpoints blocks, and put the whole state and what the block holds into the proposal. */
const TREE = 'bytes32 root, uint32 nextAvailableLeafIndex';
const STATE = `((${TREE}) l1ToL2MessageTree, ((${TREE}) noteHashTree, (${TREE}) nullifierTree, (${TREE}) publicDataTree) partialStateReference) stateReference`;
const OLD_HEADER = `bytes32 lastArchiveRoot, (bytes32 blobsHash, bytes32 inHash, bytes32 outHash) contentCommitment, uint256 slotNumber, uint256 timestamp, address coinbase, bytes32 feeRecipient, ${GAS_FEES}, uint256 totalManaUsed`;
const OLD_ARGS = `(bytes32 archive, ${STATE}, (int256 feeAssetPriceModifier) oracleInput, (${OLD_HEADER}) header) _args, (bytes signatureIndices, bytes signaturesOrAddresses) _attestations, address[] _signers`;
const v2 = abiOf('propose', `${OLD_ARGS}, (uint8 v, bytes32 r, bytes32 s) _attestationsAndSignersSignature, bytes _blobInput`);
const tree = (n) => ({ root: word(`tree ${n}`), nextAvailableLeafIndex: n });
const old = (n) => ({
  archive, oracleInput: { feeAssetPriceModifier: -7n },
  stateReference: { l1ToL2MessageTree: tree(1), partialStateReference: { noteHashTree: tree(2), nullifierTree: tree(3), publicDataTree: tree(4) } },
  header: { ...header(n), contentCommitment: { blobsHash: word('blobs'), inHash: word('in'), outHash: word('out') } },
});
const oldProposal = (abi, n, ...more) => encodeFunctionData({ abi, functionName: 'propose', args: [old(n), rest.attestations, rest.signers, ...more, rest.blobInput] });

const generations = [['v2', v2, 3, '0x48aeda19', oldProposal(v2, 3, rest.signature)], ['v4', published, 1, '0x85b98fd8', proposal(published, 1)], ['v5', v5, 2, '0x72636df9', proposal(v5, 2)]];
const proposals = generations.map(([name, abi, n, selector, input]) => {
  const item = abi.find((one) => one.name === 'propose');
  if (toFunctionSelector(item) !== selector || !input.startsWith(selector)) throw new Error(`${name}: the interface is another one`);
  return { name, input, archive, coinbase: someone(n), slot: 4000 + n };
});

// one that was published (2.0.3) and was never deployed on mainnet, one of another shape, and one that nobody has seen
const early = abiOf('propose', `${OLD_ARGS}, bytes _blobInput`);
const without = abiOf('propose', `(bytes32 archive, (int256 feeAssetPriceModifier) oracleInput, (${OLD_HEADER}) header) _args, ${PROPOSE_END}`);
const next = abiOf('propose', `(bytes32 archive, (${HEADER}, uint256 accumulatedFees, uint256 somethingNew) header) _args, ${PROPOSE_END}`);
const nextArgs = { archive, header: { ...header(2), somethingNew: 1n } };
const unknown = [
  { name: 'published before Ignition', input: oldProposal(early, 3), archive, end: 73 },
  { name: 'without a state', input: encodeFunctionData({ abi: without, functionName: 'propose', args: [old(3), rest.attestations, rest.signers, rest.signature, rest.blobInput] }), archive, end: 73 },
  { name: 'of a generation to come', input: encodeFunctionData({ abi: next, functionName: 'propose', args: [nextArgs, rest.attestations, rest.signers, rest.signature, rest.blobInput] }), archive, end: 73 },
];

const coinbases = [1, 2, 3, 4].map(someone);
const fees = [...coinbases.flatMap((to, n) => [`0x${to.slice(2).padStart(64, '0')}`, word(`fee ${n}`)]), ...Array(56).fill(`0x${'0'.repeat(64)}`)];
const end = { attestations: { signatureIndices: '0x01', signaturesOrAddresses: '0x02', a: '0x01', b: '0x02' }, blobInputs: '0x0304', proof: `0x${'cd'.repeat(99)}` };
const inputs = { previousArchive: word(7), endArchive: word(8), outHash: word(9), proverId: someone(9) };
const THREE = 'bytes32 previousArchive, bytes32 endArchive, address proverId';
const FOUR = 'bytes32 previousArchive, bytes32 endArchive, bytes32 outHash, address proverId';
const proofs = [
  ['v2', proofOf(THREE, 'bytes32[] fees'), '0x46c6dfdf'],
  ['v4', published, '0xd8ea4277'],
  ['v5', proofOf(FOUR, `(${HEADER}, uint256 accumulatedFees)[] headers`), '0x069d1525'],
].map(([name, abi, selector]) => {
  const item = abi.find((one) => one.name === 'submitEpochRootProof');
  if (toFunctionSelector(item) !== selector) throw new Error(`${name}: the interface is another one`);
  const args = [{ start: 70n, end: 73n, args: inputs, fees, headers: [1, 2, 3, 4].map(header), ...end }];
  return { name, input: encodeFunctionData({ abi: [item], functionName: item.name, args }), start: 70, end: 73, coinbases };
});

/** By Multicall3 behind another call, and by a proxy whose calls are packed otherwise. */
const WRAPPERS = parseAbi([
  'struct Call3 { address target; bool allowFailure; bytes callData; }',
  'function aggregate3(Call3[] calls) payable',
  'struct Relayed { address proposer; address target; bytes data; uint256 value; uint256 gasLimit; }',
  'function multicall(Relayed[] calls)',
  'function forward(address[] to, bytes[] data)',
]);
const wrapped = ({ name, input, ...told }) => [
  { name: `${name} direct`, input, ...told },
  { name: `${name} aggregate3`, input: encodeFunctionData({ abi: WRAPPERS, functionName: 'aggregate3', args: [[
    { target: someone(1), allowFailure: true, callData: '0x12345678' }, { target: someone(2), allowFailure: true, callData: input },
  ]] }), ...told },
  { name: `${name} proxy`, input: encodeFunctionData({ abi: WRAPPERS, functionName: 'multicall', args: [[
    { proposer: someone(1), target: someone(2), data: input, value: 0n, gasLimit: 1n },
  ]] }), ...told },
  { name: `${name} forwarder`, input: encodeFunctionData({ abi: WRAPPERS, functionName: 'forward', args: [[someone(1)], [input]] }), ...told },
];
// a proof of a generation to come names its receivers in a list that no generation has
const later = proofOf(FOUR, 'address[] coinbases');
unknown.push({ name: 'a proof of a generation to come', archive, end: 73, input: encodeFunctionData({ abi: later, functionName: 'submitEpochRootProof', args: [{ start: 70n, end: 73n, args: inputs, coinbases, ...end }] }) });
console.log(JSON.stringify({ proposals: proposals.flatMap(wrapped), proofs: proofs.flatMap(wrapped), unknown: unknown.flatMap(wrapped) }));
