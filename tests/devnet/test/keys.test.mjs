/**
 * Sequencer keys: the real contracts take ours, and refuse what is wrong with one.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { registrationDigest } from '../bn254.mjs';
import { sequencerKeys, withProofOf } from '../keys.mjs';
import { startDevnet } from '../index.mjs';
import { ACTIVATION_THRESHOLD, ENTRY_QUEUE } from '../parameters.mjs';
import { within } from './expect.mjs';

describe('sequencer keys', within(60), () => {
  let devnet, gse, token, alice;

  before(async () => {
    devnet = await startDevnet({ scenario: false });
    ({ gse, token } = devnet.contracts);
    alice = devnet.accounts.alice.address;
    await devnet.actions.mint({ to: alice, amount: 40n * ACTIVATION_THRESHOLD });
  });
  after(() => devnet?.stop());

  it('are the same every time', async () => {
    assert.deepEqual(await sequencerKeys(3), (await sequencerKeys(5)).slice(0, 3));
    const attesters = (await sequencerKeys(70)).map(({ attester }) => attester);
    assert.equal(new Set(attesters).size, 70);
  });

  it('prove possession over the point that the contract hashes', async () => {
    for (const { publicKeyG1 } of await sequencerKeys(10)) {
      assert.deepEqual(registrationDigest(publicKeyG1), await gse.read('getRegistrationDigest', [publicKeyG1]));
    }
  });

  it('are accepted, but for a proof of another key and for a key used before: those are refunded', async () => {
    const good = await devnet.handle.keyRing.take(Number(ENTRY_QUEUE.bootstrapFlushSize));
    const [unproven] = await devnet.handle.keyRing.take(1);
    for (const key of good) await devnet.actions.selfStake({ from: alice, key });
    await devnet.actions.nextEpoch();
    const accepted = await devnet.actions.flush();
    assert.deepEqual(accepted, { deposited: good.map(({ attester }) => attester), failed: [] });

    const bob = devnet.accounts.bob.address;
    await devnet.actions.selfStake({ from: alice, withdrawer: bob, key: withProofOf(unproven, good[0]) });
    await devnet.actions.selfStake({ from: alice, withdrawer: bob, key: good[0] });
    const refused = await devnet.actions.drainQueue();
    assert.deepEqual(refused, { deposited: [], failed: [unproven.attester, good[0].attester] });
    assert.equal(await token.read('balanceOf', [bob]), 2n * ACTIVATION_THRESHOLD);
    assert.equal(await gse.read('getWithdrawer', [good[0].attester]), alice);
    assert.equal(BigInt(await gse.read('getWithdrawer', [unproven.attester])), 0n);
  });
});
