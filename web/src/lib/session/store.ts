import type { Session as Granted, User } from '../api/types';
import { errorOf, OfflineError } from '../api/errors';
import type { Tabs } from './tabs';

/**
 * - `unknown`: it is being found out
 * - `anonymous`: nobody is logged in
 * - `member`: somebody is; the token may have to be renewed
 * - `expired`: somebody was, and has to log in again to go on; nothing on the page is lost
 */
export type Status = 'unknown' | 'anonymous' | 'member' | 'expired';

export interface SessionState {
  readonly status: Status;
  readonly user: User | null;
}

const REMEMBERED = 'deep-story.user';
// Renewed a little early, so that no request starts with a token that ends under way.
const EARLY_MILLISECONDS = 20_000;

export class Session {
  private state: SessionState = { status: 'unknown', user: null };
  private access: { token: string; ends: number } | null = null;
  private renewing: Promise<string | null> | null = null;
  private starting: Promise<void> | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly tabs: Pick<Tabs, 'listen' | 'tell' | 'alone'>) {
    tabs.listen((news) => {
      if (news.kind === 'granted') this.adopt(news.session);
      else this.forget('anonymous');
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly current = (): SessionState => this.state;

  /** Find out who is logged in. Without a network it is whoever was logged in last. */
  start(): Promise<void> {
    this.starting = this.findOut();
    return this.starting;
  }

  private async findOut(): Promise<void> {
    const user = remembered();
    if (user === null) {
      this.change({ status: 'anonymous', user: null });
      return;
    }
    try {
      await this.renew(null, 'anonymous');
    } catch {
      this.change({ status: 'member', user });
    }
  }

  /** Take over a session that logging in or signing up gave, here and in the other tabs. */
  enter(granted: Granted): void {
    this.adopt(granted);
    this.tabs.tell({ kind: 'granted', session: granted });
  }

  /** Forget the session, here and in the other tabs. */
  leave(): void {
    this.forget('anonymous');
    this.tabs.tell({ kind: 'ended' });
  }

  /** Note what changed of the user. */
  update(user: User): void {
    remember(user);
    this.change({ ...this.state, user });
  }

  /** Return a token that is good for now, or null when nobody is logged in. */
  async token(): Promise<string | null> {
    // What is asked for while a page opens is asked for by whoever that turns out to be.
    if (this.state.status === 'unknown') await this.starting;
    if (this.state.status !== 'member') return null;
    if (this.access !== null && this.access.ends - Date.now() > EARLY_MILLISECONDS) return this.access.token;
    return this.renew(this.access?.token ?? null);
  }

  /** Renew once, however many ask at the same time; null when the session has ended. */
  renew(stale: string | null, otherwise: 'anonymous' | 'expired' = 'expired'): Promise<string | null> {
    if (this.access !== null && this.access.token !== stale) return Promise.resolve(this.access.token);
    this.renewing ??= this.tabs
      .alone(() => this.renewAlone(stale, otherwise))
      .finally(() => (this.renewing = null));
    return this.renewing;
  }

  private async renewAlone(stale: string | null, otherwise: 'anonymous' | 'expired'): Promise<string | null> {
    if (this.access !== null && this.access.token !== stale) return this.access.token;
    // It was left while somebody still asked with its token: nothing has expired.
    if (this.state.status === 'anonymous') return null;
    const response = await refresh();
    if (response.ok) {
      const granted = (await response.json()) as Granted;
      this.enter(granted);
      return granted.access_token;
    }
    if (response.status !== 401 && response.status !== 403) throw await errorOf(response);
    if (this.current().status !== 'anonymous') this.forget(otherwise);
    return null;
  }

  private adopt(granted: Granted): void {
    this.access = { token: granted.access_token, ends: Date.now() + granted.expires_in * 1000 };
    remember(granted.user);
    this.change({ status: 'member', user: granted.user });
  }

  private forget(status: 'anonymous' | 'expired'): void {
    this.access = null;
    if (status === 'anonymous') localStorage.removeItem(REMEMBERED);
    this.change({ status, user: status === 'expired' ? this.state.user : null });
  }

  private change(state: SessionState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

async function refresh(): Promise<Response> {
  try {
    return await fetch(new URL('/api/v1/auth/refresh', location.origin), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    });
  } catch (cause) {
    throw new OfflineError({ cause });
  }
}

/** Only who it was: the tokens are in memory and in a cookie that no script can read. */
function remember(user: User): void {
  localStorage.setItem(REMEMBERED, JSON.stringify(user));
}

function remembered(): User | null {
  try {
    return JSON.parse(localStorage.getItem(REMEMBERED) ?? 'null') as User | null;
  } catch {
    return null;
  }
}
