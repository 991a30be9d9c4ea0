/**
 * Counts what clients ask of the endpoint: for benchmarks, and for tests of how much they ask.
 */
const nothing = () => ({ requests: 0, requestBytes: 0, responseBytes: 0 });

export class Meter {
  /** When each exchange began, in Unix milliseconds, and whether it asked for events. */
  #begun = [];
  #exchanges = nothing();
  #methods = new Map();
  #open = 0;
  #mostOpen = 0;

  reset() {
    this.#begun = [];
    this.#exchanges = nothing();
    this.#methods = new Map();
    this.#mostOpen = this.#open;
  }

  /** An HTTP request has come. @returns {() => void} to be called when it is over */
  begin() {
    this.#open += 1;
    this.#mostOpen = Math.max(this.#mostOpen, this.#open);
    return () => { this.#open -= 1; };
  }

  /** @param {string} asked the body @param {{ method: string }[]} requests what is in it */
  request(asked, requests) {
    this.#begun.push({ at: Date.now(), events: requests.some(({ method }) => method === 'eth_getLogs') });
    this.#exchanges.requests += 1;
    this.#exchanges.requestBytes += Buffer.byteLength(asked);
    for (const request of requests) {
      const count = this.#method(request.method);
      count.requests += 1;
      count.requestBytes += requests.length === 1 ? Buffer.byteLength(asked) : Buffer.byteLength(JSON.stringify(request));
    }
  }

  /**
   * @param {string} answered the body
   * @param {{ method: string }[]} requests
   * @param {string[]} [texts] the answers in their order
   */
  response(answered, requests, texts) {
    this.#exchanges.responseBytes += Buffer.byteLength(answered);
    texts?.forEach((text, i) => { this.#method(requests[i].method).responseBytes += Buffer.byteLength(text); });
  }

  /** `exchanges` are HTTP requests, which may hold several requests each as a batch. */
  get counts() {
    return {
      exchanges: { ...this.#exchanges, mostAtOnce: this.#mostOpen },
      begun: this.#begun,
      methods: Object.fromEntries([...this.#methods].map(([method, count]) => [method, { ...count }])),
    };
  }

  #method(name) {
    if (!this.#methods.has(name)) this.#methods.set(name, nothing());
    return this.#methods.get(name);
  }
}
