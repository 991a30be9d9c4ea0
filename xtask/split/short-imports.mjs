// wasm-bindgen gives every function that wasm imports a name with a checksum in it, which does not compress: five
// kilobytes of the first load. Within one build it is enough that the wasm and its glue call them the same.

/**
 * @param {Buffer} wasm @param {string} glue
 * @returns {{ wasm: Buffer, glue: string }} the same with short names
 */
export function shortImports(wasm, glue) {
  const short = new Map();
  const shortGlue = glue.replace(/__wb\w+_[0-9a-f]{16}\b/g, (name) => {
    if (!short.has(name)) short.set(name, `w${short.size.toString(36)}`);
    return short.get(name);
  });
  const { before, body, after } = importSection(wasm);
  const [count, begin] = number(body, 0);
  const parts = [encoded(count)];
  let found = 0;
  for (let at = begin; at < body.length;) {
    const module = text(body, at);
    const field = text(body, module.end);
    const end = describedBy(body, field.end);
    const name = short.get(field.value) ?? field.value;
    if (name !== field.value) found += 1;
    parts.push(body.subarray(at, module.end), encoded(name.length), Buffer.from(name), body.subarray(field.end, end));
    at = end;
  }
  // what one side calls otherwise than the other would be found out by the browser only
  if (found !== short.size) throw new Error(`the glue has ${short.size} functions with checksums, the wasm imports ${found} of them`);
  const made = Buffer.concat(parts);
  return { wasm: Buffer.concat([before, Buffer.from([IMPORTS]), encoded(made.length), made, after]), glue: shortGlue };
}

const IMPORTS = 2;

function importSection(wasm) {
  for (let at = 8; at < wasm.length;) {
    const [length, begin] = number(wasm, at + 1);
    if (wasm[at] === IMPORTS) return { before: wasm.subarray(0, at), body: wasm.subarray(begin, begin + length), after: wasm.subarray(begin + length) };
    at = begin + length;
  }
  throw new Error('the wasm imports nothing');
}

/** Where the description of an import ends: its kind, and what each kind says. */
function describedBy(bytes, at) {
  const limits = (from) => {
    const [, least] = number(bytes, from + 1);
    return bytes[from] & 1 ? number(bytes, least)[1] : least;
  };
  switch (bytes[at]) {
    case 0: return number(bytes, at + 1)[1]; // function: its type
    case 1: return limits(at + 2); // table: of what, how many
    case 2: return limits(at + 1); // memory
    case 3: return at + 3; // global: of what, whether it changes
    default: throw new Error(`an import of kind ${bytes[at]} is not known here`);
  }
}

function text(bytes, at) {
  const [length, begin] = number(bytes, at);
  return { value: bytes.toString('utf8', begin, begin + length), end: begin + length };
}

/** A LEB128 number, and where it ends. */
export function number(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7, at += 1) {
    value += (bytes[at] & 127) * 2 ** shift;
    if (bytes[at] < 128) return [value, at + 1];
  }
}

/** The same the other way round. */
export function encoded(value) {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}
