import type { ListenerView } from '@nanomq-ts/admin';

/** The listeners of several shards on the same ports, as one of each name. */
export function joinListenerViews(views: readonly ListenerView[]): readonly ListenerView[] {
  const joined = new Map<string, ListenerView>();
  for (const view of views) {
    const before = joined.get(view.name);
    joined.set(view.name, before === undefined ? view : join(before, view));
  }
  return [...joined.values()];
}

/** Every shard has the same certificate. */
function join(left: ListenerView, right: ListenerView): ListenerView {
  const refusedByReason: Record<string, number> = { ...left.refusedByReason };
  for (const [reason, count] of Object.entries(right.refusedByReason)) {
    refusedByReason[reason] = (refusedByReason[reason] ?? 0) + count;
  }
  return { ...left, connections: left.connections + right.connections, refusedByReason };
}
