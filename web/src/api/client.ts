import createClient from 'openapi-fetch';
import type { ErrorCode, ProblemField } from '@/lib/types';
import type { paths } from './schema';

export const api = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' });

/** A refusal of the server, or `network` when it could not be asked. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: ErrorCode | 'network',
    readonly fields: ProblemField[] = [],
    readonly params: Record<string, unknown> = {},
    readonly reportId?: string,
  ) {
    super(code);
  }

  /** True when the same request may succeed later without a change. */
  get temporary(): boolean {
    return this.code === 'network' || this.status >= 500 || this.status === 429;
  }
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

const signedOut = new EventTarget();

/** Runs when any answer says that the session is over. */
export function onSignedOut(listener: () => void): () => void {
  signedOut.addEventListener('out', listener);
  return () => signedOut.removeEventListener('out', listener);
}

interface ProblemBody {
  code?: ErrorCode;
  errors?: ProblemField[];
  params?: Record<string, unknown>;
  report_id?: string;
}

export function problem(status: number, body: unknown): ApiError {
  const p = (typeof body === 'object' && body !== null ? body : {}) as ProblemBody;
  const fallback: ErrorCode = status >= 500 ? 'unavailable' : 'invalid';
  return new ApiError(status, p.code ?? fallback, p.errors ?? [], p.params ?? {}, p.report_id);
}

/** Unwraps an answer of the client; refusals become an ApiError. */
export async function ok<T>(asked: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await asked;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiError(0, 'network');
  }
  if (answer.response.ok) return answer.data as T;
  const error = problem(answer.response.status, answer.error);
  if (error.code === 'unauthorized') signedOut.dispatchEvent(new Event('out'));
  throw error;
}

export const uuid = (): string =>
  typeof crypto.randomUUID === 'function'
    ? crypto.randomUUID()
    : // Only secure contexts have randomUUID; a desk on plain http in a LAN has not.
      [...crypto.getRandomValues(new Uint8Array(16))]
        .map((byte, i) => {
          const value = i === 6 ? (byte & 0x0f) | 0x40 : i === 8 ? (byte & 0x3f) | 0x80 : byte;
          return ([4, 6, 8, 10].includes(i) ? '-' : '') + value.toString(16).padStart(2, '0');
        })
        .join('');
