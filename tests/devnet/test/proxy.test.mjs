/**
 * The proxy is as unkind as it says, as broken as it is told to be, and otherwise tells what the node tells.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { encodeFunctionData, numberToHex } from 'viem/utils';
import { privateKeyToAccount } from 'viem/accounts';
import { FAULTS } from '../proxy/faults.mjs';
import { MULTICALL3 } from '../addresses.mjs';
import { PUBLIC_LIMITS } from '../proxy/limits.mjs';
import { rpcTransport } from '../rpc.mjs';
import { startDevnet } from '../index.mjs';
import { startProxy } from '../proxy.mjs';
import { within } from './expect.mjs';

describe('proxy', within(90), () => {
  let devnet, proxy, node;

  before(async () => {
    devnet = await startDevnet({ scenario: false });
    node = rpcTransport(devnet.url);
    proxy = await startProxy({ target: devnet.url });
    await devnet.actions.registerProvider({
      admin: devnet.accounts.admin1.address, takeRate: 0, recipient: devnet.accounts.admin1.address,
    });
  });
  afterEach(() => {
    proxy.clearFaults();
    proxy.resetCounts();
  });
  after(async () => {
    await proxy?.stop();
    await devnet?.stop();
  });

  const request = (method, params = [], id = 7) => ({ jsonrpc: '2.0', id, method, params });
  const post = (body, to = proxy.url) => fetch(to, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
  });
  const ask = async (method, params) => (await post(request(method, params))).json();
  const allLogs = { fromBlock: '0x0', toBlock: 'latest' };

  describe('without faults', () => {
    it('says what the node says, errors included', async () => {
      const { stakingRegistry: { address: to, abi } } = devnet.contracts;
      const dataOf = (functionName, args = []) => encodeFunctionData({ abi, functionName, args });
      const questions = [
        ['eth_chainId'],
        ['eth_blockNumber'],
        ['eth_getBlockByNumber', ['latest', false]],
        ['eth_getCode', [MULTICALL3, 'latest']],
        ['eth_getBalance', [devnet.accounts.fresh.address, 'latest']],
        ['eth_call', [{ to, data: dataOf('providerConfigurations', [1n]) }, 'latest']],
        ['eth_call', [{ to, data: dataOf('dripProviderQueue', [1n, 1n]) }, 'latest']],
        ['eth_estimateGas', [{ from: devnet.accounts.admin1.address, to, data: dataOf('updateProviderTakeRate', [1n, 5]) }]],
        ['eth_simulateV1', [{ blockStateCalls: [{ calls: [{ to, data: dataOf('nextProviderIdentifier') }] }] }, 'latest']],
        ['eth_getTransactionReceipt', [`0x${'00'.repeat(32)}`]],
        ['eth_call', ['nonsense']],
      ];
      for (const [method, params] of questions) {
        const honest = await node(request(method, params));
        assert.deepEqual(await ask(method, params), honest, method);
      }
    });

    it('says it to a batch, in its order', async () => {
      const batch = [request('eth_chainId', [], 1), request('eth_accounts', [], 2), request('net_version', [], 3)];
      const answers = await (await post(batch)).json();
      assert.deepEqual(answers.map(({ id, result, error }) => [id, result ?? error.code]), [
        [1, '0x7a69'], [2, -32601], [3, '31337'],
      ]);
    });

    it('lets scripts of any origin ask', async () => {
      const preflight = await fetch(proxy.url, { method: 'OPTIONS' });
      assert.equal(preflight.status, 204);
      assert.equal(preflight.headers.get('access-control-allow-origin'), '*');
      assert.match(preflight.headers.get('access-control-allow-headers'), /content-type/);
      assert.equal((await post(request('eth_chainId'))).headers.get('access-control-allow-origin'), '*');
    });

    it('passes signed transactions on', async () => {
      const { privateKey, address: from } = devnet.accounts.fresh;
      const raw = await privateKeyToAccount(privateKey).signTransaction({
        chainId: 31337, nonce: 0, gas: 21_000n, maxFeePerGas: 10n ** 10n, to: from, value: 1n,
      });
      const { result: hash } = await ask('eth_sendRawTransaction', [raw]);
      assert.equal((await devnet.handle.chain.receipt(hash)).status, '0x1');
    });
  });

  describe('is unkind', () => {
    it('leaves the time out of logs, in receipts too', async () => {
      const { result: [log] } = await node(request('eth_getLogs', [allLogs]));
      assert.ok('blockTimestamp' in log);
      const { blockTimestamp, ...rest } = log;
      assert.deepEqual((await ask('eth_getLogs', [allLogs])).result[0], rest);
      const { result: receipt } = await ask('eth_getTransactionReceipt', [log.transactionHash]);
      assert.ok(receipt.logs.length > 0 && receipt.logs.every((entry) => !('blockTimestamp' in entry)));
      const { result: block } = await ask('eth_getBlockByNumber', [log.blockNumber, false]);
      assert.ok('timestamp' in block);
    });

    it('gives a call less gas than it asks for, or would get', async () => {
      // Code that returns the gas that it finds: GAS PUSH0 MSTORE MSIZE PUSH0 RETURN
      const state = { [MULTICALL3]: { code: '0x5a5f52595ff3' } };
      const gasOf = async (answer, call) => Number((await answer('eth_call', [{ to: MULTICALL3, ...call }, 'latest', state])).result);
      const direct = (method, params) => node(request(method, params));
      assert.ok(await gasOf(direct, {}) > PUBLIC_LIMITS.callGas);
      for (const call of [{}, { gas: numberToHex(59_000_000) }]) {
        const gas = await gasOf(ask, call);
        assert.ok(gas <= PUBLIC_LIMITS.callGas && gas > PUBLIC_LIMITS.callGas - 100_000);
      }
      assert.ok(await gasOf(ask, { gas: numberToHex(100_000) }) < 100_000);
    });

    it('refuses logs of too many blocks, or too many logs', async () => {
      const wide = { fromBlock: '0x0', toBlock: numberToHex(PUBLIC_LIMITS.logBlocks) };
      const refused = await post(request('eth_getLogs', [wide]));
      assert.equal(refused.status, 413);
      assert.deepEqual((await refused.json()).error, { code: -32614, message: 'eth_getLogs is limited to a 10,000 range' });
      assert.ok((await ask('eth_getLogs', [{ ...wide, fromBlock: '0x1' }])).result.length > 0);

      const errorWith = async (limits) => {
        const stingy = await startProxy({ target: devnet.url, limits });
        const { error } = await (await post(request('eth_getLogs', [allLogs]), stingy.url)).json();
        await stingy.stop();
        return error;
      };
      assert.deepEqual(await errorWith({ logResults: 3 }), { code: -32005, message: 'query returned more than 3 results' });
      assert.deepEqual(await errorWith({ logBlocks: 10 }), { code: -32614, message: 'eth_getLogs is limited to a 10 range' });
    });

    it('refuses long batches', async () => {
      const response = await post([1, 2, 3, 4].map((id) => request('eth_chainId', [], id)));
      assert.equal(response.status, 500);
      const { error } = await response.json();
      assert.equal(error.code, 31);
      assert.match(error.message, /Batch of more than 3 requests/);
    });

    it('has no accounts and no power over the chain', async () => {
      for (const method of [
        'eth_accounts', 'eth_sendTransaction', 'eth_sign', 'anvil_setBalance', 'evm_mine', 'hardhat_setCode',
        'debug_traceTransaction', 'eth_newFilter', 'personal_sign',
      ]) {
        assert.deepEqual((await ask(method)).error, {
          code: -32601, message: `the method ${method} does not exist/is not available`,
        });
      }
    });

    it('takes its time', async () => {
      await ask('eth_chainId');
      const begun = performance.now();
      await ask('eth_chainId');
      assert.ok(performance.now() - begun >= PUBLIC_LIMITS.latency - 1);
    });
  });

  describe('breaks on demand', () => {
    const broken = {
      async rateLimit() {
        proxy.addFault({ fault: 'rateLimit' });
        const bare = await post(request('eth_chainId'));
        assert.equal(bare.status, 429);
        assert.equal(bare.headers.get('retry-after'), null);
        proxy.clearFaults();
        proxy.addFault({ fault: 'rateLimit', retryAfter: 2 });
        const hidden = await post(request('eth_chainId'));
        assert.equal(hidden.headers.get('retry-after'), '2');
        assert.equal(hidden.headers.get('access-control-expose-headers'), null);
        proxy.clearFaults();
        proxy.addFault({ fault: 'rateLimit', retryAfter: 2, exposed: true });
        const exposed = await post(request('eth_chainId'));
        assert.equal(exposed.headers.get('access-control-expose-headers'), 'retry-after');
      },
      async unavailable() {
        proxy.addFault({ fault: 'unavailable' });
        assert.equal((await post(request('eth_chainId'))).status, 503);
        proxy.clearFaults();
        proxy.addFault({ fault: 'unavailable', status: 502 });
        const gateway = await post(request('eth_chainId'));
        assert.equal(gateway.status, 502);
        assert.equal(await gateway.text(), 'Bad Gateway');
      },
      async dead() {
        proxy.addFault({ fault: 'dead' });
        await assert.rejects(post(request('eth_chainId')), { message: 'fetch failed' });
      },
      async hang() {
        proxy.addFault({ fault: 'hang', ms: 300, times: 1 });
        const begun = performance.now();
        await assert.rejects(post(request('eth_chainId')), { message: 'fetch failed' });
        assert.ok(performance.now() - begun >= 299);
        proxy.addFault({ fault: 'hang' });
        const waiting = fetch(proxy.url, {
          method: 'POST', body: JSON.stringify(request('eth_chainId')), signal: AbortSignal.timeout(400),
        });
        await assert.rejects(waiting, { name: 'TimeoutError' });
      },
      async html() {
        proxy.addFault({ fault: 'html' });
        const response = await post(request('eth_chainId'));
        assert.equal(response.status, 200);
        assert.match(response.headers.get('content-type'), /text\/html/);
        await assert.rejects(response.json(), SyntaxError);
      },
      async truncated() {
        proxy.addFault({ fault: 'truncated' });
        const text = await (await post(request('eth_chainId'))).text();
        assert.match(text, /^\{"/);
        assert.throws(() => JSON.parse(text), SyntaxError);
      },
      async wrongId() {
        proxy.addFault({ fault: 'wrongId' });
        assert.notEqual((await ask('eth_chainId')).id, 7);
      },
      async wrongChain() {
        proxy.addFault({ fault: 'wrongChain', chainId: 11155111 });
        assert.equal((await ask('eth_chainId')).result, '0xaa36a7');
        assert.equal((await ask('net_version')).result, '11155111');
      },
      async missingMethod() {
        proxy.addFault({ fault: 'missingMethod', methods: ['eth_simulateV1'] });
        assert.equal((await ask('eth_simulateV1', [{ blockStateCalls: [] }, 'latest'])).error.code, -32601);
        const answers = await (await post([request('eth_simulateV1', [], 1), request('eth_chainId', [], 2)])).json();
        assert.deepEqual(answers.map(({ id, result, error }) => [id, result ?? error.code]), [[1, -32601], [2, '0x7a69']]);
      },
      async noBatch() {
        proxy.addFault({ fault: 'noBatch' });
        const refused = await post([request('eth_chainId')]);
        assert.equal(refused.status, 400);
        assert.equal((await refused.json()).error.code, -32600);
        assert.equal((await ask('eth_chainId')).result, '0x7a69');
      },
      async drip() {
        proxy.addFault({ fault: 'drip', bytes: 5, ms: 40 });
        const begun = performance.now();
        const response = await post(request('eth_chainId'));
        const headAfter = performance.now() - begun;
        assert.equal((await response.json()).result, '0x7a69');
        const bodyAfter = performance.now() - begun;
        assert.ok(bodyAfter >= 8 * 39 && headAfter < bodyAfter - 200, `${headAfter}, ${bodyAfter}`);
      },
      async huge() {
        proxy.addFault({ fault: 'huge' });
        const text = await (await post(request('eth_chainId'))).text();
        assert.equal(text.length, 50 << 20);
        assert.equal(JSON.parse(text).result, '0x7a69');
      },
      async stuckHead() {
        proxy.addFault({ fault: 'stuckHead' });
        const stuck = (await ask('eth_blockNumber')).result;
        const { address: fresh } = devnet.accounts.fresh;
        const { transactionHash } = await devnet.send({ from: fresh, to: fresh, value: 1n });
        await devnet.mine(3);
        assert.equal((await ask('eth_blockNumber')).result, stuck);
        assert.equal((await ask('eth_getBlockByNumber', ['latest', false])).result.number, stuck);
        const beyond = numberToHex(Number(stuck) + 1);
        assert.equal((await ask('eth_getBlockByNumber', [beyond, false])).result, null);
        const balance = (block) => ask('eth_getBalance', [fresh, block]);
        assert.equal((await balance(beyond)).error.message, 'header not found');
        assert.equal((await balance('latest')).result, (await balance(stuck)).result);
        assert.deepEqual((await ask('eth_getLogs', [{ fromBlock: beyond, toBlock: 'latest' }])).result, []);
        assert.equal((await ask('eth_getTransactionReceipt', [transactionHash])).result, null);
      },
      async headBack() {
        await devnet.mine(3);
        proxy.addFault({ fault: 'headBack', blocks: 2 });
        const heads = [];
        for (let i = 0; i < 4; i += 1) heads.push(Number((await ask('eth_blockNumber')).result));
        const [head] = heads;
        assert.deepEqual(heads, [head, head - 2, head, head - 2]);
      },
      async noArchive() {
        await devnet.mine(3);
        proxy.addFault({ fault: 'noArchive', blocks: 2 });
        const head = Number((await ask('eth_blockNumber')).result);
        const code = (block) => ask('eth_getCode', [MULTICALL3, block]);
        assert.ok((await code(numberToHex(head - 2))).result.length > 2);
        assert.match((await code(numberToHex(head - 3))).error.message, /^missing trie node/);
        assert.ok((await code('latest')).result.length > 2);
        assert.ok((await ask('eth_getBlockByNumber', ['0x1', false])).result);
      },
      async logLimit() {
        const range = (blocks) => ({ fromBlock: '0x1', toBlock: numberToHex(blocks) });
        const answer = async (blocks) => (await post(request('eth_getLogs', [range(blocks)]))).json();
        for (const blocks of [10_000, 1_000, 500]) {
          const end = proxy.addFault({ fault: 'logLimit', blocks });
          assert.ok((await answer(blocks)).result.length > 0);
          const { error } = await answer(blocks + 1);
          assert.equal(error.message, `eth_getLogs is limited to a ${blocks.toLocaleString('en')} range`);
          end();
        }
        proxy.addFault({ fault: 'logLimit', results: 2 });
        assert.match((await answer(500)).error.message, /more than 2 results/);
      },
      async forgotten() {
        const { address: fresh } = devnet.accounts.fresh;
        const { transactionHash } = await devnet.send({ from: fresh, to: fresh, value: 1n });
        proxy.addFault({ fault: 'forgotten', methods: ['eth_getTransactionByHash'] });
        assert.equal((await ask('eth_getTransactionByHash', [transactionHash])).result, null);
        assert.equal((await ask('eth_getTransactionReceipt', [transactionHash])).result.status, '0x1');
      },
      async slow() {
        proxy.addFault({ fault: 'slow', ms: 500 });
        const begun = performance.now();
        assert.equal((await ask('eth_chainId')).result, '0x7a69');
        assert.ok(performance.now() - begun >= 500);
      },
    };
    for (const [fault, shows] of Object.entries(broken)) it(`by ${fault}`, shows);

    it('by a reorganisation of the chain', async () => {
      const before = await devnet.snapshot();
      const { address: fresh } = devnet.accounts.fresh;
      const { blockNumber, blockHash, transactionHash } = await devnet.send({ from: fresh, to: fresh, value: 1n });
      assert.ok((await ask('eth_getTransactionReceipt', [transactionHash])).result);
      await devnet.reorganise(1);
      const { result: block } = await ask('eth_getBlockByNumber', [blockNumber, false]);
      assert.notEqual(block.hash, blockHash);
      assert.equal((await ask('eth_blockNumber')).result, blockNumber);
      assert.equal((await ask('eth_getTransactionReceipt', [transactionHash])).result, null);
      await devnet.revert(before);
    });

    it('in every way there is, each shown above', () => {
      assert.deepEqual(Object.keys(broken).sort(), Object.keys(FAULTS).sort());
    });

    it('for chosen methods only', async () => {
      proxy.addFault({ fault: 'unavailable', methods: ['eth_blockNumber'] });
      assert.equal((await post(request('eth_blockNumber'))).status, 503);
      assert.equal((await post(request('eth_chainId'))).status, 200);
    });

    it('for so many exchanges only, or until it is taken back', async () => {
      proxy.addFault({ fault: 'unavailable', times: 2 });
      const statuses = [];
      for (let i = 0; i < 3; i += 1) statuses.push((await post(request('eth_chainId'))).status);
      assert.deepEqual(statuses, [503, 503, 200]);
      const end = proxy.addFault({ fault: 'unavailable' });
      assert.equal((await post(request('eth_chainId'))).status, 503);
      end();
      assert.equal((await post(request('eth_chainId'))).status, 200);
    });

    it('in several ways at once', async () => {
      proxy.addFault({ fault: 'slow', ms: 300 });
      proxy.addFault({ fault: 'wrongChain' });
      const begun = performance.now();
      assert.equal((await ask('eth_chainId')).result, '0x1');
      assert.ok(performance.now() - begun >= 300);
      proxy.addFault({ fault: 'hang' });
      await assert.rejects(fetch(proxy.url, {
        method: 'POST', body: JSON.stringify(request('eth_chainId')), signal: AbortSignal.timeout(700),
      }));
    });

    it('without the headers that browsers want, if told so', async () => {
      proxy.addFault({ fault: 'rateLimit', cors: false });
      assert.equal((await post(request('eth_chainId'))).headers.get('access-control-allow-origin'), null);
    });

    it('and not in a way that does not exist', () => {
      assert.throws(() => proxy.addFault({ fault: 'gremlin' }), /There is no fault gremlin\. There are: rateLimit,/);
    });
  });

  describe('is told and asked over HTTP', () => {
    const control = (method, path, body) => fetch(`${proxy.url}${path}`, { method, body: body && JSON.stringify(body) });

    it('about faults', async () => {
      const rule = { fault: 'unavailable', methods: ['eth_chainId'], times: 1, cors: true };
      assert.deepEqual(await (await control('POST', '/-/faults', rule)).json(), [rule]);
      assert.equal((await post(request('eth_chainId'))).status, 503);
      assert.deepEqual(await (await control('GET', '/-/faults')).json(), []);
      await control('POST', '/-/faults', { fault: 'hang' });
      assert.deepEqual(await (await control('DELETE', '/-/faults')).json(), []);
      const refused = await control('POST', '/-/faults', { fault: 'gremlin' });
      assert.equal(refused.status, 400);
      assert.equal((await control('GET', '/-/nothing')).status, 404);
    });

    it('about what was asked of it', async () => {
      const single = request('eth_chainId');
      await post(single);
      await Promise.all([post([single, request('eth_blockNumber')]), post(single)]);
      const { exchanges, methods } = await (await control('GET', '/-/meter')).json();
      assert.equal(exchanges.requests, 3);
      assert.equal(exchanges.mostAtOnce, 2);
      assert.equal(methods.eth_chainId.requests, 3);
      assert.equal(methods.eth_chainId.requestBytes, 3 * JSON.stringify(single).length);
      assert.equal(methods.eth_chainId.responseBytes, 3 * '{"jsonrpc":"2.0","id":7,"result":"0x7a69"}'.length);
      assert.equal(methods.eth_blockNumber.requests, 1);
      await control('DELETE', '/-/meter');
      assert.equal(proxy.counts().exchanges.requests, 0);
    });
  });

  it('answers what is no request at all', async () => {
    const response = await fetch(proxy.url, { method: 'POST', body: 'hello' });
    assert.equal(response.status, 400);
    assert.equal((await fetch(proxy.url)).status, 405);
  });
});
