import { Route, Routes } from 'react-router';

import { Audit } from './Audit';
import { Dashboard } from './Dashboard';
import { Model } from './Model';
import { Reports } from './Reports';
import { Users } from './Users';
import { Page } from '@/components/Page';
import { Failure } from '@/components/States';
import { Tabs } from '@/components/Tabs';
import { useT } from '@/i18n/i18n';
import { useAdminT } from './words';
import { ApiError } from '@/lib/api/errors';

/** Where administrators see how things are, and change them. */
export default function Admin() {
  const t = useT();
  const a = useAdminT();
  return (
    <Page title={t('nav.admin')}>
      <Tabs
        label={t('nav.admin')}
        tabs={[
          { to: '/admin', text: a('dashboard.title') },
          { to: '/admin/model', text: a('model.title') },
          { to: '/admin/users', text: a('users.title') },
          { to: '/admin/reports', text: a('reports.title') },
          { to: '/admin/audit', text: a('audit.title') },
        ]}
      />
      <Routes>
        <Route index element={<Dashboard />} />
        <Route path="model" element={<Model />} />
        <Route path="users" element={<Users />} />
        <Route path="reports" element={<Reports />} />
        <Route path="audit" element={<Audit />} />
        <Route path="*" element={<Failure error={new ApiError(404, 'not_found', '')} />} />
      </Routes>
    </Page>
  );
}
