import { FakeClock } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { FairAccept } from '../../src/pool/fair-accept.ts';

/** Four shards and the hub; `own` clients here, `elsewhere` on the other three. */
function made(own: number, elsewhere: number) {
  const clock = new FakeClock();
  const counts = { own, elsewhere };
  const slept: number[] = [];
  const shard = {
    get connectionCount() {
      return counts.own;
    },
    sessions: {
      get onlineCount() {
        return counts.own;
      },
    },
    peers: {
      all: [0, 2, 3, 4],
      get onlineElsewhere() {
        return counts.elsewhere;
      },
    },
  };
  const fair = new FairAccept(shard as never, clock, (ms) => slept.push(ms));
  return { fair, clock, counts, slept };
}

describe('a shard on a shared descriptor', () => {
  it.each([
    ['its share', 10, 30],
    ['a little more than its share', 13, 30],
    ['the first connection of all', 1, 0],
  ])('with %s goes on at once', (_, own, elsewhere) => {
    const { fair, clock, slept } = made(own, elsewhere);
    fair.connected();
    clock.runTurn();
    expect(slept).toEqual([]);
  });

  it('with more than its share sleeps a little each turn, for a while', () => {
    const { fair, clock, slept } = made(20, 30);
    fair.connected();
    fair.connected();
    for (let i = 0; i < 5; i++) clock.runTurn();
    expect(slept).toEqual([0.25, 0.25, 0.25, 0.25, 0.25]);
    clock.advance(20);
    expect(clock.runTurn()).toBe(false);
  });

  it('sleeps between the connections that come at once, once it has its share', () => {
    const { fair, counts, slept } = made(0, 0);
    for (counts.own = 1; counts.own <= 10; counts.own++) fair.accepted();
    expect(slept).toEqual(Array(8).fill(0.1));
    counts.elsewhere = 30;
    counts.own = 10;
    fair.accepted();
    expect(slept).toHaveLength(8);
  });

  it('goes on as soon as the others have caught up', () => {
    const { fair, clock, counts, slept } = made(20, 30);
    fair.connected();
    clock.runTurn();
    counts.elsewhere = 60;
    clock.runTurn();
    expect(clock.runTurn()).toBe(false);
    expect(slept).toHaveLength(1);
  });
});
