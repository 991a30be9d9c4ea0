/**
 * States of large networks in the user's cache, by the hash of everything that makes them: this folder's scripts and
 * contracts, and the versions of the packages.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fromCache, toCache } from './cache.mjs';

const FOLDER = new URL('./', import.meta.url);
/** What has no part in building: the proxy, the scenario, the tests, this text. */
const APART = /^(?:proxy|scenario|test)\/|^(?:proxy|cli|index|facts|state)\.mjs$|\.md$/;

/** @param {number} scale @returns {Promise<any | undefined>} as it was kept */
export const keptState = async (scale) => fromCache(await nameOf(scale));

/** @param {number} scale @param {any} state what JSON can hold */
export const keepState = async (scale, state) => toCache(await nameOf(scale), state);

async function nameOf(scale) {
  const hash = createHash('sha256');
  const files = (await readdir(FOLDER, { recursive: true })).filter((file) => /\.\w+$/.test(file) && !APART.test(file));
  for (const file of files.sort()) hash.update(file).update(await readFile(new URL(file, FOLDER)));
  hash.update(await readFile(new URL('../package-lock.json', FOLDER)));
  return `scale-${scale}-${hash.digest('hex').slice(0, 16)}.json`;
}
