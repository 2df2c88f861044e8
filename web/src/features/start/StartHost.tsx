import { lazy, Suspense } from 'react';
import { useStart } from './open';

const StartPanel = lazy(() => import('./StartPanel').then((m) => ({ default: m.StartPanel })));

export function StartHost() {
  const known = useStart();
  return <Suspense fallback={null}>{known && <StartPanel known={known} />}</Suspense>;
}
