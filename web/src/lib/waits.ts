import { useEffect, useState } from 'react';

import { useT, type Translate } from '@/i18n/i18n';

/** Word a wait that counts down between two answers of the service. */
export function useWait(seconds: number | null | undefined): string | null {
  const t = useT();
  const [counted, setCounted] = useState({ from: seconds, gone: 0 });
  if (counted.from !== seconds) setCounted({ from: seconds, gone: 0 });
  useEffect(() => {
    if (seconds == null) return undefined;
    const timer = setInterval(() => setCounted((old) => ({ ...old, gone: old.gone + 1 })), 1000);
    return () => clearInterval(timer);
  }, [seconds]);
  return seconds == null ? null : wait(Math.max(0, seconds - counted.gone), t);
}

/** "about 4 minutes": an estimate, so never more exact than it is. */
export function wait(seconds: number, t: Translate): string {
  if (seconds < 5) return t('tray.now');
  if (seconds < 90) return t('tray.seconds', { count: seconds < 20 ? seconds : Math.ceil(seconds / 10) * 10 });
  return t('tray.minutes', { count: Math.ceil(seconds / 60) });
}
