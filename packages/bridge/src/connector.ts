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
  /** Clock at which the connection that is there was made. */
  #connectedAtMs = Number.POSITIVE_INFINITY;
  /** Servers that have admitted us with the bridge bit, and those that it seems to keep us out of. */
  readonly #bitTakenBy = new Set<string>();
  readonly #bitRefusedBy = new Set<string>();

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
    this.#bitTakenBy.clear();
    this.#bitRefusedBy.clear();
    this.#delay.reset();
    if (isOff) return;
    this.#warn();
    this.#nextMs = this.#seat.clock.nowMs();
  }

  /** The connection was lost, or there was none. */
  again(): void {
    this.#serverAt++;
    // One that ends at once will do so again: over a message that the remote broker finds too large, say.
    if (this.#seat.clock.nowMs() - this.#connectedAtMs >= this.#options.answerTimeoutMs) this.#delay.reset();
    this.#connectedAtMs = Number.POSITIVE_INFINITY;
    this.#later();
  }

  /** No attempt is under way or to begin. */
  stop(): void {
    this.#nextMs = null;
    this.#connectedAtMs = Number.POSITIVE_INFINITY;
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
      this.#admitted(server.url);
    } catch (error) {
      // It was told to stop, or to begin anew.
      if (this.#attempt !== attempt) return;
      this.#attempt = null;
      this.#events.failed(textOf(error));
      this.#learnFrom(error, server.url);
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
    this.#connectedAtMs = this.#seat.clock.nowMs();
  }

  #planFor(server: ServerAddress, credentials: Credentials) {
    return connectPlan(this.#seat, this.#options, {
      server,
      credentials,
      clientId: this.#clientId,
      usesBridgeBit: this.#usesBridgeBit(server.url),
      wasConnected: this.#wasConnected,
    });
  }

  #usesBridgeBit(url: string): boolean {
    return this.#wantsBridgeBit && !this.#bitRefusedBy.has(url);
  }

  get #wantsBridgeBit(): boolean {
    return this.#options.usesBridgeBit && this.#options.protocolVersion !== 5;
  }

  #admitted(url: string): void {
    if (!this.#wantsBridgeBit) return;
    if (this.#usesBridgeBit(url)) {
      this.#bitTakenBy.add(url);
      return;
    }
    const text = 'the bridge does without the bridge bit: what is forwarded may come back by a subscription';
    this.#seat.logger.warn({ bridge: this.#options.name }, text);
  }

  /**
   * A broker that does not know the bridge bit says so, or closes without a word. So does one that is just going down:
   * without the bit nothing would end a loop, so it is given up for a server that never took it alone, and tried again
   * when the server closes without it too.
   */
  #learnFrom(error: unknown, url: string): void {
    if (error instanceof RefusedError && error.reasonCode === ReasonCode.UnsupportedProtocolVersion) {
      this.#bitRefusedBy.add(url);
      return;
    }
    const isClosed = error instanceof Error && error.message.endsWith('before CONNACK');
    if (!isClosed || this.#bitTakenBy.has(url)) return;
    if (!this.#bitRefusedBy.delete(url)) this.#bitRefusedBy.add(url);
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
