import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight, X } from 'lucide-react';
import { useEffect, useEffectEvent, useRef, useState, type RefObject, type TouchEvent } from 'react';
import { useNavigate } from 'react-router';

import styles from './gallery.module.css';
import { Button, look } from '@/components/Button';
import { Confirm, Dialog } from '@/components/Dialog';
import { Print } from '@/components/Print';
import { ErrorNotice, Failure, Waiting } from '@/components/States';
import { toast } from '@/components/toasts';
import { Tray } from '@/components/Tray';
import { useLanguage, useT } from '@/i18n/i18n';
import { answer, api } from '@/lib/api/client';
import { useAttempt } from '@/lib/attempt';
import { moment } from '@/lib/dates';
import { paths } from '@/lib/paths';
import { pictureKeys, usePicture } from '@/lib/pictures';
import { useSession } from '@/lib/session/useSession';
import type { Picture } from '@/lib/api/types';

interface ViewerProps {
  /** Null: none is open. */
  id: string | null;
  pictures: Picture[];
  go: (id: string | null) => void;
  /** Asked for when the end comes near. */
  more: () => void;
}

const SWIPE_PIXELS = 48;

/** One picture, large; arrow keys and swipes go to the next, Escape closes. */
export function Viewer({ id, ...rest }: ViewerProps) {
  const t = useT();
  return (
    // Closed rather than taken away: only so does it give the focus back.
    <Dialog title={t('gallery.viewer')} isOpen={id !== null} wide onClose={() => rest.go(null)}>
      {id !== null && <Opened id={id} {...rest} />}
    </Dialog>
  );
}

function Opened({ id, pictures, go, more }: ViewerProps & { id: string }) {
  const t = useT();
  const { data: picture, error } = usePicture(id);
  const at = pictures.findIndex((one) => one.id === id);
  const step = (by: number) => {
    const next = at < 0 ? undefined : pictures[at + by];
    if (next) go(next.id);
    if (by > 0 && at + by >= pictures.length - 2) more();
  };
  const viewer = useRef<HTMLDivElement>(null);
  useArrows(viewer, step);
  const touched = useRef({ x: 0, y: 0 });
  const touch = (event: TouchEvent) => {
    const finger = event.touches[0];
    if (finger) touched.current = { x: finger.clientX, y: finger.clientY };
  };
  const release = (event: TouchEvent) => {
    const finger = event.changedTouches[0];
    if (!finger) return;
    const across = finger.clientX - touched.current.x;
    const along = finger.clientY - touched.current.y;
    // Scrolling is no swipe, however crooked.
    if (Math.abs(across) > Math.max(SWIPE_PIXELS, Math.abs(along))) step(across < 0 ? 1 : -1);
  };
  return (
    <div className={styles.viewer} ref={viewer}>
      <div className={styles.stage} onTouchStart={touch} onTouchEnd={release}>
        <Button kind="plain" label={t('gallery.before')} onClick={() => step(-1)} disabled={at <= 0}>
          <ChevronLeft aria-hidden="true" />
        </Button>
        <div className={styles.shown}>
          {error && !picture && <Failure error={error} />}
          {!picture && !error && <Waiting />}
          {picture && <Shown picture={picture} />}
        </div>
        <Button kind="plain" label={t('gallery.after')} onClick={() => step(1)} disabled={at < 0 || at >= pictures.length - 1}>
          <ChevronRight aria-hidden="true" />
        </Button>
      </div>
      {picture && <Facts picture={picture} />}
      <div className={styles.actions}>
        {picture && <Actions picture={picture} go={go} />}
        <Button onClick={() => go(null)}>
          <X size={18} aria-hidden="true" />
          {t('actions.close')}
        </Button>
      </div>
    </div>
  );
}

/** The arrow keys, wherever in the dialog the focus is, but not in one that lies on top of it. */
function useArrows(place: RefObject<HTMLElement | null>, step: (by: number) => void): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    const dialog = place.current?.closest('[role="dialog"]');
    const isHere = event.target === document.body || (event.target instanceof Node && dialog?.contains(event.target));
    if (!isHere) return;
    if (event.key === 'ArrowLeft') step(-1);
    if (event.key === 'ArrowRight') step(1);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => press(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, []);
}

function Shown({ picture }: { picture: Picture }) {
  const t = useT();
  if (picture.status !== 'ready') {
    return <Tray status={picture.status} shape={picture.aspect} position={picture.position} eta={picture.eta_seconds ?? null} />;
  }
  return <Print key={picture.id} picture={{ ...picture, status: 'ready' }} alt={t('picture.altPrompt', { prompt: picture.prompt })} eager />;
}

function Facts({ picture }: { picture: Picture }) {
  const t = useT();
  const language = useLanguage();
  const { user } = useSession();
  const facts: [string, string][] = [
    [t('picture.prompt'), picture.prompt],
    [t('picture.modelPrompt'), picture.model_prompt],
    [t('picture.style'), t(`style.${picture.style}`)],
    [t('picture.seed'), String(picture.seed)],
    [t('gallery.drawn'), moment(picture.created_at, language, user?.timezone ?? 'Asia/Seoul')],
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name}-value`}>{value}</dd>])}
    </dl>
  );
}

function Actions({ picture, go }: { picture: Picture; go: (id: string | null) => void }) {
  const t = useT();
  const navigate = useNavigate();
  const client = useQueryClient();
  const attempt = useAttempt();
  const [asksToDelete, setAsks] = useState(false);
  const again = useMutation({
    mutationFn: () => {
      const params = { path: { picture_id: picture.id }, header: { 'Idempotency-Key': attempt.key(picture.id) } };
      return answer(api.POST('/api/v1/pictures/{picture_id}/variations', { params, body: { count: 1 } }));
    },
    onSuccess: async ({ items }) => {
      attempt.done();
      await client.invalidateQueries({ queryKey: pictureKeys.lists });
      go(items[0]?.id ?? null);
    },
  });
  const remove = useMutation({
    mutationFn: () => answer(api.DELETE('/api/v1/pictures/{picture_id}', { params: { path: { picture_id: picture.id } } })),
    onSuccess: async () => {
      setAsks(false);
      go(null);
      await client.invalidateQueries({ queryKey: pictureKeys.lists });
      toast(t('gallery.deleted'));
    },
  });
  return (
    <>
      {picture.status === 'ready' && (
        <>
          <Button kind="strong" onClick={() => void navigate(paths.draw(picture.id))}>
            {t('gallery.use')}
          </Button>
          {picture.url && (
            <a href={picture.url} target="_blank" rel="noreferrer" download className={look({})}>
              {t('gallery.download')}
            </a>
          )}
        </>
      )}
      <Button onClick={() => again.mutate()} busy={again.isPending && t('actions.busy')}>
        {t('gallery.again')}
      </Button>
      <Button kind="danger" onClick={() => setAsks(true)}>
        {t('actions.delete')}
      </Button>
      <ErrorNotice error={again.error} />
      <Confirm
        isOpen={asksToDelete}
        onClose={() => setAsks(false)}
        title={t('gallery.delete.title')}
        text={t('gallery.delete.text')}
        action={t('actions.delete')}
        busy={remove.isPending}
        error={<ErrorNotice error={remove.error} />}
        onConfirm={() => remove.mutate()}
      />
    </>
  );
}
