import { spawn } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { endingOf } from './started-broker.ts';

/** MQTT.js as web pages include it. */
const MQTT_JS = join(createRequire(import.meta.url).resolve('mqtt/package.json'), '../dist/mqtt.min.js');

/** Before a test gives up, so that no browser outlives it. */
const PAGE_LIMIT_MS = 40_000;

/** A browser that shows nothing, asks nobody, and reaches for nothing but the page. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A web page on a port of its own. It runs a script that may use `mqtt`, and posts what that gives. */
export class EdgePage {
  readonly #server: Server;
  readonly #posted: Promise<unknown>;

  private constructor(server: Server, posted: Promise<unknown>) {
    this.#server = server;
    this.#posted = posted;
  }

  /**
   * @param script  body of an asynchronous function; what it returns or throws is the result
   * @param port    on 127.0.0.1, 0 = any free one
   */
  static async open(script: string, port = 0): Promise<EdgePage> {
    const library = await readFile(MQTT_JS);
    let post: (result: unknown) => void = () => {};
    const posted = new Promise<unknown>((resolve) => {
      post = resolve;
    });
    const server = createServer((request, response) => {
      if (request.url === '/result') {
        let text = '';
        request.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        request.on('end', () => {
          response.end();
          post(JSON.parse(text));
        });
        return;
      }
      const isPage = request.url === '/';
      response.writeHead(isPage || request.url === '/mqtt.js' ? 200 : 404, {
        'content-type': isPage ? 'text/html' : 'text/javascript',
      });
      response.end(isPage ? pageText(script) : request.url === '/mqtt.js' ? library : '');
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new EdgePage(server, posted);
  }

  /** As browsers name it. */
  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /**
   * Shows the page in a browser of its own until it has posted.
   * @param certificate  of a server that the browser is to trust, PEM
   * @returns what was posted; a text when nothing was
   */
  async runIn(chromium: string, certificate: Buffer): Promise<unknown> {
    const profile = await mkdtemp(join(tmpdir(), 'nanomq-chromium-'));
    const trust = `--ignore-certificate-errors-spki-list=${keyDigest(certificate)}`;
    const words = [...FLAGS, `--user-data-dir=${profile}`, trust, '--remote-debugging-port=0', `${this.origin}/`];
    const browser = spawn(chromium, words, { stdio: 'ignore', detached: true });
    const ended = endingOf(browser);
    const givenUp = new AbortController();
    const outcomes = [
      this.#posted,
      ended.then(({ code, signal }) => `the browser ended before the page was done: ${signal ?? `code ${code}`}`),
      wait(PAGE_LIMIT_MS, 'the page did not post in time', { signal: givenUp.signal }).catch(() => ''),
    ];
    const outcome = await Promise.race(outcomes);
    givenUp.abort();
    // Its processes are a group of their own.
    if (browser.pid !== undefined && browser.exitCode === null) process.kill(-browser.pid, 'SIGKILL');
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 10 });
    return outcome;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

function pageText(script: string): string {
  return `<!doctype html>
<script src="/mqtt.js"></script>
<script>
(async () => {${script}})()
  .catch((error) => ({ error: String(error.message ?? error) }))
  .then((result) => fetch('/result', { method: 'POST', body: JSON.stringify(result) }));
</script>`;
}

/** What the browser knows a server's key by: SHA-256 of its public key, base64. */
function keyDigest(certificate: Buffer): string {
  const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}
