/** Colours offered for queues and tags: apart from each other, readable in both themes. */
export const palette = [
  '#2F6FD0',
  '#0C8A6C',
  '#C27A10',
  '#7A5BB5',
  '#C2475F',
  '#1D86A8',
  '#5E7F1E',
  '#B4562B',
  '#8A4A8F',
  '#5A6665',
] as const;

/** The first colour nobody has yet. */
export function freeColor(used: string[]): string {
  const taken = new Set(used.map((color) => color.toUpperCase()));
  return palette.find((color) => !taken.has(color)) ?? palette[used.length % palette.length] ?? palette[0];
}
