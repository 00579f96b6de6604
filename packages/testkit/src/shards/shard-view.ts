import type { Session, Shard } from '@nanomq-ts/core';

/**
 * Several shards as a test looks at one: what they hold together, whichever holds it. What is done to it is done to the
 * first, or to all where it concerns all. Made for behaviour tests that run with one and with four shards.
 */
export function viewOfShards(shards: readonly Shard[]): Shard {
  const first = shards[0] as Shard;
  if (shards.length === 1) return first;
  const sum = (count: (shard: Shard) => number) => shards.reduce((total, shard) => total + count(shard), 0);
  const view = {
    counters: summedCounters(shards),
    sessions: {
      find: (clientId: string) => findSession(shards, clientId),
      values: () => shards.flatMap((shard) => [...shard.sessions.values()]).values(),
      end: (session: Session) => holderOf(shards, session.clientId)?.sessions.end(session),
      get size() {
        return sum((shard) => shard.sessions.size);
      },
      get onlineCount() {
        return sum((shard) => shard.sessions.onlineCount);
      },
    },
    messages: {
      get size() {
        return sum((shard) => shard.messages.size);
      },
      get liveBytes() {
        return sum((shard) => shard.messages.liveBytes);
      },
    },
    index: {
      hasMatch: first.index.hasMatch.bind(first.index),
      get size() {
        return sum((shard) => shard.index.size);
      },
      get sharedGroupCount() {
        return first.index.sharedGroupCount;
      },
    },
    wheel: {
      get size() {
        return sum((shard) => shard.wheel.size);
      },
    },
    gate: {
      get heldCount() {
        return sum((shard) => shard.gate.heldCount);
      },
    },
    events: { add: (listener: Parameters<Shard['events']['add']>[0]) => each(shards, (s) => s.events.add(listener)) },
    get connectionCount() {
      return sum((shard) => shard.connectionCount) - sum((shard) => shard.relays.size);
    },
    close: (...reason: Parameters<Shard['close']>) => each(shards, (shard) => shard.close(...reason)),
    whenConnectionsGone: () => Promise.all(shards.map((shard) => shard.whenConnectionsGone())),
  };
  return new Proxy(first, {
    get(_, name) {
      if (name in view) return Reflect.get(view, name);
      const value: unknown = Reflect.get(first, name, first);
      return typeof value === 'function' ? value.bind(first) : value;
    },
  });
}

function each(shards: readonly Shard[], act: (shard: Shard) => void): void {
  for (const shard of shards) act(shard);
}

function holderOf(shards: readonly Shard[], clientId: string): Shard | undefined {
  return shards.find((shard) => shard.sessions.find(clientId) !== undefined);
}

function findSession(shards: readonly Shard[], clientId: string): Session | undefined {
  return holderOf(shards, clientId)?.sessions.find(clientId);
}

/** The counters of all shards added up, arrays of them by index. */
function summedCounters(shards: readonly Shard[]): Shard['counters'] {
  return new Proxy(shards[0]?.counters as Shard['counters'], {
    get(_, name) {
      const values = shards.map((shard) => Reflect.get(shard.counters, name) as unknown);
      if (typeof values[0] === 'number') return (values as number[]).reduce((total, value) => total + value, 0);
      if (!isNumbers(values[0])) return values[0];
      return [...values[0]].map((_, i) => (values as ArrayLike<number>[]).reduce((t, v) => t + (v[i] as number), 0));
    },
  });
}

function isNumbers(value: unknown): value is ArrayLike<number> & Iterable<number> {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}
