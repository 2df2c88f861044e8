import type { StreamFrame } from '@/lib/types';

/** Frames that came while an answer was awaited; undefined when they were too many to keep. */
export interface Reading {
  frames: StreamFrame[] | undefined;
}

const most = 2000;
const open = new Set<Reading>();

/**
 * Begins to keep frames. An answer and the stream come on ways of their own: a
 * frame may overtake an older answer, which must not undo it.
 */
export function beginReading(): Reading {
  const reading: Reading = { frames: [] };
  open.add(reading);
  return reading;
}

export function endReading(reading: Reading): void {
  open.delete(reading);
}

export function noteFrame(frame: StreamFrame): void {
  for (const reading of open) {
    if (reading.frames && reading.frames.length >= most) reading.frames = undefined;
    reading.frames?.push(frame);
  }
}
