import type { Clock } from '@nanomq-ts/core';
import { AdminDesk } from '../gather/admin-desk.ts';
import type { BellMemory } from '../ring.ts';
import { CallPort } from './call-port.ts';
import type { HostedChange, HostedShard } from './hosted-shard.ts';
import { PeerLinks } from './peer-links.ts';
import { startPulse } from './pulse.ts';
import type { ShardNews, ShardOrder } from './shard-order.ts';
import type { ThreadSeat } from './thread-seat.ts';

/** The end of a shard's port to the main thread. */
export type OrderPort<Settings, Doors> = CallPort<ShardOrder<Settings, Doors>, never, never, ShardNews>;

/** The door of a worker thread to the main thread, before there is a shard: log lines may go already. */
export class ShardDoor<Settings, Doors, Address, View> {
  readonly #port: OrderPort<Settings, Doors>;
  readonly #clock: Clock;
  readonly #bell: BellMemory;
  #served: ServedShard<Settings, Doors, Address, View> | null = null;

  constructor({ orders, bell }: ThreadSeat<Settings>, clock: Clock) {
    this.#clock = clock;
    this.#bell = bell;
    this.#port = new CallPort(orders, clock, {
      asked: (order) => this.#obey(order),
      told: () => {},
    });
  }

  tell(news: ShardNews): void {
    this.#port.tell(news);
  }

  /** From now on orders are carried out; to be called in the turn in which the door was made. */
  serve(hosted: HostedShard<Settings, Doors, Address, View>): void {
    this.#served = new ServedShard(hosted, this.#bell, this.#clock, (news) => this.tell(news));
  }

  /** The answer follows what the shard told its peers in that turn: whoever has it can rely on it on every shard. */
  async #obey(order: ShardOrder<Settings, Doors>): Promise<unknown> {
    if (this.#served === null) throw new Error('there is no shard yet');
    const answer = await this.#served.obey(order);
    await new Promise<void>((done) => this.#clock.afterTurn(done));
    return answer;
  }
}

/** Carries out the main thread's orders. */
class ServedShard<Settings, Doors, Address, View> {
  readonly #hosted: HostedShard<Settings, Doors, Address, View>;
  readonly #links: PeerLinks;
  readonly #desk: AdminDesk;
  readonly #stopPulse: () => void;
  #change: HostedChange | null = null;

  constructor(
    hosted: HostedShard<Settings, Doors, Address, View>,
    bell: BellMemory,
    clock: Clock,
    tell: (news: ShardNews) => void,
  ) {
    this.#hosted = hosted;
    this.#links = new PeerLinks(hosted.shard, bell, false);
    this.#desk = new AdminDesk(hosted.admin, (event) => tell({ kind: 'event', event }));
    this.#stopPulse = startPulse(hosted.admin, clock, tell);
  }

  /** @returns the answer, or a promise for it */
  obey(order: ShardOrder<Settings, Doors>): unknown {
    switch (order.kind) {
      case 'join':
        return this.#links.join(order.link);
      case 'peerGone':
        return this.#links.gone(order.peerId);
      case 'listen':
        return this.#hosted.listen(order.doors);
      case 'listenerViews':
        return this.#hosted.listenerViews();
      case 'prepare':
        return this.#prepare(order.settings);
      case 'commit':
        return this.#take()?.commit();
      case 'discard':
        return this.#take()?.discard();
      case 'admin':
        return this.#desk.answer(order.question);
      case 'close':
        this.#stopPulse();
        return this.#hosted.close();
      default:
        return order satisfies never;
    }
  }

  async #prepare(settings: Settings): Promise<readonly string[]> {
    this.#change = await this.#hosted.prepare(settings);
    return this.#change.held;
  }

  #take(): HostedChange | null {
    const change = this.#change;
    this.#change = null;
    return change;
  }
}
