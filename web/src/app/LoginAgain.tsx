import { lazy, Suspense } from 'react';

import { useSession } from '@/lib/session/useSession';

const Dialog = lazy(() => import('@/features/auth/LogInAgain'));

/** Asks whoever's session ended to log in again, over the page they are on. */
export function LoginAgain() {
  const { status } = useSession();
  if (status !== 'expired') return null;
  return (
    <Suspense fallback={null}>
      <Dialog />
    </Suspense>
  );
}
