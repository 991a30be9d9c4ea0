/**
 * StakingRegistry: who may do what, what staking does and in which order, and what stops it.
 */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { encodeEventTopics, toFunctionSelector } from 'viem/utils';
import { ACTIVATION_THRESHOLD } from '../parameters.mjs';
import { reverts, within } from './expect.mjs';
import { startDevnet } from '../index.mjs';

const NOBODY = '0x0000000000000000000000000000000000000000';
const UNKNOWN = 99n;

describe('StakingRegistry', within(60), () => {
  let devnet, registry, admin, alice, recipient, version, untouched, provider;

  before(async () => {
    devnet = await startDevnet({ scenario: false });
    ({ stakingRegistry: registry } = devnet.contracts);
    [admin, alice, recipient] = ['admin1', 'alice', 'coldWallet'].map((name) => devnet.accounts[name].address);
    ({ version } = devnet.handle.canonical);
    ({ id: provider } = await devnet.actions.registerProvider({ admin, takeRate: 500, recipient }));
    untouched = await devnet.snapshot();
  });
  beforeEach(async () => {
    await devnet.revert(untouched);
    untouched = await devnet.snapshot();
  });
  after(() => devnet?.stop());

  const call = (from, fn, args) => devnet.read({ from, to: registry.address, abi: registry.abi, fn, args });
  const ready = async () => {
    await devnet.actions.mint({ to: alice, amount: 10n * ACTIVATION_THRESHOLD });
    return devnet.actions.addKeys({ provider, count: 3 });
  };

  describe('providers', () => {
    it('get ids from 1, an empty queue that begins at index 1, and nothing before they register', async () => {
      assert.equal(provider, 1n);
      assert.equal(await registry.read('nextProviderIdentifier'), 2n);
      assert.deepEqual(await registry.read('providerConfigurations', [provider]), [admin, 500, recipient]);
      assert.deepEqual(await registry.read('providerQueues', [provider]), [1n, 1n]);
      assert.deepEqual(await registry.read('providerConfigurations', [UNKNOWN]), [NOBODY, 0, NOBODY]);
      assert.equal(await registry.read('getProviderQueueLength', [UNKNOWN]), 0n);
    });

    it('cannot register without an admin, without a recipient, or with a rate above 100 %', async () => {
      await reverts(call(alice, 'registerProvider', [NOBODY, 0, recipient]), 'StakingRegistry__ZeroAddress');
      await reverts(call(alice, 'registerProvider', [admin, 0, NOBODY]), 'StakingRegistry__ZeroAddress');
      await reverts(call(alice, 'registerProvider', [admin, 10_001, recipient]), 'StakingRegistry__InvalidTakeRate', [10_001n]);
      assert.equal(await call(alice, 'registerProvider', [admin, 10_000, recipient]), 2n);
    });

    it('are changed by their admin only', async () => {
      for (const [fn, args] of [
        ['addKeysToProvider', [provider, []]],
        ['dripProviderQueue', [provider, 0n]],
        ['updateProviderAdmin', [provider, alice]],
        ['updateProviderRewardsRecipient', [provider, alice]],
        ['updateProviderTakeRate', [provider, 1]],
        ['updateProviderTakeRate', [UNKNOWN, 1]],
      ]) await reverts(call(alice, fn, args), 'StakingRegistry__NotProviderAdmin');
    });

    it('change to something else, and to something legal', async () => {
      await reverts(call(admin, 'updateProviderTakeRate', [provider, 500]), 'StakingRegistry__UpdatedProviderTakeRateToSameValue');
      await reverts(call(admin, 'updateProviderTakeRate', [provider, 10_001]), 'StakingRegistry__InvalidTakeRate', [10_001n]);
      await reverts(call(admin, 'updateProviderRewardsRecipient', [provider, NOBODY]), 'StakingRegistry__ZeroAddress');
      await reverts(call(admin, 'updateProviderAdmin', [provider, NOBODY]), 'StakingRegistry__ZeroAddress');
      await reverts(call(admin, 'updateProviderAdmin', [provider, admin]), 'StakingRegistry__UpdatedProviderAdminToSameAddress');
    });

    it('hand over in two steps, and a second offer replaces the first', async () => {
      await devnet.actions.proposeAdmin({ provider, admin: recipient });
      await devnet.actions.proposeAdmin({ provider, admin: alice });
      assert.equal(await registry.read('pendingProviderAdmins', [provider]), alice);
      assert.deepEqual(await registry.read('providerConfigurations', [provider]), [admin, 500, recipient]);
      await reverts(call(recipient, 'acceptProviderAdmin', [provider]), 'StakingRegistry__NotPendingProviderAdmin');

      const receipt = await devnet.actions.acceptAdmin({ provider });
      assert.deepEqual(registry.events(receipt, 'ProviderAdminUpdated'), [{ providerIdentifier: provider, newAdmin: alice }]);
      assert.deepEqual(await registry.read('providerConfigurations', [provider]), [alice, 500, recipient]);
      assert.equal(await registry.read('pendingProviderAdmins', [provider]), NOBODY);
    });
  });

  describe('key queues', () => {
    it('keep the order, and take any key whatever', async () => {
      const { keys: [key] } = await devnet.actions.addKeys({ provider, count: 1 });
      const nonsense = { ...key, attester: NOBODY, proofOfPossession: { x: 1n, y: 1n } };
      const { receipt } = await devnet.actions.addKeys({ provider, keys: [key, nonsense] });
      assert.deepEqual(registry.events(receipt, 'AttestersAddedToProvider'), [
        { providerIdentifier: provider, attesters: [key.attester, NOBODY] },
      ]);
      assert.equal(await registry.read('getProviderQueueLength', [provider]), 3n);
      assert.deepEqual(await registry.read('getValueAtIndexInQueue', [provider, 3n]), nonsense);
    });

    it('know their bounds', async () => {
      await devnet.actions.addKeys({ provider, count: 2 });
      assert.equal(await registry.read('getFirstIndexInQueue', [provider]), 1n);
      assert.equal(await registry.read('getLastIndexInQueue', [provider]), 3n);
      for (const index of [0n, 3n]) {
        await reverts(registry.read('getValueAtIndexInQueue', [provider, index]), 'QueueIndexOutOfBounds');
      }
    });

    it('drip from the head, all or nothing', async () => {
      const { keys } = await devnet.actions.addKeys({ provider, count: 3 });
      const { attesters } = await devnet.actions.dripKeys({ provider, count: 2 });
      assert.deepEqual(attesters, keys.slice(0, 2).map(({ attester }) => attester));
      assert.equal(await registry.read('getFirstIndexInQueue', [provider]), 3n);
      await reverts(call(admin, 'dripProviderQueue', [provider, 2n]), 'QueueIsEmpty');
      assert.equal(await registry.read('getProviderQueueLength', [provider]), 1n);
    });
  });

  describe('stake', () => {
    it('emits its events in the order of its effects', async () => {
      const { keys: [head] } = await ready();
      const { token, splitFactory } = devnet.contracts;
      const rollup = devnet.handle.rollup();
      const { receipt, split, attester } = await devnet.actions.stake({ from: alice, provider });

      assert.equal(attester, head.attester);
      assert.deepEqual(namedLogs(receipt, [token, registry, rollup, splitFactory, devnet.handle.split(split)]), [
        [token.address, 'Transfer'],
        [token.address, 'Approval'],
        [token.address, 'Transfer'],
        [rollup.address, 'ValidatorQueued'],
        [split, 'SplitUpdated'],
        [splitFactory.address, 'SplitCreated'],
        [registry.address, 'StakedWithProvider'],
      ].map(([address, event]) => [address.toLowerCase(), event]));
      assert.deepEqual(token.events(receipt, 'Transfer'), [
        { from: alice, to: registry.address, value: ACTIVATION_THRESHOLD },
        { from: registry.address, to: rollup.address, value: ACTIVATION_THRESHOLD },
      ]);
      assert.deepEqual(registry.events(receipt, 'StakedWithProvider'), [{
        providerIdentifier: provider,
        rollupAddress: rollup.address,
        attester: head.attester,
        coinbaseSplitContractAddress: split,
        stakerImplementation: alice,
      }]);
    });

    it('calls others in the published order', async () => {
      await ready();
      const { receipt } = await devnet.actions.stake({ from: alice, provider });
      const trace = await devnet.rpc('debug_traceTransaction', [receipt.transactionHash, { tracer: 'callTracer' }]);
      const { token, splitFactory, registry: rollupRegistry } = devnet.contracts;
      const rollup = devnet.handle.rollup();
      assert.deepEqual(trace.calls.map(({ to, input }) => [to, input.slice(0, 10)]), [
        [rollupRegistry.address, '0xdd1583c2'], // getRollup
        [rollup.address, '0xaa10df4c'], // getActivationThreshold
        [token.address, '0x23b872dd'], // transferFrom
        [token.address, '0x095ea7b3'], // approve
        [rollup.address, '0x6902c67b'], // deposit
        [splitFactory.address, toFunctionSelector(splitFactory.abi.find(({ name }) => name === 'createSplit'))],
      ].map(([to, selector]) => [to.toLowerCase(), selector]));
    });

    it('freezes the rate and both recipients in a split that nobody owns', async () => {
      await ready();
      const { split, parameters, receipt } = await devnet.actions.stake({ from: alice, provider, recipient: admin });
      const expected = {
        recipients: [recipient, admin], allocations: [500n, 9_500n], totalAllocation: 10_000n, distributionIncentive: 0,
      };
      assert.deepEqual(parameters, expected);
      const { splitFactory } = devnet.contracts;
      assert.deepEqual(splitFactory.events(receipt, 'SplitCreated'), [
        { split, splitParams: expected, owner: NOBODY, creator: registry.address, nonce: 0n },
      ]);
      assert.deepEqual(devnet.handle.split(split).events(receipt, 'SplitUpdated'), [{ _split: expected }]);
    });

    it('makes another split for the same terms, with the next nonce', async () => {
      await ready();
      const { splitFactory } = devnet.contracts;
      const [one, two] = [
        await devnet.actions.stake({ from: alice, provider }), await devnet.actions.stake({ from: alice, provider }),
      ];
      assert.notEqual(one.split, two.split);
      assert.equal(splitFactory.events(two.receipt, 'SplitCreated')[0].nonce, 1n);
    });

    it('is stopped by the first thing that is wrong, in the published order', async () => {
      const wrong = { provider: UNKNOWN, version: 77n, withdrawer: NOBODY, takeRate: 499, recipient: NOBODY };
      const stakeWith = ({ provider: id, version: on, withdrawer, takeRate, recipient: to }) => (
        call(alice, 'stake', [id, on, withdrawer, takeRate, to, true])
      );

      await reverts(stakeWith(wrong), 'StakingRegistry__InvalidProviderIdentifier', [UNKNOWN]);
      wrong.provider = provider;
      await reverts(stakeWith(wrong), 'StakingRegistry__ZeroAddress');
      wrong.withdrawer = alice;
      await reverts(stakeWith(wrong), 'StakingRegistry__ZeroAddress');
      wrong.recipient = alice;
      await reverts(stakeWith(wrong), 'StakingRegistry__UnexpectedTakeRate', [499n, 500n]);
      wrong.takeRate = 500;
      await reverts(stakeWith(wrong), 'Registry__RollupNotRegistered', [77n]);
      wrong.version = version;
      await reverts(stakeWith(wrong), 'QueueIsEmpty');
      const [key] = await devnet.handle.keyRing.take(1);
      await devnet.actions.addKeys({ provider, keys: [{ ...key, attester: NOBODY }] });
      await reverts(stakeWith(wrong), 'ERC20InsufficientAllowance', [registry.address, 0n, ACTIVATION_THRESHOLD]);
      await devnet.actions.approve({ from: alice, spender: registry.address, amount: ACTIVATION_THRESHOLD });
      await reverts(stakeWith(wrong), 'ERC20InsufficientBalance', [alice, 0n, ACTIVATION_THRESHOLD]);
      await devnet.actions.mint({ to: alice, amount: ACTIVATION_THRESHOLD });
      await reverts(stakeWith(wrong), 'Staking__InvalidDeposit', [NOBODY, alice]);
      await devnet.actions.dripKeys({ provider });
      await devnet.actions.addKeys({ provider, keys: [key] });
      await stakeWith(wrong);
    });

    it('takes neither a key nor tokens when it is stopped', async () => {
      await ready();
      await reverts(
        registry.send(alice, 'stake', [provider, version, alice, 500, alice, true]), 'ERC20InsufficientAllowance',
      );
      assert.equal(await registry.read('getProviderQueueLength', [provider]), 3n);
      assert.equal(await devnet.contracts.token.read('balanceOf', [alice]), 10n * ACTIVATION_THRESHOLD);
    });
  });
});

function namedLogs({ logs }, contracts) {
  const names = new Map(contracts.flatMap(({ abi }) => abi)
    .filter(({ type }) => type === 'event')
    .map(({ name, ...event }) => [encodeEventTopics({ abi: [{ name, ...event }], eventName: name })[0], name]));
  return logs.map(({ address, topics }) => [address, names.get(topics[0])]);
}
