import styles from './write.module.css';
import { Choices } from '@/components/Choices';
import { Checkbox } from '@/components/Field';
import { useT } from '@/i18n/i18n';
import type { Draft } from '@/lib/drafts';

/** Who may read it, and whether the picture is shown only to who asks. */
export function ReadersChoice({ draft, change }: { draft: Draft; change: (changes: Partial<Draft>) => void }) {
  const t = useT();
  return (
    <div className={styles.readers}>
      <fieldset>
        <legend>{t('write.readers')}</legend>
        <Choices
          label={t('write.readers')}
          needed
          chosen={draft.visibility}
          onChoose={(visibility) => visibility && change({ visibility })}
          options={[
            { id: 'private', label: t('write.private') },
            { id: 'public', label: t('write.public') },
          ]}
        />
      </fieldset>
      <Checkbox label={t('write.sensitive')} hint={t('write.sensitiveHint')} checked={draft.sensitive} onChange={(event) => change({ sensitive: event.target.checked })} />
    </div>
  );
}
