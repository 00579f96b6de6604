import type { BanKind, BanPort, BanView } from '@nanomq-ts/admin';
import { type AdminPort, type Ban, BanTable, type BanTarget, type ClientCriteria, type Shard } from '@nanomq-ts/core';

const TARGETS: Readonly<Record<BanKind, BanTarget>> = {
  clientid: 'client_id',
  username: 'username',
  address: 'address',
};
const KINDS = Object.fromEntries(Object.entries(TARGETS).map(([kind, target]) => [target, kind])) as Readonly<
  Record<BanTarget, BanKind>
>;

/** What the ban list of a broker stands on. */
export interface BanSeat {
  readonly bans: BanTable;
  /** Bans and lifts bans on all shards, and ends who is banned. */
  readonly guard: Pick<Shard['guard'], 'ban' | 'unban'>;
  /** All shards. */
  readonly admin: Pick<AdminPort, 'clients'>;
  /** Of the shard that tells the others: they have been told when it has ended, and there was room. */
  readonly turn: Pick<Shard['turn'], 'after'>;
  readonly peers: Pick<Shard['peers'], 'whenRoom'>;
  readonly nowMs: () => number;
}

/** The ban list as the administration sees it. Who is banned while online is disconnected, whatever shard it is in. */
export class BanControl implements BanPort {
  readonly #seat: BanSeat;

  constructor(seat: BanSeat) {
    this.#seat = seat;
  }

  async bans(): Promise<readonly BanView[]> {
    const { bans, nowMs } = this.#seat;
    return bans.list(nowMs()).map(({ by, value, reason, untilMs }) => ({
      kind: KINDS[by],
      value,
      reason,
      untilMs: untilMs === Number.POSITIVE_INFINITY ? null : untilMs,
    }));
  }

  async add({ kind, value, reason, untilMs }: BanView): Promise<{ readonly disconnected: number } | 'full'> {
    const ban = { by: TARGETS[kind], value, reason, untilMs: untilMs ?? Number.POSITIVE_INFINITY };
    const disconnected = await this.#countOnline(ban);
    if (!this.#seat.guard.ban(ban)) return 'full';
    await this.#told();
    return { disconnected };
  }

  async remove(kind: BanKind, value: string): Promise<'removed' | 'unknown'> {
    if (!this.#seat.guard.unban(TARGETS[kind], value)) return 'unknown';
    await this.#told();
    return 'removed';
  }

  /** Whoever is answered then can rely on it on every shard. */
  async #told(): Promise<void> {
    const { turn, peers } = this.#seat;
    const ended = new Promise<void>((done) => turn.after(done));
    await peers.whenRoom();
    await ended;
  }

  /** Those that the ban will end. A table knows which addresses are one. */
  async #countOnline(ban: Ban): Promise<number> {
    const { admin, nowMs } = this.#seat;
    const table = new BanTable([ban]);
    let count = 0;
    for await (const batch of admin.clients(criteriaOf(ban))) {
      const meant = batch.filter(
        ({ remoteAddress }) =>
          ban.by !== 'address' || (remoteAddress !== '' && table.find('address', remoteAddress, nowMs()) !== null),
      );
      count += meant.length;
    }
    return count;
  }
}

function criteriaOf({ by, value }: Ban): ClientCriteria {
  switch (by) {
    case 'client_id':
      return { isOnline: true, clientId: value };
    case 'username':
      return { isOnline: true, username: value };
    case 'address':
      return { isOnline: true };
    default:
      return by satisfies never;
  }
}
