import type { ListenerView, OptionalParts } from '@nanomq-ts/admin';
import type { AdminPort, BanTable, Shard } from '@nanomq-ts/core';
import { AclControl } from './acl-control.ts';
import { BanControl } from './ban-control.ts';
import type { ConfigurationSeat } from './configuration-seat.ts';
import { PemFiles } from './pem-files.ts';
import { UserControl } from './user-control.ts';

/** What the administration of a running broker stands on. */
export interface AdministrationSeat {
  readonly control: ConfigurationSeat;
  /** All shards. */
  readonly admin: AdminPort;
  readonly bans: BanTable;
  /** The shard of this thread, which tells the others. */
  readonly shard: Pick<Shard, 'guard' | 'turn' | 'peers'>;
  /** Undefined: nobody can tell. */
  readonly listeners: (() => Promise<readonly ListenerView[]>) | undefined;
  readonly nowMs: () => number;
}

/** What the admin API may show and change beside sessions and settings. Without a configuration file it takes no PEM. */
export function adminParts({ control, admin, bans, shard, listeners, nowMs }: AdministrationSeat): OptionalParts {
  const { path } = control.current;
  const { guard, turn, peers } = shard;
  return {
    users: new UserControl(control),
    acl: new AclControl(() => control.current.accepted.config.auth),
    bans: new BanControl({ bans, guard, turn, peers, admin, nowMs }),
    ...(listeners === undefined ? {} : { listeners: { listeners } }),
    ...(path === undefined ? {} : { pem: new PemFiles(control, path) }),
  };
}
