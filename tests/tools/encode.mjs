// Encodes with viem, a program that shares no code with the app, what the app encodes and decodes by itself: the calls
// that plans are made of, and random samples of every function and error that the published contracts have.
//
// stdin: { calls: [{ fn, args }], samples, seed }; stdout: { calls: [data], functions, errors }, each function and error
// with the texts of its arguments as `cast` writes them. The interfaces come from the published packages and from the
// Solidity sources of the stand-ins; what neither holds stands below, written from the contracts' documentation.
import { readFileSync } from 'node:fs';
import * as artifacts from '@aztec/l1-artifacts';
import {
  encodeErrorResult, encodeFunctionData, encodeFunctionResult, getAddress, parseAbi, toFunctionSelector, toHex,
} from 'viem/utils';
import { compiledContracts } from '../devnet/solidity.mjs';

const PLANNED = parseAbi([
  'function approve(address spender, uint256 amount) returns (bool)',
  'function stake(uint256 provider, uint256 version, address withdrawer, uint16 rate, address recipient, bool move)',
  'function registerProvider(address admin, uint16 rate, address recipient) returns (uint256 id)',
  'function updateProviderTakeRate(uint256 provider, uint16 rate)',
  'function updateProviderRewardsRecipient(uint256 provider, address recipient)',
  'function updateProviderAdmin(uint256 provider, address admin)',
  'function acceptProviderAdmin(uint256 provider)',
  'struct G1 { uint256 x; uint256 y; }',
  'struct G2 { uint256 x0; uint256 x1; uint256 y0; uint256 y1; }',
  'struct Key { address attester; G1 first; G2 second; G1 proof; }',
  'function addKeysToProvider(uint256 provider, Key[] keys)',
  'function dripProviderQueue(uint256 provider, uint256 count)',
  'function deposit(address beneficiary, uint256 amount)',
  'function vote(uint256 proposal, uint256 amount, bool support)',
  'function vote(uint256 proposal)',
  'function delegate(address instance, address attester, address delegatee)',
  'function initiateWithdraw(address to, uint256 amount) returns (uint256)',
  'function finalizeWithdraw(uint256 id)',
  'function submitRoundWinner(uint256 round) returns (bool)',
  'function execute(uint256 proposal)',
  'function dropProposal(uint256 proposal)',
  'function proposeWithLock(address payload, address to)',
]);

const ELSEWHERE = parseAbi([
  // Multicall3
  'struct Call3 { address target; bool allowFailure; bytes callData; }',
  'struct Result { bool success; bytes returnData; }',
  'function aggregate3(Call3[] calls) payable returns (Result[])',
  'function getBlockNumber() view returns (uint256)',
  'function getLastBlockHash() view returns (bytes32)',
  // 0xSplits, beyond what the stand-ins have
  'struct Split { address[] recipients; uint256[] allocations; uint256 totalAllocation; uint16 incentive; }',
  'function distribute(Split split, address token, uint256 amount, bool warehouse, address distributor)',
  'function balanceOf(address owner, uint256 id) view returns (uint256)',
  'function withdraw(address owner, address token)',
  // of the governance proposer's wrapper, whose interface the package leaves out
  'function amIValid() view returns (bool)',
  // token vaults and their stakers
  'error NotBeneficiary(address, address)',
  'error NotOperator(address, address)',
  'error NoClaimable()',
  'error ExecutionNotAllowedYet(uint256, uint256)',
  'error InsufficientStakeable(uint256, uint256)',
  'error UnRegisteredStaker(uint256)',
  'error RevokedOrFailed()',
  'error StakingNotOccurred()',
  'error WithdrawalDelayNotPassed()',
  // Safe
  'function getThreshold() view returns (uint256)',
  'function getOwners() view returns (address[])',
  // Solidity
  'error Error(string)',
  'error Panic(uint256)',
  // rollups of other generations
  'function getBlockReward() view returns (uint96)',
  'function availableTo(address rollup) view returns (uint256)',
  'function getPendingBlockNumber() view returns (uint256)',
  'function getProvenBlockNumber() view returns (uint256)',
  'function getPendingSlasher() view returns (address, uint256)',
  'function getLegacySlasher() view returns (address, uint256)',
  'function initiateWithdrawByAttester(address)',
  'error Staking__EmptyAttesterExitBatch()',
  'error Staking__AttesterExitAuthorizationExpired(uint256, uint256)',
  'error Staking__AttesterExitLimitExceeded(uint256, uint256)',
  'error Staking__AttesterExitPoolTooSmall(uint256, uint256)',
  'error Staking__NotLatestRollup(address, address)',
  'error Staking__InsufficientFlushGas(uint256, uint256)',
  'error OutsideBusinessHours(uint256, uint256)',
  'error SlashingProposer__RoundNotComplete(uint256)',
  'error SlashingProposer__RoundAlreadyExecuted(uint256)',
  'error SlashingProposer__RoundOutOfRange(uint256, uint256)',
  // BN254 arithmetic
  'error MulPointFail()',
  'error InfinityNotAllowed()',
  'error PairingFail()',
  'error AddPointFail()',
  'error SqrtFail()',
  'error GammaZero()',
]);

/** The same numbers for the same seed (mulberry32). */
function dice(seed) {
  let state = seed >>> 0;
  return (sides) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % sides;
  };
}

const { calls = [], samples = 0, seed = 1 } = JSON.parse(readFileSync(0, 'utf8'));
const roll = dice(seed);
const bytes = (length) => toHex(Uint8Array.from({ length }, () => roll(256)));
const LETTERS = "abcdefghijklmnopqrstuvwxyz ABC 0123456789 .,;:-_'()$&|<>*?~#!%+=/@é€漢";

/** A random value of a type, with its text. */
function sample({ type, components }) {
  const array = type.match(/^(.*)\[(\d*)\]$/);
  if (array) {
    const length = array[2] ? Number(array[2]) : roll(4);
    const items = Array.from({ length }, () => sample({ type: array[1], components }));
    return { value: items.map(({ value }) => value), text: `[${items.map(({ text }) => text).join(',')}]` };
  }
  if (type === 'tuple') {
    const parts = components.map(sample);
    const named = components.every(({ name }) => name);
    const value = named
      ? Object.fromEntries(components.map(({ name }, i) => [name, parts[i].value]))
      : parts.map((part) => part.value);
    return { value, text: `(${parts.map(({ text }) => text).join(',')})` };
  }
  if (type === 'bool') return plain(roll(2) === 1);
  if (type === 'address') return plain(getAddress(bytes(20)));
  if (type === 'string') {
    const value = Array.from({ length: roll(40) }, () => [...LETTERS][roll([...LETTERS].length)]).join('');
    return { value, text: JSON.stringify(value) };
  }
  if (type === 'bytes') return plain(bytes(roll(70)));
  if (/^bytes\d+$/.test(type)) return plain(bytes(Number(type.slice(5))));
  const integer = type.match(/^(u?)int(\d+)$/);
  if (!integer) throw new Error(`no sample of ${type}`);
  const bits = Number(integer[2]);
  const most = 1n << BigInt(integer[1] ? bits : bits - 1);
  const some = [0n, 1n, most - 1n, BigInt(bytes(32)) % most, BigInt(bytes(8)) % most][roll(5)];
  const number = integer[1] || roll(2) ? some : -some - 1n;
  return { value: bits <= 48 ? Number(number) : number, text: number.toString() };
}

const plain = (value) => ({ value, text: String(value) });

function samplesOf(item) {
  return Array.from({ length: item.inputs.length > 0 ? samples : 1 }, () => {
    const args = item.inputs.map(sample);
    return { values: args.map(({ value }) => value), texts: args.map(({ text }) => text) };
  });
}

function functionSamples(item) {
  const abi = [item];
  return samplesOf(item).map(({ values, texts }) => {
    const results = item.outputs.map(sample);
    const result = results.length === 1 ? results[0].value : results.map(({ value }) => value);
    return {
      name: item.name,
      selector: toFunctionSelector(item),
      data: encodeFunctionData({ abi, functionName: item.name, args: values }),
      args: texts,
      returned: results.length === 0 ? '0x' : encodeFunctionResult({ abi, functionName: item.name, result }),
      results: results.map(({ text }) => text),
    };
  });
}

function errorSamples(item) {
  const abi = [item];
  return samplesOf(item).map(({ values, texts }) => ({
    name: item.name,
    data: encodeErrorResult({ abi, errorName: item.name, args: values }),
    args: texts,
  }));
}

/** A call of a plan: numbers come as texts. */
function planned({ fn, args }) {
  const { inputs } = PLANNED.find(({ name }) => name === fn);
  const typed = args.map((arg, i) => {
    if (inputs[i].type === 'uint16') return Number(arg);
    if (inputs[i].type === 'tuple[]') return arg.map(numbers);
    return inputs[i].type.startsWith('uint') ? BigInt(arg) : arg;
  });
  return encodeFunctionData({ abi: PLANNED, functionName: fn, args: typed });
}

/** The numbers of a key. */
const numbers = (value) => (typeof value === 'object'
  ? Object.fromEntries(Object.entries(value).map(([name, part]) => [name, name === 'attester' ? part : numbers(part)]))
  : BigInt(value));

/** The contracts that the app knows come first: others may have a function of the same name that returns otherwise. */
const KNOWN = ['Registry', 'Rollup', 'GSE', 'Governance', 'GovernanceProposer', 'Slasher', 'TallySlashingProposer',
  'EmpireSlashingProposer', 'RewardDistributor', 'CoinIssuer', 'EscapeHatch', 'TestERC20'];
const rank = (name) => (KNOWN.indexOf(name) + 1 || KNOWN.length + 1);
const published = Object.entries(artifacts)
  .filter(([name]) => name.endsWith('Abi'))
  .map(([name, abi]) => ({ abi, rank: rank(name.slice(0, -3)) }))
  .sort((one, other) => one.rank - other.rank)
  .map(({ abi }) => abi);
const compiled = Object.values(await compiledContracts()).map(({ abi }) => abi);

/** Libraries have types in their interfaces that only their own source knows. */
const plainType = ({ type, components = [] }) => /^(tuple|address|bool|string|bytes|u?int)/.test(type)
  && components.every(plainType);
const typeOf = ({ type, components = [] }) => type.replace(/^tuple/, `(${components.map(typeOf)})`);
const unique = new Map();
for (const item of samples ? [...published, ...compiled, ELSEWHERE].flat() : []) {
  const key = `${item.type} ${item.name}(${item.inputs?.map(typeOf)})`;
  const plain = [...item.inputs ?? [], ...item.outputs ?? []].every(plainType);
  if (['function', 'error'].includes(item.type) && plain && !unique.has(key)) unique.set(key, item);
}
const items = [...unique.values()];
const functions = items.filter(({ type }) => type === 'function');
const errors = items.filter(({ type }) => type === 'error');

console.log(JSON.stringify({
  calls: calls.map(planned),
  functions: functions.flatMap(functionSamples),
  errors: errors.flatMap(errorSamples),
}));
