import type { AdminServer, BrokerIdentity, ConfigPort } from '@nanomq-ts/admin';
import type { HttpServerConfig, NanomqConfig } from '@nanomq-ts/config';
import type { Access, Clock, Logger, Shard, Transport } from '@nanomq-ts/core';
import { listenTcp, type TcpListener } from '@nanomq-ts/listeners';
import { packageVersion } from './cli/package-version.ts';
import { type ComposedShard, composeShard } from './compose-shard.ts';
import { HttpListenError } from './http-listen-error.ts';
import { httpServerOptions } from './http-options.ts';
import { OpenAccessSwitch } from './open-access-switch.ts';

/** How long connections may take to read their DISCONNECT before they are cut, in milliseconds. */
const CLOSE_GRACE_MS = 3000;

/** Where a listener really listens. */
export interface ListenerAddress {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** Where the HTTP API really listens. */
export interface HttpAddress {
  readonly host: string;
  readonly port: number;
}

/** What a broker is composed from. */
export interface MainSeat {
  readonly config: NanomqConfig;
  /** What the HTTP API may do with the configuration; not asked for when there is none. */
  readonly control: () => ConfigPort;
  readonly access: Access;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Files of the configuration are relative to it. */
  readonly cwd: string;
}

/** The HTTP API and what it was last told. */
interface OpenHttp {
  readonly server: AdminServer;
  readonly config: HttpServerConfig;
}

/**
 * The running composition of one configuration: shard, listeners and HTTP API. A restart makes a new one. It lives
 * once: `listen`, any number of `apply`, `close`.
 */
export class MainComposition {
  readonly #seat: MainSeat;
  readonly #composed: ComposedShard;
  readonly #listeners: TcpListener[] = [];
  readonly #startedAtMs: number;
  #http: OpenHttp | null = null;
  #listening: Promise<readonly ListenerAddress[]> | null = null;
  #closing: Promise<void> | null = null;

  constructor(seat: MainSeat) {
    this.#seat = seat;
    this.#composed = composeShard(seat);
    this.#startedAtMs = seat.clock.nowMs();
  }

  get shard(): Shard {
    return this.#composed.shard;
  }

  get isClosing(): boolean {
    return this.#closing !== null;
  }

  /** Null while the HTTP API is not open. */
  get httpAddress(): HttpAddress | null {
    return this.#http?.server.address ?? null;
  }

  /**
   * Opens the listeners, then the HTTP API; called again it gives the same. Rejects with the error of the system or
   * HttpListenError when one cannot be opened; those that could be opened stay open until `close`.
   */
  listen(): Promise<readonly ListenerAddress[]> {
    this.#listening ??= this.#listen();
    return this.#listening;
  }

  /**
   * Puts into force what of `config` a running broker can take: limits, anonymous clients, the login of the HTTP API.
   * The rest is left for the next composition.
   */
  apply(config: NanomqConfig): void {
    const { access } = this.#seat;
    this.#composed.apply(config);
    if (access instanceof OpenAccessSwitch) access.allowAnonymous = config.auth.allowAnonymous;
    if (this.#http !== null && config.httpServer !== null) this.#applyLogin(this.#http, config.httpServer);
  }

  /** Ends every connection with 0x8B, the listeners and the HTTP API; what is being answered there is answered. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #listen(): Promise<readonly ListenerAddress[]> {
    const { config } = this.#seat;
    for (const { name, host, port, enable } of config.listeners.tcp) {
      if (enable) await this.#openTcp(name, host, port);
    }
    if (config.httpServer !== null) await this.#openHttp(config.httpServer);
    return this.#listeners.map(({ name, host, port }) => ({ name, host, port }));
  }

  async #openTcp(name: string, host: string, port: number): Promise<void> {
    const { logger } = this.#seat;
    const onError = (err: Error) => logger.error({ err, listener: name }, 'a connection could not be accepted');
    // Those the kernel had accepted before the listener closed are too late.
    const accept = (transport: Transport) => (this.#closing === null ? this.shard.accept(transport) : null);
    const listener = await listenTcp({ host, port, name: `tcp:${name}`, accept, onError });
    if (this.#closing !== null) await listener.close();
    this.#assertOpen();
    this.#listeners.push(listener);
  }

  async #openHttp(config: HttpServerConfig): Promise<void> {
    const { control, logger, clock, cwd } = this.#seat;
    const identity: BrokerIdentity = { version: packageVersion(), startedAtMs: this.#startedAtMs };
    let server: AdminServer;
    try {
      // Loaded when it is needed: a broker without the HTTP API does without the web framework.
      const { openAdminServer } = await import('@nanomq-ts/admin');
      server = await openAdminServer({
        options: httpServerOptions(config, cwd),
        admin: this.#composed.admin,
        config: control(),
        identity,
        logger,
        nowMs: () => clock.nowMs(),
      });
    } catch (error) {
      throw new HttpListenError(config, error);
    }
    if (this.#closing !== null) await server.close();
    this.#assertOpen();
    this.#http = { server, config };
  }

  #applyLogin(http: OpenHttp, { username, password, isLoopbackByDefault }: HttpServerConfig): void {
    const { host } = http.config;
    const next = { ...http.config, username, password };
    http.server.update(httpServerOptions(next, this.#seat.cwd));
    this.#http = { ...http, config: next };
    if (isLoopbackByDefault && !http.config.isLoopbackByDefault) {
      this.#seat.logger.warn(
        {},
        `the HTTP API keeps listening on ${host} with the login of the manual until a restart`,
      );
    }
  }

  async #close(): Promise<void> {
    const { shard } = this.#composed;
    // First, so that no order reaches a shard that has ended.
    const httpClosed = this.#http?.server.close();
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    shard.close();
    const stopGrace = this.#seat.clock.every(CLOSE_GRACE_MS, () => shard.destroyConnections());
    await Promise.all([shard.whenConnectionsGone(), httpClosed]);
    stopGrace();
  }

  #assertOpen(): void {
    if (this.#closing !== null) throw new Error('the broker is closed');
  }
}
