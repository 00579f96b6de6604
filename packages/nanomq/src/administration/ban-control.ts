import type { BanKind, BanPort, BanView } from '@nanomq-ts/admin';
import type { AdminPort, Ban, BanTable, BanTarget, ClientCriteria, ClientView } from '@nanomq-ts/core';

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
  /** All shards. */
  readonly admin: Pick<AdminPort, 'clients' | 'kick'>;
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
    const { bans, nowMs } = this.#seat;
    const ban = { by: TARGETS[kind], value, reason, untilMs: untilMs ?? Number.POSITIVE_INFINITY };
    return bans.add(ban, nowMs()) ? { disconnected: await this.#disconnect(ban) } : 'full';
  }

  async remove(kind: BanKind, value: string): Promise<'removed' | 'unknown'> {
    return this.#seat.bans.remove(TARGETS[kind], value) ? 'removed' : 'unknown';
  }

  async #disconnect(ban: Ban): Promise<number> {
    const { admin } = this.#seat;
    let disconnected = 0;
    for await (const batch of admin.clients(criteriaOf(ban))) {
      for (const { clientId } of batch.filter((client) => this.#isMeant(ban, client))) {
        if ((await admin.kick(clientId)) === 'kicked') disconnected++;
      }
    }
    return disconnected;
  }

  /** Of addresses the table knows which of them are one. */
  #isMeant({ by }: Ban, { remoteAddress }: ClientView): boolean {
    if (by !== 'address') return true;
    const { bans, nowMs } = this.#seat;
    return remoteAddress !== '' && bans.find('address', remoteAddress, nowMs()) !== null;
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
