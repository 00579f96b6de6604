import type { ClientSummary } from '../ports/admin.ts';
import type { Session } from './session.ts';

/** Sessions of a block at most: a list asks each block whether it has changed, and shows all of one that has anew. */
export const BLOCK_SESSIONS = 64;

/**
 * Sessions that were made one after the other, oldest first. A list that is polled mostly shows the same again: a block
 * knows without a look at its sessions whether it does.
 */
export class SessionBlock {
  readonly sessions: Session[] = [];
  /** What `summaries` shows may not hold any more. Set wherever a summary changes. */
  isChanged = true;
  /** What was shown last; not changed, but replaced. */
  summaries: readonly ClientSummary[] = [];
  next: SessionBlock | null = null;
  previous: SessionBlock | null = null;
  /** Where its sessions are now, when it is a block no more. */
  joined: SessionBlock | null = null;
}

/** The block of sessions that no list shows. */
export const UNLISTED = new SessionBlock();

/** The sessions of a registry in blocks. Two that stand side by side have more sessions than one may have. */
export class SessionBlocks {
  /** Always the same: it is never joined to another. */
  readonly first = new SessionBlock();
  #last = this.first;

  /** Puts a new session behind all others. */
  add(session: Session): void {
    if (this.#last.sessions.length === BLOCK_SESSIONS) this.#append();
    this.#put(session, this.#last);
  }

  /** Takes out a session that has ended. */
  remove(session: Session): void {
    const { block } = session;
    session.block = UNLISTED;
    block.sessions.splice(block.sessions.indexOf(session), 1);
    block.isChanged = true;
    if (block.next !== null) this.#joinIfFew(block, block.next);
    if (block.previous !== null) this.#joinIfFew(block.previous, block);
  }

  #append(): void {
    const block = new SessionBlock();
    block.previous = this.#last;
    this.#last.next = block;
    this.#last = block;
  }

  #joinIfFew(block: SessionBlock, next: SessionBlock): void {
    if (block.sessions.length + next.sessions.length > BLOCK_SESSIONS) return;
    for (const session of next.sessions) this.#put(session, block);
    next.joined = block;
    block.next = next.next;
    if (next.next === null) this.#last = block;
    else next.next.previous = block;
  }

  #put(session: Session, block: SessionBlock): void {
    block.sessions.push(session);
    block.isChanged = true;
    session.block = block;
  }
}
