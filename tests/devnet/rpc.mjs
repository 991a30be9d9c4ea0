/**
 * A JSON-RPC client over HTTP, and nothing more.
 *
 * It uses node:http because a request through it takes a quarter of the time of one through fetch, and the scenario
 * makes more than a thousand.
 */
import { Agent, request } from 'node:http';

/** An answer that is a JSON-RPC error. */
export class RpcError extends Error {
  /**
   * @param {string} method
   * @param {{ code: number, message: string, data?: unknown }} error
   */
  constructor(method, { code, message, data }) {
    super(`${method}: ${message}`);
    this.name = 'RpcError';
    this.code = code;
    this.data = data;
  }
}

/**
 * @param {string} url
 * @returns {(method: string, params?: unknown[]) => Promise<any>}
 */
export function rpcClient(url) {
  const send = rpcTransport(url);
  let id = 0;
  return async (method, params = []) => {
    id += 1;
    const { error, result } = await send({ jsonrpc: '2.0', id, method, params });
    if (error) throw new RpcError(method, error);
    return result;
  };
}

/**
 * @typedef {{ jsonrpc: '2.0', id: any, method: string, params?: any[] }} RpcRequest
 * @typedef {{ jsonrpc: '2.0', id: any, result?: any, error?: { code: number, message: string, data?: any } }} RpcAnswer
 *
 * @param {string} url
 * @returns {(request: RpcRequest) => Promise<RpcAnswer>} errors are answers like others
 */
export function rpcTransport(url) {
  const agent = new Agent({ keepAlive: true });
  return async (asked) => JSON.parse(await post(url, agent, JSON.stringify(asked)));
}

/** @returns {Promise<string>} the body of the answer */
function post(url, agent, body) {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve(Buffer.concat(parts).toString('utf8')));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
