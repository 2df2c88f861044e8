import { useEffect, useMemo, useState } from 'react';
import { api, ok } from '@/api/client';
import type { Template } from '@/lib/types';
import { fill } from './fill';
import { placeholders } from './placeholders';
import { fromValues, keyOf, toValues, type Given, type GivenValues } from './values';

interface Context {
  contact_id?: string;
  ticket_id?: string;
  connection_id?: string;
  queue_id?: string;
}

/** The parameters of a template: entered, pre-filled by the server, checked. */
export function useParams(template: Template | undefined, context: Context) {
  const [given, setGiven] = useState<Record<string, GivenValues>>({});
  const [own, setOwn] = useState<Record<string, Set<string>>>({});
  const id = template?.id ?? '';
  const list = useMemo(() => (template ? placeholders(template) : []), [template]);
  const values = useMemo(() => toValues(list, given[id] ?? {}), [list, given, id]);
  const result = useMemo(() => (template ? fill(template, values) : undefined), [template, values]);
  const known = JSON.stringify(context);

  useEffect(() => {
    if (!id || !list.some((p) => p.kind === 'text' && p.name && !/^\d+$/.test(p.name))) return;
    let live = true;
    const body = { ...(JSON.parse(known) as Context), values: [] };
    ok(api.POST('/api/v1/templates/{id}/preview', { params: { path: { id } }, body })).then(
      (answer) => {
        if (!live) return;
        const filled = fromValues(answer.values);
        setGiven((held) => ({ ...held, [id]: { ...filled, ...held[id] } }));
        setOwn((held) => ({ ...held, [id]: new Set(Object.keys(filled)) }));
      },
      () => undefined, // nothing pre-filled then
    );
    return () => {
      live = false;
    };
  }, [id, list, known]);

  const required = list.filter((p) => p.required);
  const missing = required.filter((p) => result?.faults.some((f) => keyOf(f.placeholder) === keyOf(p)));
  return {
    list: required,
    given: given[id] ?? {},
    fromContact: own[id] ?? new Set<string>(),
    set: (key: string, value: Given) =>
      setGiven((held) => ({ ...held, [id]: { ...held[id], [key]: value } })),
    values,
    result,
    complete: Boolean(result?.send),
    filled: required.length - missing.length,
  };
}

export type Params = ReturnType<typeof useParams>;
