// Transactions of proposers and provers of each generation, encoded with viem from the published interfaces, directly and
// through what nodes send them by.
//
// stdout: { proposals: [{ name, input, archive, coinbase, slot }], proofs: [{ name, input, start, end, coinbases }] }
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
const proposals = [['v4', published, 1], ['v5', v5, 2]].map(([name, abi, n]) => ({ name, input: proposal(abi, n), archive, coinbase: someone(n), slot: 4000 + n }));
// the oldest form is not published as an interface any more: its words stand where its documentation says
const old = Array.from({ length: 22 }, (_, n) => word(`old ${n}`).slice(2));
[old[0], old[14], old[16]] = [archive.slice(2), (4003).toString(16).padStart(64, '0'), someone(3).slice(2).padStart(64, '0')];
proposals.push({ name: 'v2', input: `0x48aeda19${old.join('')}`, archive, coinbase: someone(3), slot: 4003 });

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
console.log(JSON.stringify({ proposals: proposals.flatMap(wrapped), proofs: proofs.flatMap(wrapped) }));
