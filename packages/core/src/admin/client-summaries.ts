import type { ClientSummary } from '../ports/admin.ts';
import type { Session } from '../session/session.ts';
import type { SessionBlock } from '../session/session-blocks.ts';
import type { Shard } from '../shard.ts';
import { WheelTimer } from '../time/timer-wheel.ts';
import type { Pace } from './walk-pace.ts';

/** Blocks shown in a turn at most, however much time there seems to be. */
const BLOCKS_PER_TURN = 64;
/** What was shown is kept for so long after the last list, milliseconds. */
export const KEPT_MS = 60_000;

/**
 * Lists of all clients that are cheap to poll: each block of sessions keeps what was shown of it until something there
 * changes, and nothing of the others is looked at.
 */
export class ClientSummaries {
  readonly #shard: Shard;
  readonly #pace: Pace;
  readonly #forget = new WheelTimer({ timerDue: () => this.#forgetAll() });

  constructor(shard: Shard, pace: Pace) {
    this.#shard = shard;
    this.#pace = pace;
  }

  /**
   * The clients that are there now, oldest session first, a block in a batch: the same array while nothing in it changes.
   * The walk may be held over turns: each session is shown once, those made meanwhile are not, so it ends however fast
   * clients come and go.
   */
  async *walk(): AsyncGenerator<readonly ClientSummary[], void, undefined> {
    await this.#pace.nextTurn();
    const { sessions, wheel, turn } = this.#shard;
    wheel.schedule(this.#forget, turn.nowMs + KEPT_MS);
    const newest = sessions.lastOrdinal;
    let blocks = 0;
    let shown = 0;
    for (let block = sessions.blocks.first as SessionBlock | null; block !== null; block = blockBehind(block, shown)) {
      const batch = summariesBetween(block, shown, newest);
      shown = lastOrdinalOf(block);
      if (batch.length > 0) yield batch;
      if (shown >= newest) return;
      if (++blocks % BLOCKS_PER_TURN === 0 || this.#pace.isSpent()) await this.#pace.nextTurn();
    }
  }

  #forgetAll(): void {
    for (let block = this.#shard.sessions.blocks.first as SessionBlock | null; block !== null; block = block.next) {
      block.summaries = [];
      block.isChanged = true;
    }
  }
}

/** The block with the sessions behind the ordinal, of which `block` had the last one. */
function blockBehind(block: SessionBlock, ordinal: number): SessionBlock | null {
  let found = block;
  while (found.joined !== null) found = found.joined;
  return lastOrdinalOf(found) > ordinal ? found : found.next;
}

/** 0 = it has no sessions. */
function lastOrdinalOf(block: SessionBlock): number {
  return block.sessions.at(-1)?.ordinal ?? 0;
}

/** Summaries of the sessions whose ordinals are above `shown` and at most `newest`: all but those moved or made meanwhile. */
function summariesBetween(block: SessionBlock, shown: number, newest: number): readonly ClientSummary[] {
  if (block.isChanged) show(block);
  const { sessions, summaries } = block;
  const isIn = ({ ordinal }: Session) => ordinal > shown && ordinal <= newest;
  const [first, last] = [sessions[0], sessions.at(-1)];
  if (first === undefined || last === undefined || (isIn(first) && isIn(last))) return summaries;
  return summaries.filter((_, at) => isIn(sessions[at] as Session));
}

function show(block: SessionBlock): void {
  const { sessions, summaries } = block;
  block.isChanged = false;
  const shown = sessions.map((session, at) => {
    const before = summaries[at];
    return before !== undefined && stillHolds(before, session) ? before : new SessionSummary(session);
  });
  // A copy: where arrays are made that lived long, V8 makes all later ones in the old generation.
  block.summaries = shown.slice();
}

/** A class, since V8 does the same with object literals, and each summary that was replaced took its text along. */
class SessionSummary implements ClientSummary {
  readonly clientId: string;
  readonly username: string;
  readonly isOnline: boolean;
  readonly protocolVersion: ClientSummary['protocolVersion'];
  readonly keepAliveSeconds: number;
  readonly receivedMessages: number;

  constructor(session: Session) {
    this.clientId = session.clientId;
    this.username = session.username ?? '';
    this.isOnline = session.connection !== null;
    this.protocolVersion = session.protocolVersion;
    this.keepAliveSeconds = session.keepAliveSeconds;
    this.receivedMessages = session.receivedMessages;
  }
}

function stillHolds(summary: ClientSummary, session: Session): boolean {
  return (
    summary.clientId === session.clientId &&
    summary.receivedMessages === session.receivedMessages &&
    summary.isOnline === (session.connection !== null) &&
    summary.username === (session.username ?? '') &&
    summary.protocolVersion === session.protocolVersion &&
    summary.keepAliveSeconds === session.keepAliveSeconds
  );
}
