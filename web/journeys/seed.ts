import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from './program';

/** One demo company, made once; the workers copy it. */
export default async function seed(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'prosa-seed-'));
  const program = await start(folder);
  // Ready means served; the demo's own sends may still be on their way.
  for (let last = '', same = 0, i = 0; same < 4 && i < 120; i++) {
    const metrics = await fetch(`${program.url}/metrics`).then((r) => r.text());
    const now = metrics
      .split('\n')
      .filter((line) => /^prosa_(message|outbox|inbound|job)/.test(line))
      .join();
    same = now === last ? same + 1 : 0;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  await program.stop();
  process.env.PROSA_SEED = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
