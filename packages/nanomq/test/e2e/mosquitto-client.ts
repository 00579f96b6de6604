import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What `mosquitto_sub` printed of one message. */
export interface PrintedMessage {
  readonly topic: string;
  readonly qos: number;
  readonly retain: boolean;
  readonly payload: string;
}

/** `mosquitto_pub` and `mosquitto_sub` speaking one protocol version to one broker. */
export class MosquittoClients {
  readonly #port: number;
  readonly #version: string;
  readonly #more: readonly string[];
  readonly #running = new Set<MosquittoSubscriber>();

  /**
   * @param version  as for `-V`: `5`, `311` or `31`
   * @param more     further words that say how to connect: `--cafile`, `-u` ...
   */
  constructor(port: number, version: string, more: readonly string[] = []) {
    this.#port = port;
    this.#version = version;
    this.#more = more;
  }

  /** Runs `mosquitto_pub` to its end; rejects when it exits with another code than 0. */
  async publish(...options: readonly string[]): Promise<void> {
    await run('mosquitto_pub', [...this.#connection(), ...options], { timeout: 20_000 });
  }

  /** Starts `mosquitto_sub` with `options` (`-t`, `-q`, will...) and resolves when it is subscribed. */
  async subscribe(...options: readonly string[]): Promise<MosquittoSubscriber> {
    // A retained message tells that the SUBSCRIBE, with all its filters in one packet, was obeyed. The topic is
    // nobody else's, so no other subscriber hears of it.
    const readyTopic = `ready/${randomUUID()}`;
    await this.publish('-t', readyTopic, '-r', '-m', 'ready');
    const format = ['-F', '%t|%q|%r|%p'];
    const words = [...this.#connection(), ...format, ...options, '-t', readyTopic];
    const subscriber = new MosquittoSubscriber(spawn('mosquitto_sub', words, { stdio: ['ignore', 'pipe', 'pipe'] }));
    this.#running.add(subscriber);
    await subscriber.ready(readyTopic);
    return subscriber;
  }

  /** Ends every subscriber that still runs. */
  async close(): Promise<void> {
    await Promise.all([...this.#running].map((subscriber) => subscriber.end('SIGTERM')));
    this.#running.clear();
  }

  #connection(): string[] {
    return ['-h', '127.0.0.1', '-p', String(this.#port), '-V', this.#version, ...this.#more];
  }
}

/** A running `mosquitto_sub`. */
export class MosquittoSubscriber {
  readonly #child: ChildProcess;
  readonly #earlier: PrintedMessage[] = [];
  readonly #messages: AsyncIterator<string>;
  readonly #complaints: string[] = [];

  constructor(child: ChildProcess) {
    if (child.stdout === null || child.stderr === null) throw new Error('mosquitto_sub needs both output pipes');
    this.#child = child;
    this.#messages = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.on('data', (chunk: Buffer) => this.#complaints.push(chunk.toString()));
  }

  /** Reads on until the message of `readyTopic`; retained messages that come before it are kept. */
  async ready(readyTopic: string): Promise<void> {
    for (let message = await this.#read(); message.topic !== readyTopic; message = await this.#read()) {
      this.#earlier.push(message);
    }
  }

  /** The next message in the order in which they arrived. */
  async next(): Promise<PrintedMessage> {
    return this.#earlier.shift() ?? (await this.#read());
  }

  /** Sends `signal` and waits for the end. SIGKILL drops the connection without a DISCONNECT. */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill(signal);
    await once(this.#child, 'close');
  }

  async #read(): Promise<PrintedMessage> {
    const line = await this.#messages.next();
    if (line.done === true) throw new Error(`mosquitto_sub ended: ${this.#complaints.join('')}`);
    const [topic = '', qos, retain, ...payload] = line.value.split('|');
    return { topic, qos: Number(qos), retain: retain === '1', payload: payload.join('|') };
  }
}
