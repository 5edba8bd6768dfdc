import { useLayoutEffect } from 'react';
import { NavigationType, useLocation, useNavigationType } from 'react-router';

const places = new Map<string, number>();
const TRIES = 40;

/** Begin new pages at their top, and go back to where one was. */
export function useScrollPlace(): void {
  const { key, hash, pathname } = useLocation();
  const type = useNavigationType();
  useLayoutEffect(() => {
    if (hash !== '') return;
    const place = type === NavigationType.Pop ? (places.get(key) ?? 0) : type === NavigationType.Replace ? scrollY : 0;
    // Pages from the cache are as long as they were, but their code may come a moment later.
    let tries = 0;
    let frame = 0;
    const go = () => {
      scrollTo(0, place);
      tries += 1;
      if (Math.abs(scrollY - place) > 2 && tries < TRIES) frame = requestAnimationFrame(go);
    };
    go();
    const note = () => places.set(key, scrollY);
    addEventListener('scroll', note, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener('scroll', note);
    };
  }, [key, hash, type, pathname]);
}
