// wasm-streams, which leptos brings along through server_fn, exports three classes with which JavaScript reads a stream of
// Rust's. No code here makes such a stream, but what is exported is kept, with all that it calls: a kilobyte of the first
// load.
import { encoded, number } from './short-imports.mjs';

const EXPORTS = 7;
const OF_STREAMS = /^(__wbg_)?intounderlying/;

/**
 * @param {Buffer} wasm @param {string} glue
 * @returns {{ wasm: Buffer, glue: string }} the same without those classes
 */
export function withoutStreams(wasm, glue) {
  if (/IntoUnderlying\w+\.__wrap\(/.test(glue)) throw new Error('a stream of Rust’s is made: its class is needed');
  const short = glue
    .replace(/^export class IntoUnderlying\w+ \{$.*?^\}$/gms, '')
    .replace(/^if \(Symbol\.dispose\) IntoUnderlying.*$/gm, '')
    .replace(/^const IntoUnderlying\w+Finalization = .*?;$/gms, '');
  const left = short.match(/.*IntoUnderlying.*/);
  if (left) throw new Error(`the glue has changed: ${left[0]}`);
  return { wasm: withoutExports(wasm), glue: short };
}

function withoutExports(wasm) {
  for (let at = 8; at < wasm.length;) {
    const [length, begin] = number(wasm, at + 1);
    if (wasm[at] === EXPORTS) {
      const [count, first] = number(wasm, begin);
      const kept = exportsFrom(wasm, first, count).filter(({ name }) => !OF_STREAMS.test(name));
      const made = Buffer.concat([encoded(kept.length), ...kept.map(({ bytes }) => bytes)]);
      return Buffer.concat([wasm.subarray(0, at), Buffer.from([EXPORTS]), encoded(made.length), made, wasm.subarray(begin + length)]);
    }
    at = begin + length;
  }
  throw new Error('the wasm exports nothing');
}

function exportsFrom(wasm, first, count) {
  const all = [];
  for (let at = first; all.length < count;) {
    const [length, begin] = number(wasm, at);
    // a byte for the kind, then which of its kind
    const [, end] = number(wasm, begin + length + 1);
    all.push({ name: wasm.toString('utf8', begin, begin + length), bytes: wasm.subarray(at, end) });
    at = end;
  }
  return all;
}
