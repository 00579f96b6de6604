import { randomBytes } from 'node:crypto';
import type { AdminServer, BrokerIdentity, HttpServerOptions } from '@nanomq-ts/admin';
import type { AccessRules } from '@nanomq-ts/auth';
import type { HttpServerConfig, NanomqConfig } from '@nanomq-ts/config';
import { type Access, BanTable, type Clock, type Logger, type Shard } from '@nanomq-ts/core';
import { adminParts } from './administration/admin-parts.ts';
import type { ConfigurationSeat } from './administration/configuration-seat.ts';
import { BridgeControl } from './bridges/bridge-control.ts';
import { OpenBridges } from './bridges/open-bridges.ts';
import { packageVersion } from './cli/package-version.ts';
import { ComposedShard, type ShardSeat } from './compose-shard.ts';
import type { ComposedBroker } from './composed-broker.ts';
import { HttpListenError } from './http-listen-error.ts';
import { httpServerOptions } from './http-options.ts';
import type { ListenerAddress } from './listeners/open-listeners.ts';
import { joinChanges, type PreparedChange } from './prepared-change.ts';

/** Enough that no two brokers ever have the same name. */
const BROKER_ID_BYTES = 8;

/** Where the HTTP API really listens. */
export interface HttpAddress {
  readonly host: string;
  readonly port: number;
}

/** What a broker is composed from. */
export interface MainSeat {
  readonly config: NanomqConfig;
  /** What the HTTP API may do with the configuration; not asked for when there is none. */
  readonly control: () => ConfigurationSeat;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Files of the configuration are relative to it. */
  readonly cwd: string;
  /** Default: bans end with the composition. */
  readonly bans?: BanTable;
  /** See {@link ComposedShard}. */
  readonly aroundAccess?: (rules: Access) => Access;
  /** Makes what serves the clients. Default: one shard in this thread. */
  readonly compose?: (seat: ShardSeat) => ComposedBroker;
}

/** The HTTP API and what it was last told. */
interface OpenHttp {
  readonly server: AdminServer;
  readonly config: HttpServerConfig;
  readonly options: HttpServerOptions;
}

/**
 * The running composition of one configuration: shard and HTTP API. A restart makes a new one. It lives once: `listen`,
 * any number of `prepare`, `close`.
 */
export class MainComposition {
  readonly #seat: MainSeat;
  readonly bans: BanTable;
  readonly #composed: ComposedBroker;
  readonly #bridges: OpenBridges;
  readonly #startedAtMs: number;
  #http: OpenHttp | null = null;
  #listening: Promise<readonly ListenerAddress[]> | null = null;
  #closing: Promise<void> | null = null;

  /** @throws AuthError when users, rules or keys are not good */
  constructor(seat: MainSeat) {
    this.#seat = seat;
    this.bans = seat.bans ?? new BanTable();
    const { compose = (shardSeat) => new ComposedShard(shardSeat) } = seat;
    const brokerId = randomBytes(BROKER_ID_BYTES).toString('hex');
    this.#composed = compose({ ...seat, bans: this.bans, brokerId });
    this.#bridges = new OpenBridges({ ...seat, shard: this.#composed.shard, brokerId });
    this.#startedAtMs = seat.clock.nowMs();
  }

  get shard(): Shard {
    return this.#composed.shard;
  }

  /** Users and rules. */
  get access(): AccessRules {
    return this.#composed.access;
  }

  get isClosing(): boolean {
    return this.#closing !== null;
  }

  /** Where the listeners are now; a reload may have changed them. */
  get addresses(): readonly ListenerAddress[] {
    return this.#composed.addresses;
  }

  /** Null while the HTTP API is not open. */
  get httpAddress(): HttpAddress | null {
    return this.#http?.server.address ?? null;
  }

  /**
   * Opens the listeners, then the HTTP API; called again it gives the same. Rejects with ListenError or HttpListenError
   * when one cannot be opened; those that could be opened stay open until `close`.
   */
  listen(): Promise<readonly ListenerAddress[]> {
    this.#listening ??= this.#listen();
    return this.#listening;
  }

  /**
   * Checks and makes ready what of `config` a running broker can take: users, rules, limits, listeners, certificates,
   * the login of the HTTP API. The rest is left for the next composition.
   * @throws AuthError, ListenError; then nothing has changed
   */
  async prepare(config: NanomqConfig): Promise<PreparedChange> {
    // Before the shard, which would have to discard when this fails.
    const bridges = await this.#bridges.prepare(config);
    const shard = await this.#composed.prepare(config);
    const changes = [shard, bridges];
    if (this.#http === null || config.httpServer === null) return joinChanges(changes);
    return joinChanges([...changes, this.#prepareLogin(this.#http, config.httpServer)]);
  }

  /** Ends every connection with 0x8B, the listeners and the HTTP API; what is being answered there is answered. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #listen(): Promise<readonly ListenerAddress[]> {
    const { httpServer } = this.#seat.config;
    await this.#bridges.watch(this.#seat.config);
    const addresses = await this.#composed.listen();
    this.#bridges.open(this.#seat.config);
    if (httpServer !== null) await this.#openHttp(httpServer);
    return addresses;
  }

  async #openHttp(config: HttpServerConfig): Promise<void> {
    const { logger, clock, cwd } = this.#seat;
    const control = this.#seat.control();
    const { admin } = this.#composed;
    const nowMs = () => clock.nowMs();
    const listeners = this.#composed.listenerViews?.bind(this.#composed);
    const identity: BrokerIdentity = { version: packageVersion(), startedAtMs: this.#startedAtMs };
    let server: AdminServer;
    let options: HttpServerOptions;
    try {
      options = httpServerOptions(config, cwd);
      // Loaded when it is needed: a broker without the HTTP API does without the web framework.
      const { openAdminServer } = await import('@nanomq-ts/admin');
      server = await openAdminServer({
        options,
        admin,
        config: control,
        identity,
        logger,
        nowMs,
        steps: this.shard.turn.steps,
        ...adminParts({ control, admin, bans: this.bans, shard: this.shard, listeners, nowMs }),
        bridges: new BridgeControl(control, this.#bridges, this.#startedAtMs),
      });
    } catch (error) {
      throw new HttpListenError(config, error);
    }
    if (this.#closing !== null) {
      await server.close();
      throw new Error('the broker is closed');
    }
    this.#http = { server, config, options };
  }

  #prepareLogin(http: OpenHttp, { username, password, isLoopbackByDefault }: HttpServerConfig): PreparedChange {
    const { host } = http.config;
    const config = { ...http.config, username, password };
    // The key for tokens as it was read at the opening: a commit must not fail for what a file holds by now.
    const options = { ...http.options, username, password };
    const commit = () => {
      http.server.update(options);
      this.#http = { ...http, config, options };
      if (!isLoopbackByDefault || http.config.isLoopbackByDefault) return;
      const text = `the HTTP API keeps listening on ${host} with the login of the manual until a restart`;
      this.#seat.logger.warn({}, text);
    };
    return { held: [], commit, discard: async () => {} };
  }

  async #close(): Promise<void> {
    // First, so that no order reaches a shard that has ended.
    const httpClosed = this.#http?.server.close();
    this.#bridges.close();
    await Promise.all([this.#composed.close(), httpClosed]);
  }
}
