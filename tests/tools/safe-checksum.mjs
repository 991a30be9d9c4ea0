// The checksum of a Safe Transaction Builder file, written from its published description and on other code than the
// app's: JSON on stdin, the checksum its contents should have on stdout.
import { keccak256, toBytes } from 'viem/utils';

let text = '';
for await (const chunk of process.stdin) text += chunk;
const { checksum, ...meta } = JSON.parse(text).meta;
console.log(keccak256(toBytes(canonical({ ...JSON.parse(text), meta: { ...meta, name: null } }))));

function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${JSON.stringify(names)}${names.map((name) => `${canonical(value[name])},`).join('')}}`;
}
