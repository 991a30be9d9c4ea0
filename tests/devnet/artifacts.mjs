/**
 * The published contracts of Aztec: interfaces, and code ready to deploy.
 *
 * The package's index loads every contract there is, so each is imported by its own name.
 */
const PACKAGE = '@aztec/l1-artifacts';

/** Custom errors that the contracts below can pass on. */
const WITH_ERRORS = ['Errors', 'Registry', 'GSE', 'Governance', 'GovernanceProposer', 'Rollup', 'TestERC20'];

/**
 * @param {string} name
 * @returns {Promise<import('viem').Abi>}
 */
export async function aztecAbi(name) {
  return (await import(`${PACKAGE}/${name}Abi`))[`${name}Abi`];
}

/**
 * @param {string} name
 * @param {Record<string, string>} libraries addresses of the libraries it is linked with
 * @returns {Promise<`0x${string}`>}
 */
export async function aztecCode(name, libraries = {}) {
  const module = await import(`${PACKAGE}/${name}Bytecode`);
  return link(module[`${name}Bytecode`], module[`${name}LinkReferences`] ?? {}, libraries);
}

/** @returns {Promise<import('viem').Abi>} */
export async function aztecErrors() {
  const abis = await Promise.all(WITH_ERRORS.map(aztecAbi));
  return abis.flat().filter(({ type }) => type === 'error');
}

/** Puts each library's address over the placeholders that the compiler left; offsets count bytes. */
function link(code, references, libraries) {
  let hex = code.slice(2);
  for (const [library, places] of Object.values(references).flatMap(Object.entries)) {
    const address = libraries[library];
    if (!address) throw new Error(`the code needs an address of ${library}`);
    for (const { start, length } of places) {
      hex = hex.slice(0, start * 2) + address.slice(2) + hex.slice((start + length) * 2);
    }
  }
  return `0x${hex}`;
}
