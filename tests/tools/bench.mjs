#!/usr/bin/env node
/**
 * Measures the built app in Chromium against the local network, whose proxy counts. `cargo xtask bench` runs it; stdout gets
 * one JSON array of `{ name, requests, bytes, millis, budget, ok, … }`.
 *
 * Each place (`bench/places.mjs`) is visited several times in a browser context that has never seen the page, and the
 * median of each figure counts. `requests` are HTTP requests other than those for events, which are `logs`: both until the
 * place is complete; `bytes` those of all answers; `millis` run from the start of the navigation to the complete place;
 * `heap` and `wasm` are bytes of memory, after a collection of garbage; `longTasks` are those over 50 ms, and `longest` the
 * longest of them in milliseconds.
 */
import { parseArgs } from 'node:util';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from '@playwright/test';
import { rpcClient } from '../devnet/rpc.mjs';
import { serve } from './serve.mjs';
import { startProxy } from '../devnet/proxy.mjs';
import { budgetOf, PLACES, WAYS } from './bench/places.mjs';
import { memoryOf, watchPage } from './bench/probes.mjs';

const RUNS = 3;
const NETWORK_ID = 'bench-local';
const SETTINGS_KEY = 'rota.settings.1';
const TIMEOUT = 60_000;
/** Milliseconds until a new tab is only about its page. */
const SETTLED = 2_500;
/** How long one stays on a page that one comes back to. */
const READ_FOR = 9_000;
const KIND = { callGas: 60_000_000, logBlocks: Infinity, logResults: Infinity, batch: Infinity, latency: 0 };
/** The page changes each time that so many blocks have come. */
const TICKS_PER_PAGE = 20;
/** The app gives an endpoint 12 s, and the timer of each request runs out by itself. */
const QUIET = 13_000;
/** From this tick on nothing may grow: what is loaded once, is. */
const WARM_UP = 100;

const { values: options } = parseArgs({
  options: {
    facts: { type: 'string' },
    proxy: { type: 'string' },
    dist: { type: 'string' },
    ticks: { type: 'string', default: '1000' },
    only: { type: 'string', default: '' },
  },
});

async function main() {
  const { facts: file, proxy, dist } = options;
  if (!file || !proxy || !dist) {
    throw new Error('usage: bench.mjs --facts <file> --proxy <url> --dist <directory> [--ticks <n>, 0 for none] [--only <words in a name>]');
  }
  const ticks = Number(options.ticks);
  if (ticks !== 0 && !(ticks >= 2 * WARM_UP)) throw new Error(`--ticks takes 0 or a number from ${2 * WARM_UP}`);
  const { network, rpc, scale } = JSON.parse(await readFile(file, 'utf8'));
  const kind = await startProxy({ target: rpc, limits: KIND });
  const server = await serve({ directory: dist });
  const browser = await chromium.launch({
    executablePath: process.env.ROTA_CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  const stage = { browser, network, url: server.url };
  const results = [];
  try {
    for (const place of PLACES) {
      for (const way of WAYS) {
        const name = `${place.name}, ${way.name}`;
        if (!name.includes(options.only)) continue;
        const endpoint = way.unkind ? proxy : kind.url;
        const runs = [];
        while (runs.length < RUNS) runs.push(await visited(place, { ...stage, endpoint, visits: way.visits }));
        results.push(judged(name, median(runs), budgetOf(way.visits > 1 ? `${place.name}, warm` : place.name, scale)));
      }
    }
    if (ticks > 0 && options.only === '') {
      const figures = await ticked({ ...stage, endpoint: kind.url, rpc: rpcClient(rpc), ticks });
      results.push(judged(`${ticks} blocks, page changes`, figures, budgetOf('ticks', scale)));
    }
    console.log(JSON.stringify(results));
  } finally {
    await browser.close();
    await Promise.all([server.stop(), kind.stop()]);
  }
}

/** A browser that knows nothing but the endpoint. */
async function fresh({ browser, network, endpoint }, act) {
  const context = await browser.newContext();
  const settings = { networks: [{ ...network, id: NETWORK_ID, name: 'Bench', rpc: [endpoint] }] };
  try {
    // what the app has added to its settings meanwhile, stays
    await context.addInitScript(([key, value]) => { localStorage[key] ??= value; }, [SETTINGS_KEY, JSON.stringify(settings)]);
    await context.addInitScript(watchPage);
    return await act(context);
  } finally {
    await context.close();
  }
}

const meter = async (endpoint, method = 'GET') => (await fetch(`${endpoint}/-/meter`, { method })).json();

/** The last of several visits of one browser. */
function visited({ hash, complete }, { visits, ...stage }) {
  const { endpoint, url } = stage;
  return fresh(stage, async (context) => {
    for (let visit = 1; ; visit += 1) {
      const page = await context.newPage();
      // with a new tab the browser starts a renderer for itself, which takes a core for half a second
      await page.waitForTimeout(SETTLED);
      await meter(endpoint, 'DELETE');
      await page.goto(`${url}#/${NETWORK_ID}/${hash}`, { waitUntil: 'commit' });
      const done = await page.waitForFunction(complete, null, { timeout: TIMEOUT, polling: 'raf' });
      const millis = Math.round(await done.jsonValue());
      const begun = await page.evaluate(() => performance.timeOrigin);
      const asked = summed(await meter(endpoint), begun + millis);
      if (visit === visits) return { ...asked, millis, ...await memoryOf(page) };
      // the rest of the app comes with the first sign that somebody is there. What was asked is kept when the page has been
      // quiet for a while, what was learned when the tab is left
      await page.mouse.move(200, 300);
      await sleep(READ_FOR);
      await page.close({ runBeforeUnload: true });
      await sleep(200);
    }
  });
}

/** What was asked until a moment: what a page goes on with, its history, is not what one waited for. */
function summed({ exchanges, begun }, until = Infinity) {
  const counted = begun.filter(({ at }) => at <= until);
  const logs = counted.filter(({ events }) => events).length;
  return { requests: counted.length - logs, bytes: exchanges.responseBytes, logs };
}

/** Block after block, and now and then another page: what is let go of, and what is not. */
function ticked({ rpc, ticks, ...stage }) {
  const { endpoint, url } = stage;
  return fresh(stage, async (context) => {
    const page = await context.newPage();
    await meter(endpoint, 'DELETE');
    await page.goto(`${url}#/${NETWORK_ID}/${PLACES[0].hash}`);
    const begun = performance.now();
    let before = null;
    for (let tick = 0; tick < ticks; tick += 1) {
      const place = PLACES[Math.floor(tick / TICKS_PER_PAGE) % PLACES.length];
      if (tick % TICKS_PER_PAGE === 0) {
        await page.evaluate((hash) => { location.hash = hash; }, `#/${NETWORK_ID}/${place.hash}`);
        await page.waitForFunction(place.complete, null, { timeout: TIMEOUT });
        // always at the same place, when all is drawn
        if (place === PLACES[0] && tick >= WARM_UP) before ??= await sleep(QUIET).then(() => memoryOf(page));
      }
      await rpc('anvil_mine', ['0x1']);
      // a tab that comes back asks for the newest block at once
      await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
      await sleep(40);
    }
    await page.evaluate((hash) => { location.hash = hash; }, `#/${NETWORK_ID}/${PLACES[0].hash}`);
    await sleep(QUIET);
    await page.waitForFunction(PLACES[0].complete, null, { timeout: TIMEOUT });
    const after = await memoryOf(page);
    const growth = (key) => after[key] - before[key];
    return {
      ...summed(await meter(endpoint)),
      millis: Math.round(performance.now() - begun),
      ...after,
      heapGrowth: growth('heap'),
      wasmGrowth: growth('wasm'),
      listenerGrowth: growth('listeners'),
      timerGrowth: growth('timers'),
    };
  });
}

function median(runs) {
  const middle = (key) => runs.map((run) => run[key]).sort((a, b) => a - b)[Math.floor(runs.length / 2)];
  return Object.fromEntries(Object.keys(runs[0]).map((key) => [key, middle(key)]));
}

function judged(name, { requests, bytes, millis, ...more }, budget) {
  const figures = { requests, bytes, millis, ...more };
  const ok = Object.entries(budget).every(([key, most]) => figures[key] <= most);
  return { name, requests, bytes, millis, budget, ok, ...more };
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
