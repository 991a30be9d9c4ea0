/**
 * Where the Foundry programs are: in an npm package on x86-64 Linux, elsewhere at a path that the environment gives.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/**
 * @param {'anvil' | 'cast'} program
 * @returns {string} the path of the native binary itself, so that its process is ours to end
 */
export function foundryBinary(program) {
  const variable = `ROTA_${program.toUpperCase()}`;
  const given = process.env[variable];
  if (given) {
    if (!existsSync(given)) throw new Error(`${variable} names ${given}, and there is no such file.`);
    return given;
  }
  try {
    const manifest = require.resolve(`@foundry-rs/${program}-linux-amd64/package.json`);
    return join(dirname(manifest), 'bin', program);
  } catch {
    throw new Error(
      `No ${program} found: run \`npm ci\` in tests/ on x86-64 Linux, elsewhere set ${variable} to its path.`,
    );
  }
}
