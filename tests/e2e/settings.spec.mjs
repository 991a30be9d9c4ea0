import { expect, test, lines } from './support/fixtures.mjs';

const panel = (page, name) => page.getByRole('region', { name });

test('a network of one’s own is added, used, exported and removed', async ({ page, open, devnet, endpoint, site }) => {
  await open('settings');
  await panel(page, 'Networks').getByRole('button', { name: 'Add' }).click();
  const editor = page.getByLabel(/One network, or several/);
  await editor.fill('{');
  await expect(panel(page, 'Networks')).toContainText('This is not valid JSON: line 1');
  const entry = { ...devnet.network, id: 'mine', name: 'My chain', rpc: [endpoint.url], registry: '0x12' };
  delete entry.explorer;
  await editor.fill(JSON.stringify(entry));
  await expect(panel(page, 'Networks')).toContainText('mine: registry: Too short: 4 of 42 characters');
  await expect(page.getByRole('button', { name: 'Keep in this browser' })).toBeDisabled();
  await editor.fill(JSON.stringify({ ...entry, registry: devnet.network.registry }));
  await page.getByRole('button', { name: 'Keep in this browser' }).click();
  await page.getByRole('link', { name: 'My chain' }).click();
  await expect(page).toHaveURL(/#\/mine\/providers/);
  await expect(lines(page)).toHaveCount(6);

  // without a network in the address, the last one opens
  await page.goto('about:blank');
  await page.goto(site.url);
  await expect(page).toHaveURL(/#\/mine\/providers$/);

  await page.goto(`${site.url}#/mine/settings`);
  await page.reload();
  const download = page.waitForEvent('download');
  await panel(page, 'Networks').getByRole('button', { name: 'Export own' }).click();
  const file = await (await (await download).createReadStream()).toArray();
  const [exported] = JSON.parse(Buffer.concat(file).toString());
  expect([exported.id, exported.registry.toLowerCase()]).toEqual(['mine', devnet.network.registry.toLowerCase()]);
  await panel(page, 'Networks').getByRole('button', { name: 'Remove mine' }).click();
  await expect(page.getByText('There is no network “mine”')).toBeVisible();
});

test('what was found on chain is listed, and where the reading of events ends', async ({ page, open, devnet }) => {
  await open('settings');
  const contracts = panel(page, 'Contracts');
  for (const rollup of devnet.facts.rollups) await expect(contracts).toContainText(`Rollup ${rollup.version}`);
  await expect(contracts).toContainText('0, from the network’s description');
  await expect(contracts).toContainText('agree with each other');
});

test('the first block is computed where the network does not say it', async ({ page, context, open, devnet, endpoint }) => {
  const { fromBlock, explorer, ...entry } = devnet.network;
  await context.unroute(/\/networks\.json$/);
  await context.route(/\/networks\.json$/, (route) => route.fulfill({ contentType: 'application/json', body: JSON.stringify([{ ...entry, rpc: [endpoint.url] }]) }));
  await open('settings');
  await expect(panel(page, 'Contracts')).toContainText('a week before the first rollup (L1_BLOCK_AT_GENESIS)');
});

test('endpoints are added, ordered, tested and removed; the order decides who is asked', async ({ page, open, devnet, endpoint, watch }) => {
  watch.allow(devnet.url);
  await open('settings');
  const endpoints = panel(page, 'Endpoints');
  await endpoints.getByLabel('Add an endpoint').fill('ftp://x');
  await expect(endpoints).toContainText('An endpoint begins with https://');
  await endpoints.getByLabel('Add an endpoint').fill('http://example.org');
  await expect(endpoints).toContainText('plain http:// is allowed for 127.0.0.1 and localhost only');
  await endpoints.getByLabel('Add an endpoint').fill(endpoint.url);
  await expect(endpoints).toContainText('in the list already');
  await endpoints.getByLabel('Add an endpoint').fill(devnet.url);
  await endpoints.getByRole('button', { name: 'Add' }).click();
  await expect(endpoints.getByRole('listitem')).toHaveCount(2);
  await endpoints.getByRole('button', { name: `Ask ${devnet.url} earlier` }).click();
  await expect(endpoints.getByRole('listitem').first()).toContainText(devnet.url);
  await expect(page.getByRole('contentinfo')).toContainText(new URL(devnet.url).host);
  await endpoints.getByRole('button', { name: 'Test all' }).click();
  await expect(endpoints.getByRole('listitem').nth(1)).toContainText('last answer after');
  await endpoints.getByRole('button', { name: `Remove ${devnet.url}` }).click();
  await expect(endpoints.getByRole('listitem')).toHaveCount(1);
  await endpoints.getByRole('button', { name: 'Back to the network’s own' }).click();
  await expect(endpoints.getByRole('listitem')).toHaveCount(1);
});

test('the wallet’s own connection can be used as an endpoint', async ({ page, open, connect, wallet, devnet }) => {
  const reads = [];
  const answer = wallet.answer.bind(wallet);
  wallet.answer = async (method, params) => {
    if (!/^eth_(call|getBlockByNumber|getLogs|getCode|getBalance|getTransaction.*|simulateV1)$/.test(method)) return answer(method, params);
    reads.push(method);
    return { result: await devnet.rpc(method, params) };
  };
  await open('settings');
  await connect();
  const endpoints = panel(page, 'Endpoints');
  await endpoints.getByRole('button', { name: 'Use the wallet’s own connection' }).click();
  await endpoints.getByRole('button', { name: 'Ask The wallet’s own connection earlier' }).click();
  await page.getByRole('link', { name: 'Providers' }).first().click();
  await expect(lines(page)).toHaveCount(6);
  await expect(page.getByRole('contentinfo')).toContainText('Wallet');
  expect(new Set(reads)).toContain('eth_call');
});

test('a wallet that serves as endpoint is not believed after it was switched to another chain', async ({ page, open, connect, wallet, devnet }) => {
  const answer = wallet.answer.bind(wallet);
  wallet.answer = async (method, params) => {
    if (!/^eth_(call|getBlockByNumber|getLogs|getCode|getBalance|getTransaction.*|simulateV1)$/.test(method)) return answer(method, params);
    return { result: await devnet.rpc(method, params) };
  };
  await open('settings');
  await connect();
  const endpoints = panel(page, 'Endpoints');
  await endpoints.getByRole('button', { name: 'Use the wallet’s own connection' }).click();
  await endpoints.getByRole('button', { name: 'Test all' }).click();
  await expect(endpoints.getByRole('listitem').nth(1)).toContainText('last answer after');
  await wallet.setChain(1);
  await expect(page.getByText('Your wallet is on Ethereum')).toBeVisible();
  await endpoints.getByRole('button', { name: 'Test all' }).click();
  await expect(endpoints.getByRole('listitem').nth(1)).toContainText('serves chain 1 instead of 31337');
});

test('the theme is kept, and set before the app is there', async ({ page, open }) => {
  await open('settings');
  await panel(page, 'Appearance').getByRole('button', { name: 'Dark' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.reload({ waitUntil: 'commit' });
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await panel(page, 'Appearance').getByRole('button', { name: 'As the system' }).click();
  await expect(page.locator('html')).not.toHaveAttribute('data-theme');
});

test('what another tab sets is taken over, and a tab that goes out of sight undoes nothing', async ({ page, context, open, site }) => {
  await open('settings');
  const second = await context.newPage();
  await second.goto(`${site.url}#/aztec-local/settings`);
  await panel(second, 'Appearance').getByRole('button', { name: 'Dark' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await panel(page, 'Appearance').getByRole('button', { name: 'Light' }).click();
  await expect(second.locator('html')).toHaveAttribute('data-theme', 'light');
  for (const tab of [page, second]) {
    await tab.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
      window.dispatchEvent(new Event('visibilitychange'));
    });
  }
  const kept = await page.evaluate(() => Object.fromEntries(Object.keys(localStorage).map((key) => [key, JSON.parse(localStorage[key])])));
  expect(kept['rota.settings.1'].theme).toBe('light');
  expect(Object.keys(kept['rota.learned.1']).length).toBeGreaterThan(0);
});

test('clearing forgets everything the app kept, after saying what that is', async ({ page, open, connect }) => {
  await open('settings');
  await connect();
  await panel(page, 'Appearance').getByRole('button', { name: 'Dark' }).click();
  await panel(page, 'Storage').getByRole('button', { name: 'Clear…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Clear what Rota keeps here?' });
  await expect(dialog.getByRole('button', { name: 'Keep everything' })).toBeFocused();
  await dialog.getByRole('button', { name: 'Clear', exact: true }).click();
  await expect(page.getByRole('button', { name: /^Connect\b/ })).toBeVisible();
  await expect(page.locator('html')).not.toHaveAttribute('data-theme');
});

test('a browser that keeps nothing is told, and everything else works', async ({ page, context, open, connect }) => {
  await context.addInitScript(() => {
    Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
  });
  await open('settings');
  await expect(page.getByText('This browser keeps nothing')).toBeVisible();
  await connect();
  await page.getByRole('link', { name: 'Providers' }).first().click();
  await expect(lines(page)).toHaveCount(6);
});
