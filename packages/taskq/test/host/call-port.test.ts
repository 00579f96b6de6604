import { MessageChannel } from 'node:worker_threads';
import { AdminError } from '@nanomq-ts/core';
import { FakeClock } from '@nanomq-ts/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CallHandlers, CallPort } from '../../src/host/call-port.ts';

let clock: FakeClock;
let asking: CallPort<never, string, string, never>;
let answering: CallPort<string, never, never, string>;
let answer: CallHandlers<string, never>['asked'];
let news: string[];

beforeEach(() => {
  clock = new FakeClock();
  news = [];
  const { port1, port2 } = new MessageChannel();
  asking = new CallPort(port1, clock, { asked: () => {}, told: (text: string) => news.push(text) });
  answering = new CallPort(port2, clock, { asked: (question: string) => answer(question), told: () => {} });
});
afterEach(() => {
  asking.close(new Error('over'));
  answering.close(new Error('over'));
});

describe('questions between two threads', () => {
  it('each get their own answer, whichever is first', async () => {
    const waiting = new Map<string, (value: string) => void>();
    answer = (question) => (question === 'now' ? 'at once' : new Promise((done) => waiting.set(question, done)));
    const slow = asking.ask<string>('slow');
    expect(await asking.ask('now')).toBe('at once');
    waiting.get('slow')?.('late');
    expect(await slow).toBe('late');
  });

  it('reject with the error of the other end: name, code and cause', async () => {
    answer = () => {
      const cause = Object.assign(new Error('in use'), { code: 'EADDRINUSE', port: 1883 });
      throw Object.assign(new RangeError('no', { cause }), { listener: 'tcp:default' });
    };
    const error = await asking.ask('x').catch((refused: unknown) => refused);
    expect(error).toMatchObject({
      name: 'RangeError',
      message: 'no',
      listener: 'tcp:default',
      cause: { code: 'EADDRINUSE', port: 1883 },
    });
  });

  it('an error of the administration is one at this end too', async () => {
    answer = () => {
      throw new AdminError('INVALID_FILTER', 'why');
    };
    const error = await asking.ask('x').catch((refused: unknown) => refused);
    expect(error).toBeInstanceOf(AdminError);
    expect(error).toMatchObject({ code: 'INVALID_FILTER', message: 'why' });
  });

  it('reject when the answer is late, and an answer that comes then is not heard', async () => {
    let finish = (_: string) => {};
    answer = () =>
      new Promise<string>((done) => {
        finish = done;
      });
    const asked = asking.ask('x', { timeoutMs: 100, timeout: () => new Error('too late') });
    clock.advance(99);
    clock.advance(1);
    await expect(asked).rejects.toThrow('too late');
    expect(clock.runningIntervals).toBe(0);
    finish('now');
    answer = () => 'next';
    expect(await asking.ask('y')).toBe('next');
  });

  it('reject once the port is closed, open ones and later ones', async () => {
    answer = () => new Promise(() => {});
    const asked = asking.ask('x', { timeoutMs: 100, timeout: () => new Error('too late') });
    asking.close(new Error('the thread has ended'));
    await expect(asked).rejects.toThrow('the thread has ended');
    await expect(asking.ask('y')).rejects.toThrow('the thread has ended');
    expect(clock.runningIntervals).toBe(0);
  });

  it('news come in order, before the answer to what is asked after them', async () => {
    answer = () => 'done';
    answering.tell('a');
    answering.tell('b');
    await asking.ask('x');
    expect(news).toEqual(['a', 'b']);
  });
});
