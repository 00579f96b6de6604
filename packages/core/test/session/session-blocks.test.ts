import { RandomSource } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { Session } from '../../src/session/session.ts';
import { BLOCK_SESSIONS, type SessionBlock, SessionBlocks, UNLISTED } from '../../src/session/session-blocks.ts';

/** The blocks, first to last. */
function blocksOf(blocks: SessionBlocks): SessionBlock[] {
  const all: SessionBlock[] = [];
  for (let block: SessionBlock | null = blocks.first; block !== null; block = block.next) all.push(block);
  return all;
}

function sizesOf(blocks: SessionBlocks): number[] {
  return blocksOf(blocks).map(({ sessions }) => sessions.length);
}

function filled(count: number): { blocks: SessionBlocks; sessions: Session[] } {
  const blocks = new SessionBlocks();
  const sessions = Array.from({ length: count }, (_, i) => new Session(`c-${i}`));
  for (const session of sessions) blocks.add(session);
  return { blocks, sessions };
}

function calm(blocks: SessionBlocks): void {
  for (const block of blocksOf(blocks)) block.isChanged = false;
}

describe('SessionBlocks', () => {
  it('keep the order in which sessions came, and begin a block when one is full', () => {
    const { blocks, sessions } = filled(2 * BLOCK_SESSIONS + 1);
    expect(sizesOf(blocks)).toEqual([BLOCK_SESSIONS, BLOCK_SESSIONS, 1]);
    expect(blocksOf(blocks).flatMap((block) => block.sessions)).toEqual(sessions);
  });

  it('tell which block a change has touched', () => {
    const { blocks, sessions } = filled(2 * BLOCK_SESSIONS);
    const [first, second] = blocksOf(blocks);
    calm(blocks);
    blocks.remove(sessions[0] as Session);
    expect([first?.isChanged, second?.isChanged]).toEqual([true, false]);
    calm(blocks);
    blocks.add(new Session('new'));
    expect(blocksOf(blocks).map(({ isChanged }) => isChanged)).toEqual([false, false, true]);
  });

  it('join two that have room for one another, and say where the sessions are now', () => {
    const { blocks, sessions } = filled(BLOCK_SESSIONS + 1);
    const [first, second] = blocksOf(blocks);
    calm(blocks);
    blocks.remove(sessions[0] as Session);
    expect(sizesOf(blocks)).toEqual([BLOCK_SESSIONS]);
    expect(second?.joined).toBe(first);
    expect([first?.isChanged, sessions.at(-1)?.block]).toEqual([true, first]);
    expect(sessions[0]?.block).toBe(UNLISTED);
  });

  it('hold nothing of a session that is not listed', () => {
    const { blocks } = filled(1);
    blocks.remove(new Session('never listed'));
    expect(sizesOf(blocks)).toEqual([1]);
    expect(UNLISTED.sessions).toEqual([]);
  });

  it.each([1, 2, 3])('are few and right whatever comes and goes (seed %i)', (seed) => {
    const random = new RandomSource(seed);
    const blocks = new SessionBlocks();
    let model: Session[] = [];
    for (let round = 0; round < 400; round++) {
      // Grows and shrinks to nothing, several times.
      const isGrowing = round % 100 < 50;
      for (let i = random.below(3 * BLOCK_SESSIONS); i > 0; i--) {
        if (isGrowing || model.length === 0) {
          const session = new Session(`${round}-${i}`);
          model.push(session);
          blocks.add(session);
        } else {
          const [gone] = model.splice(random.below(model.length), 1) as [Session];
          blocks.remove(gone);
        }
      }
      if (round % 100 === 99) {
        for (const session of model) blocks.remove(session);
        model = [];
      }
      const all = blocksOf(blocks);
      const listed = all.flatMap(({ sessions }) => sessions);
      expect(listed.length === model.length && listed.every((session, at) => session === model[at])).toBe(true);
      expect(all.every((block, at) => block.previous === (all[at - 1] ?? null) && block.joined === null)).toBe(true);
      expect(all.every((block) => block.sessions.every((session) => session.block === block))).toBe(true);
      const sizes = all.map(({ sessions }) => sessions.length);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(BLOCK_SESSIONS);
      expect(sizes.slice(1).every((size, at) => size + (sizes[at] ?? 0) > BLOCK_SESSIONS)).toBe(true);
    }
  });
});
