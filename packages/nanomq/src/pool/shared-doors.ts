import type { NanomqConfig } from '@nanomq-ts/config';
import { canReusePort, type ListenSocket } from '@nanomq-ts/listeners';
import { ListenError } from '../listeners/listen-error.ts';
import { enabledListeners, type ListenerSpec } from '../listeners/listener-spec.ts';
import type { ListenerAddress } from '../listeners/open-listeners.ts';
import { BoundSocket } from './bound-socket.ts';
import type { ShardDoors } from './shard-settings.ts';

/** How the shards of a pool share the addresses of the listeners. */
export interface SharedDoors {
  /** A shard may end while the others go on. */
  readonly canReplace: boolean;
  /**
   * How a shard opens its listeners.
   * @param addresses  those the first shard got; none while it is the first
   * @param isOwner    the shard has what cannot be shared: Unix sockets
   */
  forShard(addresses: readonly ListenerAddress[], isOwner: boolean): ShardDoors;
  /** Frees what no shard has used. Once a shard has listened it is the shards' end that frees the ports. */
  discard(): void;
}

/**
 * Chooses by what Node can do: a socket for each shard among which the kernel spreads connections, or one bound
 * descriptor for all of them.
 * @throws ListenError (rejects) when an address cannot be bound
 */
export async function openSharedDoors(config: NanomqConfig, isSpread: boolean = canReusePort()): Promise<SharedDoors> {
  const specs = enabledListeners(config.listeners);
  const sockets = await bindAll(specs);
  if (!isSpread) return new OneDescriptorDoors(specs, sockets);
  // Bound all the same: where another broker of this user listens, the shards could too, and each got some of the clients.
  for (const socket of sockets.values()) socket.close();
  return new SpreadDoors(specs);
}

async function bindAll(specs: readonly ListenerSpec[]): Promise<ReadonlyMap<string, BoundSocket>> {
  const sockets = new Map<string, BoundSocket>();
  for (const spec of specs) {
    if (spec.section === 'unix') continue;
    const { host, port } = spec.config;
    try {
      sockets.set(spec.id, await BoundSocket.bind(host, port));
    } catch (error) {
      for (const socket of sockets.values()) socket.close();
      throw new ListenError(spec, error);
    }
  }
  return sockets;
}

/** Every shard has sockets of its own on the same port. */
class SpreadDoors implements SharedDoors {
  readonly canReplace = true;
  readonly #specs: readonly ListenerSpec[];

  constructor(specs: readonly ListenerSpec[]) {
    this.#specs = specs;
  }

  forShard(addresses: readonly ListenerAddress[], isOwner: boolean): ShardDoors {
    return doorsOf(this.#specs, isOwner, ({ id }) => {
      const port = addresses.find(({ name }) => name === id)?.port;
      return { reusePort: true, ...(port !== undefined && { port }) };
    });
  }

  discard(): void {}
}

/** All shards take connections from the same descriptors. */
class OneDescriptorDoors implements SharedDoors {
  readonly canReplace = false;
  readonly #specs: readonly ListenerSpec[];
  readonly #sockets: ReadonlyMap<string, BoundSocket>;
  #isUsed = false;

  constructor(specs: readonly ListenerSpec[], sockets: ReadonlyMap<string, BoundSocket>) {
    this.#specs = specs;
    this.#sockets = sockets;
  }

  forShard(_: readonly ListenerAddress[], isOwner: boolean): ShardDoors {
    this.#isUsed = true;
    return doorsOf(this.#specs, isOwner, ({ id }) => ({ fd: (this.#sockets.get(id) as BoundSocket).fd }));
  }

  discard(): void {
    // The number may belong to another file once a shard has closed it.
    if (!this.#isUsed) for (const socket of this.#sockets.values()) socket.close();
  }
}

function doorsOf(
  specs: readonly ListenerSpec[],
  isOwner: boolean,
  socketFor: (spec: ListenerSpec) => ListenSocket,
): ShardDoors {
  const doors: Record<string, ListenSocket> = {};
  for (const spec of specs) {
    if (spec.section !== 'unix') doors[spec.id] = socketFor(spec);
    else if (isOwner) doors[spec.id] = {};
  }
  return doors;
}
