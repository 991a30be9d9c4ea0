/**
 * A place for what is slow to make and always comes out the same: compiled contracts and sequencer keys.
 *
 * Names carry a version or a content hash, so nothing in here is ever stale and everything may be deleted.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir, platform } from 'node:os';
import { join } from 'node:path';

/** @returns {string} this network's folder among the user's caches */
export function cacheFolder() {
  const ofUser = platform() === 'darwin'
    ? join(homedir(), 'Library', 'Caches')
    : process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(ofUser, 'rota', 'devnet');
}

/**
 * The stored JSON value of that name, or nothing where there is none that can be read.
 * @param {string} name
 * @returns {Promise<any | undefined>}
 */
export async function fromCache(name) {
  try {
    return JSON.parse(await readFile(join(cacheFolder(), name), 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * @param {string} name
 * @param {unknown} value anything that JSON can hold
 */
export async function toCache(name, value) {
  const file = join(cacheFolder(), name);
  await mkdir(cacheFolder(), { recursive: true });
  // Several test processes may write at once: a rename replaces the file whole.
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, JSON.stringify(value));
  await rename(unfinished, file);
}
