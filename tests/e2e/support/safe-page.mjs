/**
 * A page that shows the app in a frame and speaks the Safe Apps protocol as Safe's own does, written from the types that
 * `@safe-global/safe-apps-sdk` publishes: `{ id, method, params, env: { sdkVersion } }` is answered by
 * `{ id, success: true, version, data }` or `{ id, success: false, version, error }`.
 *
 * What it answers is made in the test's process, and is what the test says.
 */
import { createServer } from 'node:http';
import { listen } from '../../devnet/ports.mjs';

/** What Safe's page answers when the proposal is closed. */
export const REJECTED = 'Transaction was rejected';

export class SafePage {
  /** @param {{ safe: string, chainId?: number }} options */
  constructor({ safe, chainId = 31337 }) {
    Object.assign(this, { safe, chainId });
    /** Every question, as it came. */
    this.asked = [];
    /** `safeTxHash` to the transaction that carried it out. */
    this.executions = new Map();
    /** By method, what is answered instead: a function of the params that gives `data`, throws, or never comes back. */
    this.instead = {};
    /** Messages that are posted besides each answer: a function of the question. */
    this.noise = () => [];
    this.sandbox = '';
  }

  get proposed() {
    return this.asked.filter(({ method }) => method === 'sendTransactions').map(({ params }) => params.txs);
  }

  static number(n) {
    return `0x${n.toString(16).padStart(64, '7')}`;
  }

  async answer(question) {
    this.asked.push(question);
    const { id, method, params, env } = question;
    const version = env.sdkVersion;
    let reply;
    try {
      const answer = this.instead[method] ?? this.usual[method];
      if (!answer) throw new Error(`${method} is not supported`);
      reply = { id, success: true, version, data: await answer(params) };
    } catch (error) {
      reply = { id, success: false, version, error: error.message };
    }
    return [...this.noise(question), reply];
  }

  usual = {
    getSafeInfo: () => ({ safeAddress: this.safe, chainId: this.chainId, threshold: 2, owners: [], isReadOnly: false }),
    sendTransactions: () => ({ safeTxHash: SafePage.number(this.proposed.length) }),
    getTxBySafeTxHash: ({ safeTxHash }) => {
      const txHash = this.executions.get(safeTxHash);
      return { txId: `multisig_${safeTxHash}`, txStatus: txHash ? 'SUCCESS' : 'AWAITING_CONFIRMATIONS', txHash };
    },
  };

  /** Opens the app in the frame. @returns the frame */
  async open(page, url) {
    const html = `<!doctype html><title>Safe</title><iframe style="width:1200px;height:850px" src="${url}"></iframe><script type="module">
      const frame = document.querySelector('iframe');
      addEventListener('message', async ({ source, data }) => {
        if (source !== frame.contentWindow || !data?.method) return;
        // plain data is all that reaches this page from the test, so what is no JSON is made here
        frame.contentWindow.postMessage(undefined, '*');
        for (const message of await window.rotaSafePage(data)) frame.contentWindow.postMessage(message, '*');
        // messages of one page arrive in their order: behind this one everything before it was heard
        frame.contentWindow.postMessage({ saidAllOf: data.method }, '*');
      });
    </script>`;
    this.server = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(html));
    this.url = `http://127.0.0.1:${await listen(this.server, 0)}/`;
    await page.addInitScript(() => addEventListener('message', ({ data }) => {
      if (data?.saidAllOf) (window.rotaHeard ??= []).push(data.saidAllOf);
    }));
    await page.exposeBinding('rotaSafePage', (_, question) => this.answer(question));
    return async () => {
      await page.goto(this.url);
      return page.frameLocator('iframe');
    };
  }

  async stop() {
    this.server?.closeAllConnections();
    await new Promise((done) => (this.server ? this.server.close(done) : done()));
  }
}

/**
 * The app's files from another host, which lets `ancestors` frame them. Not an answer that the test puts in their place:
 * the browser would take such a page for one of the internet, and forbid it to ask this machine's chain.
 */
export async function hostThatAllows(site, ancestors) {
  const server = createServer(async ({ url }, response) => {
    const answer = await fetch(new URL(url.slice(1), site));
    const headers = { 'content-type': answer.headers.get('content-type'), 'content-security-policy': `frame-ancestors ${ancestors}` };
    response.writeHead(answer.status, headers).end(Buffer.from(await answer.arrayBuffer()));
  });
  const url = `http://127.0.0.1:${await listen(server, 0)}/`;
  const stop = () => new Promise((done) => {
    server.close(done);
    server.closeAllConnections();
  });
  return { url, stop };
}

/**
 * Runtime code of an account that carries out `topic, number, to, data` as a Safe does: it calls, and tells of it in an
 * event with that topic and number. It stands in for a Safe's signatures and queue, which are not the app's affair.
 */
export const SAFE_CODE = '0x606036038060605f375f5f825f5f6040355af150506020355f525f6020525f3560405fa100';

/** keccak256 of `ExecutionSuccess(bytes32,uint256)`. */
const SUCCESS = '0x442e715f626346e8c54381002da614f62bee8d27386535b2521ec8540898556e';

/** A signer executes what was proposed under a number. */
export async function execute(devnet, safe, number, { to, data }) {
  const word = (hex) => hex.slice(2).toLowerCase().padStart(64, '0');
  const input = `0x${word(SUCCESS)}${word(number)}${word(to)}${data.slice(2)}`;
  return devnet.rpc('eth_sendTransaction', [{ from: devnet.accounts.fresh.address, to: safe, data: input, gas: '0x100000' }]);
}
