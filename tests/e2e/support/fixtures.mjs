/**
 * What every end-to-end test stands on: the local chain (back in its first state after each test) behind the unkind
 * proxy, the built app on a static server, a wallet, and a watch over everything the page does.
 *
 * After each test it is checked, without the test asking, that the page made no request but to its own origin and to
 * the endpoints it was given, that nothing was logged as an error and that nothing was thrown.
 */
import fs from 'node:fs';
import { test as base, expect } from '@playwright/test';
import { startDevnet } from '../../devnet/index.mjs';
import { startProxy } from '../../devnet/proxy.mjs';
import { serve } from '../../tools/serve.mjs';
import { TestWallet } from './wallet.mjs';

export { expect };

const DIST = process.env.ROTA_DIST;
if (!DIST) throw new Error('ROTA_DIST has to name the folder of the built app: run cargo xtask test e2e');

/** The list of networks the app gets: the shipped ones, the local one at the test's endpoints. */
export function networksJson(devnet, rpc) {
  const shipped = JSON.parse(fs.readFileSync(`${DIST}/networks.json`, 'utf8'));
  const local = { ...shipped.find(({ id }) => id === 'aztec-local'), rpc };
  return JSON.stringify([local, ...shipped.filter(({ id }) => id !== 'aztec-local')]);
}

/** Everything a page does that a test may have to answer for. */
class Watch {
  constructor() {
    this.requests = [];
    this.errors = [];
    this.origins = new Set();
    this.expected = [];
  }

  /** An origin the page may talk to. */
  allow(url) {
    this.origins.add(new URL(url).origin);
  }

  /** A line in the console that the test itself causes: the browser logs each failed request by itself. */
  expectError(pattern) {
    this.expected.push(pattern);
  }

  /** @param {import('@playwright/test').Page} page */
  follow(page) {
    page.on('request', (request) => this.requests.push(request.url()));
    page.on('pageerror', (error) => this.errors.push(`thrown: ${error.message}`));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) {
        this.errors.push(`${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
  }

  check() {
    const foreign = this.requests.filter((url) => !url.startsWith('data:') && !url.startsWith('blob:') && !this.origins.has(new URL(url).origin));
    expect(foreign, 'requests to nobody but the own origin and the endpoints in Settings').toEqual([]);
    const unexpected = this.errors.filter((line) => !this.expected.some((pattern) => pattern.test(line)));
    expect(unexpected, 'nothing logged, nothing thrown').toEqual([]);
  }
}

export const test = base.extend({
  // one chain and one server for all tests of the run
  world: [async ({}, use) => {
    const devnet = await startDevnet();
    const proxy = await startProxy({ target: devnet.url });
    const site = await serve({ directory: DIST });
    await use({ devnet, proxy, site });
    await Promise.all([site.stop(), proxy.stop()]);
    await devnet.stop();
  }, { scope: 'worker' }],

  devnet: async ({ world: { devnet } }, use) => {
    const before = await devnet.snapshot();
    await use(devnet);
    await devnet.setIntervalMining(0).catch(() => {});
    await devnet.setAutomine(true);
    await devnet.revert(before);
  },

  endpoint: async ({ world: { proxy: endpoint } }, use) => {
    endpoint.resetCounts();
    await use(endpoint);
    endpoint.clearFaults();
  },

  site: async ({ world: { site } }, use) => use(site),

  // `proxy` is a name that Playwright has for itself
  /** Endpoints of the local network in this test; a test may replace the list before the page is opened. */
  endpoints: async ({ endpoint }, use) => use([endpoint.url]),

  watch: async ({}, use) => {
    const watch = new Watch();
    await use(watch);
    watch.check();
  },

  wallet: async ({ devnet }, use) => {
    await use(new TestWallet({ rpc: devnet.rpc, account: devnet.accounts.delegator.address }));
  },

  context: async ({ context, devnet, endpoints, site, watch, wallet }, use) => {
    for (const url of [site.url, ...endpoints]) watch.allow(url);
    await wallet.install(context);
    await context.route(/\/networks\.json$/, (route) =>
      route.fulfill({ contentType: 'application/json', body: networksJson(devnet, endpoints) }));
    context.on('page', (page) => watch.follow(page));
    await use(context);
  },

  /** Opens a place of the app on the local network and waits until it is drawn. */
  open: async ({ page, site }, use) => {
    await use(async (place = 'providers', { base = site.url } = {}) => {
      await page.goto(`${base}#/aztec-local/${place}`);
      // the skeleton has a heading too
      await expect(page.locator('#boot-name')).toHaveCount(0);
      await page.getByRole('heading', { level: 1 }).waitFor();
    });
  },

  /** Connects the test wallet through the picker, as a person does. */
  connect: async ({ page, wallet }, use) => {
    await use(async () => {
      await page.getByRole('button', { name: /^Connect\b/ }).first().click();
      await page.getByRole('dialog').getByRole('button', { name: new RegExp(wallet.name) }).click();
      await page.getByRole('button', { name: /^Wallet 0x/ }).waitFor();
    });
  },
});

/** The panel of the newest run. */
export const runPanel = (page) => page.locator('section.run').first();

/** The panel that delegates. */
export const delegatePanel = (page) => page.locator('section.deleg');

/** The lines of the list of providers, without the one of what no provider runs. */
export const lines = (page) => page.locator('table.providers tbody tr:has(a)');
