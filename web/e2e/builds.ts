import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const SERVICE_WORKER = readFileSync(new URL('../public/sw.js', import.meta.url), 'utf8');
const TYPES: Record<string, string> = { html: 'text/html; charset=utf-8', js: 'text/javascript', json: 'application/json' };

/** A site that serves one build after another of a page with two scripts, and our service worker. */
export class Builds {
  /** Files that cannot be fetched just now. */
  broken = new Set<string>();
  readonly asked = new Set<string>();
  private build = 1;
  private readonly server: Server = createServer((request, response) => this.answer(request.url ?? '/', response));

  async start(): Promise<string> {
    await new Promise<void>((started) => this.server.listen(0, '127.0.0.1', started));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const stopped = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await stopped;
  }

  /** From now on only the files of another build are there, as after a deployment. */
  deploy(build: number): void {
    this.build = build;
  }

  private answer(path: string, response: ServerResponse): void {
    this.asked.add(path);
    const content = this.broken.has(path) ? undefined : files(this.build).get(path === '/' ? '/index.html' : path);
    const type = TYPES[path.split('.').at(1) ?? 'html'] ?? 'application/octet-stream';
    response.writeHead(content === undefined ? 503 : 200, { 'Content-Type': type, 'Cache-Control': 'no-store' });
    response.end(content);
  }
}

function files(build: number): Map<string, string> {
  const [first, late] = [`assets/first-${build}.js`, `assets/late-${build}.js`];
  return new Map([
    ['/index.html', `<!doctype html><title>build</title><script type="module" src="/${first}"></script><h1>build ${build}</h1><button>more</button><p></p>`],
    ['/files.json', JSON.stringify({ 'src/first.ts': { file: first }, 'src/late.ts': { file: late } })],
    [
      `/${first}`,
      `navigator.serviceWorker.register('/sw.js');
       document.querySelector('button').onclick = () => import('/${late}').then((late) => (document.querySelector('p').textContent = late.text));`,
    ],
    [`/${late}`, `export const text = 'more of build ${build}';`],
    ['/sw.js', SERVICE_WORKER],
    ['/theme.js', ''],
    ['/icons/icon.svg', ''],
    ['/icons/icon-192.png', ''],
  ]);
}
