import { describe, expect, it } from 'vitest';
import { ForwardPlanner, mostCopies } from '../../src/link/forward-plan.ts';
import { forward, subscription } from '../bridge-harness.ts';

describe('ForwardPlanner', () => {
  it('has a copy for every match', () => {
    const planner = new ForwardPlanner(
      [forward('a/#', { qos: 1, retain: true }), forward('b/#'), forward('+/x', { remoteTopic: '+', prefix: 'p/' })],
      [],
      1,
    );
    expect(planner.plan('a/x').copies).toEqual([
      { topicName: null, qos: 1, retain: 1 },
      { topicName: Buffer.from('p/a'), qos: -1, retain: -1 },
    ]);
    expect(planner.plan('c').copies).toEqual([]);
  });

  it('keeps a topic on one connection and uses all of them', () => {
    const planner = new ForwardPlanner([forward('#')], [], 4);
    const connections = Array.from({ length: 100 }, (_, i) => planner.plan(`t/${i}`).connection);
    expect(new Set(connections)).toEqual(new Set([0, 1, 2, 3]));
    expect(connections).toEqual(Array.from({ length: 100 }, (_, i) => planner.plan(`t/${i}`).connection));
  });

  it.each([
    ['the same topics', forward('a/#'), 'a/#', true],
    ['other topics', forward('a/#'), 'b/#', false],
    ['a prefix that could lead anywhere', forward('a/#', { prefix: 'b/' }), 'b/#', true],
    ['a shared subscription', forward('a/#'), '$share/g/a/#', true],
  ])('keeps what could come back where the subscriptions are: %s', (_name, rule, remoteTopic, isPinned) => {
    const planner = new ForwardPlanner([rule], [subscription(remoteTopic)], 8);
    const connections = new Set(Array.from({ length: 50 }, (_, i) => planner.plan(`a/${i}`).connection));
    expect(connections.size === 1 && connections.has(0)).toBe(isPinned);
  });

  it('leaves out what has no valid topic name', () => {
    const planner = new ForwardPlanner([forward('#', { suffix: 'x'.repeat(65_535) })], [], 1);
    expect(planner.plan('a').copies).toEqual([]);
  });

  it('knows how many forwards may take the same message', () => {
    expect(mostCopies([])).toBe(1);
    expect(mostCopies([forward('a'), forward('b')])).toBe(1);
    expect(mostCopies([forward('a'), forward('#'), forward('b/+')])).toBe(3);
  });
});
