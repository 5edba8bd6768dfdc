import { useId, type CSSProperties, type ReactNode } from 'react';

import styles from './frame.module.css';

interface CrayonFrameProps {
  /** The colour of the crayon; a picture's own colour tints its surroundings. */
  tint?: string | null | undefined;
  children: ReactNode;
}

/** A frame drawn around a picture with the side of a crayon. */
export function CrayonFrame({ tint, children }: CrayonFrameProps) {
  const id = useId();
  const style = tint ? ({ '--tint': tint } as CSSProperties) : undefined;
  return (
    <div className={styles.frame} style={style}>
      <div className={styles.inside}>{children}</div>
      <svg className={styles.crayon} aria-hidden="true" width="100%" height="100%">
        <filter id={id} x="-4%" y="-4%" width="108%" height="108%">
          <feTurbulence type="fractalNoise" baseFrequency="0.018" numOctaves="3" seed="7" result="wobble" />
          <feDisplacementMap in="SourceGraphic" in2="wobble" scale="11" result="line" />
          <feTurbulence type="fractalNoise" baseFrequency="0.55 0.75" numOctaves="2" seed="3" result="grain" />
          <feColorMatrix in="grain" type="matrix" values="0 0 0 0 0  0 0 0 0 0  0 0 0 0 0  0 0 0 -2.4 1.95" result="holes" />
          <feComposite in="line" in2="holes" operator="in" />
        </filter>
        <g filter={`url(#${id})`}>
          <rect className={styles.stroke} x="8" y="8" width="calc(100% - 16px)" height="calc(100% - 16px)" />
          <rect className={styles.stroke} x="12" y="10" width="calc(100% - 23px)" height="calc(100% - 21px)" />
        </g>
      </svg>
    </div>
  );
}
