import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port.ts';

const START_LIMIT_MS = 10_000;
const RETRY_MS = 25;

/** Debian's Mosquitto in a process of its own, on a loopback port that stays the same over restarts. */
export class MosquittoBroker {
  readonly port: number;
  readonly #folder: string;
  #process: ChildProcess | null = null;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
  }

  /** @param lines  of its configuration, beside listener and anonymous clients */
  static async start(lines: readonly string[] = []): Promise<MosquittoBroker> {
    const folder = await mkdtemp(join(tmpdir(), 'nanomq-mosquitto-'));
    const broker = new MosquittoBroker(await freePort(), folder);
    const user = process.getuid?.() === 0 ? ['user root'] : [];
    const listener = [`listener ${broker.port} 127.0.0.1`, 'allow_anonymous true', 'max_queued_messages 0'];
    await writeFile(join(folder, 'mosquitto.conf'), [...listener, ...user, ...lines, ''].join('\n'));
    await broker.begin();
    return broker;
  }

  /** Starts it, for the first time or again, and waits until it accepts. */
  async begin(): Promise<void> {
    // Debian puts it where only root looks.
    const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
    const child = spawn('mosquitto', ['-c', join(this.#folder, 'mosquitto.conf')], { env, stdio: 'ignore' });
    this.#process = child;
    const deadline = Date.now() + START_LIMIT_MS;
    while (!(await accepts(this.port))) {
      if (Date.now() > deadline || child.exitCode !== null) throw new Error('mosquitto does not accept');
      await wait(RETRY_MS);
    }
  }

  /** Ends the process without a word. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'close');
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
