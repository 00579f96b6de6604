import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemberChoice, type MemberRank, type ShareStrategy } from '../../src/routing/member-choice.ts';

const STRATEGIES: readonly ShareStrategy[] = ['round_robin', 'random', 'sticky', 'hash_clientid'];

interface Member {
  readonly name: string;
  rank: MemberRank;
}

const rankOf = (member: Member): MemberRank => member.rank;

/** Members named a, b, c, ... of these ranks. */
function group(...ranks: MemberRank[]): Member[] {
  return ranks.map((rank, i) => ({ name: String.fromCharCode(97 + i), rank }));
}

/** A repeatable stream of numbers in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 0x1_0000_0000;
  };
}

function counts(choice: MemberChoice<Member>, members: Member[], times: number): Record<string, number> {
  const found: Record<string, number> = {};
  for (let i = 0; i < times; i++) {
    const name = choice.choose(members, `publisher ${i}`, rankOf)?.name ?? 'nobody';
    found[name] = (found[name] ?? 0) + 1;
  }
  return found;
}

describe.each(STRATEGIES)('MemberChoice %s', (strategy) => {
  it('chooses nobody from an empty group', () => {
    expect(new MemberChoice<Member>(strategy, seeded(1)).choose([], 'p', rankOf)).toBeNull();
  });

  it.each<[behaviour: string, ranks: MemberRank[], chosen: string[]]>([
    ['a ready member goes before congested and offline ones', [0, 1, 2, 1, 0], ['c']],
    ['a congested member goes before offline ones', [0, 0, 1, 0], ['c']],
    ['an offline member is chosen when nobody is online', [0], ['a']],
    ['an offline member goes before full ones', [-1, 0, -1], ['b']],
    ['a full member is chosen when there is no other', [-1], ['a']],
  ])('%s', (_, ranks, chosen) => {
    const found = counts(new MemberChoice<Member>(strategy, seeded(1)), group(...ranks), 20);
    expect(Object.keys(found)).toEqual(chosen);
  });

  it('survives a group that grows and shrinks, and always takes the best rank (sticky: an online one)', () => {
    const rank = fc.constantFrom<MemberRank>(0, 1, 2);
    const groups = fc.array(fc.array(rank, { maxLength: 6 }), { maxLength: 30 });
    fc.assert(
      fc.property(groups, fc.nat(), (steps, seed) => {
        const pool = group(0, 0, 0, 0, 0, 0);
        const choice = new MemberChoice<Member>(strategy, seeded(seed));
        steps.forEach((ranks, step) => {
          const members = pool.slice(pool.length - ranks.length);
          ranks.forEach((each, i) => {
            (members[i] as Member).rank = each;
          });
          const chosen = choice.choose(members, `publisher ${step}`, rankOf);
          if (members.length === 0) {
            expect(chosen).toBeNull();
            return;
          }
          const best = Math.max(...ranks);
          expect(members).toContain(chosen);
          if (strategy === 'sticky') expect((chosen as Member).rank).toBeGreaterThanOrEqual(Math.min(best, 1));
          else expect((chosen as Member).rank).toBe(best);
        });
      }),
    );
  });
});

describe('MemberChoice round_robin', () => {
  it('goes round the ready members', () => {
    const choice = new MemberChoice<Member>('round_robin', seeded(1));
    const members = group(2, 0, 2, 1, 2);
    const names = Array.from({ length: 7 }, () => choice.choose(members, 'p', rankOf)?.name);
    expect(names.join('')).toBe('aceacea');
  });
});

describe('MemberChoice random', () => {
  it('gives every ready member the same share, beside members that are not ready', () => {
    const found = counts(new MemberChoice<Member>('random', seeded(7)), group(2, 0, 0, 2, 1, 2), 6000);
    expect(Object.keys(found).sort()).toEqual(['a', 'd', 'f']);
    for (const count of Object.values(found)) {
      expect(count).toBeGreaterThan(1800);
      expect(count).toBeLessThan(2200);
    }
  });
});

describe('MemberChoice sticky', () => {
  const chooseName = (choice: MemberChoice<Member>, members: Member[]) => choice.choose(members, 'p', rankOf)?.name;

  it('stays with its member through congestion and goes when it is offline', () => {
    const choice = new MemberChoice<Member>('sticky', seeded(3));
    const members = group(2, 2, 2, 2);
    const first = choice.choose(members, 'p', rankOf) as Member;
    expect(counts(choice, members, 50)).toEqual({ [first.name]: 50 });
    first.rank = 1;
    expect(chooseName(choice, members)).toBe(first.name);
    first.rank = 0;
    const second = chooseName(choice, members);
    expect(second).not.toBe(first.name);
    first.rank = 2;
    expect(counts(choice, members, 50)).toEqual({ [second as string]: 50 });
  });

  it('stays with its member when that moves in the list, and takes another when it leaves', () => {
    const choice = new MemberChoice<Member>('sticky', seeded(3));
    const members = group(2, 2, 2);
    const first = choice.choose(members, 'p', rankOf) as Member;
    const others = members.filter((member) => member !== first);
    expect(chooseName(choice, [...others, first])).toBe(first.name);
    expect(others.map((member) => member.name)).toContain(chooseName(choice, others));
  });

  it('stays with its member while nobody is online', () => {
    const choice = new MemberChoice<Member>('sticky', seeded(5));
    const members = group(0, 0, 0, 0, 0);
    const first = chooseName(choice, members) as string;
    expect(counts(choice, members, 30)).toEqual({ [first]: 30 });
  });
});

describe('MemberChoice hash_clientid', () => {
  it('keeps a publisher with its member, in every group object alike', () => {
    const members = group(2, 2, 2, 2, 2);
    for (let i = 0; i < 50; i++) {
      const one = new MemberChoice<Member>('hash_clientid', seeded(1)).choose(members, `p${i}`, rankOf);
      const other = new MemberChoice<Member>('hash_clientid', seeded(2)).choose(members, `p${i}`, rankOf);
      expect(one).toBe(other);
    }
  });

  it('spreads publishers over the members, those of a member that is away as well', () => {
    const members = group(2, 2, 2, 2);
    const before = counts(new MemberChoice<Member>('hash_clientid', seeded(1)), members, 4000);
    for (const count of Object.values(before)) expect(count).toBeGreaterThan(850);
    (members[1] as Member).rank = 0;
    const after = counts(new MemberChoice<Member>('hash_clientid', seeded(1)), members, 4000);
    expect(Object.keys(after).sort()).toEqual(['a', 'c', 'd']);
    for (const [name, count] of Object.entries(after)) expect(count - (before[name] ?? 0)).toBeGreaterThan(200);
  });

  it('leaves the other publishers where they are when a member is away', () => {
    const members = group(2, 2, 2);
    const choice = new MemberChoice<Member>('hash_clientid', seeded(1));
    const before = Array.from({ length: 60 }, (_, i) => choice.choose(members, `p${i}`, rankOf));
    (members[0] as Member).rank = 1;
    before.forEach((member, i) => {
      if (member !== members[0]) expect(choice.choose(members, `p${i}`, rankOf)).toBe(member);
    });
  });
});
