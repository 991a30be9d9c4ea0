/**
 * Ports of this machine: one that is free, or a plain sentence about one that is not.
 */
import { createServer } from 'node:net';

/**
 * @param {number} wanted 0 for any
 * @returns {Promise<number>} a port on which nobody listened a moment ago
 */
export async function freePort(wanted) {
  const probe = createServer();
  const port = await listen(probe, wanted);
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/**
 * @param {import('node:net').Server} server
 * @param {number} port 0 for any
 * @returns {Promise<number>} the port it now listens on, on the loopback interface only
 */
export function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(error.code === 'EADDRINUSE' ? new Error(inUse(port)) : error);
    });
    server.listen(port, '127.0.0.1', () => resolve(server.address().port));
  });
}

/** @param {number} port */
export function inUse(port) {
  return `Port ${port} of 127.0.0.1 is in use by another program: end that program or choose another port.`;
}
