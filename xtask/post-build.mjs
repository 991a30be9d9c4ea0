// Trunk's last step: puts the checksum of the wasm where boot.js enforces it, and drops the one on its preload link,
// which browsers ignore for requests of kind fetch (https://crbug.com/981419). In `cargo xtask build` it also adds the
// second wasm file that split/split.mjs has made. The worker that checks keys has fixed names: its checksum is written there too,
// and the page enforces it when it loads the worker (src/platform/worker.rs).
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const { TRUNK_STAGING_DIR: dist, ROTA_SPLIT: split } = process.env;
const index = path.join(dist, 'index.html');
const worker = 'rota-keycheck_bg.wasm';
const wasm = one(dist, '_bg.wasm', worker);
const [hash, workerHash] = [wasm, worker].map((name) => crypto.createHash('sha384').update(fs.readFileSync(path.join(dist, name))).digest('base64'));

const before = fs.readFileSync(index, 'utf8');
// with the second file come the styles of what it draws (boot.js)
const later = split && before.match(/<link[^>]*href="?([^"\s>]*later-[^"\s>]*\.css)[^>]*>/);
if (split && !later) throw new Error('index.html does not name later.css');
const after = (later ? before.replace(later[0], '') : before)
  .replace(/<link[^>]*_bg\.wasm[^>]*>/, (link) => link.replace(/ integrity=("[^"]*"|[^\s>]+)/, ''))
  .replace('<script ', `<script data-sri="sha384-${hash}" data-keycheck="sha384-${workerHash}" ${later ? `data-later="${later[1]}" ` : ''}`);
if (!after.includes(`data-sri="sha384-${hash}"`)) throw new Error('index.html has no boot script');
fs.writeFileSync(index, split ? withOneSheet(after) : after);

// what boot.js is for is told to those who read it here
const boot = path.join(dist, 'boot.js');
const told = fs.readFileSync(boot, 'utf8').split('\n').map((line) => line.replace(/^\s*\/\/.*|\s+\/\/ .*$/, '').trim());
fs.writeFileSync(boot, told.filter(Boolean).join('\n'));

if (split) {
  const second = one(split, '.wasm');
  const [glue, made] = [path.join(dist, wasm.replace('_bg.wasm', '.js')), path.join(split, 'glue.js')].map((file) => fs.readFileSync(file, 'utf8'));
  if (glue !== made || !glue.includes(second)) throw new Error('the glue is not the one that split.mjs has made');
  fs.copyFileSync(path.join(split, second), path.join(dist, second));
}

/** The styles of the first load in one file: fewer requests and checksums, and together they compress better. */
function withOneSheet(html) {
  const links = [...html.matchAll(/<link[^>]*href="?([^"\s>]*\.css)[^>]*>/g)];
  const files = links.map(([, name]) => path.join(dist, name));
  const sheet = files.map((file) => fs.readFileSync(file, 'utf8')).join('');
  files.forEach((file) => fs.rmSync(file));
  const [digest, integrity] = [['sha256', 'hex'], ['sha384', 'base64']].map(([kind, form]) => crypto.createHash(kind).update(sheet).digest(form));
  const name = `style-${digest.slice(0, 16)}.css`;
  fs.writeFileSync(path.join(dist, name), sheet);
  const link = `<link href=./${name} integrity=sha384-${integrity} rel=stylesheet>`;
  return links.reduce((text, [each], place) => text.replace(each, () => (place === 0 ? link : '')), html);
}

function one(folder, ending, except) {
  const found = fs.readdirSync(folder).filter((name) => name.endsWith(ending) && name !== except);
  if (found.length !== 1) throw new Error(`one file *${ending} expected, found ${found.length}`);
  return found[0];
}
