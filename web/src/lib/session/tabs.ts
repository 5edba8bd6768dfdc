import type { Session as Granted } from '../api/types';

export type News = { kind: 'granted'; session: Granted } | { kind: 'ended' };

const NAME = 'deep-story.session';
const RENEWED = 'deep-story.renewed';
const NEWS_MILLISECONDS = 400;

/** Talks to the other tabs: one renews the session, and all of them get the token. */
export class Tabs {
  private readonly channel = new BroadcastChannel(NAME);
  private readonly listeners = new Set<(news: News) => void>();

  constructor() {
    this.channel.onmessage = (event: MessageEvent<News>) => {
      for (const listener of this.listeners) listener(event.data);
    };
  }

  listen(listener: (news: News) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(news: News): void {
    if (news.kind === 'granted') localStorage.setItem(RENEWED, String(Date.now()));
    this.channel.postMessage(news);
  }

  /** Run `work` while no other tab runs its own. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const asked = Date.now();
    const run = async () => {
      // Another tab may have renewed while this one waited; its message is on the way.
      if (Number(localStorage.getItem(RENEWED)) >= asked) await this.nextNews();
      return work();
    };
    // Only pages from a secure origin have locks; others renew twice at worst, which is allowed.
    const { locks } = navigator as Partial<Navigator>;
    return locks ? await locks.request(NAME, run) : run();
  }

  private nextNews(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        stop();
        clearTimeout(timer);
        resolve();
      };
      const stop = this.listen(done);
      const timer = setTimeout(done, NEWS_MILLISECONDS);
    });
  }
}
