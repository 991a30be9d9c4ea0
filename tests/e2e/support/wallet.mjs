/**
 * A wallet extension for tests: announces itself by EIP-6963, and does what the test tells it.
 *
 * The page talks to an object of its own; the answers are made here, in the test's process, so that no request leaves
 * the page because of the wallet, and everything it was asked stands in `asked`.
 */

/** An error as wallets throw them (EIP-1193). */
const refusal = (code, message) => ({ error: { code, message } });

export class TestWallet {
  /**
   * @param {{ rpc: (method: string, params?: any[]) => Promise<any>, account: string, chainId?: number, name?: string }} options
   */
  constructor({ rpc, account, chainId = 31337, name = 'Test Wallet' }) {
    Object.assign(this, { rpc, account, chainId, name });
    this.asked = [];
    /** What happens to the next requests to sign: 'sign', 'reject', 'silent' (connecting is never answered), or a function that gives a promise. */
    this.mood = 'sign';
    this.permitted = false;
    this.pages = new Set();
  }

  /** Signing requests so far. */
  get signings() {
    return this.asked.filter(({ method }) => method === 'eth_sendTransaction');
  }

  /** @param {import('@playwright/test').BrowserContext} context */
  async install(context) {
    await context.exposeBinding('rotaTestWallet', ({ page }, method, params) => {
      this.pages.add(page);
      return this.answer(method, params).catch((error) => refusal(error.code ?? -32603, error.message));
    });
    await context.addInitScript(inPage, { name: this.name });
  }

  async answer(method, params) {
    this.asked.push({ method, params });
    switch (method) {
      case 'eth_chainId': return { result: `0x${this.chainId.toString(16)}` };
      case 'eth_accounts': return { result: this.permitted && this.account ? [this.account] : [] };
      case 'eth_requestAccounts':
        if (this.mood === 'reject') return refusal(4001, 'User rejected the request.');
        if (this.mood === 'silent') return new Promise(() => {});
        this.permitted = true;
        return { result: [this.account] };
      case 'wallet_switchEthereumChain':
        if (this.mood === 'reject') return refusal(4001, 'User rejected the request.');
        await this.setChain(Number(params[0].chainId));
        return { result: null };
      case 'eth_sendTransaction': return this.sign(params[0]);
      default: return refusal(4200, `${method} is not supported`);
    }
  }

  async sign(transaction) {
    if (this.mood === 'reject') return refusal(4001, 'User rejected the request.');
    if (typeof this.mood === 'function') return this.mood(transaction);
    return { result: await this.rpc('eth_sendTransaction', [transaction]) };
  }

  /** The person chooses another account in the wallet. */
  async setAccount(account) {
    this.account = account;
    await this.tell('accountsChanged', account ? [account] : []);
  }

  /** The person chooses another network in the wallet. */
  async setChain(chainId) {
    this.chainId = chainId;
    await this.tell('chainChanged', `0x${chainId.toString(16)}`);
  }

  async tell(event, value) {
    for (const page of this.pages) {
      if (!page.isClosed()) await page.evaluate(([name, detail]) => window.rotaTestEmit(name, detail), [event, value]);
    }
  }
}

/** Runs in the page, before anything else. */
function inPage({ name }) {
  const listeners = new Map();
  window.rotaTestEmit = (event, value) => (listeners.get(event) ?? []).forEach((listener) => listener(value));
  const provider = {
    async request({ method, params = [] }) {
      const { result, error } = await window.rotaTestWallet(method, params);
      if (error) throw Object.assign(new Error(error.message), error);
      return result;
    },
    on(event, listener) {
      listeners.set(event, [...(listeners.get(event) ?? []), listener]);
    },
    removeListener(event, listener) {
      listeners.set(event, (listeners.get(event) ?? []).filter((other) => other !== listener));
    },
  };
  const icon = 'data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSIxIiBoZWlnaHQ9IjEiLz4=';
  const info = Object.freeze({ uuid: '6f0b1e0a-7a1c-4b7e-9f0e-2f8a4a3f1c55', name, icon, rdns: 'org.rota.test' });
  const announce = () =>
    window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({ info, provider }) }));
  window.addEventListener('eip6963:requestProvider', announce);
  announce();
}
