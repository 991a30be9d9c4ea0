/** Everything that an address has staked: looked at by anybody, moved by whom it belongs to. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { parse } from 'csv-parse/sync';
import ICAL from 'ical.js';
import { decodeFunctionData, encodeFunctionData, parseAbi, parseUnits } from 'viem';
import { namedAddress } from '../devnet/accounts.mjs';
import { expect, runPanel, test } from './support/fixtures.mjs';

const stakes = (page) => page.locator('section').filter({ has: page.getByRole('heading', { name: 'Stakes', exact: true }) });
const totals = (page) => page.getByRole('region', { name: 'Totals' });
const claims = (page) => page.locator('section').filter({ has: page.getByRole('heading', { name: 'Claim rewards' }) });
const exits = (page) => page.locator('section').filter({ has: page.getByRole('heading', { name: 'Exits' }) });
const FEES = parseAbi(['function getFeeAsset() view returns (address)']);
const LEAVE = parseAbi(['function initiateWithdraw(address attester, address recipient) returns (bool)']);
// injected as text: the page's policy allows no script from elsewhere
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const history = (page) => page.locator('section').filter({ has: page.getByRole('heading', { name: 'History' }) });
const short = (address) => `${address.slice(0, 6)}…${address.slice(-4)}`;

/** What somebody staked, by what the network was built with. */
const made = (devnet, name, status) => devnet.facts.sequencers.filter((sequencer) =>
  sequencer.withdrawer === devnet.accounts[name].address && (!status || sequencer.status === status));

/** A decimal number of tokens in their smallest units. */
const raw = (text) => parseUnits(text, 18);

/** Whole tokens as the page writes them. */
const whole = (raw) => (BigInt(raw) / 10n ** 18n).toLocaleString('en');

test('anybody’s positions can be looked at, and none of them moved', async ({ page, open, devnet }) => {
  const { address } = devnet.accounts.dave;
  await open('positions');
  await page.getByLabel('Address').fill(address.slice(0, 12));
  await expect(page.getByText('Too short: 12 of 42 characters')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Show positions' })).toBeDisabled();
  await page.getByLabel('Address').fill(address);
  await page.getByRole('button', { name: 'Show positions' }).click();
  await expect(page).toHaveURL(new RegExp(`positions/${address}$`));

  await expect(page.locator('.pagehead')).toContainText('Watch-only');
  await expect(stakes(page).locator('tbody tr')).toHaveCount(made(devnet, 'dave').length);
  const staked = made(devnet, 'dave', 'validating').reduce((sum, { balance }) => sum + BigInt(balance), 0n);
  await expect(totals(page)).toContainText(`${whole(staked)} AZTEC`);
  for (const { attester } of made(devnet, 'dave')) await expect(stakes(page)).toContainText(short(attester));
  await expect(stakes(page)).toContainText('the deposit failed and was paid back');
  await expect(stakes(page)).toContainText('waits for its withdrawer');
  await expect(stakes(page)).toContainText('rollup 0, stays on its rollup');
  // what only the withdrawer may sign can be taken to it, and to nobody's wallet here
  const [{ attester }] = made(devnet, 'dave', 'validating');
  await stakes(page).getByRole('button', { name: `Exit ${short(attester)}` }).click();
  const leave = page.getByRole('dialog', { name: 'Start an exit' });
  await expect(leave).toContainText(`Only ${short(address)}`);
  await expect(leave).toContainText(`cast send 0x`);
  await expect(leave).toContainText(`--from ${address}`);
  await expect(leave.getByRole('button', { name: /^Review/ })).toHaveCount(0);
  const saved = page.waitForEvent('download');
  await leave.getByRole('button', { name: 'Safe file' }).click();
  const file = JSON.parse(await readFile(await (await saved).path(), 'utf8'));
  expect(file.transactions).toHaveLength(1);
  expect(file.meta.createdFromSafeAddress.toLowerCase()).toBe(address.toLowerCase());
  const call = decodeFunctionData({ abi: LEAVE, data: file.transactions[0].data });
  expect(call.args.map((arg) => arg.toLowerCase())).toEqual([attester, address].map((arg) => arg.toLowerCase()));
  await leave.getByRole('button', { name: 'Close' }).click();
  await expect(claims(page).getByRole('button', { name: 'Connect a wallet to claim' })).toBeVisible();
  expect(await page.locator('main').innerText()).not.toContain('Not read');
});

test('who staked nothing is told so', async ({ page, open, connect }) => {
  await open('positions');
  await connect();
  await expect(stakes(page)).toContainText('No positions');
  await expect(stakes(page).getByRole('link', { name: 'Compare providers' })).toBeVisible();
});

test('all rewards are claimed in one transaction', async ({ page, open, connect, devnet, wallet }) => {
  wallet.account = devnet.accounts.bob.address;
  await open('positions');
  await connect();
  await expect(page.locator('.pagehead')).not.toContainText('Watch-only');
  // it is offered when all of it was read
  const all = claims(page).getByRole('button', { name: 'Claim all, 1 transaction' });
  await expect(all).toBeEnabled();
  const said = await claims(page).locator('b').first().innerText();
  const before = await devnet.contracts.token.read('balanceOf', [wallet.account]);
  await all.click();
  await expect(runPanel(page)).toContainText('Multicall3.aggregate3');
  await expect(runPanel(page)).toContainText(/\d+ calls in one transaction; each may fail alone/);
  await runPanel(page).getByText(/Rollup \d+\.claimSequencerRewards/).first().click();
  await expect(runPanel(page)).toContainText('A split contract, which shares it out');
  await runPanel(page).getByRole('button', { name: 'Claim all rewards' }).click();
  await expect(runPanel(page)).toContainText(`arrived at ${short(wallet.account)}`);
  const gained = await devnet.contracts.token.read('balanceOf', [wallet.account]) - before;
  expect(said).toContain(whole(gained));
  expect(wallet.signings).toHaveLength(1);
  await expect(claims(page)).toContainText('Nothing to claim at present');
});

test('an exit is started, waits for the later of two dates, and is finalised', async ({ page, open, connect, devnet, wallet }) => {
  wallet.account = devnet.accounts.carol.address;
  const [{ attester, balance }] = made(devnet, 'carol', 'validating');
  await open('positions');
  await connect();
  await stakes(page).getByRole('button', { name: `Exit ${short(attester)}` }).click();
  const leave = page.getByRole('dialog', { name: 'Start an exit' });
  await expect(leave).toContainText('Can be finalised, if started now');
  await leave.getByLabel('Recipient of the stake').fill('0x12');
  await expect(leave.getByRole('button', { name: 'Name a recipient' })).toBeDisabled();
  await leave.getByLabel('Recipient of the stake').fill(wallet.account);
  await leave.getByRole('button', { name: 'Review: Start the exit' }).click();
  await expect(runPanel(page)).toContainText('initiateWithdraw');
  await runPanel(page).getByRole('button', { name: `Start the exit of ${short(attester)}` }).click();
  await expect(runPanel(page)).toContainText('1 of 1 confirmed');
  await expect(runPanel(page)).toContainText(`${whole(balance)} AZTEC will go to ${short(wallet.account)}`);

  const row = exits(page).getByRole('row').filter({ hasText: short(attester) });
  await expect(row).toContainText('slashable until then');
  const finalise = stakes(page).getByRole('button', { name: `Finalise ${short(attester)}` });
  // the rollup lets go first, and that is not enough
  await devnet.warp(devnet.facts.parameters.exitDelay + 60);
  await expect(row).not.toContainText('slashable until then');
  await expect(finalise).toHaveCount(0);
  await devnet.warp(devnet.facts.parameters.governanceWithdrawalDelay - devnet.facts.parameters.exitDelay);
  const before = await devnet.contracts.token.read('balanceOf', [wallet.account]);
  await finalise.click();
  await runPanel(page).getByRole('button', { name: `Finalise the exit of ${short(attester)}` }).click();
  await expect(runPanel(page)).toContainText(`${whole(balance)} AZTEC went to ${short(wallet.account)}`);
  expect(await devnet.contracts.token.read('balanceOf', [wallet.account]) - before).toBe(BigInt(balance));
  await expect(stakes(page).getByRole('row').filter({ hasText: short(attester) })).toContainText('Finished');
});

test('positions are taken along as files that other programs read', async ({ page, open, devnet }) => {
  // some of bob's rewards were shared out and withdrawn before
  let { address } = devnet.accounts.bob;
  await open(`positions/${address}`);
  await expect(history(page)).toHaveAttribute('aria-busy', 'false');
  const file = async (format, end = format.toLowerCase()) => {
    const button = page.getByRole('button', { name: `Export as ${format}` });
    await expect(button).toBeEnabled();
    const saved = page.waitForEvent('download');
    await button.click();
    const download = await saved;
    expect(download.suggestedFilename()).toMatch(new RegExp(`^rota-${address}-\\d{4}-\\d\\d-\\d\\d\\.${end.replaceAll('.', '\\.')}$`));
    return readFile(await download.path(), 'utf8');
  };
  const table = (text) => parse(text, { columns: true, record_delimiter: '\r\n' });
  const general = table(await file('CSV'));
  expect(Object.keys(general[0])).toEqual([
    'time', 'type', 'amount', 'token', 'fee', 'transaction hash', 'note', 'gross', 'commission', 'net',
  ]);
  const of = (kind) => general.filter(({ type }) => type === kind);
  expect(of('stake')).toHaveLength(made(devnet, 'bob').length);
  // bob paid for his own stakes
  for (const { fee } of of('stake')) expect(Number(fee)).toBeGreaterThan(0);
  expect(of('claim').length + of('distribute').length).toBeGreaterThan(0);
  for (const { amount, gross, commission, net } of of('distribute')) {
    const [all, part, rest] = [gross, commission, net].map((text) => raw(text));
    expect(net).toBe(amount);
    // what rounding leaves stays with the split
    expect(all - part - rest >= 0n && all - part - rest < 2n).toBe(true);
  }
  const rotki = table(await file('rotki', 'rotki.csv'));
  expect(Object.keys(rotki[0])).toEqual(['Type', 'Location', 'Currency', 'Amount', 'Fee', 'Fee Currency', 'Description', 'Timestamp']);
  for (const row of rotki) {
    expect(['Deposit', 'Withdrawal', 'Loss', 'Staking']).toContain(row.Type);
    expect(row.Currency).toBe(`eip155:31337/erc20:${devnet.contracts.token.address}`);
    expect(new Date(Number(row.Timestamp)).getUTCFullYear()).toBeGreaterThan(2024);
  }
  const koinly = table(await file('Koinly', 'koinly.csv'));
  expect(Object.keys(koinly[0])).toEqual(['Koinly Date', 'Amount', 'Currency', 'Label', 'Description', 'TxHash']);
  for (const row of koinly) expect(row['Koinly Date']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
  // both tell the same money
  const sum = (rows, column, wanted) => rows.filter(wanted).reduce((all, row) => all + raw(row[column]), 0n);
  expect(sum(koinly, 'Amount', ({ Label }) => Label === 'reward')).toBe(sum(rotki, 'Amount', ({ Type }) => Type === 'Staking'));
  expect(-sum(koinly, 'Amount', ({ Amount }) => Amount.startsWith('-'))).toBe(sum(rotki, 'Amount', ({ Type }) => Type === 'Deposit'));

  ({ address } = devnet.accounts.alice);
  await open(`positions/${address}`);
  const calendar = new ICAL.Component(ICAL.parse(await file('ICS')));
  const events = calendar.getAllSubcomponents('vevent').map((event) => new ICAL.Event(event));
  const exiting = made(devnet, 'alice', 'exiting');
  expect(events.map((event) => event.startDate.toUnixTime()).sort()).toEqual(exiting.map(({ exit }) => exit.finalisableAt).sort());
  expect(new Set(events.map(({ uid }) => uid)).size).toBe(exiting.length);
  for (const { attester } of exiting) expect(events.some(({ uid }) => uid.includes(attester))).toBe(true);

  const json = JSON.parse(await file('JSON'));
  expect(json.address.toLowerCase()).toBe(address.toLowerCase());
  expect(json.stakes).toHaveLength(made(devnet, 'alice').length);
});

test('what happened is one list, and what came in is added up', async ({ page, open, connect, devnet, wallet }) => {
  wallet.account = devnet.accounts.bob.address;
  await open('positions');
  await connect();
  await expect(history(page)).toHaveAttribute('aria-busy', 'false');
  await expect(claims(page)).toContainText('Shared out to this address so far, net');
  await claims(page).getByRole('button', { name: /^Claim all/ }).click();
  await runPanel(page).getByRole('button', { name: 'Claim all rewards' }).click();
  await expect(runPanel(page)).toContainText(`arrived at ${short(wallet.account)}`);
  // the list looks for what is new every few blocks
  await devnet.mine(6);
  await expect(history(page).getByRole('listitem').filter({ hasText: 'Withdraw: from the warehouse' }).first()).toBeVisible();
  await expect(history(page).getByRole('listitem').filter({ hasText: 'Distribute: ' }).first()).toContainText('AZTEC');
});

test('what happened since the last visit is marked', async ({ page, open, devnet }) => {
  const { address } = devnet.accounts.bob;
  await open(`positions/${address}`);
  await expect(history(page)).toHaveAttribute('aria-busy', 'false');
  await expect(history(page)).not.toContainText('your last visit');
  await page.reload();
  await expect(history(page)).toContainText('Nothing since your last visit');
  await devnet.contracts.warehouse.send(devnet.accounts.whale.address, 'withdraw', [address, devnet.contracts.token.address]);
  await page.reload();
  await expect(history(page)).toContainText('1 new since your last visit');
  await expect(history(page).getByRole('listitem').first()).toContainText('New Withdraw: from the warehouse');
});

test('the dialogs about a stake have no violation', async ({ page, open, devnet }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(`positions/${devnet.accounts.bob.address}`);
  for (const [button, dialog] of [[/^Exit 0x/, 'Start an exit'], [/^Change who votes/, 'Who votes with this stake']]) {
    await stakes(page).getByRole('button', { name: button }).first().click();
    await expect(page.getByRole('dialog', { name: dialog })).toBeVisible();
    await expect(page.locator('dialog[open] .skel')).toHaveCount(0);
    await page.evaluate(AXE);
    const found = await page.evaluate(async () => (await window.axe.run()).violations);
    expect(found.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), dialog).toEqual([]);
    await page.keyboard.press('Escape');
  }
});

test('without events the live stakes are shown, and what needs logs says so', async ({ page, open, devnet, endpoint }) => {
  endpoint.addFault({ fault: 'missingMethod', methods: ['eth_getLogs'] });
  await open(`positions/${devnet.accounts.alice.address}`);
  await expect(stakes(page)).toContainText('Without events');
  const live = made(devnet, 'alice').filter(({ status }) => !['failed', 'finalised'].includes(status));
  await expect(stakes(page).locator('tbody tr')).toHaveCount(live.length);
  for (const { attester } of live) await expect(stakes(page)).toContainText(short(attester));
  await expect(stakes(page).getByText('needs logs')).toHaveCount(live.length);
  await expect(totals(page)).toContainText('Not read');
});

test('the vote of a stake is given away where the stake is, with the deadline of each open proposal', async ({ page, open, connect, devnet, wallet }) => {
  wallet.account = devnet.accounts.solo2.address;
  const [{ attester }] = made(devnet, 'solo2', 'validating');
  const pending = devnet.facts.proposals.find(({ state }) => state === 'pending');
  await open('positions');
  await connect();
  const row = stakes(page).getByRole('row').filter({ hasText: short(attester) });
  await expect(row).toContainText('votes: its rollup');
  await row.getByRole('button', { name: `Change who votes with ${short(attester)}` }).click();
  const dialog = page.getByRole('dialog', { name: 'Who votes with this stake' });
  await expect(dialog).toContainText(`Proposal ${pending.id}counts in a block up to`);
  await dialog.getByLabel('Voter').fill(devnet.accounts.bob.address);
  await dialog.getByRole('button', { name: /^Review: Delegate the vote/ }).click();
  await runPanel(page).getByRole('button', { name: /^Delegate the vote/ }).click();
  await expect(runPanel(page)).toContainText('200,000 AZTEC of power moved to');
  await expect(row).toContainText(`votes: ${short(devnet.accounts.bob.address)}`);
});

test('rewards in another token than the staked one are shown and claimed in it', async ({ page, open, connect, devnet, wallet }) => {
  wallet.account = devnet.accounts.bob.address;
  const canonical = devnet.facts.rollups.find((rollup) => rollup.canonical).address;
  await payIn(devnet, canonical, devnet.contracts.feeAsset);
  await open('positions');
  await connect();
  await expect(totals(page)).toContainText('FEE');
  await claims(page).getByRole('button', { name: /^Claim all/ }).click();
  await runPanel(page).getByRole('button', { name: 'Claim all rewards' }).click();
  await expect(runPanel(page)).toContainText(/[\d,.]+ FEE arrived at/);
});

/** Makes a rollup pay in another token: the slot in which it keeps the token is found by what its getter reads. */
async function payIn(devnet, rollup, token) {
  const data = encodeFunctionData({ abi: FEES, functionName: 'getFeeAsset' });
  const { accessList } = await devnet.rpc('eth_createAccessList', [{ to: rollup, data }, 'latest']);
  const old = devnet.contracts.token.address.slice(2).toLowerCase();
  for (const slot of accessList.flatMap(({ storageKeys }) => storageKeys)) {
    const word = await devnet.rpc('eth_getStorageAt', [rollup, slot, 'latest']);
    await devnet.rpc('anvil_setStorageAt', [rollup, slot, word.replace(old, token.address.slice(2).toLowerCase())]);
  }
  await token.send(devnet.accounts.whale.address, 'mint', [rollup, 10n ** 30n]);
}

test('what stake earned has a range, and stands beside what today’s settings pay', async ({ page, open, devnet }) => {
  // long enough for every delegation
  await devnet.warp(40 * 86_400);
  await open(`positions/${devnet.accounts.bob.address}`);
  const rates = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Reward rate' }) });
  await expect(rates).toHaveAttribute('aria-busy', 'false');
  const observed = rates.locator('tbody tr').first();
  await expect(observed).toContainText(/[\d.]+ % \([\d.]+ to [\d,.]+ %\)/);
  await expect(observed).toContainText(/about [\d,]+ checkpoints? in [\d,]+ days/);
  await expect(rates.locator('dl')).toContainText(/By today’s settings, before commission and without fees/);
  await expect(rates).not.toContainText('Not read');
  await rates.locator('dl .src').first().click();
  await expect(page.locator('.sourcepop')).toContainText('Poisson, 90 %');
  await page.keyboard.press('Escape');
  await stakes(page).getByRole('button', { name: /^Exit 0x/ }).first().click();
  const leave = page.getByRole('dialog', { name: 'Start an exit' });
  await expect(leave).toContainText(/Rewards forgone until then, net[\d,.]+ to [\d,.]+ AZTEC/);
});

test('the proofs of a month are decoded once somebody asks for it', async ({ page, open, devnet, endpoint }) => {
  test.setTimeout(120_000);
  const { address } = devnet.accounts.alice;
  const [{ split }] = made(devnet, 'alice', 'validating').filter(({ provider }) => provider);
  await devnet.actions.nextEpoch();
  const checkpoints = [];
  for (let i = 0; i < 2; i += 1) checkpoints.push(await devnet.actions.propose({ coinbase: split.address }));
  await devnet.actions.prove({ checkpoints });
  await open(`positions/${address}`);
  const rates = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Reward rate' }) });
  await expect(rates).toHaveAttribute('aria-busy', 'false');
  await expect(rates).not.toContainText('by decoded proofs');
  await expect(rates).toContainText(/about [\d,]+ transactions of some ten thousand bytes each/);
  const said = rates.getByRole('status');
  await expect(said).toHaveCount(1);
  const go = rates.getByRole('button', { name: 'Decode the proofs of 31 days' });
  const held = endpoint.addFault({ fault: 'slow', ms: 8_000, methods: ['eth_getTransactionByHash'] });
  await go.click();
  await expect(rates).toContainText('0 of 1 proofs are decoded');
  await expect(said).toHaveText('Proofs are being decoded.');
  await rates.getByRole('button', { name: 'Stop decoding' }).click();
  await expect(said).toHaveText('Stopped.');
  await expect(go).toBeFocused();
  held();
  // nothing of it on the page of somebody else
  await open(`positions/${devnet.accounts.bob.address}`);
  await expect(rates).toHaveAttribute('aria-busy', 'false');
  await expect(rates).not.toContainText('Stopped.');
  await open(`positions/${address}`);
  await expect(rates).toHaveAttribute('aria-busy', 'false');
  await go.click();
  await expect(said).toContainText('1 proof decoded: they credited 2 checkpoints to these splits');
  const row = rates.locator('tbody tr').filter({ hasText: '2 checkpoints in 31 days by decoded proofs since' });
  await expect(row).toContainText(/[\d.]+ % \([\d.]+ to [\d,.]+ %\), 2 checkpoints/);
  await expect(row).toContainText('without fees');
});

test('without a delegation there is no rate', async ({ page, open, connect, devnet, wallet }) => {
  wallet.account = devnet.accounts.fresh.address;
  await open('positions');
  await connect();
  const rates = page.getByRole('heading', { name: 'Reward rate' });
  await expect(stakes(page)).toContainText('No positions');
  await expect(rates).toHaveCount(0);
});

test('who only receives rewards sees them and claims them', async ({ page, open, connect, devnet, wallet }) => {
  const { address } = devnet.accounts.coldWallet;
  wallet.account = devnet.accounts.fresh.address;
  await open(`positions/${address}`);
  await connect();
  const received = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Rewards of others’ stakes' }) });
  const paying = devnet.facts.sequencers.filter(({ split, withdrawer }) => split?.recipients[1] === address && withdrawer !== address);
  expect(paying.length).toBeGreaterThan(0);
  await expect(received.locator('tbody tr')).toHaveCount(paying.length);
  await expect(received).toContainText(short(paying[0].withdrawer));
  const before = await devnet.contracts.token.read('balanceOf', [address]);
  await claims(page).getByRole('button', { name: /^Claim all/ }).click();
  await runPanel(page).getByRole('button', { name: /^Claim (all|the) rewards/ }).click();
  await expect(runPanel(page)).toContainText(`arrived at ${short(address)}`);
  expect(await devnet.contracts.token.read('balanceOf', [address]) - before).toBeGreaterThan(0n);
});

test('among very many stakes of one withdrawer each is found', async ({ page, open, devnet }) => {
  test.setTimeout(120_000);
  const { address } = devnet.accounts.whale;
  const count = 60;
  // a rollup looks at keys when it admits them, not when they are taken
  const point = { x: 1n, y: 2n };
  const keys = Array.from({ length: count }, (_, i) => ({
    attester: namedAddress(`one of many, ${i}`), publicKeyG1: point, publicKeyG2: { x0: 1n, x1: 2n, y0: 3n, y1: 4n }, proofOfPossession: point,
  }));
  await devnet.actions.addKeys({ provider: 1, keys });
  const all = [];
  for (let i = 0; i < count; i += 1) all.push(await devnet.actions.stake({ from: address, provider: 1 }));
  await open(`positions/${address}`);
  await expect(stakes(page)).toContainText(`${count} stakes`);
  await expect(stakes(page).locator('tbody tr')).toHaveCount(50);
  const search = page.getByLabel('Filter stakes');
  await search.fill(all[3].attester.slice(0, 20).toLowerCase());
  await expect(stakes(page)).toContainText(`1 of ${count} stakes`);
  await expect(stakes(page).locator('tbody tr')).toHaveCount(1);
  await expect(stakes(page).locator('tbody tr')).toContainText(short(all[3].attester));
  await search.fill(all[58].split);
  await expect(stakes(page).locator('tbody tr')).toContainText(short(all[58].attester));
  await search.fill('nobody of this name');
  await expect(stakes(page)).toContainText(`0 of ${count} stakes`);
  await search.fill('');
  await stakes(page).getByRole('button', { name: /^Show all/ }).click();
  await expect(stakes(page).locator('tbody tr')).toHaveCount(count);
});

test('a split that pays an address is named, checked and claimed, also without events', async ({ page, open, connect, devnet, endpoint, wallet }) => {
  const { address } = devnet.accounts.coldWallet;
  const { split } = devnet.facts.sequencers.find(({ split, withdrawer }) => split?.recipients[1] === address && withdrawer !== address);
  wallet.account = devnet.accounts.fresh.address;
  endpoint.addFault({ fault: 'missingMethod', methods: ['eth_getLogs'] });
  await open(`positions/${address}`);
  await connect();
  const others = page.getByRole('region', { name: 'Rewards of others’ stakes' });
  const look = others.getByRole('button', { name: 'Look at split' });
  await expect(look, 'few need it').toBeHidden();
  await others.getByText('A split that pays this address is missing').click();
  await expect(look).toBeDisabled();
  await others.getByLabel('Split contract').fill(devnet.facts.contracts.token);
  await look.click();
  await expect(others).toContainText('is no split as this network’s staking makes them');
  await others.getByLabel('Split contract').fill(split.address);
  await look.click();
  await expect(others).toContainText('Paste its parameters beside it');
  const parameters = others.getByLabel(/^Its parameters/);
  const terms = (rate) => `([${split.recipients.join(', ')}], [${rate}, ${10_000 - rate}], 10000, 0)`;
  await parameters.fill('500, 9500');
  await expect(others).toContainText('Not the parameters of a split');
  await expect(look).toBeDisabled();
  await parameters.fill(terms(split.allocations[0] + 1));
  await look.click();
  await expect(others).toContainText('the hash of those that were pasted is not its splitHash()');
  await parameters.fill(terms(split.allocations[0]));
  await look.click();
  await expect(others.locator('tbody tr')).toHaveCount(1);
  // terms that do not fit take nothing from those that do
  await parameters.fill(terms(split.allocations[0] + 1));
  await look.click();
  await devnet.mine(2);
  await page.waitForTimeout(2_000);
  await expect(others.locator('tbody tr')).toHaveCount(1);
  await expect(others).toContainText('no event says of which stake');
  const before = await devnet.contracts.token.read('balanceOf', [address]);
  await others.getByRole('button', { name: `Claim from split ${short(split.address)}` }).click();
  await runPanel(page).getByRole('button', { name: /^Claim the rewards of split/ }).click();
  await expect(runPanel(page)).toContainText(`arrived at ${short(address)}`);
  expect(await devnet.contracts.token.read('balanceOf', [address]) - before).toBeGreaterThan(0n);
  // nothing of it on the page of another address, nor in the fields there
  await open(`positions/${devnet.accounts.alice.address}`);
  await expect(look).toBeHidden();
  await others.getByText('A split that pays this address is missing').click();
  await expect(others.getByLabel('Split contract')).toHaveValue('');
  await expect(parameters).toHaveValue('');
  await expect(others.locator('form ~ p')).toHaveCount(0);
  // it is there at the next visit
  await open(`positions/${address}`);
  await page.reload();
  await expect(others.locator('tbody tr')).toHaveCount(1);
  await expect(look).toBeVisible();
});

test('the browser notifies of what is new, once it was asked', async ({ page, open, devnet }) => {
  await page.addInitScript(() => {
    window.told = [];
    window.Notification = class {
      static permission = 'default';

      static async requestPermission() {
        window.Notification.permission = 'granted';
        return 'granted';
      }

      constructor(title, { body, tag }) {
        window.told.push({ title, body, tag });
      }
    };
  });
  const { address } = devnet.accounts.alice;
  await open(`positions/${address}`);
  await expect(history(page)).toHaveAttribute('aria-busy', 'false');
  expect(await page.evaluate(() => window.Notification.permission), 'never unasked').toBe('default');
  await page.getByRole('button', { name: 'Notify me' }).click();
  await expect(page.locator('.pagehead')).toContainText('Notifies while this page is open');
  // what stands on the page is no news
  await devnet.mine(2);
  const told = () => page.evaluate(() => window.told);
  const { provider } = made(devnet, 'alice', 'validating').find(({ provider }) => provider);
  const { admin } = devnet.facts.providers.find(({ id }) => id === provider);
  await page.waitForTimeout(2_000);
  expect(await told()).toEqual([]);
  await devnet.rpc('anvil_impersonateAccount', [admin]);
  await devnet.rpc('anvil_setBalance', [admin, '0x8ac7230489e80000']);
  await devnet.contracts.stakingRegistry.send(admin, 'updateProviderTakeRate', [BigInt(provider), 1_234]);
  await devnet.mine(1);
  await expect.poll(told).toHaveLength(1);
  const [{ title, body }] = await told();
  expect(title).toContain('changed its commission');
  expect(body).toContain('It takes 12.34 % of new delegations');
  // and once only
  await devnet.mine(3);
  await page.waitForTimeout(1_000);
  expect(await told()).toHaveLength(1);
});
