// The Web Worker that checks keys. The page fetches the wasm itself, so that its checksum is enforced, and sends its bytes
// here first; once told that they are `ready`, it sends keys and gets findings (keycheck/src/lib.rs).
import init from './rota-keycheck.js';

onmessage = async ({ data }) => {
  try {
    await init({ module_or_path: data });
    postMessage('ready');
  } catch (error) {
    postMessage(`${error}`.slice(0, 200));
  }
};
