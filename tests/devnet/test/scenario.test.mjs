/**
 * The chain is as the facts say: what is written down while the scenario plays is compared with what the contracts
 * answer afterwards.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { encodeAbiParameters, encodeEventTopics, keccak256, numberToHex } from 'viem/utils';
import { FIXED, MULTICALL3 } from '../addresses.mjs';
import { PEOPLE } from '../accounts.mjs';
import { TOKEN } from '../parameters.mjs';
import { reverts, within } from './expect.mjs';
import { startDevnet } from '../index.mjs';

const NOBODY = '0x0000000000000000000000000000000000000000';
/** The rollup's numbers for what the facts have words for. Who waits, has left or was refused is nobody to it. */
const STATUS = { queued: 0, validating: 1, zombie: 2, exiting: 3, finalised: 0 };

describe('scenario', within(120), () => {
  let devnet, facts, contracts;

  before(async () => {
    devnet = await startDevnet();
    ({ facts, contracts } = devnet);
  });
  after(() => devnet?.stop());

  const withStatus = (status) => facts.sequencers.filter((sequencer) => sequencer.status === status);
  const rollupOf = ({ rollup }) => devnet.handle.rollup(BigInt(rollup));

  describe('has what it promises', () => {
    it('six providers with so many keys left', () => {
      assert.deepEqual(facts.providers.map(({ id, name, takeRate, keysLeft }) => [id, name, takeRate, keysLeft]), [
        [1, 'steady', 500, 8],
        [2, 'cheaper', 800, 6],
        [3, 'free', 0, 5],
        [4, 'greedy', 10_000, 3],
        [5, 'sold-out', 250, 0],
        [6, 'dud-first', 1234, 5],
      ]);
      const [, cheaper, free, greedy, , dudFirst] = facts.providers;
      assert.equal(free.admin, free.recipient);
      assert.equal(greedy.pendingAdmin, devnet.accounts.pendingAdmin4.address);
      assert.deepEqual(changes(cheaper, 'takeRate').map(({ from, to }) => [from, to]), [[1000, 800]]);
      assert.equal(changes(dudFirst, 'recipient').length, 1);
      const active = new Set(withStatus('validating').map(({ attester }) => attester));
      assert.deepEqual(dudFirst.queue.map((attester) => active.has(attester)), [true, false, false, false, false]);
    });

    it('delegations of provider 2 at both rates, one slashed, one a zombie', () => {
      const of2 = facts.sequencers.filter(({ provider, failure }) => provider === 2 && !failure);
      assert.deepEqual(new Set(of2.map(({ split }) => split.allocations[0])), new Set([1000, 800]));
      assert.equal(of2.filter(({ status }) => status === 'zombie').length, 1);
      assert.equal(of2.filter(({ status, slashed }) => status === 'validating' && slashed !== '0').length, 1);
    });

    it('30 or more active sequencers, some without provider, some left on the first rollup', () => {
      const [first, second] = facts.rollups;
      assert.equal(first.version, 0);
      assert.ok(second.canonical && second.active >= 30);
      assert.equal(first.active, 2);
      assert.ok(withStatus('validating').some(({ provider }) => provider === null));
      assert.ok(withStatus('validating').some(({ provider, rollup }) => provider !== null && rollup === first.version));
    });

    it('exits in every stage, both kinds of failure, and somebody in the queue with and without provider', () => {
      const { timestamp: now } = facts.built;
      const stages = withStatus('exiting').map(({ exit }) => [exit.exitableAt <= now, exit.unlocksAt <= now]).sort();
      assert.deepEqual(stages, [[false, false], [true, false], [true, true]]);
      assert.equal(withStatus('finalised').length, 1);
      assert.deepEqual(withStatus('failed').map(({ failure }) => failure).sort(), ['bad proof of possession', 'key already used']);
      assert.equal(facts.entryQueue.length, 5);
      assert.ok(facts.entryQueue.some(({ provider }) => provider === null));
    });

    it('rewards at every stage', () => {
      for (const [stage, entries] of Object.entries(facts.rewards)) assert.ok(entries.length > 0, stage);
      assert.ok(facts.rewards.accrued.some(({ rollup }) => rollup === facts.rollups[0].version));
    });
  });

  describe('is on the chain', () => {
    it('at the fixed addresses, beside Multicall3', async () => {
      for (const [name, address] of Object.entries(FIXED)) {
        assert.equal(contracts[name].address, address, name);
      }
      assert.notEqual(await devnet.rpc('eth_getCode', [MULTICALL3, 'latest']), '0x');
      assert.equal(await contracts.stakingRegistry.read('STAKING_ASSET'), FIXED.token);
      assert.equal(await contracts.stakingRegistry.read('ROLLUP_REGISTRY'), FIXED.registry);
      assert.equal(await contracts.stakingRegistry.read('PULL_SPLIT_FACTORY'), FIXED.splitFactory);
    });

    it('with both rollups, the second canonical and the latest, and governance as owner of all', async () => {
      const { registry, gse, governance } = contracts;
      assert.equal(await registry.read('numberOfVersions'), BigInt(facts.rollups.length));
      for (const [i, { version, address, active }] of facts.rollups.entries()) {
        assert.equal(await registry.read('getVersion', [BigInt(i)]), BigInt(version));
        assert.equal(await registry.read('getRollup', [BigInt(version)]), address);
        const rollup = devnet.handle.rollup(BigInt(version));
        assert.equal(await rollup.read('getActiveAttesterCount'), BigInt(active));
        assert.equal(await rollup.read('owner'), governance.address);
      }
      const canonical = facts.rollups.find((rollup) => rollup.canonical).address;
      assert.equal(await registry.read('getCanonicalRollup'), canonical);
      assert.equal(await gse.read('getLatestRollup'), canonical);
      assert.equal(await registry.read('getGovernance'), governance.address);
      assert.equal(await gse.read('owner'), governance.address);
      const [{ id }] = facts.proposals;
      assert.equal(await governance.read('getProposalState', [BigInt(id)]), 5);
    });

    it('with every provider', async () => {
      const { stakingRegistry } = contracts;
      assert.equal(await stakingRegistry.read('nextProviderIdentifier'), BigInt(facts.providers.length + 1));
      for (const { id, admin, takeRate, recipient, pendingAdmin, queue, firstIndex } of facts.providers) {
        const of = (fn, ...more) => stakingRegistry.read(fn, [BigInt(id), ...more]);
        assert.deepEqual(await of('providerConfigurations'), [admin, takeRate, recipient]);
        assert.equal(await of('pendingProviderAdmins'), pendingAdmin ?? NOBODY);
        assert.equal(await of('getFirstIndexInQueue'), BigInt(firstIndex));
        assert.equal(await of('getProviderQueueLength'), BigInt(queue.length));
        const keys = await Promise.all(queue.map((_, i) => of('getValueAtIndexInQueue', BigInt(firstIndex + i))));
        assert.deepEqual(keys.map(({ attester }) => attester), queue);
      }
    });

    it('with the history of every provider in its logs', async () => {
      const logs = await logsOf(contracts.stakingRegistry);
      for (const { id, history, delegations } of facts.providers) {
        const own = logs.filter(({ topics }) => BigInt(topics[1]) === BigInt(id));
        const staked = own.filter(({ topics }) => topics[0] === topicOf(contracts.stakingRegistry, 'StakedWithProvider'));
        assert.equal(staked.length, delegations);
        const transactions = own.filter((log) => !staked.includes(log)).map(({ transactionHash }) => transactionHash);
        assert.deepEqual(transactions, history.map(({ transaction }) => transaction));
      }
    });

    it('with every sequencer where and as it should be', async () => {
      for (const sequencer of facts.sequencers.filter(({ status }) => status !== 'failed')) {
        const { attester, withdrawer, status, balance, exit } = sequencer;
        const view = await rollupOf(sequencer).read('getAttesterView', [attester]);
        assert.equal(view.status, STATUS[status], `${attester} is ${status}`);
        assert.equal(view.effectiveBalance, BigInt(balance));
        assert.equal(view.config.withdrawer, status === 'queued' ? NOBODY : withdrawer);
        if (status === 'exiting' || status === 'zombie') await compareExit(view.exit, exit, withdrawer);
        else assert.equal(view.exit.exists, false);
      }
    });

    it('with nobody who is on two rollups', async () => {
      for (const sequencer of withStatus('validating')) {
        for (const { version } of facts.rollups.filter((rollup) => rollup.version !== sequencer.rollup)) {
          const other = devnet.handle.rollup(BigInt(version));
          assert.equal(await other.read('getStatus', [sequencer.attester]), STATUS.finalised);
        }
      }
    });

    it('with the refused refunded, in the transaction that refused them', async () => {
      const canonical = devnet.handle.canonical.contract;
      const failures = (await logsOf(canonical)).filter(({ topics }) => topics[0] === topicOf(canonical, 'FailedDeposit'));
      assert.equal(failures.length, withStatus('failed').length);
      for (const { attester, withdrawer } of withStatus('failed')) {
        assert.notEqual(await contracts.gse.read('getWithdrawer', [attester]), withdrawer);
        const failure = failures.find(({ topics }) => BigInt(topics[1]) === BigInt(attester));
        const receipt = await devnet.rpc('eth_getTransactionReceipt', [failure.transactionHash]);
        assert.ok(contracts.token.events(receipt, 'Transfer').some(({ to }) => to === withdrawer));
      }
    });

    it('with the entry queue in its order', async () => {
      const canonical = devnet.handle.canonical.contract;
      assert.equal(await canonical.read('getEntryQueueLength'), BigInt(facts.entryQueue.length));
      for (const { place, attester, withdrawer } of facts.entryQueue) {
        const waiting = await canonical.read('getEntryQueueAt', [BigInt(place)]);
        assert.deepEqual([waiting.attester, waiting.withdrawer], [attester, withdrawer]);
      }
      assert.ok(await canonical.read('getEntryQueueFlushSize') >= 1n);
    });

    it('with all stake in governance, and nothing else in the escrow', async () => {
      const { gse, governance } = contracts;
      const total = await gse.read('totalSupply');
      assert.equal(total, BigInt(facts.totalStaked));
      assert.equal(await governance.read('powerNow', [gse.address]), total);
    });

    it('with splits of the parameters that the facts give', async () => {
      for (const { split } of facts.sequencers.filter((sequencer) => sequencer.split)) {
        const parameters = [split.recipients, split.allocations.map(BigInt), 10_000n, 0];
        const encoded = encodeAbiParameters(
          [{ type: 'tuple', components: [{ type: 'address[]' }, { type: 'uint256[]' }, { type: 'uint256' }, { type: 'uint16' }] }],
          [parameters],
        );
        assert.equal(await devnet.handle.split(split.address).read('splitHash'), keccak256(encoded));
      }
    });

    it('with every reward where it should be', async () => {
      const { token, warehouse } = contracts;
      const { accrued, heldBySplit, inWarehouse, distributedBySplit, withdrawn } = facts.rewards;
      for (const { rollup, coinbase, amount } of accrued) {
        assert.equal(await devnet.handle.rollup(BigInt(rollup)).read('getSequencerRewards', [coinbase]), BigInt(amount));
      }
      for (const { split, amount } of heldBySplit) {
        assert.equal(await token.read('balanceOf', [split]), BigInt(amount));
      }
      for (const { owner, amount } of inWarehouse) {
        assert.equal(await warehouse.read('balanceOf', [owner, BigInt(token.address)]), BigInt(amount));
      }
      for (const { split, amount } of distributedBySplit) {
        const contract = devnet.handle.split(split);
        const amounts = (await logsOf(contract)).flatMap((log) => contract.events({ logs: [log] }, 'SplitDistributed'));
        assert.equal(amounts.reduce((sum, event) => sum + event.amount, 0n), BigInt(amount));
      }
      const payouts = (await logsOf(warehouse)).flatMap((log) => warehouse.events({ logs: [log] }, 'Withdraw'));
      assert.deepEqual(payouts.map(({ owner, amount }) => ({ owner, amount: String(amount) })), withdrawn);
    });

    it('with rollups and a warehouse that can pay what they owe', async () => {
      const { token, warehouse } = contracts;
      const sum = (entries) => entries.reduce((total, { amount }) => total + BigInt(amount), 0n);
      for (const { version, address } of facts.rollups) {
        const owed = sum(facts.rewards.accrued.filter(({ rollup }) => rollup === version));
        assert.ok(await token.read('balanceOf', [address]) >= owed);
      }
      assert.equal(await token.read('balanceOf', [warehouse.address]), sum(facts.rewards.inWarehouse));
    });
  });

  describe('lets people act', () => {
    it('with the purses they were promised', async () => {
      for (const name of ['delegator', 'whale', 'poor', 'penniless', 'fresh']) {
        const { address } = devnet.accounts[name];
        assert.equal(await contracts.token.read('balanceOf', [address]), BigInt(facts.purses[name] ?? 0));
        const ether = name === 'penniless' ? 0n : 100n * TOKEN;
        assert.equal(BigInt(await devnet.rpc('eth_getBalance', [address, 'latest'])), ether, name);
      }
      const accounts = await devnet.rpc('eth_accounts');
      assert.deepEqual(accounts, PEOPLE.map((name) => devnet.accounts[name].address.toLowerCase()));
    });

    it('finishing an exit that governance has unlocked, and no other', async () => {
      const { timestamp: now } = facts.built;
      const attempts = await devnet.snapshot();
      for (const { attester, exit, rollup } of withStatus('exiting')) {
        const finish = devnet.actions.finishExit({ attester, version: BigInt(rollup) });
        if (exit.finalisableAt <= now) await finish;
        else if (exit.exitableAt <= now) await reverts(finish, 'Governance__WithdrawalNotUnlockedYet');
        else await reverts(finish, 'Staking__WithdrawalNotUnlockedYet');
      }
      const [{ attester }] = withStatus('zombie');
      await reverts(devnet.actions.finishExit({ attester }), 'Staking__InitiateWithdrawNeeded', [attester]);
      await devnet.revert(attempts);
    });

    it('delegating, from a signed transaction to an active sequencer', async () => {
      const start = await devnet.snapshot();
      const { address: from } = devnet.accounts.delegator;
      const { attester } = await devnet.actions.stake({ from, provider: 1 });
      const { deposited } = await devnet.actions.drainQueue();
      assert.deepEqual(deposited, [...facts.entryQueue.map((entry) => entry.attester), attester]);
      assert.equal(await devnet.handle.rollup().read('getStatus', [attester]), STATUS.validating);
      await devnet.revert(start);
    });
  });

  describe('has a past and a present', () => {
    it('in blocks whose times rise up to now', async () => {
      const times = [];
      for (let block = 0; block <= facts.built.block; block += 1) times.push(await devnet.handle.chain.now(numberToHex(block)));
      assert.ok(times.every((time, i) => i === 0 || time > times[i - 1]), 'no two blocks of one second');
      assert.ok(Math.abs(facts.built.timestamp - Date.now() / 1000) < 60);
      assert.ok(facts.built.timestamp - times[0] > 100 * 24 * 3600);
    });

    it('whose old states can still be read', async () => {
      const { stakingRegistry: { address: to, abi } } = contracts;
      const [{ block }] = changes(facts.providers[1], 'takeRate');
      const rateAt = async (number) => (
        await devnet.read({ to, abi, fn: 'providerConfigurations', args: [2n], block: numberToHex(number) })
      )[1];
      assert.deepEqual([await rateAt(block - 1), await rateAt(block)], [1000, 800]);
      assert.ok(await devnet.rpc('eth_getBlockByNumber', ['finalized', false]));
    });
  });

  const changes = ({ history }, event) => history.filter((entry) => entry.event === event);
  const topicOf = ({ abi }, eventName) => encodeEventTopics({ abi, eventName })[0];
  const logsOf = ({ address }) => devnet.rpc('eth_getLogs', [{ address, fromBlock: '0x0', toBlock: 'latest' }]);

  async function compareExit(actual, expected, withdrawer) {
    assert.equal(actual.exists, true);
    assert.equal(actual.amount, BigInt(expected.amount));
    assert.equal(actual.exitableAt, BigInt(expected.exitableAt));
    assert.equal(actual.isRecipient, expected.recipient !== null);
    assert.equal(actual.recipientOrWithdrawer, expected.recipient ?? withdrawer);
    const { unlocksAt } = await contracts.governance.read('getWithdrawal', [actual.withdrawalId]);
    assert.equal(unlocksAt, BigInt(expected.unlocksAt));
  }
});
