import { ReasonCode } from '@nanomq-ts/codec';
import type { BridgeOptions } from './bridge-options.ts';
import type { BridgeSeat } from './bridge-seat.ts';
import { ReconnectDelay } from './reconnect-delay.ts';
import { connectPlan } from './remote/connect-plan.ts';
import { type ConnectedRemotes, connectRemotes, textOf } from './remote/connect-remotes.ts';
import { type Credentials, readCredentials } from './remote/credentials.ts';
import { RefusedError } from './remote/remote-connection.ts';
import { parseServerUrl, type ServerAddress } from './remote/server-url.ts';

/** Whom a connector tells. */
export interface ConnectorEvents {
  /** An attempt begins. @param server  its URL */
  trying(server: string): void;
  /** It succeeded. @throws Error when the bridge cannot go on with it: then the attempt has failed */
  connected(remotes: ConnectedRemotes, credentials: Credentials): void;
  /** It failed; another one follows. */
  failed(text: string): void;
}

/** The attempts of a bridge to connect: which server, how, and when the next one begins. */
export class Connector {
  readonly #seat: BridgeSeat;
  readonly #clientId: string;
  readonly #events: ConnectorEvents;
  readonly #delay: ReconnectDelay;
  #options: BridgeOptions;
  #servers: readonly ServerAddress[];
  #serverAt = 0;
  /** What is under way. */
  #attempt: AbortController | null = null;
  #attemptEndsMs = 0;
  /** Clock at which the next attempt begins; null = none is to begin. */
  #nextMs: number | null = null;
  #wasConnected = false;
  /** The remote broker does not know the bridge bit. */
  #isBridgeBitRefused = false;

  constructor(seat: BridgeSeat, options: BridgeOptions, clientId: string, events: ConnectorEvents) {
    this.#seat = seat;
    this.#options = options;
    this.#clientId = clientId;
    this.#events = events;
    this.#servers = addressesOf(options);
    this.#delay = new ReconnectDelay(seat.random);
  }

  /** Begins: soon, and after a change of the options at once. */
  begin(): void {
    this.#warn();
    this.#later();
  }

  /** Takes over other options and, unless it was stopped, begins at once. */
  change(options: BridgeOptions, isOff: boolean): void {
    this.stop();
    this.#options = options;
    this.#servers = addressesOf(options);
    this.#serverAt = 0;
    this.#isBridgeBitRefused = false;
    this.#delay.reset();
    if (isOff) return;
    this.#warn();
    this.#nextMs = this.#seat.clock.nowMs();
  }

  /** The connection was lost. */
  again(): void {
    this.#serverAt++;
    this.#later();
  }

  /** No attempt is under way or to begin. */
  stop(): void {
    this.#nextMs = null;
    this.#attempt?.abort(new Error('the bridge was told to stop'));
    this.#attempt = null;
  }

  tick(nowMs: number): void {
    if (this.#nextMs !== null && nowMs >= this.#nextMs) {
      this.#nextMs = null;
      void this.#connect();
    }
    if (this.#attempt !== null && nowMs >= this.#attemptEndsMs) {
      this.#attempt.abort(new Error(`no answer within ${this.#options.answerTimeoutMs} ms`));
    }
  }

  #later(): void {
    this.#nextMs = this.#seat.clock.nowMs() + this.#delay.next(this.#options.maxBackoffMs);
  }

  async #connect(): Promise<void> {
    const server = this.#servers[this.#serverAt % this.#servers.length];
    if (server === undefined) {
      this.#events.failed('there is no server that it could connect to');
      return;
    }
    const attempt = new AbortController();
    this.#attempt = attempt;
    this.#attemptEndsMs = this.#seat.clock.nowMs() + this.#options.answerTimeoutMs;
    this.#events.trying(server.url);
    try {
      const credentials = await readCredentials(this.#options);
      const connected = await connectRemotes(this.#planFor(server, credentials), attempt.signal);
      this.#handOver(connected, credentials, attempt);
    } catch (error) {
      // It was told to stop, or to begin anew.
      if (this.#attempt !== attempt) return;
      this.#attempt = null;
      this.#events.failed(textOf(error));
      this.#learnFrom(error);
      this.again();
    }
  }

  #handOver(connected: ConnectedRemotes, credentials: Credentials, attempt: AbortController): void {
    try {
      if (this.#attempt !== attempt) throw new Error('too late');
      this.#events.connected(connected, credentials);
    } catch (error) {
      for (const remote of connected.remotes) remote.close();
      throw error;
    }
    this.#attempt = null;
    this.#wasConnected = true;
    this.#delay.reset();
  }

  #planFor(server: ServerAddress, credentials: Credentials) {
    return connectPlan(this.#seat, this.#options, {
      server,
      credentials,
      clientId: this.#clientId,
      usesBridgeBit: this.#usesBridgeBit,
      wasConnected: this.#wasConnected,
    });
  }

  get #usesBridgeBit(): boolean {
    const { usesBridgeBit, protocolVersion } = this.#options;
    return usesBridgeBit && protocolVersion !== 5 && !this.#isBridgeBitRefused;
  }

  /** A broker that does not know the bridge bit says so, or closes without a word. */
  #learnFrom(error: unknown): void {
    const isVersionRefused =
      error instanceof RefusedError && error.reasonCode === ReasonCode.UnsupportedProtocolVersion;
    const isClosed = error instanceof Error && error.message.endsWith('before CONNACK');
    if (!this.#usesBridgeBit || !(isVersionRefused || isClosed)) return;
    this.#isBridgeBitRefused = true;
    const text = 'the next attempts do without the bridge bit: what is forwarded may come back by a subscription';
    this.#seat.logger.warn({ bridge: this.#options.name }, text);
  }

  #warn(): void {
    const { name, servers, tls } = this.#options;
    const { logger } = this.#seat;
    for (const url of servers) {
      if (parseServerUrl(url) === null) logger.warn({ bridge: name }, `the server ${url} is left out: not supported`);
    }
    if (tls.verifyPeer || this.#servers.every(({ isTls }) => !isTls)) return;
    logger.warn({ bridge: name }, 'the certificate of the remote broker is not verified: anyone can pose as it');
  }
}

function addressesOf({ servers }: BridgeOptions): readonly ServerAddress[] {
  return servers.flatMap((url) => parseServerUrl(url) ?? []);
}
