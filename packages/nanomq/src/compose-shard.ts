import type { ListenerView } from '@nanomq-ts/admin';
import { AccessRules } from '@nanomq-ts/auth';
import type { NanomqConfig } from '@nanomq-ts/config';
import {
  type Access,
  type AdminPort,
  type BanList,
  BanTable,
  BoundedAccess,
  type Clock,
  type Logger,
  MemoryStore,
  Shard,
  ShardAdmin,
  type ShardSeatInCluster,
} from '@nanomq-ts/core';
import type { ListenSocket } from '@nanomq-ts/listeners';
import { logAccessChanges } from './access-changes-log.ts';
import { listenerView } from './administration/listener-views.ts';
import { authSettings } from './auth-settings.ts';
import { type ListenerAddress, OpenListeners } from './listeners/open-listeners.ts';
import { type ChangeableLimits, changeLimits } from './live-limits.ts';
import { ClientLines } from './log/client-lines.ts';
import { joinChanges, type PreparedChange } from './prepared-change.ts';

/** How long connections may take to read their DISCONNECT before they are cut, in milliseconds. */
const CLOSE_GRACE_MS = 3000;

/**
 * What a shard is composed from. Configuration, folder and sockets can be cloned between threads; everything else is
 * made in the thread that the shard runs in.
 */
export interface ShardSeat {
  readonly config: NanomqConfig;
  /** Files of the configuration are relative to it. */
  readonly cwd: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default: a table of its own. */
  readonly bans?: BanList;
  /** What a program puts around users and rules, or in their place. Default: nothing. */
  readonly aroundAccess?: (rules: Access) => Access;
  /** Told to bridges of other brokers. Default: nothing is told. */
  readonly brokerId?: string;
  /** Default: the only shard. */
  readonly cluster?: ShardSeatInCluster;
}

/**
 * What runs wherever a shard runs: the shard, who may enter and do what, its listeners and its limits. It lives once:
 * `listen`, any number of `prepare`, `close`.
 */
export class ComposedShard {
  readonly shard: Shard;
  readonly admin: AdminPort;
  readonly access: AccessRules;
  readonly listeners: OpenListeners;
  /** Called for each connection that a listener accepts, before anything else is done with it. */
  onAccepted: (() => void) | null = null;
  readonly #seat: ShardSeat;
  readonly #limits: ChangeableLimits;

  /** @throws AuthError when users, rules or keys are not good */
  constructor(seat: ShardSeat) {
    const { config, cwd, clock, logger, bans = new BanTable(), aroundAccess = (rules) => rules, cluster } = seat;
    const nowMs = () => clock.nowMs();
    this.#seat = seat;
    this.#limits = { ...config.mqtt };
    this.access = new AccessRules(authSettings(config.auth, cwd), {
      logger,
      nowMs,
      portOf: (listener) => this.listeners.portOf(listener),
    });
    this.shard = new Shard({
      options: seat.brokerId === undefined ? this.#limits : Object.assign(this.#limits, { brokerId: seat.brokerId }),
      access: boundedBy(config.taskq.maxOpenQuestions, aroundAccess(this.access)),
      store: new MemoryStore(),
      clock,
      logger,
      bans,
      ...(cluster !== undefined && { cluster }),
    });
    this.shard.events.add(new ClientLines(logger));
    this.admin = new ShardAdmin(this.shard, clock);
    this.listeners = new OpenListeners({
      accept: (transport) => {
        this.onAccepted?.();
        return this.shard.accept(transport);
      },
      admit: (remoteAddress) => this.#admits(remoteAddress),
      maxPacketBytes: () => this.#limits.maxPacketBytes,
      logger,
      nowMs,
      cwd,
    });
  }

  /** Where the listeners are now; a reload may have changed them. */
  get addresses(): readonly ListenerAddress[] {
    return this.listeners.addresses;
  }

  /** The open listeners and their certificates, for who shows them. */
  async listenerViews(): Promise<readonly ListenerView[]> {
    return this.listeners.all.map(listenerView);
  }

  /**
   * Opens the listeners.
   * @param sockets  by their names (`tcp:default`), where threads share them: one that is not named here is left to
   *   another thread, and a reload changes nothing but certificates
   * @throws ListenError; those that could be opened stay open until `close`
   */
  async listen(sockets?: Readonly<Record<string, ListenSocket>>): Promise<readonly ListenerAddress[]> {
    await this.listeners.open(this.#seat.config.listeners, sockets);
    return this.addresses;
  }

  /**
   * Checks and makes ready what of `config` a running shard can take: users, rules, limits, listeners, certificates.
   * @throws AuthError, ListenError; then nothing has changed
   */
  async prepare(config: NanomqConfig): Promise<PreparedChange> {
    const replaceRules = this.access.prepare(authSettings(config.auth, this.#seat.cwd));
    const listeners = await this.listeners.prepare(config.listeners);
    const own: PreparedChange = {
      held: [],
      commit: () => {
        changeLimits(this.#limits, config.mqtt);
        logAccessChanges(replaceRules(), this.#seat.logger);
      },
      discard: async () => {},
    };
    // Rules first: nobody enters by a new listener under the old ones.
    return joinChanges([own, listeners]);
  }

  /** Closes the listeners and ends every connection with 0x8B; settles when all are gone, after 3 s at the latest. */
  async close(): Promise<void> {
    await this.listeners.close();
    this.shard.close();
    const stopGrace = this.#seat.clock.every(CLOSE_GRACE_MS, () => this.shard.destroyConnections());
    await this.shard.whenConnectionsGone();
    stopGrace();
    this.access.close();
  }

  #admits(remoteAddress: string): boolean {
    const { guard } = this.shard;
    if (guard.bans.find('address', remoteAddress, this.#seat.clock.nowMs()) !== null) return false;
    return !guard.addresses.isFull(remoteAddress, this.#limits.maxConnectionsPerAddress);
  }
}

/** @param mostOpen  `system.parallel`; 0 = any number */
function boundedBy(mostOpen: number, access: Access): Access {
  return mostOpen === 0 ? access : new BoundedAccess(access, mostOpen);
}
