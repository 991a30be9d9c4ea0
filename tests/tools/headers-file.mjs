/**
 * The `_headers` file of Netlify and Cloudflare Pages: paths at the start of a line, their headers indented below.
 *
 * A `*` in a path stands for anything; all rules that match count, and the same header twice is joined with a comma.
 */

/**
 * @param {string} text
 * @returns {(path: string) => Record<string, string>} the headers for a path, which begins with a slash
 */
export function headerRules(text) {
  const rules = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '' || line.trim().startsWith('#')) continue;
    if (/^\S/.test(line)) rules.push({ pattern: pathPattern(line.trim()), headers: [] });
    else rules.at(-1)?.headers.push(header(line));
  }
  return (path) => {
    const found = {};
    for (const [name, value] of rules.filter(({ pattern }) => pattern.test(path)).flatMap(({ headers }) => headers)) {
      found[name] = name in found ? `${found[name]}, ${value}` : value;
    }
    return found;
  };
}

function pathPattern(path) {
  const escaped = path.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`);
}

function header(line) {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
}
