import { describe, expect, it } from 'vitest';
import type { BrokerEventName } from '../../src/index.ts';
import { openBroker } from './opened-broker.ts';
import { RecordingLogger } from './recording-logger.ts';

const NAMES: readonly BrokerEventName[] = [
  'clientConnected',
  'clientDisconnected',
  'connectRefused',
  'subscribed',
  'unsubscribed',
];

describe('events', () => {
  it('tell the life of a client in order', async () => {
    const { broker, connect } = await openBroker();
    const told: unknown[] = [];
    for (const name of NAMES) broker.on(name, (event) => told.push([name, event]));
    const client = await connect('c1', 5, { username: 'u', keepAliveSeconds: 30 });
    await client.subscribe('a/+', 1);
    await client.unsubscribe('a/+');
    client.send({ cmd: 'disconnect' });
    await client.expectClosed();
    const who = { clientId: 'c1', username: 'u', remoteAddress: '127.0.0.1' };
    expect(told).toEqual([
      ['clientConnected', { ...who, protocolVersion: 5, cleanStart: true, keepAliveSeconds: 30 }],
      ['subscribed', { ...who, topicFilter: 'a/+', qos: 1 }],
      ['unsubscribed', { ...who, topicFilter: 'a/+' }],
      ['clientDisconnected', { ...who, reasonCode: 0 }],
    ]);
  });

  it('tell of a client that was refused', async () => {
    const { broker, open } = await openBroker({ onAuthenticate: () => 0x86 });
    const refused = new Promise((resolve) => broker.on('connectRefused', resolve));
    const { client } = await open();
    await client.connect({ clientId: 'c1', username: 'u', password: 'secret' });
    expect(await refused).toEqual({ clientId: 'c1', username: 'u', remoteAddress: '127.0.0.1', reasonCode: 0x86 });
  });

  it('say nothing of the subscriptions of the program itself', async () => {
    const { broker } = await openBroker();
    const told: string[] = [];
    for (const name of NAMES) broker.on(name, () => told.push(name));
    broker.subscribe('#').close();
    expect(told).toEqual([]);
  });

  it('end for a listener that was taken off, and for no other', async () => {
    const { broker, connect } = await openBroker();
    const told: string[] = [];
    const listener = () => told.push('same');
    const off = broker.on('clientConnected', listener);
    broker.on('clientConnected', listener);
    broker.on('clientConnected', () => told.push('other'));
    off();
    off();
    await connect('c1');
    expect(told).toEqual(['same', 'other']);
  });

  it('reach the others and leave the client alone when a listener throws; the log says so', async () => {
    const logger = new RecordingLogger();
    const { broker, connect } = await openBroker({ logger });
    const told: string[] = [];
    broker.on('clientConnected', () => {
      throw new Error('mine');
    });
    broker.on('clientConnected', ({ clientId }) => told.push(clientId));
    await (await connect('c1')).ping();
    expect(told).toEqual(['c1']);
    expect(logger.lines).toContain('error a listener of the program failed');
  });

  it('may be answered by a publish', async () => {
    const { broker, connect } = await openBroker();
    broker.on('subscribed', ({ clientId }) => void broker.publish('hello', clientId));
    const client = await connect('c1');
    await client.subscribe('hello');
    expect(await client.next('publish')).toMatchObject({ topic: 'hello', payload: Buffer.from('c1') });
  });
});
