import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./watched-broker.mjs', import.meta.url));
const BUILT_PACKAGE = new URL('../../dist/index.js', import.meta.url).href;

/** How long the event loop was held, since the last reset. Each is 1 ms or more: that is the pace of the watch. */
export interface LoopDelays {
  readonly maxMs: number;
  readonly p99Ms: number;
  readonly meanMs: number;
}

/** What a broker holds after a garbage collection. */
export interface Footprint {
  readonly heapBytes: number;
  readonly descriptors: number;
}

/** A broker with the HTTP API in a process of its own that measures itself. */
export class WatchedBroker {
  readonly mqttPort: number;
  readonly httpPort: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, ports: { readonly mqtt: number; readonly http: number }) {
    this.#child = child;
    this.mqttPort = ports.mqtt;
    this.httpPort = ports.http;
  }

  /** @param rest  of the configuration, after listeners and `http_server` */
  static async start(rest = ''): Promise<WatchedBroker> {
    const text = `listeners.tcp.bind = "127.0.0.1:0"\nhttp_server { port = 0 }\n${rest}`;
    const child = fork(SCRIPT, [BUILT_PACKAGE, text], { execArgv: ['--expose-gc'] });
    return new WatchedBroker(child, await answerTo(child, 'ports'));
  }

  reset(): Promise<null> {
    return this.#ask('reset');
  }

  delays(): Promise<LoopDelays> {
    return this.#ask('delays');
  }

  footprint(): Promise<Footprint> {
    return this.#ask('footprint');
  }

  stop(): void {
    this.#child.disconnect();
  }

  #ask<T>(question: string): Promise<T> {
    const answer = answerTo<T>(this.#child, question);
    this.#child.send(question);
    return answer;
  }
}

function answerTo<T>(child: ChildProcess, question: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the broker ended with code ${code}`));
    const came = (message: unknown) => {
      const { question: answered, answer } = message as { question: string; answer: T };
      if (answered !== question) return;
      child.off('exit', ended).off('message', came);
      resolve(answer);
    };
    child.on('message', came).once('exit', ended);
  });
}
