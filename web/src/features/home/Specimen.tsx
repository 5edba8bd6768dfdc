import styles from './home.module.css';
import { CrayonFrame } from '@/components/CrayonFrame';
import { EntryStrip } from '@/components/EntryCard';
import { WrittenText } from '@/components/Manuscript';
import { useT } from '@/i18n/i18n';
import { browserZone, today } from '@/lib/dates';

/** An entry as a child might draw it: shows at a glance what this is about. */
export function Specimen() {
  const t = useT();
  return (
    <div className={`paper ${styles.specimen ?? ''}`} aria-hidden="true">
      <EntryStrip date={today(browserZone())} weather="sunny" mood="happy" />
      <div className={styles.picture}>
        <CrayonFrame tint="#5f8fc9">
          <Seaside />
        </CrayonFrame>
      </div>
      <div className={styles.sample}>
        <WrittenText text={t('home.welcome.sample')} rows={3} />
      </div>
    </div>
  );
}

function Seaside() {
  return (
    <svg viewBox="0 0 240 150" className={styles.drawing}>
      <rect width="240" height="150" fill="#fbf3df" />
      <g fill="none" strokeLinecap="round" strokeLinejoin="round">
        <path stroke="#8fbde6" strokeWidth="9" opacity=".75" d="M4 14c50-7 90 6 150-3M6 30c60 6 110-6 168 2M2 48c70-8 130 7 236-3M170 66c20 4 44-4 66 1M4 66c40 6 90-5 120 1" />
        <path stroke="#e88a3a" strokeWidth="6" d="M198 30c10-1 15 6 14 13-1 9-8 13-15 12-9-1-14-8-12-15 1-6 6-10 13-10M198 14v8M198 64v8M170 42h8M220 42h9M178 22l6 6M219 61l6 7M219 24l-6 5" />
        <path stroke="#3a78bd" strokeWidth="9" opacity=".85" d="M2 88c24-8 36 8 60 0s38 8 62 0 38 8 60 0 34 6 54-1M2 103c26-7 40 7 64 0s40 7 64 0 40 7 60 0 30 5 48 0" />
        <path stroke="#e6c377" strokeWidth="11" d="M4 122c60-8 150 6 232-4M6 137c70-6 160 5 230-2" />
        <path stroke="#c94f3d" strokeWidth="7" d="M84 84c10 8 40 8 52-2M88 80l44-2M94 92l34-2" />
        <path stroke="#7a5138" strokeWidth="5" d="M110 76V36" />
        <path stroke="#d9a93a" strokeWidth="6" d="M115 40l20 28-20 3zM120 54l8 12" />
        <path stroke="#4b4038" strokeWidth="3.4" d="M48 116V96M48 102l-9 6M48 102l10 4M48 116l-7 13M48 116l8 12M48 84c8 0 8 11 0 11s-8-11 0-11" />
        <path stroke="#4b4038" strokeWidth="3.4" d="M74 120v-14M74 110l-8 3M74 110l8-4M74 120l-5 10M74 120l6 10M74 95c7 0 7 10 0 10s-7-10 0-10" />
        <path stroke="#4b4038" strokeWidth="3" d="M150 24c4-5 8-5 11 0 4-5 8-5 11 0M22 26c3-4 6-4 9 0 3-4 6-4 9 0" />
      </g>
    </svg>
  );
}
