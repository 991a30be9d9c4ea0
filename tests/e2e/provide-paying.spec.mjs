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
