// Between cargo and trunk, in the place of wasm-bindgen: cuts the release's wasm in two at the door in src/ui/rest.rs.
//
// Trunk gets a main wasm and glue as wasm-bindgen would have written them, and goes on as ever: optimises, names, writes
// checksums. The glue holds what fetches the second file, whose name and checksum are in it. The second file is left in
// ROTA_SPLIT, from where post-build.mjs takes it, with a copy of the glue.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { number, shortImports } from './short-imports.mjs';
import { withoutStreams } from './streams.mjs';

const { ROTA_SPLIT: folder, ROTA_WASM_BINDGEN: bindgen } = process.env;
const LOADER = './__wasm_split.js';
// rest.rs calls it so
const NAME = 'second';

const given = process.argv.slice(2);
const input = given.find((argument) => argument.endsWith('.wasm'));
// the worker that checks keys is whole
const whole = input && path.basename(input) === 'rota-keycheck.wasm';
if (input && !whole) await split();
else run(bindgen, given);
if (whole) unlink(path.join(option('--out-dir='), `${option('--out-name=')}_bg.wasm`));

function option(name) {
  return given.find((argument) => argument.startsWith(name)).slice(name.length);
}

/** Leaves out what the linker wrote for the tool that cuts: wasm-opt would make it wrong, and nobody needs it. */
function unlink(file) {
  const wasm = fs.readFileSync(file);
  const kept = [wasm.subarray(0, 8)];
  for (let at = 8; at < wasm.length;) {
    const [length, begin] = number(wasm, at + 1);
    const [nameLength, name] = wasm[at] === 0 ? number(wasm, begin) : [0, begin];
    const isLinking = wasm[at] === 0 && /^(linking|reloc\..*)$/.test(wasm.toString('utf8', name, name + nameLength));
    if (!isLinking) kept.push(wasm.subarray(at, begin + length));
    at = begin + length;
  }
  fs.writeFileSync(file, Buffer.concat(kept));
}

async function split() {
  const stage = path.join(folder, 'stage');
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(stage, { recursive: true });

  const [outDir, outName] = [option('--out-dir='), option('--out-name=')];
  run('wasm-split-cli', [input, stage, '--target', 'web', '--out-name', outName]);
  const main = path.join(stage, `${outName}.wasm`);
  const parts = fs.readdirSync(stage).filter((name) => name.endsWith('.wasm') && name !== path.basename(main));
  if (parts.join() !== `split_${NAME}.wasm`) throw new Error(`split_${NAME}.wasm expected, found ${parts.join() || 'nothing'}`);

  // the second file needs what the linker exports: memory, table and stack
  run(bindgen, [...given.map((argument) => (argument === input ? main : argument)), '--keep-lld-exports']);
  const second = shrunk(path.join(stage, parts[0]), featuresOf(path.join(outDir, `${outName}_bg.wasm`)));
  const file = `${NAME}-${digest('sha256', second).toString('hex').slice(0, 16)}.wasm`;
  fs.writeFileSync(path.join(folder, file), second);

  const glue = path.join(outDir, `${outName}.js`);
  const loader = fs.readFileSync(path.join(stage, path.basename(LOADER)), 'utf8');
  const bound = path.join(outDir, `${outName}_bg.wasm`);
  const named = shortImports(fs.readFileSync(bound), fs.readFileSync(glue, 'utf8'));
  const short = withoutStreams(named.wasm, named.glue);
  fs.writeFileSync(bound, short.wasm);
  const whole = joined(short.glue, loader, outName, file, digest('sha384', second).toString('base64'));
  for (const copy of [glue, path.join(folder, 'glue.js')]) fs.writeFileSync(copy, dense(whole));
  fs.rmSync(stage, { recursive: true });
}

/** The names of the options are those of wasm-opt. The second file does not say what the compiler was allowed to use. */
function featuresOf(wasm) {
  return run('wasm-opt', ['--print-features', wasm, '--output', '/dev/null'], 'pipe').split(/\s+/).filter(Boolean);
}

/** As trunk does with the first (`index.html`): flattened once, the code compresses better by a fiftieth. */
function shrunk(wasm, features) {
  const small = `${wasm}.small`;
  run('wasm-opt', ['-Os', '--flatten', '--rereloop', '-Os', ...features, '--strip-debug', '--strip-producers', '--strip-target-features', wasm, '--output', small]);
  return fs.readFileSync(small);
}

/**
 * The glue with the loader in it: one request less than two modules, and one checksum on its preload holds for both.
 *
 * Beyond what the loader brings, the file's checksum is enforced, a file that was refused is not taken from the cache
 * again, the file is understood beside the page and not in its turn, whatever type the host says it has, and boot.js can
 * begin early.
 */
function joined(glue, loader, outName, file, hash) {
  const importLine = /^import \* as (\w+) from "\.\/__wasm_split\.js";?$/m;
  const [, imported] = importLine.exec(glue) ?? [];
  if (!imported) throw new Error(`the glue imports no ${LOADER}`);
  // both are functions of the glue
  if (!/^(async )?function __wbg_load\(/m.test(glue) || !/^function initSync\(/m.test(glue)) throw new Error('the glue has changed');
  const inside = replaced(loader, [
    [`import { initSync } from "./${outName}.js";`, ''],
    [`export const __wasm_split_load_${NAME} =`, `const __wasm_split_load_${NAME} =`],
    [`fetch(new URL("./split_${NAME}.wasm", import.meta.url))`, 'takeSecond()'],
    ['WebAssembly.instantiateStreaming(src, imports)', '__wbg_load(await src, imports)'],
  ]);
  return `${glue.replace(importLine, '')}
let secondBegun, secondCache = 'default';
function beginSecond() {
  const styles = globalThis.rota?.styles?.();
  const response = fetch(new URL('./${file}', import.meta.url), { integrity: 'sha384-${hash}', credentials: 'same-origin', cache: secondCache });
  response.catch(() => { secondCache = 'reload'; });
  const module = response.then((file) => file.arrayBuffer()).then(WebAssembly.compile);
  return Promise.all([module, styles]).then(([made]) => made);
}
function takeSecond() {
  const response = secondBegun ?? beginSecond();
  secondBegun = undefined;
  return response;
}
export function ${NAME}() {
  secondBegun ??= beginSecond();
}
${inside}
const ${imported} = { __wasm_split_load_${NAME} };
`;
}

/**
 * Without comments and indentation. Trunk's minifier gives up on the glue (it does not know `export { a as default }`) and
 * takes it as it is, which is as well: what it writes differs from build to build.
 */
function dense(script) {
  const lines = script.replace(/^\s*\/\*.*?\*\/\s*$/gms, '').split('\n').map((line) => line.trim());
  return `${lines.filter((line) => line && !line.startsWith('//')).join('\n')}\n`;
}

function replaced(text, pairs) {
  return pairs.reduce((all, [before, after]) => {
    if (all.split(before).length !== 2) throw new Error(`the loader has changed: not once "${before}"`);
    return all.replace(before, () => after);
  }, text);
}

function digest(algorithm, bytes) {
  return crypto.createHash(algorithm).update(bytes).digest();
}

function run(program, args, stdout = 'inherit') {
  const { status, error, stdout: output } = spawnSync(program, args, { stdio: ['ignore', stdout, 'inherit'], encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${path.basename(program)} failed (exit status ${status})`);
  return output;
}
