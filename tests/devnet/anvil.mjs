/**
 * One anvil process that nobody else shares and that does not outlive us.
 *
 * Two accidents are ruled out here. A chain that another program left on the port is never taken for ours: anvil must
 * be able to bind the port, and block 0 must carry the time that we asked for. And however this process ends, a small
 * shell process notices that the pipe to it has closed and ends anvil and deletes its folder.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { foundryBinary } from './binaries.mjs';
import { freePort, inUse } from './ports.mjs';
import { rpcClient } from './rpc.mjs';

const START_TIMEOUT = 20_000;
const STOP_TIMEOUT = 3_000;
/** Waits for the end of its standard input, which only the end of our process brings. */
const GUARD = 'cat >/dev/null; kill -9 "$1" 2>/dev/null; sleep 0.2; rm -rf "$2"';

/**
 * @typedef {object} Anvil
 * @property {string} url
 * @property {number} port
 * @property {number} pid
 * @property {(method: string, params?: unknown[]) => Promise<any>} rpc
 * @property {Promise<void>} ended when the process is gone, for whatever reason
 * @property {() => Promise<void>} stop
 */

/**
 * @param {object} options
 * @param {number} options.port 0 for any free one
 * @param {number} options.genesisTime seconds, the timestamp of block 0
 * @param {string[]} options.arguments what else anvil is told
 * @returns {Promise<Anvil>}
 */
export async function startAnvil({ port: wanted, genesisTime, arguments: given }) {
  const binary = foundryBinary('anvil');
  const port = await freePort(wanted);
  // Old states of the chain spill into this folder, and anvil leaves them there.
  const folder = await mkdtemp(join(tmpdir(), 'rota-anvil-'));
  const anvil = spawn(binary, [
    '--port', String(port), '--host', '127.0.0.1', '--quiet', '--cache-path', folder,
    '--timestamp', String(genesisTime), ...given,
  ], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const ended = new Promise((resolve) => { anvil.once('exit', resolve); anvil.once('error', resolve); });
  const complaints = collect(anvil.stderr);
  const guard = anvil.pid === undefined ? undefined : guardOf(anvil.pid, folder);
  anvil.unref();
  anvil.stderr.unref();

  async function stop() {
    anvil.ref();
    anvil.kill('SIGTERM');
    const late = sleep(STOP_TIMEOUT, 'late', { ref: false });
    if (await Promise.race([ended, late]) === 'late') {
      anvil.kill('SIGKILL');
      await ended;
    }
    // Only now: until anvil is gone the guard may be needed, afterwards the number may be another program's.
    guard?.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }

  const url = `http://127.0.0.1:${port}`;
  const rpc = rpcClient(url);
  try {
    await Promise.race([
      untilItAnswers(rpc, genesisTime, port),
      ended.then((reason) => {
        const words = reason instanceof Error ? reason.message : complaints();
        throw new Error(`anvil did not start on port ${port}. It said: ${words}`);
      }),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, port, pid: anvil.pid, rpc, ended: ended.then(() => {}), stop };
}

async function untilItAnswers(rpc, genesisTime, port) {
  const deadline = Date.now() + START_TIMEOUT;
  for (;;) {
    try {
      const genesis = await rpc('eth_getBlockByNumber', ['0x0', false]);
      if (Number(genesis.timestamp) !== genesisTime) throw new WrongChain(inUse(port));
      return;
    } catch (error) {
      if (error instanceof WrongChain) throw error;
      if (Date.now() > deadline) throw new Error(`anvil did not answer on port ${port}: ${error.message}`);
      await sleep(10);
    }
  }
}

class WrongChain extends Error {}

function guardOf(pid, folder) {
  const guard = spawn('sh', ['-c', GUARD, 'guard', String(pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.stdin.on('error', () => {});
  guard.stdin.unref();
  guard.unref();
  return guard;
}

/** @returns {() => string} what the stream has said so far */
function collect(stream) {
  let text = '';
  stream.setEncoding('utf8').on('data', (part) => { text = (text + part).slice(-2_000); });
  return () => text.trim() || 'nothing';
}
