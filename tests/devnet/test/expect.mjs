/**
 * What several tests expect in the same way.
 */
import assert from 'node:assert/strict';

/**
 * @param {Promise<unknown>} call
 * @param {string} reason the name of the custom error
 * @param {unknown[]} [args] those of the error, if they matter
 */
export async function reverts(call, reason, args) {
  await assert.rejects(call, (error) => {
    assert.equal(error.reason, reason, error.message);
    if (args) assert.deepEqual(error.args, args);
    return true;
  });
}

/** @param {number} seconds @returns {{ timeout: number }} a test that waits longer has hung */
export const within = (seconds) => ({ timeout: seconds * 1000 });
