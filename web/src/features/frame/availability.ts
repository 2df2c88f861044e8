import { api, ok } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { toastError } from '@/lib/errors';

async function set(available: boolean, reason?: string) {
  try {
    const me = await ok(
      api.PUT('/api/v1/me/availability', { body: { available, ...(reason ? { reason } : {}) } }),
    );
    queryClient.setQueryData(q.me.queryKey, me);
  } catch (error) {
    toastError(error);
  }
}

export const useAvailability = () => ({
  resume: () => void set(true),
  pause: (reason: string) => set(false, reason),
});
