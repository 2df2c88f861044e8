import { queryClient } from '@/api/query';

const KEPT = 30;
let opened: string[] = [];

/** Conversations stay loaded for a quick return, but not all of a long day's. */
export function noteOpened(id: string): void {
  opened = [id, ...opened.filter((one) => one !== id)];
  for (const old of opened.splice(KEPT))
    for (const noun of ['timeline', 'waiting', 'ticket'])
      queryClient.removeQueries({ queryKey: [noun, old], type: 'inactive' });
}
