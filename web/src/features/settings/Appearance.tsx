import { useState } from 'react';

import { Section } from './Section';
import styles from './settings.module.css';
import { Choices } from '@/components/Choices';
import { Checkbox } from '@/components/Field';
import { useT } from '@/i18n/i18n';
import { showSensitive, showsSensitive } from '@/lib/preferences';
import { chooseTheme, chosenTheme, type Theme } from '@/lib/theme';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

/** How it looks on this device. */
export function Appearance() {
  const t = useT();
  const [theme, setTheme] = useState(chosenTheme);
  const [shows, setShows] = useState(showsSensitive);
  return (
    <Section title={t('settings.appearance')} lead={t('settings.thisDevice')}>
      <fieldset>
        <legend className={styles.legend}>{t('settings.theme')}</legend>
        <Choices
          label={t('settings.theme')}
          needed
          chosen={theme}
          onChoose={(chosen) => {
            if (chosen === null) return;
            chooseTheme(chosen);
            setTheme(chosen);
          }}
          options={THEMES.map((id) => ({ id, label: t(`settings.themes.${id}`) }))}
        />
      </fieldset>
      <Checkbox
        label={t('settings.sensitive')}
        checked={shows}
        onChange={(event) => {
          showSensitive(event.target.checked);
          setShows(event.target.checked);
        }}
      />
    </Section>
  );
}
