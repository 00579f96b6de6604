import type { ListenersConfig } from '@nanomq-ts/config';
import type { Transport } from '@nanomq-ts/core';
import type { Listener, ListenerKind, ListenSocket, TlsChange } from '@nanomq-ts/listeners';
import type { PreparedChange } from '../prepared-change.ts';
import { ListenError } from './listen-error.ts';
import { enabledListeners, type ListenerSpec } from './listener-spec.ts';
import { listenerText } from './listener-text.ts';
import { type ListenerSeat, listenerSettings, openListener, tlsOptions } from './open-listener.ts';
import { type PlannedListener, planListeners } from './plan-listeners.ts';

/** Where a listener really listens. */
export interface ListenerAddress {
  /** Its section and name: `tcp:default`. */
  readonly name: string;
  readonly kind: ListenerKind;
  /** The path of a Unix socket. */
  readonly host: string;
  /** 0 for a Unix socket. */
  readonly port: number;
}

/** A listener and what it was opened with. */
interface OpenListener {
  spec: ListenerSpec;
  readonly listener: Listener;
  /** False while others of the same change are still being prepared: nobody is let in by then. */
  isInForce: boolean;
}

/** The listeners of one shard. They live once: `open`, any number of `prepare`, `close`. */
export class OpenListeners {
  readonly #seat: ListenerSeat;
  #sockets: Readonly<Record<string, ListenSocket>> | undefined;
  readonly #open = new Map<string, OpenListener>();
  /** Those another thread has. */
  readonly #elsewhere: ListenerSpec[] = [];
  #isOpening = false;
  #isClosed = false;

  constructor(seat: ListenerSeat) {
    this.#seat = seat;
  }

  /** What is open, for who shows it. */
  get all(): readonly Listener[] {
    return [...this.#open.values()].map(({ listener }) => listener);
  }

  get addresses(): readonly ListenerAddress[] {
    return this.all.map(({ name, kind, host, port }) => ({ name, kind, host, port }));
  }

  /** The port of a listener, by its name; undefined where it has none. */
  portOf(name: string): number | undefined {
    return this.#open.get(name)?.listener.port || undefined;
  }

  /**
   * Opens every listener of the configuration.
   * @param sockets  by the listeners' names, where threads share them: one that is not named here is another thread's,
   *   and none is opened or closed later
   * @throws ListenError; those that could be opened stay open until `close`. Error when `close` came first
   */
  async open(config: ListenersConfig, sockets?: Readonly<Record<string, ListenSocket>>): Promise<void> {
    this.#isOpening = true;
    this.#sockets = sockets;
    for (const spec of enabledListeners(config)) {
      if (this.#sockets !== undefined && this.#sockets[spec.id] === undefined) {
        this.#elsewhere.push(spec);
        continue;
      }
      const opened = await this.#openOne(spec);
      opened.isInForce = true;
      this.#open.set(spec.id, opened);
    }
  }

  /**
   * Makes ready what another configuration asks for: new listeners are bound and certificates read and checked.
   * @throws ListenError; then nothing has changed
   */
  async prepare(config: ListenersConfig): Promise<PreparedChange> {
    // Whoever never asked for listeners gets none by a change either.
    const wanted = this.#isOpening ? enabledListeners(config) : [];
    const plan = planListeners(this.#planned(), wanted, this.#sockets !== undefined);
    const held = [...plan.held];
    const opened: OpenListener[] = [];
    const commits: (() => void)[] = [];
    const discards: (() => void)[] = [];
    const discard = async (): Promise<void> => {
      for (const undo of discards) undo();
      await Promise.all(opened.map(({ listener }) => listener.close()));
    };
    try {
      for (const spec of plan.toOpen) opened.push(await this.#openOne(spec));
      for (const spec of plan.toSecure.filter(({ id }) => this.#open.has(id))) {
        const change = await this.#secure(spec);
        commits.push(() => change.commit());
        discards.push(() => change.discard());
      }
      for (const spec of plan.toAdjust.filter(({ id }) => this.#open.has(id))) {
        const adjust = this.#adjust(spec);
        if (adjust === null) held.push(spec.id);
        else commits.push(adjust);
      }
    } catch (error) {
      await discard();
      throw error;
    }
    const commit = (): void => {
      for (const apply of commits) apply();
      for (const id of plan.toClose) this.#closeOne(id);
      for (const one of opened) this.#enter(one);
    };
    return { held, commit, discard };
  }

  /** Frees every port; connections stay. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.all.map((listener) => listener.close()));
  }

  #planned(): PlannedListener[] {
    const own = [...this.#open.values()].map(({ spec, listener: { port } }) => ({ spec, port }));
    return [...own, ...this.#elsewhere.map((spec) => ({ spec, port: 0 }))];
  }

  async #openOne(spec: ListenerSpec): Promise<OpenListener> {
    const { accept } = this.#seat;
    const opened: { current: OpenListener | null } = { current: null };
    const isOpen = () => !this.#isClosed && opened.current?.isInForce === true;
    // Those the kernel had accepted before the listener was in force, or closed, are too early or too late.
    const seat = {
      ...this.#seat,
      accept: (transport: Transport) => (isOpen() ? accept(transport) : null),
    };
    const listener = await openListener(spec, seat, this.#sockets?.[spec.id]);
    if (this.#isClosed) {
      await listener.close();
      throw new Error('the broker is closed');
    }
    opened.current = { spec, listener, isInForce: false };
    return opened.current;
  }

  async #secure(spec: ListenerSpec): Promise<TlsChange> {
    const open = this.#open.get(spec.id);
    const tls = 'tls' in spec.config ? spec.config.tls : undefined;
    if (open?.listener.tls == null || tls === undefined) throw new Error(`listener ${spec.id} has no TLS`);
    try {
      const change = await open.listener.tls.prepare(tlsOptions(tls, this.#seat.cwd));
      const commit = (): void => {
        change.commit();
        // What is held of the rest stays what it was opened with.
        open.spec = { ...open.spec, config: { ...open.spec.config, tls } } as ListenerSpec;
      };
      return { commit, discard: () => change.discard() };
    } catch (error) {
      throw new ListenError(spec, error);
    }
  }

  /** @returns null when the listener cannot take it while it is open */
  #adjust(spec: ListenerSpec): (() => void) | null {
    const open = this.#open.get(spec.id);
    try {
      const change = open?.listener.prepare(listenerSettings(spec, this.#seat)) ?? null;
      if (open === undefined || change === null) return null;
      return () => {
        change();
        open.spec = spec;
      };
    } catch (error) {
      throw new ListenError(spec, error);
    }
  }

  #closeOne(id: string): void {
    const { logger } = this.#seat;
    const closing = this.#open.get(id);
    this.#open.delete(id);
    closing?.listener.close().catch((err: unknown) => logger.error({ err, listener: id }, 'a listener did not close'));
    logger.info({ listener: id }, `listener ${id} is closed; its connections stay`);
  }

  #enter(opened: OpenListener): void {
    opened.isInForce = true;
    this.#open.set(opened.spec.id, opened);
    const { name, kind, host, port } = opened.listener;
    this.#seat.logger.info({ listener: name }, `listener ${name} accepts ${listenerText({ name, kind, host, port })}`);
    // The broker was closed meanwhile.
    if (this.#isClosed) void opened.listener.close();
  }
}
