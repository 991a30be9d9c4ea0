/**
 * The static server behaves as the hosts do on which the app will be.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import { get } from 'node:http';
import { join } from 'node:path';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { serve } from '../../tools/serve.mjs';
import { within } from './expect.mjs';

const START_PAGE = '<!doctype html><title>Rota</title>';
const HEADERS = `# comment
/*
  Content-Security-Policy: default-src 'none'
  X-Frame: a
/assets/*
  Cache-Control: public, immutable
  X-Frame: b
`;

describe('serve', within(30), () => {
  let folder, server;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rota-serve-'));
    const site = join(folder, 'site');
    await mkdir(join(site, 'assets'), { recursive: true });
    await mkdir(join(site, 'help'));
    await Promise.all([
      writeFile(join(folder, 'secret.txt'), 'secret'),
      writeFile(join(site, 'index.html'), START_PAGE),
      writeFile(join(site, 'help', 'index.html'), 'help'),
      writeFile(join(site, 'assets', 'app.wasm'), Buffer.alloc(50_000, 'wasm')),
      writeFile(join(site, '_headers'), HEADERS),
      symlink(join(folder, 'secret.txt'), join(site, 'link.txt')),
    ]);
    server = await serve({ directory: site, base: '/ipfs/x' });
  });
  after(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** fetch would tidy the path before it is sent, and unpack the answer. */
  const ask = (path, headers = {}, method = 'GET') => new Promise((resolve, reject) => {
    get({ port: server.port, host: '127.0.0.1', path, headers, method }, async (response) => {
      resolve({ ...response, status: response.statusCode, headers: response.headers, body: Buffer.concat(await response.toArray()) });
    }).on('error', reject);
  });

  it('serves below its base path, and nothing beside it', async () => {
    assert.equal(server.url, `http://127.0.0.1:${server.port}/ipfs/x/`);
    assert.equal(String((await ask('/ipfs/x/')).body), START_PAGE);
    assert.equal(String((await ask('/ipfs/x/?a=b')).body), START_PAGE);
    for (const path of ['/', '/index.html', '/ipfs/', '/ipfs/xy/']) assert.equal((await ask(path)).status, 404);
  });

  it('leads folders to their slash, so that relative links work', async () => {
    for (const [path, to] of [['/ipfs/x', '/ipfs/x/'], ['/ipfs/x/help', '/ipfs/x/help/']]) {
      const { status, headers } = await ask(path);
      assert.deepEqual([status, headers.location], [301, to]);
    }
    assert.equal(String((await ask('/ipfs/x/help/')).body), 'help');
  });

  it('has no start page for what is missing', async () => {
    for (const path of ['/ipfs/x/providers', '/ipfs/x/assets/', '/ipfs/x/constructor', '/ipfs/x/_headers']) {
      assert.equal((await ask(path)).status, 404, path);
    }
  });

  it('sends wasm as wasm, as small as the client can take it', async () => {
    const path = '/ipfs/x/assets/app.wasm';
    const plain = await ask(path);
    assert.equal(plain.headers['content-type'], 'application/wasm');
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.equal(plain.body.length, 50_000);

    const small = await ask(path, { 'accept-encoding': 'gzip, deflate, br, zstd' });
    assert.equal(small.headers['content-encoding'], 'br');
    assert.ok(small.body.length < 1_000);
    assert.deepEqual(brotliDecompressSync(small.body), plain.body);

    for (const [accepted, encoding] of [['gzip', 'gzip'], ['br;q=0, gzip;q=0.5', 'gzip'], ['br;q=0', undefined]]) {
      assert.equal((await ask(path, { 'accept-encoding': accepted })).headers['content-encoding'], encoding);
    }
  });

  it('adds the headers that the host would add', async () => {
    const page = await ask('/ipfs/x/');
    assert.equal(page.headers['content-security-policy'], "default-src 'none'");
    assert.equal(page.headers['x-frame'], 'a');
    assert.equal(page.headers['cache-control'], 'no-cache');
    const asset = await ask('/ipfs/x/assets/app.wasm');
    assert.equal(asset.headers['x-frame'], 'a, b');
    assert.equal(asset.headers['cache-control'], 'public, immutable');
  });

  it('never leaves its folder', async () => {
    for (const path of [
      '/ipfs/x/../secret.txt', '/ipfs/x/../../secret.txt', '/ipfs/x/..%2fsecret.txt', '/ipfs/x/%2e%2e/secret.txt',
      '/ipfs/x//secret.txt', '/ipfs/x/link.txt', `/ipfs/x/${join(folder, 'secret.txt')}`, '/ipfs/x/..\\secret.txt',
    ]) assert.equal((await ask(path)).status, 404, path);
    assert.equal((await ask('/ipfs/x/%ff')).status, 400);
  });

  it('answers HEAD without a body, and no other method', async () => {
    const head = await ask('/ipfs/x/', {}, 'HEAD');
    assert.deepEqual([head.status, head.headers['content-length'], head.body.length], [200, String(START_PAGE.length), 0]);
    assert.equal((await ask('/ipfs/x/', {}, 'POST')).status, 405);
  });

  it('says that a port is taken', async () => {
    await assert.rejects(serve({ directory: folder, port: server.port }), /in use by another program/);
  });
});
