import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InflightState, InflightWindow, NOT_FOUND } from '../../src/session/inflight-window.ts';

describe('InflightWindow', () => {
  it.each([
    ['1', 1],
    ['2', 2],
    ['65,535', 65_535],
  ])('hands out non-zero identifiers that are not in use, with a limit of %s [MQTT-2.2.1-4]', (_, limit) => {
    const window = new InflightWindow(limit);
    const ids = new Set<number>();
    while (!window.isFull) ids.add(window.add(1, ids.size, InflightState.AwaitingPuback, 0));
    expect(ids.size).toBe(limit);
    expect(ids.has(0)).toBe(false);
    expect(Math.max(...ids)).toBeLessThanOrEqual(65_535);
    for (const id of ids) expect(window.find(id)).not.toBe(NOT_FOUND);
  });

  it('begins again at 1 after 65535 and skips what is still in use', () => {
    const window = new InflightWindow(10);
    const kept = window.add(7, 0, InflightState.AwaitingPubrec, 0);
    let last = kept;
    for (let i = 1; i < 70_000; i++) {
      last = window.add(1, i, InflightState.AwaitingPuback, 0);
      expect(last).not.toBe(kept);
      window.remove(window.find(last));
    }
    expect(last).toBeLessThan(65_535);
    expect(window.itemAt(window.find(kept))).toBe(7);
  });

  it('keeps the order of first sending beyond the wrap of identifiers and sequences [MQTT-4.6.0-1]', () => {
    const window = new InflightWindow(100);
    const first = 0x7ffffffe;
    // So that the identifiers wrap in the table, too.
    for (let i = -5; i < 0; i++) window.remove(window.find(window.add(i, first + i, InflightState.AwaitingPuback, 0)));
    for (let i = 0; i < 4; i++) window.add(i, (first + i) | 0, InflightState.AwaitingPuback, 0);
    expect(window.recordsInOrder().map((record) => window.itemAt(record))).toEqual([0, 1, 2, 3]);
  });

  it('counts nothing that has yet to go out again on a new connection [MQTT-4.9.0-1]', () => {
    const window = new InflightWindow(2);
    const puback = window.add(1, 1, InflightState.AwaitingPuback, 5);
    const pubrec = window.add(2, 2, InflightState.AwaitingPubrec, 5);
    window.markUnsent();
    expect([window.count, window.unsent, window.isFull]).toEqual([2, 2, false]);
    window.update(window.find(puback), InflightState.AwaitingPuback, 6);
    expect([window.unsent, window.isUnsentAt(window.find(pubrec))]).toEqual([1, true]);
    window.remove(window.find(pubrec));
    expect([window.count, window.unsent, window.isFull]).toEqual([1, 0, false]);
  });

  it('names what has to go out again oldest first, anew with each connection [MQTT-4.6.0-1]', () => {
    const window = new InflightWindow(10);
    for (let i = 0; i < 4; i++) window.add(i, i, InflightState.AwaitingPuback, 0);
    for (let connection = 0; connection < 2; connection++) {
      const order = window.markUnsent();
      for (const record of order) {
        expect(window.firstUnsent()).toBe(record);
        window.update(record, InflightState.AwaitingPuback, 1);
      }
      expect(window.firstUnsent()).toBe(NOT_FOUND);
    }
  });

  it('does what a plain map does', () => {
    const step = fc.record({
      kind: fc.constantFrom('add', 'add', 'remove', 'update', 'markUnsent'),
      pick: fc.nat(1000),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(step, { maxLength: 300 }), (limit, steps) => {
        const window = new InflightWindow(limit);
        const model = new Map<number, { item: number; state: number; sent: boolean }>();
        const states = [InflightState.AwaitingPuback, InflightState.AwaitingPubrec, InflightState.AwaitingPubcomp];
        let sequence = 0;
        for (const { kind, pick } of steps) {
          const ids = [...model.keys()];
          const id = ids[pick % Math.max(1, ids.length)];
          const state = states[pick % 3]!;
          if (kind === 'add' && !window.isFull && window.unsent === 0) {
            const added = window.add(pick, sequence++, state, pick);
            expect(model.has(added)).toBe(false);
            model.set(added, { item: pick, state, sent: true });
          } else if (kind === 'remove' && id !== undefined) {
            window.remove(window.find(id));
            model.delete(id);
          } else if (kind === 'update' && id !== undefined) {
            window.update(window.find(id), state, pick);
            // A map keeps the order of insertion, which an update must not change.
            Object.assign(model.get(id)!, { state, sent: true });
          } else if (kind === 'markUnsent') {
            window.markUnsent();
            for (const entry of model.values()) entry.sent &&= entry.state === InflightState.AwaitingPubcomp;
          }
          const unsent = [...model.values()].filter(({ sent }) => !sent).length;
          expect([window.count, window.unsent]).toEqual([model.size, unsent]);
          expect(window.isFull).toBe(model.size - unsent >= limit);
          const next = window.firstUnsent();
          const oldest = [...model].find(([, { sent }]) => !sent);
          expect(next === NOT_FOUND ? undefined : window.packetIdAt(next)).toBe(oldest?.[0]);
        }
        const found = window
          .recordsInOrder()
          .map((record) => [
            window.packetIdAt(record),
            { item: window.itemAt(record), state: window.stateAt(record), sent: !window.isUnsentAt(record) },
          ]);
        expect(found).toEqual([...model]);
      }),
    );
  });
});
