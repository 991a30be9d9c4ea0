/**
 * The compiled form of this project's own contracts (`contracts/`).
 *
 * The compiler takes half a second to load and more to run, so its output is kept by the hash of everything that goes
 * into it; it is loaded only when that hash is new.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { fromCache, toCache } from './cache.mjs';

const FOLDER = new URL('./contracts/', import.meta.url);
const SETTINGS = {
  optimizer: { enabled: true, runs: 200 },
  outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
};
const require = createRequire(import.meta.url);

/**
 * @typedef {{ abi: import('viem').Abi, bytecode: `0x${string}` }} Artifact
 */

/** @returns {Promise<Record<string, Artifact>>} by contract name */
export async function compiledContracts() {
  const sources = await readSources();
  const name = `contracts-${hashOfInputs(sources)}.json`;
  const known = await fromCache(name);
  if (known) return known;
  const compiled = await compile(sources);
  await toCache(name, compiled);
  return compiled;
}

/** @returns {Promise<Record<string, { content: string }>>} */
async function readSources() {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.sol')).sort();
  return Object.fromEntries(await Promise.all(
    files.map(async (file) => [file, { content: await readFile(new URL(file, FOLDER), 'utf8') }]),
  ));
}

/** @param {Record<string, { content: string }>} sources */
function hashOfInputs(sources) {
  const versions = ['solc', '@openzeppelin/contracts'].map((name) => require(`${name}/package.json`).version);
  return createHash('sha256').update(JSON.stringify([versions, SETTINGS, sources])).digest('hex').slice(0, 16);
}

/**
 * @param {Record<string, { content: string }>} sources
 * @returns {Promise<Record<string, Artifact>>}
 */
async function compile(sources) {
  const { default: solc } = await import('solc');
  const input = { language: 'Solidity', sources, settings: SETTINGS };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: readImport }));

  const complaints = (output.errors ?? []).map((error) => error.formattedMessage);
  if (complaints.length > 0) throw new Error(`the contracts do not compile cleanly:\n${complaints.join('\n')}`);

  const own = Object.keys(sources).flatMap((file) => Object.entries(output.contracts[file] ?? {}));
  return Object.fromEntries(own
    .filter(([, { evm }]) => evm.bytecode.object !== '')
    .map(([name, { abi, evm }]) => [name, { abi, bytecode: `0x${evm.bytecode.object}` }]));
}

/** @param {string} path an import outside `contracts/`, which can only be a package's */
function readImport(path) {
  try {
    return { contents: readFileSync(require.resolve(path), 'utf8') };
  } catch (error) {
    return { error: error.message };
  }
}
