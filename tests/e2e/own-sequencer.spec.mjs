/** Staking with a sequencer of one's own, from its public keys to the entry queue. */
import { expect, runPanel, test } from './support/fixtures.mjs';
import { key } from './support/keys.mjs';

const panel = (page) => page.locator('section').filter({ has: page.getByRole('heading', { name: 'Stake your own sequencer' }) });
const short = (address) => `${address.slice(0, 6)}…${address.slice(-4)}`;

const file = (content) => ({ name: 'key1_staker_output.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(content)) });

test('an own sequencer is staked with from its public key file, and waits in the queue', async ({ page, open, connect, devnet, wallet }) => {
  wallet.account = devnet.accounts.whale.address;
  const rollup = devnet.facts.rollups.find(({ canonical }) => canonical).address;
  const [own, bad, other] = ['own e2e 1', 'own e2e 2', 'own e2e 3'].map(key);
  await open('positions');
  await connect();
  const area = panel(page);
  await area.locator('input[type=file]').setInputFiles(file([own, { ...bad, proofOfPossession: other.proofOfPossession }]));
  await expect(area).toContainText('1 valid');
  await expect(area).toContainText('Bad proof of possession');
  // nobody but whom the person names can ever exit
  await area.getByLabel('Stake returns to').fill('0x12');
  await expect(area.getByRole('button', { name: 'No key to stake with' })).toBeDisabled();
  const cold = devnet.accounts.coldWallet.address;
  await area.getByLabel('Stake returns to').fill(cold);
  const before = await devnet.contracts.token.read('balanceOf', [wallet.account]);
  await area.getByRole('button', { name: 'Review: Stake 200,000 AZTEC with 1 own sequencer' }).click();
  await expect(runPanel(page)).toContainText('deposit');
  await expect(runPanel(page)).toContainText('Only this address can exit');
  // the allowance is asked for exactly, and both are signed one after the other
  await runPanel(page).getByRole('button', { name: 'Stake 200,000 AZTEC with 1 own sequencer, 2 transactions' }).click();
  await expect(runPanel(page)).toContainText(`Sequencer ${short(own.attester)} waits in the entry queue. Only ${short(cold)} can exit.`);
  expect(before - await devnet.contracts.token.read('balanceOf', [wallet.account])).toBe(200_000n * 10n ** 18n);
  expect(await devnet.contracts.token.read('allowance', [wallet.account, rollup])).toBe(0n);
  // the same key again stakes nothing; the verdict is looked up again every few blocks, and before each signature
  await devnet.mine(11);
  await expect(area).toContainText('Waits to join');
});

test('a private keystore is refused here as well', async ({ page, open }) => {
  await open('positions');
  const secret = `0x${'5e'.repeat(32)}`;
  await panel(page).locator('input[type=file]').setInputFiles(file({ schemaVersion: 1, validators: [{ attester: { eth: secret, bls: secret } }] }));
  await expect(panel(page).getByRole('alert')).toContainText('This is a private keystore');
  expect(await page.evaluate(() => document.body.textContent + JSON.stringify({ ...localStorage }))).not.toContain('5e5e');
});
