#!/usr/bin/env node
/**
 * What Lighthouse says of the built app on a phone: `node tests/tools/lighthouse.mjs dist`, after `cargo xtask build`.
 *
 * The page reads the local network (port 8545 has to be free), and comes from the brotli server of the tests. The median
 * of three runs counts. Lighthouse itself is fetched by npx: too heavy to come with every clone.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startDevnet } from '../devnet/index.mjs';
import { serve } from './serve.mjs';

const VERSION = '12.8.2';
const RUNS = 3;
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];
const FIGURES = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift', 'speed-index'];

const run = promisify(execFile);
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** @returns {Promise<any>} Lighthouse's own report */
async function report(url) {
  const command = process.env.LIGHTHOUSE ? [process.env.LIGHTHOUSE] : ['npx', '--yes', `lighthouse@${VERSION}`];
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu'];
  const { stdout } = await run(command[0], [
    ...command.slice(1), url, '--output=json', '--quiet', `--only-categories=${CATEGORIES}`, `--chrome-flags=${flags.join(' ')}`,
  ], { maxBuffer: 1 << 28, env: { CHROME_PATH: process.env.ROTA_CHROMIUM ?? '/usr/bin/chromium', ...process.env } });
  return JSON.parse(stdout);
}

const [directory = 'dist', ...places] = process.argv.slice(2);
const devnet = await startDevnet({ port: 8545 });
const site = await serve({ directory });
try {
  for (const place of places.length > 0 ? places : ['providers', 'overview', 'providers/2']) {
    const reports = [];
    while (reports.length < RUNS) reports.push(await report(`${site.url}#/aztec-local/${place}`));
    const scores = CATEGORIES.map((name) => [name, median(reports.map(({ categories }) => Math.round(categories[name].score * 100)))]);
    const figures = FIGURES.map((name) => [name, median(reports.map(({ audits }) => audits[name].numericValue))]);
    console.log(JSON.stringify({ place, version: reports[0].lighthouseVersion, ...Object.fromEntries(scores), ...Object.fromEntries(figures) }));
    const failed = Object.values(reports[0].audits).filter(({ score, scoreDisplayMode }) => score !== null && score < 0.9 && scoreDisplayMode !== 'informative');
    for (const { id, title, displayValue = '' } of failed) console.error(`  ${place}: ${id}: ${title} ${displayValue}`);
  }
} finally {
  await Promise.all([site.stop(), devnet.stop()]);
}
