import type { SimFault } from '@/lib/types';

export type FaultKind = SimFault['kind'];

/** What can be set on a fault, beside on and off. */
export const settable: Partial<Record<FaultKind, { code?: readonly number[]; delay?: readonly number[] }>> = {
  refuse: { code: [131000, 131047, 131026, 131049, 131056, 100] },
  fail: { code: [131026, 131047, 131049, 131050, 130472] },
  delay: { delay: [2000, 5000, 15_000, 60_000] },
  reorder: { delay: [1000, 5000, 15_000] },
  slow_webhooks: { delay: [5000, 15_000, 60_000] },
};

export const common: FaultKind[] = ['refuse', 'fail', 'delay', 'drop', 'duplicate', 'reorder'];
export const others: FaultKind[] = [
  'drop_before',
  'rate_limit',
  'server_error',
  'server_bare',
  'expired_token',
  'window_closed',
  'window_sync',
  'slow_webhooks',
  'stop_webhooks',
];

/** Switches one fault on or off and leaves the others as they are. */
export function toggled(on: SimFault[], kind: FaultKind, part: Partial<SimFault> | null): SimFault[] {
  const rest = on.filter((fault) => fault.kind !== kind);
  if (part === null) return rest;
  const held = on.find((fault) => fault.kind === kind);
  const first = settable[kind];
  return [
    ...rest,
    {
      kind,
      ...(first?.code ? { code: held?.code ?? first.code[0] } : {}),
      ...(first?.delay ? { delay_ms: held?.delay_ms ?? first.delay[0] } : {}),
      ...part,
    },
  ];
}
