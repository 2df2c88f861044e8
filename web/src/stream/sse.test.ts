import { expect, it } from 'vitest';
import { sseParser } from './sse';

it('puts events together from any cut of the bytes', () => {
  const text = ':hi\n\nevent: a\ndata: {"x":1}\n\ndata: one\r\ndata: two\r\n\r\n:\n\ndata:3\n\n';
  for (let size = 1; size < text.length; size++) {
    const seen: string[] = [];
    const feed = sseParser((data) => seen.push(data));
    for (let i = 0; i < text.length; i += size) feed(text.slice(i, i + size));
    expect(seen).toEqual(['{"x":1}', 'one\ntwo', '3']);
  }
});
