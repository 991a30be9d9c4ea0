#!/usr/bin/env node
/**
 * Measures the built app in Chromium against the local network, whose proxy counts. `cargo xtask bench` runs it; stdout gets
 * one JSON array of `{ name, requests, bytes, millis, budget, ok }`.
 *
 * Each measurement is made several times, each time in a browser context that has never seen the page, and the median of
 * each figure counts. `requests` are JSON-RPC requests other than eth_getLogs, whose number depends on the chain's age;
 * `bytes` are those of all answers; `millis` run from the start of the navigation.
 */
import { parseArgs } from 'node:util';
import { readFile } from 'node:fs/promises';
import { chromium } from '@playwright/test';
import { serve } from './serve.mjs';

const RUNS = 3;
const NETWORK_ID = 'bench-local';
const SETTINGS_KEY = 'rota.settings.1';
const TIMEOUT = 60_000;

/** What is measured: where it begins, and what has to be seen for it to be over. */
const MEASUREMENTS = [
  {
    name: 'providers, cold',
    hash: `#/${NETWORK_ID}/providers`,
    complete: () => {
      const table = document.querySelector('main section[aria-busy="false"]');
      return table && !table.querySelector('.skel') && performance.now();
    },
    budget: { requests: 8, millis: 1_500 },
  },
];

const { values: options } = parseArgs({
  options: { facts: { type: 'string' }, proxy: { type: 'string' }, dist: { type: 'string' } },
});

async function main() {
  const { facts: file, proxy, dist } = options;
  if (!file || !proxy || !dist) throw new Error('usage: bench.mjs --facts <file> --proxy <url> --dist <directory>');
  const { network } = JSON.parse(await readFile(file, 'utf8'));
  const settings = JSON.stringify({ networks: [{ ...network, id: NETWORK_ID, name: 'Bench', rpc: [proxy] }] });

  const server = await serve({ directory: dist });
  const browser = await chromium.launch({
    executablePath: process.env.ROTA_CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  try {
    const results = [];
    for (const measurement of MEASUREMENTS) {
      const runs = [];
      while (runs.length < RUNS) runs.push(await measured(measurement, { browser, proxy, settings, url: server.url }));
      results.push(summary(measurement, runs));
    }
    console.log(JSON.stringify(results));
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** @returns {Promise<{ requests: number, bytes: number, millis: number }>} */
async function measured({ hash, complete }, { browser, proxy, settings, url }) {
  const context = await browser.newContext();
  try {
    await context.addInitScript(([key, value]) => localStorage.setItem(key, value), [SETTINGS_KEY, settings]);
    const page = await context.newPage();
    await fetch(`${proxy}/-/meter`, { method: 'DELETE' });
    await page.goto(`${url}${hash}`, { waitUntil: 'commit' });
    const millis = await (await page.waitForFunction(complete, null, { timeout: TIMEOUT, polling: 'raf' })).jsonValue();
    const { exchanges, methods } = await (await fetch(`${proxy}/-/meter`)).json();
    const counted = Object.entries(methods).filter(([method]) => method !== 'eth_getLogs');
    const requests = counted.reduce((sum, [, count]) => sum + count.requests, 0);
    return { requests, bytes: exchanges.responseBytes, millis: Math.round(millis) };
  } finally {
    await context.close();
  }
}

function summary({ name, budget }, runs) {
  const median = (key) => runs.map((run) => run[key]).sort((a, b) => a - b)[Math.floor(runs.length / 2)];
  const figures = { requests: median('requests'), bytes: median('bytes'), millis: median('millis') };
  return { name, ...figures, budget, ok: Object.entries(budget).every(([key, most]) => figures[key] <= most) };
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
