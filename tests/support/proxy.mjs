// A public endpoint for one test: prints its address, and ends with its standard input.
import { startProxy } from '../devnet/proxy.mjs';

const { target, limits } = JSON.parse(process.argv[2]);
process.stdin.resume().once('end', () => process.exit());
const proxy = await startProxy({ target, limits });
console.log(proxy.url);
