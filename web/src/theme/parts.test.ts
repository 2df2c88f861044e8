import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const styles = join(root, '../node_modules/@mantine/core/styles');

it('every part of Mantine in use brings its styles', () => {
  const imported = readFileSync(join(root, 'theme/mantine-parts.css'), 'utf8');
  const used = new Set<string>();
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(name)) continue;
    const text = readFileSync(join(root, name), 'utf8');
    for (const found of text.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g))
      for (const part of found[1]?.split(',') ?? []) used.add(part.trim());
  }
  expect(used.size).toBeGreaterThan(10);
  const missing = [...used].filter(
    (part) =>
      existsSync(join(styles, `${part}.layer.css`)) && !imported.includes(`/styles/${part}.layer.css`),
  );
  expect(missing).toEqual([]);
});
