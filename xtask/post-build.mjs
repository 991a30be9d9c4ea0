// Trunk's last step: puts the checksum of the wasm where boot.js enforces it, and drops the one on its preload link,
// which browsers ignore for requests of kind fetch (https://crbug.com/981419).
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const dist = process.env.TRUNK_STAGING_DIR;
const index = path.join(dist, 'index.html');
const wasm = fs.readdirSync(dist).filter((name) => name.endsWith('_bg.wasm'));
if (wasm.length !== 1) throw new Error(`one wasm file expected, found ${wasm.length}`);
const hash = crypto.createHash('sha384').update(fs.readFileSync(path.join(dist, wasm[0]))).digest('base64');

const before = fs.readFileSync(index, 'utf8');
const after = before
  .replace(/<link[^>]*_bg\.wasm[^>]*>/, (link) => link.replace(/ integrity=("[^"]*"|[^\s>]+)/, ''))
  .replace('<script ', `<script data-sri="sha384-${hash}" `);
if (!after.includes(`data-sri="sha384-${hash}"`)) throw new Error('index.html has no boot script');
fs.writeFileSync(index, after);
