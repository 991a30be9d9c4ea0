import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, runPanel, test } from './support/fixtures.mjs';
import { key } from './support/keys.mjs';

const panel = (page, name) => page.locator('section').filter({ has: page.getByRole('heading', { name, exact: true }) });

const file = (name, content) => ({ name, mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(content)) });

/** The page as the admin of a provider sees it. */
async function asAdmin(provider, { devnet, wallet, open, connect }) {
  wallet.account = provider.admin;
  await devnet.rpc('anvil_impersonateAccount', [provider.admin]);
  await devnet.rpc('anvil_setBalance', [provider.admin, '0x8ac7230489e80000']);
  await open(`provide?provider=${provider.id}`);
  await connect();
}

test('keys are judged one by one, and the good ones are added', async ({ page, open, connect, devnet, wallet }) => {
  const provider = devnet.facts.providers[0];
  await asAdmin(provider, { devnet, wallet, open, connect });
  const [good, better, other] = ['e2e 1', 'e2e 2', 'e2e 3'].map(key);
  const used = devnet.facts.sequencers.find(({ status }) => status === 'validating').attester;
  const keys = [
    good,
    { ...key('e2e 4'), proofOfPossession: other.proofOfPossession },
    { ...key('e2e 5'), publicKeyG2: other.publicKeyG2 },
    good,
    { ...key('e2e 6'), attester: used },
    { ...key('e2e 7'), publicKeyG1: { x: '0x1', y: '0x1' } },
  ];
  const add = panel(page, 'Add keys');
  await add.locator('input[type=file]').setInputFiles([file('key1_staker_output.json', keys), file('key2_staker_output.json', better)]);
  await expect(add).toContainText('6 keys');
  await expect(add).toContainText('2 valid');
  const row = (n) => add.locator('tbody tr').nth(n - 1);
  await expect(row(1)).toContainText('Valid key');
  await expect(row(2)).toContainText('Bad proof of possession');
  await expect(row(3)).toContainText('The G1 and G2 keys are not the same key');
  await expect(row(4)).toContainText('Same attester or public key as line 1');
  await expect(row(5)).toContainText('Staked with before');
  await expect(row(6)).toContainText('not on the curve');
  await expect(row(7)).toContainText('Valid key');
  await expect(add).toContainText('Adds 2 keys in 1 transaction');
  await add.getByRole('button', { name: 'Review: Add 2 keys' }).click();
  await expect(runPanel(page)).toContainText('StakingRegistry.addKeysToProvider');
  await runPanel(page).getByRole('button', { name: 'Add 2 keys' }).click();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  // the same file again would add nothing: what is in the queue is left out
  await expect(add).toContainText('Waits in your queue already');
  const registry = devnet.contracts.stakingRegistry;
  const first = await registry.read('getFirstIndexInQueue', [BigInt(provider.id)]);
  const length = await registry.read('getProviderQueueLength', [BigInt(provider.id)]);
  const last = await registry.read('getValueAtIndexInQueue', [BigInt(provider.id), first + length - 1n]);
  expect(last.attester).toBe(better.attester);
  await expect(panel(page, 'Key queue')).toContainText('Unused');
});

test('a private keystore is refused, whatever else is chosen', async ({ page, open, connect, devnet, wallet }) => {
  await asAdmin(devnet.facts.providers[0], { devnet, wallet, open, connect });
  const secret = `0x${'5e'.repeat(32)}`;
  const keystore = { schemaVersion: 1, validators: [{ attester: { eth: secret, bls: secret }, publisher: [secret] }] };
  const add = panel(page, 'Add keys');
  await add.locator('input[type=file]').setInputFiles([file('key1.json', keystore), file('key1_staker_output.json', [key('e2e 1')])]);
  await expect(add.getByRole('alert')).toContainText('This is a private keystore');
  await expect(add.getByRole('alert')).toContainText('_staker_output.json');
  await expect(add).toContainText('1 valid');
  // pasted it is refused as well, and does not stay
  const field = add.getByLabel('Or paste a public key file');
  await field.fill(JSON.stringify(keystore));
  await expect(add.getByRole('alert')).toContainText('This is a private keystore');
  await expect(field).toHaveValue('');
  await field.fill(JSON.stringify(key('e2e 2')));
  await expect(add).toContainText('Pasted text');
  await expect(add).toContainText('1 valid');
  const kept = await page.evaluate(async () => {
    const databases = await indexedDB.databases();
    return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, databases, document.body.textContent]);
  });
  expect(kept).not.toContain('5e5e');
});

test('a hundred keys are examined within two seconds, and the page stays smooth', async ({ page, open, connect, devnet, wallet }) => {
  test.setTimeout(120_000);
  await asAdmin(devnet.facts.providers[0], { devnet, wallet, open, connect });
  const keys = Array.from({ length: 100 }, (_, n) => key(`hundred ${n}`));
  const spent = await page.evaluate(async (keys) => {
    const worker = new Worker('keycheck.js', { type: 'module' });
    const heard = () => new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = reject;
    });
    const bytes = await (await fetch('rota-keycheck_bg.wasm')).arrayBuffer();
    const ready = heard();
    worker.postMessage(bytes);
    if (await ready !== 'ready') throw new Error('not ready');
    const word = (text) => text.slice(2).padStart(64, '0').match(/../g).map((byte) => parseInt(byte, 16));
    const message = Uint8Array.from(keys.flatMap(({ publicKeyG1: a, publicKeyG2: b, proofOfPossession: c }) =>
      [a.x, a.y, b.x0, b.x1, b.y0, b.y1, c.x, c.y].flatMap(word)));
    const answered = heard();
    const begun = performance.now();
    worker.postMessage(message);
    const answer = await answered;
    const time = performance.now() - begun;
    const good = Array.from({ length: keys.length }, (_, n) => answer[4 * n] === 0 && answer[4 * n + 3] === 1);
    if (!good.every(Boolean)) throw new Error('not all are good');
    return time;
  }, keys);
  console.log(`100 keys in ${Math.round(spent)} ms`);
  expect(spent).toBeLessThan(2_000);
});

test('what must not be used at the head is removed, exactly', async ({ page, open, connect, devnet, wallet }) => {
  const provider = devnet.facts.providers.find(({ name }) => name === 'dud-first');
  await asAdmin(provider, { devnet, wallet, open, connect });
  const queue = panel(page, 'Key queue');
  await expect(queue.getByRole('alert')).toContainText('The key at the head of your queue must not be used');
  await queue.getByRole('button', { name: 'Remove 1 key', exact: true }).click();
  await expect(queue).toContainText('These leave');
  await queue.getByRole('button', { name: 'Review: Remove 1 key from the front' }).click();
  await runPanel(page).getByRole('button', { name: 'Remove 1 key from the front' }).click();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  await expect(queue.getByRole('alert')).toHaveCount(0);
  expect(await devnet.contracts.stakingRegistry.read('getProviderQueueLength', [BigInt(provider.id)])).toBe(BigInt(provider.queue.length - 1));
});

test('the admin is handed over by two accounts', async ({ page, open, connect, devnet, wallet, context }) => {
  const provider = devnet.facts.providers[1];
  const next = devnet.accounts.fresh.address;
  await asAdmin(provider, { devnet, wallet, open, connect });
  const handover = panel(page, 'Admin handover');
  await expect(handover).toContainText('Nobody is proposed');
  await handover.getByLabel('New admin').fill(next);
  await handover.getByRole('button', { name: 'Review: Propose a new admin' }).click();
  await runPanel(page).getByRole('button', { name: 'Propose a new admin' }).click();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  await expect(handover).toContainText('Waiting for them');
  const link = await handover.getByRole('button', { name: 'Copy accept link' }).getAttribute('data-copy');
  expect(link).toContain(`provide?provider=${provider.id}`);
  // the other account follows the link
  wallet.account = next;
  const other = await context.newPage();
  await other.goto(link);
  // the wallet is connected from before
  await other.getByRole('button', { name: /^Wallet 0x/ }).waitFor();
  const accept = panel(other, 'Admin handover');
  await expect(accept).toContainText('This provider is offered to you');
  await accept.getByRole('button', { name: `Review: Become the admin of provider ${provider.id}` }).click();
  await runPanel(other).getByRole('button', { name: `Become the admin of provider ${provider.id}` }).click();
  await expect(runPanel(other)).toContainText('1 of 1 confirmed');
  const [admin] = await devnet.contracts.stakingRegistry.read('providerConfigurations', [BigInt(provider.id)]);
  expect(admin).toBe(next);
});

test('a Safe as admin gets a file to import', async ({ page, open, connect, devnet, wallet }) => {
  const provider = devnet.facts.providers[1];
  // answers getThreshold with 2 and getOwners with the wallet and two others, as a Safe does
  const owners = [wallet.account, devnet.accounts.fresh.address, devnet.accounts.whale.address];
  await devnet.rpc('anvil_setCode', [provider.admin, safeCode(2, owners)]);
  await open(`provide?provider=${provider.id}`);
  await connect();
  await expect(page.getByText('Your wallet is one of 3 signers, not the admin')).toBeVisible();
  await expect(page.getByText('Safe, 2 of 3')).toBeVisible();
  const commission = panel(page, 'Commission');
  await commission.getByLabel('New commission').fill('20');
  await expect(commission).toContainText('Simulated as the admin');
  // what the Safe will sign is decoded from the very bytes of the file
  await commission.getByText('What you are signing').click();
  await expect(commission).toContainText('StakingRegistry.updateProviderTakeRate');
  await expect(commission.locator('table.args')).toContainText('2000');
  const saving = page.waitForEvent('download');
  await commission.getByRole('button', { name: 'Build Safe transaction: Set the commission to 20.00 %' }).click();
  const download = await saving;
  const target = path.join(os.tmpdir(), `rota-safe-${process.pid}.json`);
  await download.saveAs(target);
  const batch = JSON.parse(fs.readFileSync(target, 'utf8'));
  fs.rmSync(target);
  expect(batch.meta.createdFromSafeAddress).toBe(provider.admin);
  expect(batch.transactions).toHaveLength(1);
  // what the file holds does what it says, when the Safe sends it
  const [{ to, data, value }] = batch.transactions;
  await devnet.rpc('anvil_impersonateAccount', [provider.admin]);
  await devnet.rpc('anvil_setBalance', [provider.admin, '0x8ac7230489e80000']);
  await devnet.rpc('eth_sendTransaction', [{ from: provider.admin, to, data, value: `0x${BigInt(value).toString(16)}` }]);
  await expect.poll(async () => (await devnet.contracts.stakingRegistry.read('providerConfigurations', [BigInt(provider.id)]))[1]).toBe(2000);
});

/** Runtime code of a contract that answers the two questions by which a Safe is known, and does nothing else. */
function safeCode(threshold, owners) {
  const word = (n) => BigInt(n).toString(16).padStart(64, '0');
  const answer = (words) => words.map((w, n) => `7f${w}60${(32 * n).toString(16).padStart(2, '0')}52`).join('') + `60${(32 * words.length).toString(16).padStart(2, '0')}6000f3`;
  const list = answer([word(32), word(owners.length), ...owners.map(word)]);
  const count = answer([word(threshold)]);
  // selector of the call on the stack, twice compared; both ways out end the call
  const head = (jumpThreshold, jumpOwners) =>
    `60003560e01c8063e75235b81461${jumpThreshold.toString(16).padStart(4, '0')}5763a0e67e2b1461${jumpOwners.toString(16).padStart(4, '0')}57` + '60006000fd';
  const size = head(0, 0).length / 2;
  const thresholdAt = size;
  const ownersAt = size + 1 + count.length / 2;
  return `0x${head(thresholdAt, ownersAt)}5b${count}5b${list}`;
}
