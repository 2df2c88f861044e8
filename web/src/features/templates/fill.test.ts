import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TemplateValue } from '@/lib/types';
import { fill } from './fill';
import { placeholders, type Shape } from './placeholders';

// The same vectors run in Go (internal/desk): preview and sent text are one.
interface Vector {
  template: Shape;
  placeholders?: Record<string, unknown>[];
  values: TemplateValue[];
  rendered?: {
    header: string;
    header_kind: string;
    body: string;
    footer: string;
    buttons: Record<string, unknown>[];
  };
  error?: { code: string; fields: { location: string; code: string }[] };
}

const folder = new URL('../../../../testdata/templates/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const bare = (value: object) =>
  Object.fromEntries(
    Object.entries(value).filter(([k, v]) => v !== undefined && v !== '' && !(k === 'button' && v === 0)),
  );

describe.each(files)('%s', (name) => {
  const vector = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Vector;

  it('fills as the server does', () => {
    const out = fill(vector.template, vector.values);
    if (vector.rendered) {
      expect(out.faults).toEqual([]);
      const { header, header_kind, text, footer, buttons } = out.send ?? ({} as never);
      expect({ header, header_kind, body: text, footer, buttons: buttons?.map(bare) }).toEqual({
        ...vector.rendered,
        buttons: vector.rendered.buttons.map(bare),
      });
    } else if (vector.error?.code === 'unsupported_content') {
      expect(out).toMatchObject({ unsupported: true });
    } else {
      const found = out.faults.map(
        (f) => `${f.value === undefined ? 'values' : `values[${f.value}]`} ${f.code}`,
      );
      expect(found.sort()).toEqual(vector.error?.fields.map((f) => `${f.location} ${f.code}`).sort());
    }
  });

  if (vector.placeholders)
    it('asks for the same placeholders', () => {
      expect(placeholders(vector.template).map(bare)).toEqual(vector.placeholders?.map(bare));
    });
});
