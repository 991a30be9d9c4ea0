/**
 * Says what is being done and how long it took, on stderr.
 */

/**
 * @param {boolean} quiet
 * @returns {<T>(title: string, work: () => Promise<T>) => Promise<T>}
 */
export function reporter(quiet) {
  return async (title, work) => {
    const begun = performance.now();
    const result = await work();
    if (!quiet) console.error(`${milliseconds(performance.now() - begun)}  ${title}`);
    return result;
  };
}

/** @param {number} duration */
export function milliseconds(duration) {
  return `${String(Math.round(duration)).padStart(6)} ms`;
}
