// Measures the JavaScript that every visit fetches before a page can be shown, compressed, and fails
// over the limit. The page itself comes on top.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT_KB = 120;
const DIST = new URL('../dist/', import.meta.url);
// What index.html asks for with all it imports, and the larger of the two languages.
const OPENED = ['index.html', 'src/i18n/ko.ts'];

const manifest = JSON.parse(readFileSync(new URL('files.json', DIST), 'utf8'));

function fetched(name, seen = new Set()) {
  const chunk = manifest[name];
  if (chunk === undefined) throw new Error(`${name} is no part of the build`);
  if (seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const other of chunk.imports ?? []) fetched(other, seen);
  return seen;
}

const size = (file) => gzipSync(readFileSync(new URL(file, DIST)), { level: 9 }).length;
const kb = (bytes) => `${(bytes / 1000).toFixed(1).padStart(6)} kB`;

const initial = new Set(OPENED.flatMap((name) => [...fetched(name)]));
let total = size('theme.js');
for (const file of [...initial].sort()) {
  total += size(file);
  console.log(`${kb(size(file))}  ${file}`);
}
console.log(`${kb(total)}  initial JavaScript, compressed; the limit is ${LIMIT_KB}`);
const front = [...fetched('src/features/home/Home.tsx')].filter((file) => !initial.has(file));
console.log(`${kb(front.reduce((sum, file) => sum + size(file), 0))}  more for the front page`);
if (total > LIMIT_KB * 1000) {
  console.error('✗ The initial JavaScript is over its limit.');
  process.exit(1);
}
