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
        <filter id={id} x="-2%" y="-2%" width="104%" height="104%">
          <feTurbulence type="fractalNoise" baseFrequency="0.035" numOctaves="2" seed="7" result="wobble" />
          <feDisplacementMap in="SourceGraphic" in2="wobble" scale="7" result="line" />
          <feTurbulence type="fractalNoise" baseFrequency="0.9" numOctaves="2" seed="3" result="grain" />
          <feColorMatrix in="grain" type="matrix" values="0 0 0 0 0  0 0 0 0 0  0 0 0 0 0  0 0 0 -3.2 2.15" result="holes" />
          <feComposite in="line" in2="holes" operator="in" />
        </filter>
        <g filter={`url(#${id})`}>
          <rect className={styles.stroke} x="7" y="7" width="calc(100% - 14px)" height="calc(100% - 14px)" />
          <rect className={styles.stroke} x="10" y="9" width="calc(100% - 19px)" height="calc(100% - 19px)" />
        </g>
      </svg>
    </div>
  );
}
