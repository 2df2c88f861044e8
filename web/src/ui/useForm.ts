import { useBlocker } from '@tanstack/react-router';
import { useCallback, useMemo, useRef, useState, type FormEvent } from 'react';
import { ApiError } from '@/api/client';
import { errorText, fieldErrors } from '@/lib/errors';

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** What differs from the stored record: the body of a PATCH. */
export function changes<T extends object>(now: T, before: T): Partial<T> {
  const out: Partial<T> = {};
  for (const key of Object.keys(now) as (keyof T)[]) if (!same(now[key], before[key])) out[key] = now[key];
  return out;
}

/** A record without one of its fields. */
export const without = <T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> =>
  Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)) as Omit<T, K>;

/** Whether a refusal named `place` is about `key` or a part of it. */
export const concerns = (place: string, key: string) =>
  place === key || place.startsWith(`${key}.`) || place.startsWith(`${key}[`);

export interface Form<T> {
  values: T;
  base: T;
  dirty: boolean;
  busy: boolean;
  /** The refusal of each field, gone when the field changes. */
  wrong: Record<string, string>;
  /** A refusal that belongs to no field on the screen. */
  general: string;
  error: unknown;
  set: <K extends keyof T>(key: K, value: T[K]) => void;
  patch: (part: Partial<T>) => void;
  discard: () => void;
  submit: (event?: FormEvent) => void;
}

/** State of an admin form: values, what is unsaved, and the server's refusals by field. */
export function useForm<T extends object>(
  initial: T,
  save: (values: T, before: T) => Promise<unknown>,
): Form<T> {
  const [base, setBase] = useState(initial);
  const [values, setValues] = useState(initial);
  const [error, setError] = useState<unknown>(null);
  const [mended, setMended] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const running = useRef(false);

  const wrong = useMemo(() => {
    const all = Object.entries(fieldErrors(error));
    return Object.fromEntries(all.filter(([place]) => !mended.some((key) => concerns(place, key))));
  }, [error, mended]);

  const patch = useCallback((part: Partial<T>) => {
    setValues((held) => ({ ...held, ...part }));
    setMended((held) => [...held, ...Object.keys(part)]);
  }, []);

  async function run(event?: FormEvent) {
    event?.preventDefault();
    event?.stopPropagation();
    if (running.current) return;
    const form = event?.currentTarget;
    running.current = true;
    setBusy(true);
    setError(null);
    setMended([]);
    try {
      await save(values, base);
      setBase(values);
    } catch (refusal) {
      setError(refusal);
      setTimeout(() => form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(), 60);
    } finally {
      running.current = false;
      setBusy(false);
    }
  }

  const named = error instanceof ApiError && Object.keys(fieldErrors(error)).length > 0;
  return {
    values,
    base,
    dirty: !same(values, base),
    busy,
    wrong,
    general: error && !named ? errorText(error) : '',
    error,
    set: (key, value) => patch({ [key]: value } as unknown as Partial<T>),
    patch,
    discard: () => {
      setValues(base);
      setError(null);
    },
    submit: (event) => void run(event),
  };
}

/** Keeps unsaved changes when the person goes to another page or closes the tab. */
export function useGuard(dirty: boolean) {
  return useBlocker({ shouldBlockFn: () => dirty, enableBeforeUnload: () => dirty, withResolver: true });
}
