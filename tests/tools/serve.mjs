#!/usr/bin/env node
/**
 * Serves a folder as a static host does: the built app under any base path, compressed, with the host's `_headers`.
 *
 * All files are read and compressed once, at the start. A request can only name one of them, so nothing outside the
 * folder can be served whatever the request says; a missing file is a 404, as on IPFS, and never the start page.
 */
import { brotliCompress, constants, gzip } from 'node:zlib';
import { createServer } from 'node:http';
import { extname, join, posix, relative, sep } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { pathToFileURL } from 'node:url';
import { readdir, readFile } from 'node:fs/promises';
import { headerRules } from './headers-file.mjs';
import { listen } from '../devnet/ports.mjs';

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
  '.xml': 'application/xml',
};
/** Compressed already. */
const NOT_WORTH_IT = new Set(['.png', '.woff2']);
const HEADERS_FILE = '_headers';

/**
 * @typedef {object} StaticServer
 * @property {string} url of the start page, base path included
 * @property {number} port
 * @property {() => Promise<void>} stop
 */

/**
 * @param {object} options
 * @param {string} options.directory
 * @param {number} [options.port] 0 for any free one
 * @param {string} [options.base] the path below which the folder appears
 * @returns {Promise<StaticServer>}
 */
export async function serve({ directory, port: wanted = 0, base: given = '/' }) {
  const base = posix.join('/', given, '/');
  const files = await readFolder(directory);
  const extraHeaders = headerRules(files.get(HEADERS_FILE)?.body.toString('utf8') ?? '');
  files.delete(HEADERS_FILE);

  const server = createServer((request, response) => {
    const { status, headers = {}, body = '' } = answer(request);
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
    response.end(request.method === 'HEAD' ? undefined : body);
  });

  function answer({ method, url, headers }) {
    if (method !== 'GET' && method !== 'HEAD') return { status: 405, headers: { allow: 'GET, HEAD' } };
    const path = pathOf(url);
    if (path === undefined) return text(400, 'not a path');
    if (`${path}/` === base) return { status: 301, headers: { location: base } };
    if (!path.startsWith(base)) return text(404, 'not here');

    const name = path.slice(base.length);
    if (files.has(`${name}/index.html`)) return { status: 301, headers: { location: `${path}/` } };
    const file = files.get(name === '' || name.endsWith('/') ? `${name}index.html` : name);
    if (!file) return text(404, 'no such file');
    return { status: 200, ...encoded(file, headers['accept-encoding'] ?? '', extraHeaders(`/${name}`)) };
  }

  const port = await listen(server, wanted);
  return {
    url: `http://127.0.0.1:${port}${base}`,
    port,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** @returns {Promise<Map<string, { type: string, body: Buffer, br?: Buffer, gzip?: Buffer }>>} by path in the folder */
async function readFolder(directory) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  // A symbolic link is no file here: it could lead out of the folder.
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(paths.map(async (path) => [
    relative(directory, path).split(sep).join('/'),
    await prepared(await readFile(path), extname(path)),
  ])));
}

async function prepared(body, extension) {
  const file = { type: TYPES[extension] ?? 'application/octet-stream', body };
  if (NOT_WORTH_IT.has(extension)) return file;
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(body, quality),
    promisify(gzip)(body, { level: constants.Z_BEST_COMPRESSION }),
  ]);
  return { ...file, br, gzip: gz };
}

function encoded({ type, body, ...compressed }, accepted, extra) {
  const encoding = ['br', 'gzip'].find((name) => compressed[name] && accepts(accepted, name));
  return {
    headers: {
      'content-type': type,
      'cache-control': 'no-cache',
      vary: 'accept-encoding',
      ...(encoding && { 'content-encoding': encoding }),
      ...extra,
    },
    body: compressed[encoding] ?? body,
  };
}

function accepts(header, encoding) {
  return header.split(',').some((part) => {
    const [name, quality] = part.trim().split(';');
    return name === encoding && !/q=0(\.0*)?$/.test(quality ?? '');
  });
}

/** @returns {string | undefined} nothing for what is no proper path */
function pathOf(url) {
  try {
    return decodeURIComponent(url.split(/[?#]/, 1)[0]);
  } catch {
    return undefined;
  }
}

const text = (status, body) => ({ status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body });

async function main() {
  const { values: { port, base }, positionals: [directory] } = parseArgs({
    allowPositionals: true,
    options: { port: { type: 'string', default: '0' }, base: { type: 'string', default: '/' } },
  });
  if (!directory) throw new Error('usage: node tests/tools/serve.mjs <directory> [--port n] [--base /ipfs/x/]');
  console.log((await serve({ directory, port: Number(port), base })).url);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
}
