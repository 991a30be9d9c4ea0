import fs from 'node:fs';
import { createRequire } from 'node:module';
import { serve } from '../tools/serve.mjs';
import { delegatePanel, expect, runPanel, test } from './support/fixtures.mjs';

// injected as text: the page's policy allows no script from elsewhere
const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function violations(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => (await window.axe.run()).violations);
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

const settled = async (page) => {
  await expect(page.locator('main .skel')).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready);
};

for (const theme of ['light', 'dark']) {
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    test(`no violation on any page, ${theme}, ${width} px`, async ({ page, open, connect, devnet }) => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height });
      const somebody = `positions/${devnet.accounts.dave.address}`;
      for (const place of ['overview', 'providers', 'providers?compare=1.2.3', 'providers/2', 'positions', somebody, 'governance', 'governance/5', 'provide', 'provide?provider=4', 'settings', 'wat', 'providers?q=nobody']) {
        await open(place);
        await settled(page);
        expect(await violations(page), place).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth), `${place} is no wider than the window`).toBeLessThanOrEqual(width);
      }
      const fits = () => page.evaluate(() => document.documentElement.scrollWidth);
      await open(somebody);
      await page.getByText('A split that pays this address is missing').click();
      await page.getByLabel('Split contract').fill('0x12');
      await settled(page);
      expect(await violations(page), 'the form for a split').toEqual([]);
      expect(await fits(), 'the form for a split is no wider than the window').toBeLessThanOrEqual(width);
      await open('provide?provider=1');
      await page.getByRole('button', { name: /^History of split/ }).first().click();
      await expect(page.locator('#split-past')).toContainText(/Read to block [\d,]+/);
      expect(await violations(page), 'the past of a split').toEqual([]);
      expect(await fits(), 'the past of a split is no wider than the window').toBeLessThanOrEqual(width);
      await open('providers/1');
      await connect();
      await delegatePanel(page).getByRole('button', { name: /^Review/ }).click();
      await expect(runPanel(page)).toContainText('Simulated OK');
      expect(await violations(page), 'review').toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), 'the review is no wider than the window').toBeLessThanOrEqual(width);
      await page.getByRole('button', { name: /^Wallet 0x/ }).click();
      await page.getByRole('button', { name: 'Change' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      expect(await violations(page), 'picker').toEqual([]);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').getByRole('combobox').fill('provider');
      expect(await violations(page), 'finder').toEqual([]);
    });
  }
}

test('axe itself works: the broken page is full of violations', async ({ page, watch }) => {
  watch.expectError(/./);
  const site = await serve({ directory: new URL('../fixtures/broken/', import.meta.url).pathname });
  watch.allow(site.url);
  try {
    await page.goto(`${site.url}axe.html`);
    const found = (await violations(page)).join('\n');
    for (const rule of ['image-alt', 'button-name', 'color-contrast']) expect(found).toContain(rule);
  } finally {
    await site.stop();
  }
});
