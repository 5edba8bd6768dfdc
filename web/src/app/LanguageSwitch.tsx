import { Button } from '@/components/Button';
import { chooseLanguage, useLanguage } from '@/i18n/i18n';

/** For who is not logged in; others have their language in the settings. */
export function LanguageSwitch() {
  const other = useLanguage() === 'ko' ? 'en' : 'ko';
  return (
    <Button kind="plain" size="small" lang={other} onClick={() => void chooseLanguage(other)}>
      {other === 'ko' ? '한국어' : 'English'}
    </Button>
  );
}
