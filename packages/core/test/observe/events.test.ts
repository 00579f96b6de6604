import { ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';
import { EventFanOut, type ShardEvents } from '../../src/observe/events.ts';
import { Session } from '../../src/session/session.ts';

/** Writes down every event as text. */
function recorder(texts: string[], name = ''): ShardEvents {
  return {
    connected: ({ clientId }) => void texts.push(`${name}connected ${clientId}`),
    disconnected: ({ clientId }, code) => void texts.push(`${name}disconnected ${clientId} ${code.toString(16)}`),
    connectRefused: (_, clientId, address, code) =>
      void texts.push(`${name}refused ${clientId} ${address} ${code.toString(16)}`),
    subscribed: ({ clientId }, { topicFilter, qos }) =>
      void texts.push(`${name}subscribed ${clientId} ${topicFilter} ${qos}`),
    unsubscribed: ({ clientId }, topicFilter) => void texts.push(`${name}unsubscribed ${clientId} ${topicFilter}`),
  };
}

describe('EventFanOut', () => {
  it('tells every listener in the order they came, and leaves out what a listener does not want', () => {
    const texts: string[] = [];
    const events = new EventFanOut(() => {});
    events.add(recorder(texts, '1 '));
    events.add({ disconnected: () => void texts.push('2 disconnected') });
    events.add(recorder(texts, '3 '));
    const session = new Session('c');
    events.connected(session);
    events.disconnected(session, 0x8b);
    expect(texts).toEqual([
      '1 connected c',
      '3 connected c',
      '1 disconnected c 8b',
      '2 disconnected',
      '3 disconnected c 8b',
    ]);
  });

  it('goes on after a listener that throws, and says so', () => {
    const texts: string[] = [];
    const failures: unknown[] = [];
    const events = new EventFanOut((error) => failures.push(error));
    const fault = new Error('a listener failed');
    events.add({
      connected: () => {
        throw fault;
      },
    });
    events.add(recorder(texts));
    events.connected(new Session('c'));
    expect([texts, failures]).toEqual([['connected c'], [fault]]);
  });
});

describe.each([
  ['3.1.1', 4],
  ['5.0', 5],
] as const)('the events of a shard, MQTT %s', (_, version) => {
  it('come when it has happened, in order', async () => {
    const harness = new ShardHarness();
    const texts: string[] = [];
    harness.shard.events.add(recorder(texts));
    const client = await harness.client(version, { clientId: 'c' });
    await client.subscribe('a', 1);
    await client.subscribe('a', 2);
    await client.unsubscribe('a', 'b');
    client.send({ cmd: 'disconnect' });
    expect(texts).toEqual([
      'connected c',
      'subscribed c a 1',
      'subscribed c a 2',
      'unsubscribed c a',
      'disconnected c 0',
    ]);
  });

  it('a listener that throws is logged and harms no client', async () => {
    const harness = new ShardHarness();
    harness.shard.events.add({
      subscribed: () => {
        throw new Error('a listener failed');
      },
    });
    const client = await harness.client(version);
    expect((await client.subscribe('a', 1)).granted).toEqual([1]);
    expect(harness.logged.filter(({ level }) => level === 'error').map(({ text }) => text)).toEqual([
      'an event listener failed',
    ]);
  });
});
