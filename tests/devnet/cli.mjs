#!/usr/bin/env node
/**
 * The local network from a shell: builds it, prints the app's entry for it as the one line on stdout, and stays until
 * it is told to end. Everything else it has to say goes to stderr.
 */
import { parseArgs } from 'node:util';
import { DEFAULT_PORT } from './parameters.mjs';
import { milliseconds } from './progress.mjs';
import { startDevnet, startLargeDevnet } from './index.mjs';
import { startProxy } from './proxy.mjs';
import { writeFacts } from './facts.mjs';

const USAGE = `node tests/devnet/cli.mjs [options]
  --port <n>         of the node: ${DEFAULT_PORT}, if not given
  --proxy-port <n>   also start the proxy that behaves like a public endpoint
  --block-time <s>   a block every so many seconds, in place of one for each transaction
  --facts <file>     write what tests expect, as JSON; other processes attach by this file
  --bare             only the contracts, without the scenario
  --scale <n>        a large network in place of the scenario: n times 300 providers and 2,000 delegations
  --state-only       build, write the facts, end: a check, and a measurement
  --stdin-bound      end when standard input ends, as it does when the parent process is gone
  --quiet            say nothing on stderr`;

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: String(DEFAULT_PORT) },
    'proxy-port': { type: 'string' },
    'block-time': { type: 'string' },
    facts: { type: 'string' },
    scale: { type: 'string' },
    bare: { type: 'boolean', default: false },
    'state-only': { type: 'boolean', default: false },
    'stdin-bound': { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

async function main() {
  if (options.help) return console.error(USAGE);
  const begun = performance.now();
  // At any time, also while the network is being built: whatever we have started ends with this process.
  // It does not keep us alive: told by a signal, we end while the input is still open.
  if (options['stdin-bound']) process.stdin.resume().once('end', () => process.exit()).unref?.();

  const common = {
    port: whole(options.port, '--port'),
    blockTime: options['block-time'] ? whole(options['block-time'], '--block-time') : null,
    quiet: options.quiet,
  };
  const scale = options.scale === undefined ? 0 : whole(options.scale, '--scale');
  const devnet = await (scale > 0 ? startLargeDevnet({ ...common, scale }) : startDevnet({ ...common, scenario: !options.bare }));
  const proxy = options['proxy-port'] === undefined
    ? null
    : await startProxy({ target: devnet.url, port: whole(options['proxy-port'], '--proxy-port') });
  if (options.facts) await writeFacts(options.facts, { ...devnet.facts, proxy: proxy?.url ?? null });

  // Whoever reads the line may at once tell us to end.
  const told = options['state-only'] ? undefined : toldToEnd(devnet.ended);
  if (!options.quiet) console.error(`${milliseconds(performance.now() - begun)}  ready at ${devnet.url}`);
  console.log(JSON.stringify(devnet.network));

  await told;
  await proxy?.stop();
  await devnet.stop();
  return undefined;
}

/** @param {Promise<unknown>} nodeEnded */
function toldToEnd(nodeEnded) {
  // A process that only waits for a signal would end by itself.
  const alive = setInterval(() => {}, 1 << 30);
  return new Promise((resolve, reject) => {
    process.once('SIGINT', resolve).once('SIGTERM', resolve);
    nodeEnded.then(() => reject(new Error('anvil has ended, and the network with it.')));
  }).finally(() => clearInterval(alive));
}

function whole(text, option) {
  if (!/^\d+$/.test(text)) throw new Error(`${option} takes a whole number, not ${text}.`);
  return Number(text);
}

main().catch((error) => {
  console.error(`The local network could not run: ${error.message}`);
  process.exit(1);
});
