/**
 * The command: one line on stdout, a file of facts that others can attach by, and an end when it is told to.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { attachDevnet, startDevnet } from '../index.mjs';
import { FIXED } from '../addresses.mjs';
import { freePort } from '../ports.mjs';
import { within } from './expect.mjs';

const CLI = fileURLToPath(new URL('../cli.mjs', import.meta.url));

describe('cli', within(60), () => {
  let folder, facts;
  const running = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rota-cli-'));
    facts = join(folder, 'facts.json');
  });
  after(async () => {
    for (const { child } of running) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  /** @returns {Promise<{ child: import('node:child_process').ChildProcess, line: () => Promise<any>, end: Promise<any> }>} */
  const run = (...options) => {
    const child = spawn(process.execPath, [CLI, '--bare', '--quiet', ...options]);
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (part) => { output[name] += part; });
    const end = once(child, 'close').then(([code]) => ({ code, ...output }));
    const line = async () => {
      while (!output.stdout.includes('\n')) await Promise.race([once(child.stdout, 'data'), end]);
      return JSON.parse(output.stdout);
    };
    running.push({ child });
    return { child, line, end };
  };

  it('prints the entry of the network as one line, and ends on SIGINT with its node', async () => {
    const port = await freePort(0);
    const { child, line, end } = run('--port', String(port));
    assert.deepEqual(await line(), {
      id: 'aztec-local',
      system: 'aztec',
      name: 'Aztec Local',
      chainId: 31337,
      rpc: [`http://127.0.0.1:${port}`],
      explorer: null,
      registry: FIXED.registry,
      stakingRegistry: FIXED.stakingRegistry,
      fromBlock: 0,
      atpRegistries: [FIXED.vaultRegistry],
      atpFactories: [FIXED.vaultFactory],
      unlocked: true,
    });
    child.kill('SIGINT');
    const { code, stdout } = await end;
    assert.equal(code, 0);
    assert.equal(stdout.trim().split('\n').length, 1);
    assert.equal(await freePort(port), port);
  });

  it('ends with its standard input where it was asked to', async () => {
    const port = await freePort(0);
    const { child, line, end } = run('--port', String(port), '--stdin-bound');
    await line();
    child.stdin.end();
    assert.equal((await end).code, 0);
  });

  it('says in one sentence that the port is taken', async () => {
    const devnet = await startDevnet({ scenario: false });
    const { code, stdout, stderr } = await run('--port', String(devnet.port)).end;
    await devnet.stop();
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, new RegExp(`^The local network could not run: Port ${devnet.port} .*\\n$`));
  });

  it('lets others attach by its facts, with a proxy beside it and blocks at an interval', async () => {
    const { child, line, end } = run('--port', '0', '--proxy-port', '0', '--block-time', '1', '--facts', facts);
    await line();
    const devnet = await attachDevnet(facts);
    assert.equal(devnet.contracts.registry.address, FIXED.registry);
    const { id } = await devnet.actions.registerProvider({
      admin: devnet.accounts.admin1.address, takeRate: 0, recipient: devnet.accounts.admin1.address,
    });
    assert.equal(id, 1n);
    await assert.rejects(devnet.actions.addKeys({ provider: 2 }), /there is no provider 2/);
    const answer = await fetch(devnet.facts.proxy, {
      method: 'POST', body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_accounts' }),
    });
    assert.equal((await answer.json()).error.code, -32601);
    child.kill('SIGTERM');
    assert.equal((await end).code, 0);
    await assert.rejects(attachDevnet(facts), /No network answers at/);
  });

  it('is not attached to by facts of another network', async () => {
    const first = run('--port', '0', '--facts', facts);
    const { rpc: [url] } = await first.line();
    first.child.kill('SIGTERM');
    await first.end;
    // Two networks that begin in the same second are equal to the last bit.
    await sleep(1_000);
    const second = await startDevnet({ port: Number(new URL(url).port), scenario: false });
    await assert.rejects(attachDevnet(facts), /is not the one that .* tells of/);
    await second.stop();
  });
});
