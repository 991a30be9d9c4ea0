/**
 * A public endpoint in front of a node: as stingy as real ones (`proxy/limits.mjs`), out of order when a test wants it
 * (`proxy/faults.mjs`), and counting (`proxy/meter.mjs`).
 *
 * Everything can be done from this process through the object that `startProxy` returns, and from any other by HTTP:
 *   GET, POST, DELETE /-/faults   the faults that are on; one more, as JSON; none
 *   GET, DELETE /-/meter          the counts; from zero again
 */
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { batchTooLong, failure, limited, PUBLIC_LIMITS, rangeTooWide } from './proxy/limits.mjs';
import { FaultScript } from './proxy/script.mjs';
import { listen } from './ports.mjs';
import { Meter } from './proxy/meter.mjs';
import { rpcTransport } from './rpc.mjs';

const JSON_TYPE = { 'content-type': 'application/json' };
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, DELETE, OPTIONS',
  'access-control-allow-headers': 'content-type',
  'access-control-max-age': '600',
};

/**
 * @typedef {object} Proxy
 * @property {string} url
 * @property {number} port
 * @property {(rule: import('./proxy/script.mjs').Rule & Record<string, any>) => () => void} addFault returns its end
 * @property {() => void} clearFaults
 * @property {() => Meter['counts']} counts
 * @property {() => void} resetCounts
 * @property {() => Promise<void>} stop
 */

/**
 * @param {object} options
 * @param {string} options.target the node
 * @param {number} [options.port] 0 for any free one
 * @param {Partial<import('./proxy/limits.mjs').Limits>} [options.limits] those that differ from `PUBLIC_LIMITS`
 * @returns {Promise<Proxy>}
 */
export async function startProxy({ target, port: wanted = 0, limits: given = {} }) {
  const limits = { ...PUBLIC_LIMITS, ...given };
  const answer = limited(rpcTransport(target), limits);
  const script = new FaultScript();
  const meter = new Meter();

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      if (!response.headersSent) response.writeHead(500, CORS);
      response.end(String(error.stack));
    });
  });

  async function handle(request, response) {
    if (request.method === 'OPTIONS') return response.writeHead(204, CORS).end();
    if (request.url.startsWith('/-/')) return control(request, response, script, meter);
    if (request.method !== 'POST') return response.writeHead(405, CORS).end();
    response.once('close', meter.begin());
    return serve(await bodyOf(request), response);
  }

  async function serve(body, response) {
    const parsed = parse(body);
    const exchange = { batch: Array.isArray(parsed), requests: [parsed].flat().filter(Boolean) };
    if (exchange.requests.length === 0) return end(response, 400, JSON_TYPE, '{"error":"no JSON-RPC request"}');
    meter.request(body, exchange.requests);

    const { reply, cors } = await script.play(exchange, (requests) => honestReply(requests, exchange.batch));
    // each is written once: to write long ones again takes time that is not the endpoint's
    const texts = reply.answers?.map((one) => JSON.stringify(one));
    const text = reply.text ?? (exchange.batch ? `[${texts.join()}]` : texts[0]);
    meter.response(text, exchange.requests, texts);
    if (reply.dropped) return response.destroy();
    const headers = { ...JSON_TYPE, ...reply.headers };
    return reply.drip ? dripped(response, reply, headers, text, cors) : end(response, reply.status, headers, text, cors);
  }

  async function honestReply(requests, batch) {
    await sleep(limits.latency);
    if (batch && requests.length > limits.batch) {
      return { status: 500, text: JSON.stringify(failure({ id: null }, batchTooLong(limits.batch))) };
    }
    const answers = await Promise.all(requests.map(answer));
    return { status: batch ? 200 : statusOf(answers[0]), answers };
  }

  const port = await listen(server, wanted);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    addFault: (rule) => script.add(rule),
    clearFaults: () => script.clear(),
    counts: () => meter.counts,
    resetCounts: () => meter.reset(),
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function control(request, response, script, meter) {
  const deeds = {
    'GET /-/faults': () => script.rules,
    'POST /-/faults': async () => { script.add(JSON.parse(await bodyOf(request))); return script.rules; },
    'DELETE /-/faults': () => { script.clear(); return script.rules; },
    'GET /-/meter': () => meter.counts,
    'DELETE /-/meter': () => { meter.reset(); return meter.counts; },
  };
  const deed = deeds[`${request.method} ${request.url}`];
  if (!deed) return end(response, 404, JSON_TYPE, '{"error":"no such control"}');
  try {
    return end(response, 200, JSON_TYPE, JSON.stringify(await deed()));
  } catch (error) {
    return end(response, 400, JSON_TYPE, JSON.stringify({ error: error.message }));
  }
}

/** QuickNode answers too wide a range with this status, which clients that look at it first do not expect. */
function statusOf({ error }) {
  return error?.code === rangeTooWide(0).code ? 413 : 200;
}

/** The head at once, the body little by little. */
async function dripped(response, { status, drip: { bytes, ms } }, headers, text, cors) {
  response.writeHead(status, { ...(cors && CORS), ...headers });
  const body = Buffer.from(text);
  for (let start = 0; start < body.length && !response.destroyed; start += bytes) {
    response.write(body.subarray(start, start + bytes));
    await sleep(ms, undefined, { ref: false });
  }
  response.end();
}

function end(response, status, headers, text, cors = true) {
  response.writeHead(status, { ...(cors && CORS), ...headers }).end(text);
}

/** @returns {Promise<string>} */
async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

function parse(body) {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
