import { createContext, useContext } from 'react';
import type { Ability, Me } from '@/lib/types';

export const SessionContext = createContext<Me | null>(null);

/** The signed-in user; only below the signed-in frame. */
export function useMe(): Me {
  const me = useContext(SessionContext);
  if (!me) throw new Error('useMe outside the frame');
  return me;
}

export function useCan(): (ability: Ability) => boolean {
  const me = useMe();
  return (ability) => me.can.includes(ability);
}

/** Prefix of everything this user leaves on this computer. */
export const ownPrefix = (me: Pick<Me, 'id' | 'account'>) => `${me.account.id}/${me.id}/`;
