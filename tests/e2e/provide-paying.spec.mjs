import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from './support/fixtures.mjs';

const panel = (page, name) => page.locator('section').filter({ has: page.getByRole('heading', { name, exact: true }) });

/** What a download holds. */
async function saved(page, press) {
  const saving = page.waitForEvent('download');
  await press();
  const target = path.join(os.tmpdir(), `rota-e2e-${process.pid}-${Date.now()}.json`);
  await (await saving).saveAs(target);
  const content = JSON.parse(fs.readFileSync(target, 'utf8'));
  fs.rmSync(target);
  return content;
}

test('the coinbase map names the split of each delegation, tells new ones, and is compared', async ({ page, open, devnet }) => {
  await open('provide?provider=1');
  const map = panel(page, 'Delegations and coinbase map');
  await expect(map).toContainText('Not exported from this browser yet');
  const told = await saved(page, () => map.getByRole('button', { name: 'Export map' }).click());
  const live = devnet.facts.sequencers.filter(({ provider, status }) => provider === 1 && ['validating', 'queued', 'exiting', 'zombie'].includes(status));
  const expected = Object.fromEntries(live.map(({ attester, split }) => [attester, split.address]));
  const found = Object.fromEntries(told.validators.map(({ attester, coinbase }) => [attester, coinbase]));
  expect(found).toEqual(expected);
  expect(live.length).toBeGreaterThan(2);
  await expect(map).toContainText(`0 of ${live.length} are new since your last export`);

  // somebody delegates: it is the first line, and marked
  const made = await devnet.actions.stake({ from: devnet.accounts.whale.address, provider: 1 });
  await expect(map).toContainText(`1 of ${live.length + 1} are new`);
  await expect(map.locator('tbody tr').first()).toContainText('New');
  await expect(map.locator('tbody tr').first()).toContainText(made.split.slice(0, 6));

  const field = map.getByLabel('Compare with what your nodes use');
  await field.fill(JSON.stringify(told));
  await expect(map).toContainText('1 differ');
  await expect(map).toContainText('is missing');
  const [first] = told.validators;
  await field.fill(JSON.stringify({ ...expected, [made.attester]: made.split, [first.attester]: devnet.accounts.whale.address }));
  await expect(map).toContainText('pays somebody else');
  await field.fill(JSON.stringify({ ...expected, [made.attester]: made.split }));
  await expect(map).toContainText(`All ${live.length + 1} are as they should be`);

  // a keystore by mistake: not read, and gone
  await field.fill(JSON.stringify({ validators: [{ attester: { eth: `0x${'5e'.repeat(32)}` } }] }));
  await expect(map.getByRole('alert')).toContainText('perhaps a private key');
  await expect(field).toHaveValue('');
});

test('alerts say what to look at, and publishers are watched from this browser', async ({ page, open, devnet }) => {
  const provider = devnet.facts.providers.find(({ name }) => name === 'dud-first');
  const poor = '0x00000000000000000000000000000000000A11CE';
  await devnet.rpc('anvil_setBalance', [poor, '0xb1a2bc2ec50000']);
  await open(`provide?provider=${provider.id}`);
  const alerts = panel(page, 'Alerts');
  await expect(alerts).toContainText('A bad key is at the head of your queue');
  await alerts.getByLabel('Publisher accounts').fill(poor.toLowerCase());
  await expect(alerts).toContainText('runs low');
  await expect(alerts).toContainText('0.05 ETH');
  await alerts.getByLabel('Warn below').fill('0.01');
  await expect(alerts).not.toContainText('runs low');
  await page.reload();
  await expect(alerts.getByLabel('Publisher accounts')).toHaveValue(poor.toLowerCase());
  await expect(alerts.getByLabel('Warn below')).toHaveValue('0.01');
});

test('what is new is told by notification, once, and what was there before is not', async ({ page, open, devnet }) => {
  await page.addInitScript(() => {
    window.told = [];
    window.Notification = class {
      static permission = 'granted';

      constructor(title, { body, tag }) {
        window.told.push({ title, body, tag });
      }
    };
  });
  const provider = devnet.facts.providers[1];
  const { admin, id } = provider;
  const publisher = '0x00000000000000000000000000000000000A11CE';
  await devnet.rpc('anvil_setBalance', [publisher, '0x8ac7230489e80000']);
  await devnet.rpc('anvil_impersonateAccount', [admin]);
  await devnet.rpc('anvil_setBalance', [admin, '0x8ac7230489e80000']);
  await open(`provide?provider=${id}`);
  const alerts = panel(page, 'Alerts');
  await alerts.getByLabel('Publisher accounts').fill(publisher.toLowerCase());
  await expect(alerts).not.toContainText('Not read');
  await expect(page.locator('main .skel')).toHaveCount(0);
  const told = () => page.evaluate(() => window.told.map(({ title }) => title));
  await devnet.mine(1);
  await page.waitForTimeout(2_000);
  expect(await told()).toEqual([]);

  const registry = devnet.contracts.stakingRegistry;
  await registry.send(admin, 'updateProviderAdmin', [BigInt(id), devnet.accounts.fresh.address]);
  await expect.poll(told).toEqual(['A new admin is proposed']);
  await expect(alerts).toContainText('may accept at any time');

  const left = await registry.read('getProviderQueueLength', [BigInt(id)]);
  await registry.send(admin, 'dripProviderQueue', [BigInt(id), left]);
  await expect.poll(told).toContain('Key queue is empty');

  await devnet.rpc('anvil_setBalance', [publisher, '0xb1a2bc2ec50000']);
  // balances are read again after ten blocks
  await devnet.mine(12);
  await expect.poll(async () => (await told()).filter((title) => title.includes('runs low')).length).toBe(1);
  // it sinks further: no news
  await devnet.rpc('anvil_setBalance', [publisher, '0x1']);
  await devnet.mine(12);
  await expect(alerts).toContainText('It holds 0');
  await page.waitForTimeout(1_000);
  const all = await told();
  expect(new Set(all).size).toBe(all.length);
});

test('slashed and ejected sequencers are alerts', async ({ page, open, devnet }) => {
  const zombie = devnet.facts.sequencers.find(({ provider, status }) => provider && status === 'zombie');
  await open(`provide?provider=${zombie.provider}`);
  const alerts = panel(page, 'Alerts');
  const short = `${zombie.attester.slice(0, 6)}`;
  await expect(alerts.getByRole('listitem').filter({ hasText: 'was ejected' }).filter({ hasText: new RegExp(short, 'i') })).toBeVisible();
  await expect(alerts.getByRole('listitem').filter({ hasText: 'was slashed' }).filter({ hasText: new RegExp(short, 'i') }).first()).toBeVisible();
});
