/**
 * The app in the frame of a Safe's page: the Safe is the account, what is reviewed is proposed there, and it is done when
 * the chain says so.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { expect, runPanel, test as base } from './support/fixtures.mjs';
import { REJECTED, SAFE_CODE, SafePage, execute, hostThatAllows } from './support/safe-page.mjs';

const test = base.extend({
  /** The provider whose admin the Safe is. */
  provider: async ({ devnet }, use) => use(devnet.facts.providers[1]),

  safe: async ({ devnet, provider }, use) => {
    await devnet.rpc('anvil_setCode', [provider.admin, SAFE_CODE]);
    await devnet.rpc('anvil_setBalance', [provider.admin, '0x0']);
    const safe = new SafePage({ safe: provider.admin });
    await use(safe);
    await safe.stop();
  },

  /** Opens the app in the Safe's page, from a host that lets this page frame it. */
  framed: async ({ page, site, safe, watch }, use) => {
    const host = await hostThatAllows(site.url, 'http://127.0.0.1:*');
    watch.allow(host.url);
    watch.expectError(/favicon/);
    await use(async (place = 'provide') => {
      const open = await safe.open(page, `${host.url}#/aztec-local/${place}`);
      watch.allow(safe.url);
      const frame = await open();
      await expect(frame.locator('#boot-name')).toHaveCount(0);
      return frame;
    });
    await host.stop();
  },
});

// injected as text: the page's policy allows no script from elsewhere
const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function violations(page) {
  const frame = page.frames().find((one) => one !== page.mainFrame());
  await frame.evaluate(AXE);
  const found = await frame.evaluate(async () => (await window.axe.run()).violations);
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

const offer = (frame) => frame.getByRole('dialog').getByRole('button', { name: /^S?\s*Safe/ });

/** Until the app heard every answer to this many questions of who is there, and had time to draw what follows. */
async function heard(frame, answers) {
  const body = frame.locator('body');
  await expect.poll(() => body.evaluate(() => (window.rotaHeard ?? []).length), { timeout: 20_000 }).toBeGreaterThanOrEqual(answers);
  await body.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)))));
}

const commission = (frame) => frame.locator('section').filter({ has: frame.getByRole('heading', { name: 'Commission', exact: true }) });

async function connect(frame) {
  await frame.getByRole('button', { name: /^Connect\b/ }).first().click();
  await offer(frame).click();
  await frame.getByRole('button', { name: /^Wallet 0x/ }).waitFor();
}

async function review(frame, percent = '20') {
  await commission(frame).getByLabel('New commission').fill(percent);
  await commission(frame).getByRole('button', { name: /^Review: Set the commission/ }).click();
  await expect(runPanel(frame)).toContainText('Simulated OK');
}

const propose = (frame) => runPanel(frame).getByRole('button', { name: /^Propose to the Safe: Set the commission/ }).click();

test('a change is proposed to the Safe, and done when it is executed', async ({ page, framed, safe, provider, devnet }) => {
  const frame = await framed();
  await frame.getByRole('button', { name: /^Connect\b/ }).first().click();
  // who asks, and from where
  await expect(offer(frame)).toContainText(new URL(safe.url).host);
  await expect(offer(frame)).toContainText(provider.admin.slice(0, 6));
  await offer(frame).click();
  await frame.getByRole('button', { name: /^Wallet 0x/ }).waitFor();

  await review(frame);
  await expect(runPanel(frame)).toContainText('StakingRegistry.updateProviderTakeRate');
  expect(safe.proposed).toEqual([]);
  await propose(frame);
  await expect(runPanel(frame)).toContainText('It is not done yet');
  await expect(runPanel(frame)).toContainText('Proposed');
  await expect(runPanel(frame)).toContainText('0 of 1 confirmed');
  expect(await violations(page)).toEqual([]);
  const [[call]] = safe.proposed;
  expect(call.to).toBe(devnet.contracts.stakingRegistry.address);
  expect(call.value).toBe('0');
  // who reloads finds it again, connected
  await frame.locator('body').evaluate(() => location.reload()).catch(() => {});
  await expect(runPanel(frame)).toContainText('It is not done yet');
  await frame.getByRole('button', { name: /^Wallet 0x/ }).waitFor();

  const number = SafePage.number(1);
  safe.executions.set(number, await execute(devnet, provider.admin, number, call));
  await expect(runPanel(frame)).toContainText('1 of 1 confirmed');
  expect((await devnet.contracts.stakingRegistry.read('providerConfigurations', [BigInt(provider.id)]))[1]).toBe(2000);
  await expect(commission(frame)).toContainText('now 20.00 %');
  expect(safe.proposed).toHaveLength(1);
});

test('a rejected proposal is told, and can be made again', async ({ framed, safe }) => {
  const frame = await framed();
  await connect(frame);
  await review(frame);
  safe.instead.sendTransactions = () => { throw new Error(REJECTED); };
  await propose(frame);
  await expect(runPanel(frame)).toContainText('You rejected the request');
  delete safe.instead.sendTransactions;
  await runPanel(frame).getByRole('button', { name: 'Ask again' }).click();
  await expect(runPanel(frame)).toContainText('It is not done yet');
  expect(safe.proposed).toHaveLength(2);
});

test('a page around that never answers is no Safe, and one that answers late is', async ({ framed, safe }) => {
  safe.instead.getSafeInfo = () => new Promise(() => {});
  const frame = await framed();
  await frame.getByRole('button', { name: /^Connect\b/ }).first().click();
  await expect(frame.getByRole('dialog')).toContainText('Test Wallet');
  await expect.poll(() => safe.asked.length).toBeGreaterThan(0);
  await expect(offer(frame)).toHaveCount(0);
  // it is asked again: that none was there before is because nobody answered
  delete safe.instead.getSafeInfo;
  await expect(offer(frame)).toBeVisible({ timeout: 25_000 });
  expect(safe.asked.length).toBeGreaterThan(1);
});

test('a Safe that falls silent is said to be, and nothing is proposed', async ({ framed, safe }) => {
  const frame = await framed();
  await connect(frame);
  await review(frame);
  safe.instead.getSafeInfo = () => new Promise(() => {});
  await propose(frame);
  await expect(runPanel(frame)).toContainText('The wallet does not answer', { timeout: 25_000 });
  expect(safe.proposed).toEqual([]);
});

test('another Safe in its place is not asked', async ({ framed, safe, devnet }) => {
  const frame = await framed();
  await connect(frame);
  await review(frame);
  safe.safe = devnet.accounts.whale.address;
  await propose(frame);
  await expect(runPanel(frame)).toContainText('Your wallet is on');
  expect(safe.proposed).toEqual([]);
});

for (const [name, info] of Object.entries({
  'no address': { safeAddress: 'https://evil.example', chainId: 31337 },
  'markup': { safeAddress: '<img src=x onerror=alert(1)>', chainId: 31337 },
  'no chain': { safeAddress: '0x1111111111111111111111111111111111111111', chainId: -1 },
  'a list': [[[]]],
  'nothing': null,
  'two megabytes': { safeAddress: '0x1111111111111111111111111111111111111111', chainId: 31337, owners: ['x'.repeat(2_000_000)] },
})) {
  test(`what is no Safe is not offered: ${name}`, async ({ framed, safe }) => {
    safe.instead.getSafeInfo = () => info;
    const frame = await framed();
    await frame.getByRole('button', { name: /^Connect\b/ }).first().click();
    // it was heard, and asked again because of it
    await heard(frame, 2);
    expect(safe.asked.length).toBeGreaterThan(1);
    await expect(frame.getByRole('dialog')).toContainText('1 found in this browser');
    await expect(offer(frame)).toHaveCount(0);
  });
}

test('noise and false answers change nothing', async ({ framed, safe, provider, devnet }) => {
  const lie = { safeAddress: devnet.accounts.whale.address, chainId: 31337 };
  safe.noise = ({ id }) => [
    null, 7, 'text', [], { id }, { id: 5, success: true }, { id: 'somebody', success: true, version: '9.1.0', data: lie },
    { id, success: true, version: '0.1.0', data: lie }, { id, success: 'yes', version: '9.1.0', data: lie },
  ];
  const frame = await framed();
  await connect(frame);
  await expect(frame.getByRole('button', { name: new RegExp(`^Wallet ${provider.admin.slice(0, 6)}`) })).toBeVisible();
  await review(frame);
  await propose(frame);
  await expect(runPanel(frame)).toContainText('It is not done yet');
  // a transaction that succeeded and is not it
  const other = await execute(devnet, provider.admin, SafePage.number(99), { to: provider.admin, data: '0x' });
  safe.executions.set(SafePage.number(1), other);
  const before = safe.asked.length;
  await expect.poll(() => safe.asked.length).toBeGreaterThan(before + 2);
  await expect(runPanel(frame)).toContainText('It is not done yet');
  // a pause for the answer that is no hash
  safe.executions.set(SafePage.number(1), '<b>done</b>');
  const later = safe.asked.length;
  await expect.poll(() => safe.asked.length).toBeGreaterThan(later + 2);
  await expect(runPanel(frame)).toContainText('It is not done yet');
});

test('an answer that is no number may be a proposal all the same', async ({ framed, safe }) => {
  const frame = await framed();
  await connect(frame);
  await review(frame);
  safe.instead.sendTransactions = () => ({ safeTxHash: '0x12' });
  await propose(frame);
  await expect(runPanel(frame)).toContainText('both could be executed');
});

test('a page that its host lets nobody else frame is not framed', async ({ page, safe, site, watch }) => {
  watch.expectError(/frame-ancestors|Refused to frame|Framing/i);
  const open = await safe.open(page, `${site.url}#/aztec-local/provide`);
  watch.allow(safe.url);
  watch.expectError(/favicon/);
  const frame = await open();
  await page.waitForLoadState('networkidle');
  await expect(frame.locator('#app')).toHaveCount(0);
  expect(safe.asked).toEqual([]);
});

test('what Safe asks of a Safe App is there', async ({ site }) => {
  const manifest = await fetch(`${site.url}manifest.json`);
  expect(manifest.headers.get('access-control-allow-origin')).toBe('*');
  const { name, description, iconPath } = await manifest.json();
  expect([name, typeof description]).toEqual(['Rota', 'string']);
  const icon = await fetch(`${site.url}${iconPath}`);
  expect(icon.headers.get('content-type')).toContain('svg');
});
