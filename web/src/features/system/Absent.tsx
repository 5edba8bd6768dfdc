import { Failure } from '@/components/States';
import { ApiError } from '@/lib/api/errors';

export default function Absent() {
  return <Failure whole error={new ApiError(404, 'not_found', '')} />;
}
