import type { ConnackPacket, ConnectPacket } from '@nanomq-ts/codec';
import { RemoteConnection, type RemoteTerms } from './remote-connection.ts';
import type { OpenStream } from './remote-stream.ts';

/** How the connections of a bridge are made. */
export interface ConnectPlan {
  readonly openStream: OpenStream;
  readonly nowMs: () => number;
  readonly terms: Omit<RemoteTerms, 'connect'>;
  /** One for each connection, the main one first. */
  readonly connects: readonly ConnectPacket[];
}

/** What came of it. */
export interface ConnectedRemotes {
  readonly remotes: readonly RemoteConnection[];
  /** In the order of `remotes`. */
  readonly connacks: readonly ConnackPacket[];
  /** Why there are fewer connections than were asked for. */
  readonly failures: readonly string[];
}

/**
 * Opens all connections of a bridge. The first one is needed; of the others as many as the remote broker lets in.
 * @throws Error (rejects) as `RemoteConnection.open` for the first one
 */
export async function connectRemotes(plan: ConnectPlan, signal: AbortSignal): Promise<ConnectedRemotes> {
  const { openStream, terms, nowMs } = plan;
  const open = (connect: ConnectPacket) => RemoteConnection.open(openStream, { ...terms, connect }, nowMs, signal);
  const [main, ...others] = await Promise.allSettled(plan.connects.map(open));
  const opened = others.flatMap((other) => (other.status === 'fulfilled' ? [other.value] : []));
  if (main?.status !== 'fulfilled' || signal.aborted) {
    for (const { remote } of opened) remote.close();
    if (main?.status === 'fulfilled') main.value.remote.close();
    throw main?.status === 'rejected' ? main.reason : signal.reason;
  }
  const all = [main.value, ...opened];
  return {
    remotes: all.map(({ remote }) => remote),
    connacks: all.map(({ connack }) => connack),
    failures: others.flatMap((other) => (other.status === 'rejected' ? [textOf(other.reason)] : [])),
  };
}

/** What an operator is told of a failure. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
