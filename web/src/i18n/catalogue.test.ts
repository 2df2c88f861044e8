import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import en from './en';
import es from './es';
import ptBR from './pt-BR';

type Tree = { [key: string]: string | Tree };
const flat = (tree: Tree, prefix = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`),
  );

const source = new Map(flat(ptBR));
const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((found) => found[1]).sort();

describe.each([
  ['en', en],
  ['es', es],
])('%s', (_name, tree) => {
  const other = new Map(flat(tree as Tree));
  it('has the keys of pt-BR, no more and no fewer', () => {
    expect([...other.keys()].sort()).toEqual([...source.keys()].sort());
  });
  it('fills the same values in', () => {
    const differ = [...source].filter(
      ([key, text]) => holes(text).join() !== holes(other.get(key) ?? '').join(),
    );
    expect(differ.map(([key]) => key)).toEqual([]);
  });
  it('leaves no text empty', () => {
    expect(
      [...other].filter(([key, text]) => !text.trim() && source.get(key)?.trim()).map(([key]) => key),
    ).toEqual([]);
  });
});

it('gives both forms of every plural', () => {
  const keys = [...source.keys()];
  const lonely = keys.filter(
    (key) =>
      /_(one|other)$/.test(key) &&
      !source.has(key.endsWith('_one') ? key.replace(/_one$/, '_other') : key.replace(/_other$/, '_one')),
  );
  expect(lonely).toEqual([]);
});

const contract = JSON.parse(readFileSync(new URL('../../../api/openapi.json', import.meta.url), 'utf8')) as {
  components: { schemas: Record<string, { enum?: string[] }> };
};

describe('every code of the contract has its words', () => {
  it.each([
    ['ErrorCode', 'error'],
    ['EventType', 'event'],
    ['MessageStatus', 'status'],
    ['MessageType', 'kind'],
    ['ChannelKind', 'channel'],
    ['Author', 'author'],
    ['ActorKind', 'actor'],
    ['TicketOrigin', 'origin'],
    ['TicketStatus', 'ticket.status'],
  ])('%s', (schema, prefix) => {
    const codes = contract.components.schemas[schema]?.enum ?? [];
    expect(codes.length).toBeGreaterThan(0);
    expect(codes.filter((code) => !source.has(`${prefix}.${code}`))).toEqual([]);
  });
});

it('has no key that nothing uses', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const files: string[] = [];
  const walk = (folder: string) => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) walk(path);
      else if (/\.tsx?$/.test(name) && !/\.test\.|schema\.d\.ts|i18n\/(pt-BR|en|es)/.test(path))
        files.push(path);
    }
  };
  walk(root);
  const code = files.map((file) => readFileSync(file, 'utf8')).join('\n');
  const patterns = [...code.matchAll(/`([\w-]+\.[^`]*\$\{[^`]*)`/g)].map(
    (found) =>
      new RegExp(
        `^${(found[1] ?? '').replace(/[.*+?^()|[\]\\]/g, '\\$&').replace(/\$\{(?:[^{}]|\{[^}]*\})*\}/g, '[\\w.-]+')}$`,
      ),
  );
  const unused = [...source.keys()]
    .map((key) => key.replace(/_(one|other)$/, ''))
    .filter((key) => !code.includes(`'${key}'`) && !patterns.some((pattern) => pattern.test(key)));
  expect([...new Set(unused)]).toEqual([]);
});
