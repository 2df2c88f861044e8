// The service window of channels that have one (features.md §2.0 W).
export interface Windowed {
  windowed: boolean;
  window_expires_at: string | null;
}

export type WindowState = 'none' | 'open' | 'short' | 'closed';

const SHORT = 4 * 3_600_000;

/** none: the channel has no window; short: less than four hours are left. */
export function windowState(ticket: Windowed, now: number): WindowState {
  if (!ticket.windowed) return 'none';
  const left = windowLeft(ticket, now);
  if (left <= 0) return 'closed';
  return left < SHORT ? 'short' : 'open';
}

export function windowLeft(ticket: Windowed, now: number): number {
  return ticket.window_expires_at ? Date.parse(ticket.window_expires_at) - now : 0;
}

/** 23h 59, 42 min: rounded down, but never "0 min" while it is open. */
export function countdown(ms: number): string {
  const minutes = Math.max(1, Math.floor(ms / 60_000));
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}`;
}

export type WaitLevel = 'calm' | 'warn' | 'late';

/** Colour of a waiting time: from 5 and from 15 minutes. */
export function waitLevel(ms: number): WaitLevel {
  if (ms > 15 * 60_000) return 'late';
  return ms > 5 * 60_000 ? 'warn' : 'calm';
}
