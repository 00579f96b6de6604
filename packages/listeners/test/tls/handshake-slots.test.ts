import { expect, it } from 'vitest';
import type { Arrival } from '../../src/entry/arrival.ts';
import { HandshakeSlots } from '../../src/tls/handshake-slots.ts';

const arrival = { restartTimer() {} } as Arrival;

/** Takes a slot, and notes when it has it. */
function take(slots: HandshakeSlots, got: string[], name: string): Promise<() => void> {
  return slots.take(arrival).then((giveBack) => {
    got.push(name);
    return giveBack;
  });
}

it('gives slots in the order in which they were asked for', async () => {
  const slots = new HandshakeSlots(1);
  const got: string[] = [];
  const first = await take(slots, got, 'a');
  void take(slots, got, 'b').then((giveBack) => giveBack());
  const last = take(slots, got, 'c');
  expect(slots.waitingCount).toBe(2);
  first();
  first();
  await last;
  expect(got).toEqual(['a', 'b', 'c']);
  expect(slots.waitingCount).toBe(0);
});

it('more slots serve at once who waits', async () => {
  const slots = new HandshakeSlots(1);
  const got: string[] = [];
  await take(slots, got, 'a');
  const waiting = [take(slots, got, 'b'), take(slots, got, 'c'), take(slots, got, 'd')];
  slots.resize(3);
  await Promise.all(waiting.slice(0, 2));
  expect(got).toEqual(['a', 'b', 'c']);
  expect(slots.waitingCount).toBe(1);
});

it('fewer slots hold when enough of those taken were given back', async () => {
  const slots = new HandshakeSlots(2);
  const got: string[] = [];
  const [first, second] = [await take(slots, got, 'a'), await take(slots, got, 'b')];
  slots.resize(1);
  const waiting = take(slots, got, 'c');
  first();
  expect(slots.waitingCount).toBe(1);
  second();
  await waiting;
  expect(got).toEqual(['a', 'b', 'c']);
});
