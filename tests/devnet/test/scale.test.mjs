/**
 * The large network, a tenth of it: as many of everything as it says, by the contracts' own count, and the same network
 * again when its state comes from the cache.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { MULTICALL3 } from '../addresses.mjs';
import { startLargeDevnet } from '../index.mjs';
import { within } from './expect.mjs';

const TENTH = 0.1;

/** getLastBlockHash(), by which the app finds out whether an answer is about the block that it asked for. */
const parentSeenOn = ({ rpc }) => rpc('eth_call', [{ to: MULTICALL3, data: '0x27e86d6e' }, 'latest']);

describe('the large network', within(120), () => {
  const { XDG_CACHE_HOME } = process.env;
  let folder, built, restored;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rota-scale-'));
    // not to find what an earlier run has left
    process.env.XDG_CACHE_HOME = folder;
    built = await startLargeDevnet({ scale: TENTH });
    restored = await startLargeDevnet({ scale: TENTH });
  });
  after(async () => {
    if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
    await Promise.all([built?.stop(), restored?.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  it('has as many of everything as was asked for', () => {
    const { providers, delegations, active, logs } = built.facts.scale;
    assert.deepEqual([providers, delegations], [30, 200]);
    assert.ok(active >= 180 && active <= 200 && logs >= 3_000, JSON.stringify(built.facts.scale));
  });

  it('is the same from the cache, logs and all', async () => {
    assert.deepEqual(restored.facts.scale, built.facts.scale);
    const seen = (devnet) => Promise.all([
      devnet.contracts.gse.read('totalSupply'),
      devnet.contracts.stakingRegistry.read('providerConfigurations', [17n]),
      devnet.contracts.stakingRegistry.read('getProviderQueueLength', [3n]),
      devnet.handle.canonical.contract.read('getEntryQueueLength'),
      devnet.rpc('eth_getLogs', [{ address: devnet.contracts.stakingRegistry.address, fromBlock: '0x0', toBlock: 'latest' }]),
    ]);
    assert.deepEqual(await seen(restored), await seen(built));
  });

  it('knows the hash of the block before, as contracts see it', async () => {
    const seen = await parentSeenOn(restored);
    const { parentHash } = await restored.rpc('eth_getBlockByNumber', ['latest', false]);
    assert.equal(seen, parentHash);
  });

  it('goes on from there, by the real time', async () => {
    const { handle, accounts, actions } = restored;
    assert.ok(Math.abs(await handle.chain.now() - Date.now() / 1000) < 30);
    const { address: from } = accounts.whale;
    await actions.mint({ to: from, amount: 200_000n * 10n ** 18n });
    const waiting = await handle.canonical.contract.read('getEntryQueueLength');
    const { attester } = await actions.stake({ from, provider: 2 });
    assert.equal(await handle.canonical.contract.read('getEntryQueueLength'), waiting + 1n);
    assert.equal((await handle.canonical.contract.read('getEntryQueueAt', [waiting])).attester, attester);
  });
});
