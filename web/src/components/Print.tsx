import { useState, type CSSProperties } from 'react';

import styles from './print.module.css';
import { Tray } from './Tray';
import { useT } from '@/i18n/i18n';
import { classes } from '@/lib/classes';
import type { PostPicture } from '@/lib/api/types';

interface PrintProps {
  picture: Pick<PostPicture, 'status' | 'url' | 'thumbnail_url' | 'width' | 'height' | 'dominant_color'>;
  alt: string;
  /** Lists show the small one. */
  small?: boolean;
  /** Comes up slowly, as in the darkroom: for pictures that were just drawn. */
  reveal?: boolean;
  eager?: boolean;
}

/** A picture: its colour first, then itself; or the tray in which it develops. */
export function Print({ picture, alt, small = false, ...rest }: PrintProps) {
  const source = (small ? picture.thumbnail_url : picture.url) ?? picture.url;
  if (picture.status !== 'ready' || !source) return <Tray status={picture.status} />;
  return <Ready key={source} picture={picture} alt={alt} source={source} {...rest} />;
}

interface ReadyProps extends Omit<PrintProps, 'small'> {
  source: string;
}

function Ready({ picture, alt, source, reveal = false, eager = false }: ReadyProps) {
  const t = useT();
  const [shown, setShown] = useState<'no' | 'yes' | 'broken'>('no');
  const { width, height } = picture;
  const style = {
    '--colour': picture.dominant_color ?? 'var(--paper-sunk)',
    aspectRatio: `${width ?? 1} / ${height ?? 1}`,
  } as CSSProperties;
  return (
    <div className={styles.print} style={style}>
      {shown === 'broken' ? (
        <p className={styles.broken}>{t('picture.broken')}</p>
      ) : (
        <img
          className={classes(styles.image, shown === 'yes' && (reveal ? styles.developed : styles.shown))}
          src={source}
          alt={alt}
          width={width ?? undefined}
          height={height ?? undefined}
          loading={eager ? 'eager' : 'lazy'}
          decoding="async"
          onLoad={() => setShown('yes')}
          onError={() => setShown('broken')}
        />
      )}
    </div>
  );
}
