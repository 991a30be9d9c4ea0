/** A transaction that is mined and reverts is a failure, also where nobody can say why. */
import { delegatePanel, expect, runPanel, test } from './support/fixtures.mjs';

test('too little gas is told as a failure whose reason is not known, and nothing is taken for done', async ({ page, open, connect, devnet, wallet }) => {
  await open('providers/2');
  await connect();
  await delegatePanel(page).getByRole('button', { name: /^Review/ }).click();
  const panel = runPanel(page);
  await expect(panel).toContainText('Simulated OK');
  const before = await devnet.contracts.token.read('balanceOf', [wallet.account]);
  // what the wallet allows is not in the call: on the blocks around it that call does not revert
  wallet.mood = async (transaction) => ({ result: await devnet.rpc('eth_sendTransaction', [{ ...transaction, gas: '0x9c40' }]) });
  await panel.getByRole('button', { name: /^(Approve|Delegate)/ }).click();
  await expect(panel).toContainText(/reverted in block \d+/);
  await expect(panel).toContainText('Too low a gas limit in the wallet looks like this');
  await expect(panel).toContainText('0 of 2 confirmed');
  expect(await devnet.contracts.token.read('balanceOf', [wallet.account])).toBe(before);
  // with enough it goes on from where it stopped
  wallet.mood = 'sign';
  await panel.getByRole('button', { name: 'Try again' }).click();
  await expect(panel).toContainText('2 of 2 confirmed', { timeout: 30_000 });
  expect(await devnet.contracts.token.read('balanceOf', [wallet.account])).toBeLessThan(before);
});
