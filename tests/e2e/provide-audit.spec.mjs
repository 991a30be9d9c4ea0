// Who is paid, by what the rollup's own contract took: real proposals and proofs.
import { expect, runPanel, test } from './support/fixtures.mjs';

const panel = (page, name) => page.locator('section').filter({ has: page.getByRole('heading', { name, exact: true }) });
const MAP = 'Delegations and coinbase map';
const STRANGER = '0x6666666666666666666666666666666666666666';

const hex = (point) => Object.fromEntries(Object.entries(point).map(([axis, n]) => [axis, `0x${n.toString(16).padStart(64, '0')}`]));
const asFile = ({ attester, ...points }) => ({
  attester, ...Object.fromEntries(Object.entries(points).map(([name, point]) => [name, hex(point)])),
});

/** A proposal by one of these sequencers; who has a turn is a matter of luck, so epochs may pass before. */
async function proposal(devnet, attesters, coinbase) {
  for (let epochs = 0; ; epochs += 1) {
    try {
      return await devnet.actions.propose({ coinbase, attesters });
    } catch (error) {
      if (epochs > 30 || !/turn/.test(error.message)) throw error;
      await devnet.actions.nextEpoch();
    }
  }
}

const validating = (devnet, provider) =>
  devnet.facts.sequencers.filter((one) => one.provider === provider && one.status === 'validating');

test('a wrong coinbase is an alert, on both pages, until the split is named', async ({ page, open, devnet }) => {
  test.setTimeout(120_000);
  const own = validating(devnet, 1);
  await devnet.actions.nextEpoch();
  const wrong = await proposal(devnet, own.map(({ attester }) => attester), STRANGER);
  const of = own.find(({ attester }) => attester.toLowerCase() === wrong.proposer.toLowerCase());

  await open('provide?provider=1');
  const map = panel(page, MAP);
  const row = map.locator('tbody tr').filter({ hasText: of.attester.slice(0, 6) }).filter({ hasText: of.split.address.slice(0, 6) });
  await expect(row).toContainText('Pays 0x6666');
  await expect(row).toContainText('Named by the proposal');
  await expect(map).toContainText('1 pay somebody else');
  await expect(panel(page, 'Alerts')).toContainText('uses a coinbase that is not its split');

  // proven in time, it is credited; the next checkpoint names the split
  await devnet.actions.prove({ checkpoints: [wrong] });
  await devnet.actions.nextEpoch();
  const right = await proposal(devnet, [of.attester], of.split.address);
  await devnet.mine(30);
  await expect(row).toContainText('Its split', { timeout: 30_000 });
  await expect(row).toContainText('1 checkpoint before paid somebody else');
  await expect(panel(page, 'Alerts')).not.toContainText('uses a coinbase that is not its split');
  await devnet.actions.prove({ checkpoints: [right] });
  // the page may still have the block before in hand: what proofs credited is read again after a while
  await devnet.mine(30);

  await open('providers/1');
  const shown = panel(page, 'Who is paid');
  await shown.getByRole('button', { name: 'Check who is paid' }).click();
  const line = shown.locator('tbody tr').filter({ hasText: of.split.address.slice(0, 6) });
  // those that need an act stand first
  await shown.getByRole('button', { name: 'Show all' }).click({ timeout: 30_000 });
  await expect(line).toContainText('Credited by the proof', { timeout: 30_000 });
});

/** Names of what this origin keeps in IndexedDB. */
const keptNames = (page) => page.evaluate(() => new Promise((resolve) => {
  const opening = indexedDB.open('rota');
  opening.onerror = () => resolve([]);
  opening.onsuccess = () => {
    const keys = opening.result.transaction('bytes').objectStore('bytes').getAllKeys();
    keys.onsuccess = () => { opening.result.close(); resolve(keys.result.map(String)); };
  };
}));

test('an audit of final blocks outlives a reload, and goes with the events', async ({ page, open, devnet }) => {
  test.setTimeout(120_000);
  const own = validating(devnet, 1);
  await devnet.actions.nextEpoch();
  const wrong = await proposal(devnet, own.map(({ attester }) => attester), STRANGER);
  await devnet.actions.prove({ checkpoints: [wrong] });
  await devnet.mine(200);
  const asked = [];
  page.on('request', (request) => {
    for (const { 1: name } of (request.postData() ?? '').matchAll(/"method":"(eth_getTransactionByHash|eth_getLogs)"/g)) asked.push(name);
  });
  const transactions = () => asked.filter((name) => name === 'eth_getTransactionByHash').length;
  await open('provide?provider=1');
  const row = panel(page, MAP).locator('tbody tr').filter({ hasText: 'Pays 0x6666' });
  await expect(row).toContainText('Credited by the proof', { timeout: 30_000 });
  expect(transactions()).toBeGreaterThan(0);
  await expect.poll(() => keptNames(page)).toContainEqual(expect.stringMatching(/^audit\/aztec-local\/31337-/));

  const before = transactions();
  await page.reload();
  await expect(row).toContainText('Credited by the proof', { timeout: 30_000 });
  expect(transactions()).toBe(before);

  await open('settings');
  await page.getByRole('region', { name: 'Storage' }).getByRole('button', { name: /^Forget/ }).click();
  await expect.poll(async () => (await keptNames(page)).filter((name) => name.startsWith('audit/'))).toEqual([]);
});

test('what became of a split is told by its events', async ({ page, open, devnet }) => {
  const splits = new Map(devnet.facts.sequencers.filter(({ split }) => split).map((one) => [one.split.address.toLowerCase(), one]));
  const owed = devnet.facts.rewards.accrued.find(({ coinbase }) => splits.has(coinbase.toLowerCase()));
  const { split, provider } = splits.get(owed.coinbase.toLowerCase());
  await open(`provide?provider=${provider}`);
  const map = panel(page, MAP);
  const row = map.locator('tbody tr').filter({ hasText: split.address.slice(0, 6) });
  await row.getByRole('button', { name: /^History of split/ }).click();
  const past = map.locator('#split-past');
  await expect(past).toBeFocused();
  await expect(past.getByRole('listitem').filter({ hasText: 'Made:' })).toContainText('%');
  await expect(past).toContainText(/Read to block [\d,]+/);
  const paid = past.getByRole('listitem').filter({ hasText: 'Paid by rollup' });
  const lines = await paid.count();

  await devnet.handle.rollup(owed.rollup).send(devnet.accounts.whale.address, 'claimSequencerRewards', [split.address]);
  await devnet.mine(30);
  await expect(paid).toHaveCount(lines + 1, { timeout: 30_000 });
  await expect(past.getByRole('status')).toHaveText(/^The history of split 0x\S+ is below\.$/);
  await past.getByRole('button', { name: 'Close' }).click();
  await expect(past.getByRole('listitem')).toHaveCount(0);
  await expect(row.getByRole('button', { name: /^History of split/ })).toBeFocused();
});

test('from the upload of a key to its first reward', async ({ page, open, connect, devnet, wallet }) => {
  test.setTimeout(180_000);
  const provider = devnet.facts.providers.find(({ name }) => name === 'sold-out');
  wallet.account = provider.admin;
  await devnet.rpc('anvil_impersonateAccount', [provider.admin]);
  await devnet.rpc('anvil_setBalance', [provider.admin, '0x8ac7230489e80000']);
  await open(`provide?provider=${provider.id}`);
  await connect();
  const [key] = await devnet.handle.keyRing.take(1);
  const add = panel(page, 'Add keys');
  const buffer = Buffer.from(JSON.stringify([asFile(key)]));
  await add.locator('input[type=file]').setInputFiles([{ name: 'key1_staker_output.json', mimeType: 'application/json', buffer }]);
  await expect(add).toContainText('1 valid');
  await add.getByRole('button', { name: 'Review: Add 1 key' }).click();
  await runPanel(page).getByRole('button', { name: 'Add 1 key' }).click();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');

  // somebody else delegates, and the sequencer joins
  const made = await devnet.actions.stake({ from: devnet.accounts.whale.address, provider: provider.id });
  expect(made.attester).toBe(key.attester);
  const map = panel(page, MAP);
  const row = map.locator('tbody tr').filter({ hasText: made.split.slice(0, 6) });
  await expect(row).toContainText('New');
  await devnet.actions.drainQueue();
  for (let epoch = 0; epoch < 3; epoch += 1) await devnet.actions.nextEpoch();
  const first = await proposal(devnet, [key.attester], made.split);
  await devnet.actions.prove({ checkpoints: [first] });
  await devnet.mine(30);
  await expect(row).toContainText('Its split', { timeout: 30_000 });
  await expect(row).toContainText('Credited by the proof');
  await expect(row).toContainText('350 AZTEC');
});

test('the commission of all splits is claimed at once, by anybody', async ({ page, open, connect, devnet, wallet }) => {
  await open('provide?provider=1');
  await connect();
  const claim = panel(page, 'Claim your commission');
  await expect(claim).toContainText('AZTEC');
  const [, , recipient] = await devnet.contracts.stakingRegistry.read('providerConfigurations', [1n]);
  const before = await devnet.contracts.token.read('balanceOf', [recipient]);
  await claim.getByRole('button', { name: 'Claim commission, 1 transaction' }).click();
  await expect(runPanel(page)).toContainText('distribute');
  await runPanel(page).getByRole('button', { name: 'Claim the commission' }).click();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  await expect(runPanel(page)).toContainText('arrived at');
  expect(await devnet.contracts.token.read('balanceOf', [recipient])).toBeGreaterThan(before);
  expect(wallet.signings).toHaveLength(1);
});

test('batches of keys go on after a reload', async ({ page, open, connect, devnet, wallet }) => {
  test.setTimeout(180_000);
  const provider = devnet.facts.providers[0];
  wallet.account = provider.admin;
  await devnet.rpc('anvil_impersonateAccount', [provider.admin]);
  await devnet.rpc('anvil_setBalance', [provider.admin, '0x8ac7230489e80000']);
  await open(`provide?provider=${provider.id}`);
  await connect();
  const keys = await devnet.handle.keyRing.take(74);
  const add = panel(page, 'Add keys');
  const buffer = Buffer.from(JSON.stringify(keys.map(asFile)));
  await add.locator('input[type=file]').setInputFiles([{ name: 'key1_staker_output.json', mimeType: 'application/json', buffer }]);
  await expect(add).toContainText('74 valid', { timeout: 30_000 });
  await add.getByRole('button', { name: 'Review: Add 74 keys' }).click();
  await devnet.setAutomine(false);
  await runPanel(page).getByRole('button', { name: 'Add 74 keys, 2 transactions' }).click();
  await expect(runPanel(page)).toContainText('Pending');
  await page.reload();
  await expect(runPanel(page)).toContainText('Pending');
  await devnet.mine(1);
  await devnet.setAutomine(true);
  await expect(runPanel(page)).toContainText('1 of 2 confirmed');
  const length = () => devnet.contracts.stakingRegistry.read('getProviderQueueLength', [BigInt(provider.id)]);
  const [before, signed] = [await length(), wallet.signings.length];
  await runPanel(page).getByRole('button', { name: 'Go on' }).click();
  await runPanel(page).getByRole('button', { name: /^Add / }).click();
  await expect(runPanel(page)).toContainText('2 of 2 confirmed');
  expect([await length(), wallet.signings.length]).toEqual([before + 2n, signed + 1]);
});
