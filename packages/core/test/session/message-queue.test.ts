import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { MessageQueue } from '../../src/session/message-queue.ts';

it('gives back what it was given, oldest first, however it grows', () => {
  const pushes = fc.array(fc.oneof(fc.integer({ min: -0x80000000, max: 0x7fffffff }), fc.constant('shift')), {
    maxLength: 400,
  });
  fc.assert(
    fc.property(pushes, (steps) => {
      const queue = new MessageQueue();
      const model: [number, number][] = [];
      steps.forEach((step, sequence) => {
        if (typeof step === 'number') {
          queue.push(step, sequence);
          model.push([step, sequence]);
        } else if (model.length > 0) {
          expect([queue.firstItem, queue.firstSequence]).toEqual(model.shift());
          queue.shift();
        }
        expect(queue.length).toBe(model.length);
      });
      for (const entry of model) {
        expect([queue.firstItem, queue.firstSequence]).toEqual(entry);
        queue.shift();
      }
      expect(queue.length).toBe(0);
    }),
  );
});
