import { describe, expect, it } from 'vitest';
import { countdown, waitLevel, windowState } from './window';

const now = Date.parse('2026-11-21T12:00:00Z');
const at = (minutes: number) => ({
  windowed: true,
  window_expires_at: new Date(now + minutes * 60_000).toISOString(),
});

describe('window', () => {
  it('tells none, open, short and closed apart', () => {
    expect(windowState({ windowed: false, window_expires_at: null }, now)).toBe('none');
    expect(windowState({ windowed: true, window_expires_at: null }, now)).toBe('closed');
    expect(windowState(at(1439), now)).toBe('open');
    expect(windowState(at(240), now)).toBe('open');
    expect(windowState(at(239), now)).toBe('short');
    expect(windowState(at(0), now)).toBe('closed');
    expect(windowState(at(-1), now)).toBe('closed');
  });

  it('counts down in hours and minutes, never zero while open', () => {
    expect(countdown(24 * 3_600_000 - 1)).toBe('23h 59');
    expect(countdown(3 * 3_600_000 + 12 * 60_000)).toBe('3h 12');
    expect(countdown(60 * 60_000)).toBe('1h 00');
    expect(countdown(59 * 60_000)).toBe('59 min');
    expect(countdown(1)).toBe('1 min');
  });

  it('colours the wait from 5 and from 15 minutes', () => {
    expect(waitLevel(5 * 60_000)).toBe('calm');
    expect(waitLevel(5 * 60_000 + 1)).toBe('warn');
    expect(waitLevel(15 * 60_000)).toBe('warn');
    expect(waitLevel(15 * 60_000 + 1)).toBe('late');
  });
});
