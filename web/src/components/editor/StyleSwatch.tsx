import { useId } from 'react';

import type { Style } from '@/lib/api/types';

const HILL = 'M2 44c12-15 22-19 33-9 8-7 16-9 25-4l18 11v18H2z';
const SUN = 'M58 10c9 0 9 13 0 13s-9-13 0-13z';
const TREE = 'M24 42V30M24 30c-8-1-8-12 0-13 8 1 8 12 0 13z';

/** A hill, a tree and the sun, as each style would have them. */
export function StyleSwatch({ style }: { style: Style }) {
  const id = useId();
  return (
    <svg viewBox="0 0 80 60" aria-hidden="true">
      <filter id={id}>
        <feTurbulence type="fractalNoise" baseFrequency={style === 'watercolor' ? 0.04 : 0.5} numOctaves="2" seed="4" />
        <feDisplacementMap in="SourceGraphic" scale={style === 'watercolor' ? 7 : 3} />
      </filter>
      {drawing(style, `url(#${id})`)}
    </svg>
  );
}

function drawing(style: Style, rough: string) {
  switch (style) {
    case 'crayon':
      return (
        <g filter={rough}>
          <rect width="80" height="60" fill="#fdf4de" />
          <path d="M0 8h80M0 15h80M4 22h72" stroke="#8fbde6" strokeWidth="5" opacity=".7" />
          <path d={HILL} fill="none" stroke="#5f9e58" strokeWidth="5" />
          <path d="M6 50h68M10 56h60M22 44h44" stroke="#7bb56a" strokeWidth="4" />
          <path d={SUN} fill="#f0c23c" stroke="#e78b35" strokeWidth="3" />
          <path d={TREE} fill="#4d8a4a" stroke="#97694a" strokeWidth="3" />
        </g>
      );
    case 'watercolor':
      return (
        <g>
          <rect width="80" height="60" fill="#eef4f7" />
          <g filter={rough} opacity=".8">
            <path d={HILL} fill="#8dbf8b" />
            <circle cx="58" cy="17" r="9" fill="#f7cf78" />
            <circle cx="24" cy="27" r="9" fill="#5d9b74" />
            <path d="M0 0h80v12c-30 8-50-4-80 4z" fill="#a9cfe8" />
          </g>
        </g>
      );
    case 'pencil':
    case 'ink': {
      const isInk = style === 'ink';
      return (
        <g fill="none" stroke={isInk ? '#1d1b1a' : '#6d6a66'} strokeWidth={isInk ? 2.4 : 1.2}>
          <rect width="80" height="60" fill={isInk ? '#f6f1e6' : '#faf8f3'} stroke="none" />
          <path d={HILL} fill={isInk ? '#1d1b1a' : 'none'} fillOpacity=".12" />
          <path d={SUN} />
          <path d={TREE} fill={isInk ? '#1d1b1a' : 'none'} />
          {!isInk && <path d="M10 52l10-10M18 54l14-14M28 55l12-12M40 55l12-12M52 56l10-10" />}
          {isInk && <path d="M8 54c20-3 44-2 64 0" strokeWidth="4" opacity=".5" />}
        </g>
      );
    }
    case 'flat':
      return (
        <g>
          <rect width="80" height="60" fill="#bfe0f3" />
          <circle cx="58" cy="17" r="8" fill="#ffce54" />
          <path d={HILL} fill="#7cc576" />
          <path d="M24 44V26" stroke="#8a5a3b" strokeWidth="4" />
          <circle cx="24" cy="24" r="9" fill="#3f9a58" />
        </g>
      );
    case 'photo':
      return (
        <g>
          <rect width="80" height="60" fill="#8fb0cf" />
          <rect y="18" width="80" height="24" fill="#f2d6b4" opacity=".7" />
          <circle cx="58" cy="20" r="5" fill="#fff6dd" />
          <path d={HILL} fill="#3c5540" />
          <path d="M0 52c20-6 50-6 80 0v8H0z" fill="#24362b" />
        </g>
      );
    case 'none':
      return (
        <g>
          <rect width="80" height="60" fill="none" stroke="#a49a8c" strokeWidth="2" strokeDasharray="5 5" />
          <path d="M28 24c2-10 22-10 22 1 0 8-10 8-10 15M40 46v1.5" fill="none" stroke="#a49a8c" strokeWidth="4" strokeLinecap="round" />
        </g>
      );
  }
}
