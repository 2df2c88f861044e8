import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Figure {
  name: string;
  unit: string;
  value: number;
  /** Every round's. */
  rounds: number[];
  /** The same of an empty page, in the same run. */
  baseline: number | null;
  target: number | null;
  hit: boolean | null;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

const round = (value: number) => Number(value.toPrecision(4));

/** Gathers the rounds' values under stable names. */
export class Report {
  private readonly values = new Map<string, { unit: string; target: number | null; rounds: number[] }>();
  private readonly baselines = new Map<string, number[]>();

  add(name: string, unit: string, value: number, target: number | null = null): void {
    const held = this.values.get(name) ?? { unit, target, rounds: [] };
    held.rounds.push(value);
    this.values.set(name, held);
  }

  baseline(name: string, value: number): void {
    this.baselines.set(name, [...(this.baselines.get(name) ?? []), value]);
  }

  figures(): Figure[] {
    return [...this.values].map(([name, { unit, target, rounds }]) => {
      const value = round(median(rounds));
      const empty = this.baselines.get(name);
      return {
        name,
        unit,
        value,
        rounds: rounds.map(round),
        baseline: empty ? round(median(empty)) : null,
        target,
        hit: target === null ? null : value <= target,
      };
    });
  }

  print(): string {
    const rows = [
      ['figure', 'median', 'unit', 'empty page', 'target', '', 'rounds'],
      ...this.figures().map((f) => [
        f.name,
        String(f.value),
        f.unit,
        f.baseline === null ? '' : String(f.baseline),
        f.target === null ? '' : `≤ ${f.target}`,
        f.hit === null ? '' : f.hit ? 'hit' : 'MISS',
        f.rounds.join(' '),
      ]),
    ];
    const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
    return rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')).join('\n');
  }

  save(path: string): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(this.figures(), null, 2)}\n`);
  }
}
