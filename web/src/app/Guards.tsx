import { Navigate, Outlet, useLocation } from 'react-router';

import { Failure, Waiting } from '@/components/States';
import { ApiError } from '@/lib/api/errors';
import { loginPath } from '@/lib/paths';
import { useSession } from '@/lib/session/useSession';

/** Pages for who is logged in; others log in first and come back to the very page. */
export function MembersOnly() {
  const { status } = useSession();
  const location = useLocation();
  if (status === 'unknown') return <Waiting />;
  if (status === 'anonymous') return <Navigate to={loginPath(location)} replace />;
  // Also when the session expired: what is being written stays on the page.
  return <Outlet />;
}

/** The service decides; this only spares others a page full of refusals. */
export function AdminsOnly() {
  const { user } = useSession();
  const isAdmin = user?.role === 'admin';
  if (user !== null && !isAdmin) return <Failure whole error={new ApiError(403, 'forbidden', '')} />;
  return <MembersOnly />;
}
