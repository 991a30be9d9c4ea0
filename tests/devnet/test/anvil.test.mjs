/**
 * The node's process: ours alone, and gone when we are.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';
import { existsSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, listen } from '../ports.mjs';
import { startAnvil } from '../anvil.mjs';
import { within } from './expect.mjs';

const OPTIONS = { port: 0, genesisTime: 1_700_000_000, arguments: [] };

describe('anvil', within(60), () => {
  it('starts on a free port with the genesis time asked for, and stops', async () => {
    const anvil = await startAnvil(OPTIONS);
    const genesis = await anvil.rpc('eth_getBlockByNumber', ['0x0', false]);
    assert.equal(Number(genesis.timestamp), OPTIONS.genesisTime);
    await assert.rejects(freePort(anvil.port));
    await anvil.stop();
    assert.equal(await freePort(anvil.port), anvil.port);
    await anvil.ended;
  });

  it('is not started on a port that somebody else has', async (test) => {
    const other = createServer((_, response) => response.end('{}'));
    test.after(() => other.close());
    const port = await listen(other, 0);
    await assert.rejects(startAnvil({ ...OPTIONS, port }), new RegExp(`Port ${port} .* in use by another program`));
  });

  it('is named in a plain sentence when it is not there', async () => {
    process.env.ROTA_ANVIL = '/nowhere/anvil';
    try {
      await assert.rejects(startAnvil(OPTIONS), /ROTA_ANVIL names \/nowhere\/anvil, and there is no such file\./);
    } finally {
      delete process.env.ROTA_ANVIL;
    }
  });

  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT']) {
    it(`does not survive a parent that ends by ${signal}, and leaves no files`, async () => {
      const { parent, port, folder } = await parentWithAnvil();
      assert.ok(existsSync(folder));
      await assert.rejects(freePort(port));
      parent.kill(signal);
      while (existsSync(folder)) await sleep(20);
      assert.equal(await freePort(port), port);
    });
  }
});

/** A process that starts anvil and then does nothing. */
async function parentWithAnvil() {
  const script = `
    const { startAnvil } = await import(${JSON.stringify(new URL('../anvil.mjs', import.meta.url).href)});
    const { pid, port } = await startAnvil(${JSON.stringify(OPTIONS)});
    console.log(JSON.stringify({ pid, port }));
    setInterval(() => {}, 1000);
  `;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await parent.stdout.take(1).toArray();
  const { pid, port } = JSON.parse(line);
  return { parent, port, folder: await folderOf(pid) };
}

/** What it was told to put its states into. */
async function folderOf(pid) {
  const ps = spawn('ps', ['-o', 'args=', '-ww', '-p', String(pid)]);
  const text = Buffer.concat(await ps.stdout.toArray()).toString();
  return text.match(/--cache-path (\S+)/)[1];
}
