/**
 * What the browser can say of a page: memory after a collection of garbage, listeners, timers, long tasks.
 */

/** Before the page's own scripts: keeps hold of WebAssembly's memory, of pending timers and of tasks over 50 ms. */
export function watchPage() {
  const seen = { memories: new Set(), timers: new Set(), longTasks: [] };
  globalThis.rotaBench = seen;
  new PerformanceObserver((list) => seen.longTasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: 'longtask', buffered: true });
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const honest = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
      const made = await honest.apply(WebAssembly, given);
      const { exports } = made.instance ?? made;
      for (const one of Object.values(exports)) if (one instanceof WebAssembly.Memory) seen.memories.add(one);
      return made;
    };
  }
  for (const [set, clear] of [['setTimeout', 'clearTimeout'], ['setInterval', 'clearInterval']]) {
    const [start, end] = [globalThis[set], globalThis[clear]];
    globalThis[set] = (act, ...rest) => {
      const id = start((...given) => {
        if (set === 'setTimeout') seen.timers.delete(id);
        return act(...given);
      }, ...rest);
      seen.timers.add(id);
      return id;
    };
    globalThis[clear] = (id) => { seen.timers.delete(id); end(id); };
  }
}

/** @param {import('@playwright/test').Page} page */
export async function memoryOf(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  // what a finaliser lets go is collected by the second
  for (let i = 0; i < 2; i += 1) await devtools.send('HeapProfiler.collectGarbage');
  const { metrics } = await devtools.send('Performance.getMetrics');
  const { JSHeapUsedSize: heap, JSEventListeners: listeners } = Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  await devtools.detach();
  const own = await page.evaluate(() => ({
    wasm: [...rotaBench.memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
    timers: rotaBench.timers.size,
    longTasks: rotaBench.longTasks.length,
    longest: Math.round(Math.max(0, ...rotaBench.longTasks)),
  }));
  return { heap, listeners, ...own };
}
