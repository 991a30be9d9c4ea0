// Starts everything the page needs in parallel: the wasm (with its checksum enforced: browsers ignore `integrity` on
// a preload of kind fetch), its glue, and the data files, whose promises src/platform/boot.rs picks up.
const boot = document.getElementById('boot');
const at = (path) => new URL(path, document.baseURI);

try {
  const theme = JSON.parse(localStorage.getItem('rota.settings.1') ?? '{}').theme;
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // no storage, or not ours: the system's colours
}

// the page's name stands there from the first moment on: what comes later draws the same words over it
const page = /^#\/[^/?]+\/(overview|positions|governance|provide|settings)\b/.exec(location.hash)?.[1];
if (page) document.getElementById('boot-name').textContent = page[0].toUpperCase() + page.slice(1);

const text = async (name) => {
  const response = await fetch(at(name), { credentials: 'same-origin' });
  if (!response.ok) throw `${name}: the server answered ${response.status}`;
  return response.text();
};
const files = {};
for (const name of ['networks.json', 'providers.json']) {
  files[name] = text(name).catch((error) => {
    throw typeof error === 'string' ? error : `${name} could not be loaded`;
  });
  files[name].catch(() => {}); // told by the app, where it matters
}
globalThis.rota = files;

// The first use of a browser's database takes as long as a question to a far endpoint: it begins now.
try {
  indexedDB.databases().catch(() => {});
} catch {
  // forbidden, or a browser that has no such list
}

// The second file of a release comes at the first sign that somebody uses the page, which is well before a page of it is
// asked for, and without one after a while: it compares endpoints with each other and says what is wrong.
files.used = new Promise((done) => {
  const use = () => done('');
  for (const sign of ['pointermove', 'pointerdown', 'keydown', 'wheel', 'scroll']) addEventListener(sign, use, { once: true, passive: true });
  setTimeout(use, 8000);
});

// What the second file draws has its styles beside it: nothing of it is shown before they are there, or have failed.
let styles;
files.styles = () => (styles ??= new Promise((done) => {
  const { later } = boot.dataset;
  if (!later) return done();
  const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: at(later), onload: done, onerror: done });
  document.head.append(link);
}));

try {
  const glue = import(at(boot.dataset.js));
  // Every page but the list of providers needs the release's second file; other builds have none.
  if (/^#\/[^/?]+\/(overview|providers\/\d+|positions(\/\w+)?|governance(\/\d+)?|provide|settings)\/?(\?|$)/.test(location.hash)) {
    glue.then(({ second }) => second?.(), () => {});
  }
  // what the page has already is shown before the app takes its turn; a tab in the background shows nothing
  const shown = new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, 100);
  });
  // as a whole and not as it comes: that is done beside the page, and with a checksum it comes as a whole anyway
  const wasm = fetch(at(boot.dataset.wasm), { integrity: boot.dataset.sri, credentials: 'same-origin' });
  const module = wasm.then((file) => file.arrayBuffer()).then(WebAssembly.compile);
  const [{ default: init }, made] = await Promise.all([glue, module, shown]);
  await init({ module_or_path: made });
} catch (error) {
  document.getElementById('boot-note').textContent =
    'Rota could not be loaded: a file is missing, or it is not the one this page was built with. Load the page again; if that does not help, get it from another host.';
  throw error;
}
