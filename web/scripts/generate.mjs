// Writes what is made from other files: the types of the HTTP contract and the
// emoji data that the picker reads. Neither is committed.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import openapi, { astToString } from 'openapi-typescript';

const at = (path) => new URL(`../${path}`, import.meta.url);

mkdirSync(at('src/api'), { recursive: true });
const types = astToString(await openapi(at('../api/openapi.json')));
const out = at('src/api/schema.d.ts');
let old = '';
try {
  old = readFileSync(out, 'utf8');
} catch {
  // first run
}
if (old !== types) writeFileSync(out, types);

for (const language of ['pt', 'en', 'es']) {
  mkdirSync(at(`public/emoji/${language}`), { recursive: true });
  for (const file of ['data.json', 'messages.json'])
    cpSync(at(`node_modules/emojibase-data/${language}/${file}`), at(`public/emoji/${language}/${file}`));
}
