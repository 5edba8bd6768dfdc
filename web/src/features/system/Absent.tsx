import { Failure } from '@/components/States';
import { useT } from '@/i18n/i18n';
import { ApiError } from '@/lib/api/errors';
import { useTitle } from '@/lib/title';

export default function Absent() {
  const t = useT();
  useTitle(t('states.absent.title'));
  return <Failure whole error={new ApiError(404, 'not_found', '')} />;
}
