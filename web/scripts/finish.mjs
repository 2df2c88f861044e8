// After the build: the service worker learns the names of the hashed files,
// every text file gets its compressed twins, and the first load is weighed.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url);
const limit = 350 * 1024;

const files = readdirSync(dist, { recursive: true })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => statSync(new URL(name, dist)).isFile());

const index = readFileSync(new URL('index.html', dist), 'utf8');
const hashed = files.filter((name) => /^assets\/.*\.(js|css|woff2)$/.test(name)).sort();
const version = createHash('sha256').update(index).update(hashed.join()).digest('hex').slice(0, 12);
const worker = new URL('sw.js', dist);
const fill = (text, place, value) => {
  if (!place.test(text)) throw new Error(`sw.js has no ${place}: it would never install`);
  return text.replace(place, value);
};
const names = JSON.stringify(hashed.map((name) => `/${name}`));
writeFileSync(
  worker,
  fill(fill(readFileSync(worker, 'utf8'), /__VERSION__/, version), /(['"])__FILES__\1/, names),
);

for (const name of files) {
  if (!/\.(js|css|html|json|svg|webmanifest)$/.test(name) || name === 'index.html') continue;
  const data = readFileSync(new URL(name, dist));
  if (data.length < 1024) continue;
  writeFileSync(new URL(`${name}.gz`, dist), gzipSync(data, { level: 9 }));
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  writeFileSync(new URL(`${name}.br`, dist), brotliCompressSync(data, brotli));
}

const first = [...index.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)].map((found) => found[1].slice(1));
let sum = 0;
for (const name of first) {
  const file = files.includes(name) ? new URL(`${name}.br`, dist) : undefined;
  sum +=
    file && statSync(file, { throwIfNoEntry: false })
      ? statSync(file).size
      : statSync(new URL(name, dist)).size;
}
console.log(`first load: ${(sum / 1024).toFixed(1)} kB compressed in ${first.length} files`);
if (sum > limit) {
  console.error(`more than the ${limit / 1024} kB allowed`);
  process.exit(1);
}
