/**
 * Splits and their warehouse: what is shared out, what stays, and who may make it move.
 */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { encodeAbiParameters, encodeFunctionData, keccak256, parseAbi } from 'viem/utils';
import { MULTICALL3 } from '../addresses.mjs';
import { reverts, within } from './expect.mjs';
import { splitParameters } from '../actions/index.mjs';
import { startDevnet } from '../index.mjs';

const NOBODY = '0x0000000000000000000000000000000000000000';
const SPLIT_TYPE = {
  type: 'tuple',
  components: [
    { name: 'recipients', type: 'address[]' },
    { name: 'allocations', type: 'uint256[]' },
    { name: 'totalAllocation', type: 'uint256' },
    { name: 'distributionIncentive', type: 'uint16' },
  ],
};
const MULTICALL = parseAbi([
  'function aggregate3((address target, bool allowFailure, bytes callData)[] calls) returns ((bool success, bytes returnData)[])',
]);
const ARITHMETIC_PANIC = 0x11n;

describe('splits', within(60), () => {
  let devnet, token, warehouse, factory, provider, delegator, stranger, parameters, split, untouched;

  before(async () => {
    devnet = await startDevnet({ scenario: false });
    ({ token, warehouse, splitFactory: factory } = devnet.contracts);
    [provider, delegator, stranger] = ['admin1', 'alice', 'bob'].map((name) => devnet.accounts[name].address);
    parameters = splitParameters({ provider, delegator, takeRate: 1234 });
    split = devnet.handle.split(await createSplit(parameters));
    untouched = await devnet.snapshot();
  });
  beforeEach(async () => {
    await devnet.revert(untouched);
    untouched = await devnet.snapshot();
  });
  after(() => devnet?.stop());

  const createSplit = async (terms) => {
    const receipt = await factory.send(stranger, 'createSplit', [terms, NOBODY, stranger]);
    return factory.events(receipt, 'SplitCreated')[0].split;
  };
  const fill = (amount) => devnet.actions.mint({ to: split.address, amount });
  const distribute = (terms = parameters) => split.send(stranger, 'distribute', [terms, token.address, stranger]);
  const inWarehouse = (owner) => warehouse.read('balanceOf', [owner, BigInt(token.address)]);
  const balances = () => split.read('getSplitBalance', [token.address]);

  it('know their parameters by hash only', async () => {
    const encoded = encodeAbiParameters([SPLIT_TYPE], [parameters]);
    assert.equal(await split.read('splitHash'), keccak256(encoded));
    assert.equal(await split.read('SPLITS_WAREHOUSE'), warehouse.address);
    assert.equal(await split.read('paused'), false);
    const withOwner = encodeAbiParameters([SPLIT_TYPE, { type: 'address' }], [parameters, NOBODY]);
    assert.equal(await factory.read('nonces', [keccak256(withOwner)]), 1n);
  });

  it('are made without an owner, and set up once', async () => {
    await reverts(factory.send(stranger, 'createSplit', [parameters, stranger, stranger]), 'OnlySplitsWithoutOwner');
    await reverts(split.send(stranger, 'initialize', [parameters]), 'UnauthorizedInitializer');
  });

  it('share out all but 1 wei, each share rounded down, and keep what rounding leaves', async () => {
    await fill(1_001n);
    const receipt = await distribute();
    // 1,000 wei: 123.4 to the provider, 876.6 to the delegator.
    assert.equal(await inWarehouse(provider), 123n);
    assert.equal(await inWarehouse(delegator), 876n);
    assert.deepEqual(await balances(), [1n, 1n]);
    assert.deepEqual(split.events(receipt, 'SplitDistributed').map(({ amount }) => amount), [1_000n]);
  });

  it('leave 1 wei in the warehouse too when they share out again', async () => {
    await fill(1_001n);
    await distribute();
    await fill(1_000n);
    await distribute();
    // 1,000 new, and of the 1 left over from before nothing.
    assert.equal(await inWarehouse(provider), 246n);
    assert.equal(await inWarehouse(delegator), 1_752n);
    assert.deepEqual(await balances(), [1n, 2n]);
  });

  it('have nothing to share out of nothing or of 1 wei, which is no error', async () => {
    await distribute();
    await fill(1n);
    await distribute();
    assert.equal(await inWarehouse(delegator), 0n);
    assert.deepEqual(await balances(), [1n, 0n]);
  });

  it('give everything or nothing at the ends of the scale', async () => {
    for (const [takeRate, toProvider, toDelegator] of [[0, 0n, 1_000n], [10_000, 1_000n, 0n]]) {
      const terms = splitParameters({ provider, delegator, takeRate });
      const other = devnet.handle.split(await createSplit(terms));
      const [providerBefore, delegatorBefore] = [await inWarehouse(provider), await inWarehouse(delegator)];
      await devnet.actions.mint({ to: other.address, amount: 1_001n });
      await other.send(stranger, 'distribute', [terms, token.address, stranger]);
      assert.equal(await inWarehouse(provider) - providerBefore, toProvider);
      assert.equal(await inWarehouse(delegator) - delegatorBefore, toDelegator);
    }
  });

  it('refuse parameters that are not theirs', async () => {
    await fill(1_001n);
    for (const wrong of [
      splitParameters({ provider, delegator: stranger, takeRate: 1234 }),
      splitParameters({ provider, delegator, takeRate: 1235 }),
      { ...parameters, distributionIncentive: 1 },
    ]) await reverts(distribute(wrong), 'InvalidSplit');
  });

  it('share out a part where they are told how much', async () => {
    await fill(1_001n);
    await split.send(stranger, 'distribute', [parameters, token.address, 500n, true, stranger]);
    assert.equal(await inWarehouse(delegator), 438n);
    assert.deepEqual(await balances(), [1n, 501n]);
  });

  describe('withdrawal from the warehouse', () => {
    const withdraw = (from) => warehouse.send(from, 'withdraw', [delegator, token.address]);
    const throughMulticall = (from) => devnet.send({
      from,
      to: MULTICALL3,
      data: encodeFunctionData({
        abi: MULTICALL,
        args: [[{
          target: warehouse.address,
          allowFailure: false,
          callData: encodeFunctionData({ abi: warehouse.abi, functionName: 'withdraw', args: [delegator, token.address] }),
        }]],
      }),
    });
    const pause = () => warehouse.send(delegator, 'setWithdrawConfig', [{ incentive: 0, paused: true }]);

    it('pays the owner all but 1 wei, whoever asks', async () => {
      await fill(1_001n);
      await distribute();
      const receipt = await withdraw(stranger);
      assert.equal(await token.read('balanceOf', [delegator]), 875n);
      assert.equal(await inWarehouse(delegator), 1n);
      assert.deepEqual(warehouse.events(receipt, 'Withdraw'), [
        { owner: delegator, token: token.address, withdrawer: stranger, amount: 875n, reward: 0n },
      ]);
    });

    it('moves nothing of 1 wei, and panics without any', async () => {
      await reverts(withdraw(stranger), 'Panic', [ARITHMETIC_PANIC]);
      await fill(1_001n);
      await distribute();
      await withdraw(stranger);
      await withdraw(stranger);
      assert.equal(await inWarehouse(delegator), 1n);
    });

    it('is only for the owner once the owner has paused it, and the owner may come through a contract', async () => {
      await fill(1_001n);
      await distribute();
      await pause();
      assert.deepEqual(await warehouse.read('withdrawConfig', [delegator]), [0, true]);
      await reverts(withdraw(stranger), 'WithdrawalPaused', [delegator]);
      await assert.rejects(throughMulticall(stranger));

      const afterPause = await devnet.snapshot();
      await withdraw(delegator);
      assert.equal(await inWarehouse(delegator), 1n);
      await devnet.revert(afterPause);
      await throughMulticall(delegator);
      assert.equal(await inWarehouse(delegator), 1n);
    });

    it('panics on nothing before it looks at anything but the pause', async () => {
      await pause();
      await reverts(withdraw(stranger), 'WithdrawalPaused', [delegator]);
      await reverts(withdraw(delegator), 'Panic', [ARITHMETIC_PANIC]);
    });
  });
});
