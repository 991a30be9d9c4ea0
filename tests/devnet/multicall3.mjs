/**
 * Multicall3 at the address that it has on every chain.
 *
 * It is there because its author signed one transaction that is valid everywhere, and published it: `.tx` holds it.
 */
import { readFile } from 'node:fs/promises';
import { getAddress } from 'viem/utils';
import { MULTICALL3 } from './addresses.mjs';

const AUTHOR = '0x05f32B3cC3888453ff71B01135B34FF8e41263F2';

/** @param {import('./chain.mjs').Chain} chain */
export async function deployMulticall3(chain) {
  const signed = await readFile(new URL('./multicall3-deploy.tx', import.meta.url), 'utf8');
  await chain.setEther(AUTHOR);
  const receipt = await chain.receipt(await chain.rpc('eth_sendRawTransaction', [signed.trim()]));
  if (getAddress(receipt.contractAddress) !== MULTICALL3) throw new Error('Multicall3 is not where it should be');
}
