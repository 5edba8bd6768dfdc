import { QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { BrowserRouter } from 'react-router';

import { Crash } from './Crash';
import { LoginAgain } from './LoginAgain';
import { Pages } from './Pages';
import { Shell } from './Shell';
import { Toasts } from '@/components/Toasts';
import { chooseLanguage } from '@/i18n/i18n';
import { newQueryClient } from '@/lib/query';
import { session } from '@/lib/session/session';
import { useSession } from '@/lib/session/useSession';

export function App() {
  const [client] = useState(newQueryClient);
  const { user } = useSession();
  const userId = user?.id;
  const language = user?.language;
  // Nobody sees what another one on this device was shown.
  useEffect(() => {
    let before = session.current();
    return session.subscribe(() => {
      const now = session.current();
      const isSame = before.status === 'unknown' || now.user?.id === before.user?.id;
      before = now;
      if (isSame) return;
      client.removeQueries({ type: 'inactive' });
      void client.resetQueries();
    });
  }, [client]);
  useEffect(() => {
    if (language) void chooseLanguage(language);
  }, [userId, language]);
  return (
    <Crash>
      <QueryClientProvider client={client}>
        <BrowserRouter>
          <Shell>
            <Pages />
          </Shell>
          <LoginAgain />
          <Toasts />
        </BrowserRouter>
      </QueryClientProvider>
    </Crash>
  );
}
