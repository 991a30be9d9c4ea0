/**
 * Sequencer keys by number. Number n is the same key on every machine and in every run.
 *
 * Deriving one takes milliseconds, so all that were ever asked for are kept in the user's cache, and only missing ones
 * are made.
 */
import { keccak256, stringToHex } from 'viem/utils';
import { privateKeyToAddress } from 'viem/accounts';
import { fromCache, toCache } from './cache.mjs';
import { registrationKeys } from './bn254.mjs';

/** To be raised when the derivation changes: it names the cached file. */
const VERSION = 1;
const CACHED = `sequencer-keys-v${VERSION}.json`;

/**
 * @typedef {import('./bn254.mjs').RegistrationKeys & { attester: `0x${string}` }} SequencerKey
 *   the fields and names of the contracts' `KeyStore`
 */

/** Those that this process has asked for: the file of a large network takes a moment to read. */
let read = [];

/**
 * @param {number} count
 * @returns {Promise<SequencerKey[]>} keys 0 up to, not including, `count`
 */
export async function sequencerKeys(count) {
  if (read.length >= count) return read.slice(0, count);
  const stored = (await fromCache(CACHED)) ?? [];
  const known = stored.slice(0, count).map(withNumbers);
  read = known;
  if (known.length === count) return known.slice();

  for (let number = known.length; number < count; number += 1) known.push(derive(number));
  await toCache(CACHED, known.map(withHex));
  return known.slice();
}

/**
 * Hands out keys in order, each once.
 */
export class KeyRing {
  #next;

  /** @param {number} next the first number that nobody has used yet */
  constructor(next = 0) {
    this.#next = next;
  }

  get next() {
    return this.#next;
  }

  /**
   * @param {number} count
   * @returns {Promise<SequencerKey[]>}
   */
  async take(count) {
    const from = this.#next;
    this.#next += count;
    return (await sequencerKeys(this.#next)).slice(from);
  }

  /**
   * @param {`0x${string}`} attester of a key that was handed out
   * @returns {Promise<SequencerKey>}
   */
  async of(attester) {
    return (await sequencerKeys(this.#next)).find((key) => key.attester === attester);
  }
}

/**
 * The same key with the proof of another: a deposit with it fails when the entry queue is flushed.
 * @param {SequencerKey} key
 * @param {SequencerKey} other
 * @returns {SequencerKey}
 */
export function withProofOf(key, other) {
  return { ...key, proofOfPossession: other.proofOfPossession };
}

/**
 * What the first so many attesters sign with.
 * @param {number} count
 * @returns {Promise<Map<string, `0x${string}`>>} by address, in small letters
 */
export async function attesterSecrets(count) {
  return new Map((await sequencerKeys(count)).map(({ attester }, number) => [attester.toLowerCase(), secretOf(seedOf(number))]));
}

const seedOf = (number) => `rota local network, sequencer ${number}`;
const secretOf = (seed) => keccak256(stringToHex(`${seed}, attester`));

function derive(number) {
  const seed = seedOf(number);
  return {
    attester: privateKeyToAddress(secretOf(seed)),
    ...registrationKeys(`${seed}, registration`),
  };
}

const withHex = (key) => mapPoints(key, (coordinate) => `0x${coordinate.toString(16)}`);
const withNumbers = (key) => mapPoints(key, BigInt);

function mapPoints({ attester, ...points }, change) {
  const changed = Object.entries(points).map(([name, point]) => [
    name,
    Object.fromEntries(Object.entries(point).map(([axis, coordinate]) => [axis, change(coordinate)])),
  ]);
  return { attester, ...Object.fromEntries(changed) };
}
