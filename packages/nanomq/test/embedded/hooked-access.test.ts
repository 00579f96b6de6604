import { OpenAccess } from '@nanomq-ts/core';
import { describe, expect, it } from 'vitest';
import { programAccess } from '../../src/broker-options.ts';
import { type BrokerHooks, createBroker, type HookAnswer, type Principal } from '../../src/index.ts';
import { openBroker } from './opened-broker.ts';
import { RecordingLogger } from './recording-logger.ts';

const soon = (code: number) => new Promise<number>((resolve) => setImmediate(resolve, code));

/** Ways in which a hook goes wrong, and what the client is told. */
const FAULTS: readonly [string, () => HookAnswer, number, string][] = [
  ['throws', () => raise(), 0x83, 'error a hook failed; the client is refused'],
  ['rejects', () => Promise.reject(new Error('mine')), 0x83, 'error a hook failed; the client is refused'],
  [
    'answers undefined',
    () => undefined as unknown as number,
    0x87,
    'error a hook answered with no reason code that fits',
  ],
  ['answers true', () => true as unknown as number, 0x87, 'error a hook answered with no reason code that fits'],
  [
    'answers with a reason code of other packets',
    () => 0x93,
    0x87,
    'error a hook answered with no reason code that fits',
  ],
];

function raise(): never {
  throw new Error('mine');
}

describe('onAuthenticate', () => {
  it.each([
    ['at once', (code: number) => code],
    ['later', soon],
  ])('admits and refuses %s, by who asks', async (_, answer) => {
    const asked: unknown[] = [];
    const { open } = await openBroker({
      onAuthenticate: ({ connect, clientId, listener, remoteAddress }) => {
        asked.push([clientId, connect.username, connect.password?.toString(), listener, remoteAddress]);
        return answer(connect.username === 'ann' ? 0 : 0x87);
      },
    });
    const [ann, bob] = [await open(), await open()];
    expect(await ann.client.connect({ clientId: 'a', username: 'ann', password: 'pw' })).toMatchObject({
      reasonCode: 0,
    });
    expect(await bob.client.connect({ clientId: 'b', username: 'bob' })).toMatchObject({ reasonCode: 0x87 });
    await bob.client.expectClosed();
    expect(asked).toEqual([
      ['a', 'ann', 'pw', 'tcp:default', '127.0.0.1'],
      ['b', 'bob', undefined, 'tcp:default', '127.0.0.1'],
    ]);
  });

  it('refuses a client of 3.1.1 with its return code [v3.1.1 MQTT-3.2.2-4]', async () => {
    const { open } = await openBroker({ onAuthenticate: () => 0x86 });
    const { client } = await open(4);
    expect(await client.connect({ clientId: 'c' })).toMatchObject({ returnCode: 4 });
  });

  it('is asked although strangers are kept out by the configuration, and not when an Access refused', async () => {
    const strict = { config: 'listeners.tcp.bind = "127.0.0.1:0"\nauth.allow_anonymous = false' };
    const { connect } = await openBroker({ ...strict, onAuthenticate: () => 0 });
    await (await connect('c')).ping();
    let isAsked = false;
    const onAuthenticate = () => {
      isAsked = true;
      return 0;
    };
    for (const answer of [(code: number) => code, soon]) {
      const access = Object.assign(new OpenAccess(true), { authenticate: () => answer(0x8a) as number });
      const { open } = await openBroker({ access, onAuthenticate });
      expect(await (await open()).client.connect({ clientId: 'c' })).toMatchObject({ reasonCode: 0x8a });
    }
    expect(isAsked).toBe(false);
  });

  it.each(FAULTS)('that %s refuses, and the log says so', async (_, onAuthenticate, reasonCode, line) => {
    const logger = new RecordingLogger();
    const { open } = await openBroker({ onAuthenticate, logger });
    expect(await (await open()).client.connect({ clientId: 'c' })).toMatchObject({ reasonCode });
    expect(logger.lines).toContainEqual(expect.stringContaining(line));
  });
});

describe('onPublish', () => {
  it.each([
    ['at once', (code: number) => code],
    ['later', soon],
  ])('lets pass and refuses %s, with every QoS', async (_, answer) => {
    const { connect, broker } = await openBroker({
      onPublish: (_, topicName) => answer(topicName === 'bad' ? 0x87 : 0),
    });
    const messages = broker.subscribe('#', { qos: 2 });
    const client = await connect('c');
    client.publish('bad', '0');
    client.publish('bad', '1', { qos: 1 });
    expect(await client.next('puback')).toMatchObject({ reasonCode: 0x87 });
    client.publish('bad', '2', { qos: 2 });
    expect(await client.next('pubrec')).toMatchObject({ reasonCode: 0x87 });
    client.publish('good', '3', { qos: 1 });
    expect(await client.next('puback')).toMatchObject({ reasonCode: 0 });
    expect((await messages.next()).value).toMatchObject({ topicName: 'good', payload: Buffer.from('3') });
  });

  it('is told who publishes, where, and whether it is to be retained', async () => {
    const told: unknown[] = [];
    const onPublish = (...said: unknown[]) => {
      told.push(said);
      return 0;
    };
    const { connect } = await openBroker({ onPublish });
    const client = await connect('c', 5, { username: 'ann' });
    client.publish('a/b', 'x', { retain: true });
    await client.ping();
    const who: Principal = { clientId: 'c', username: 'ann', remoteAddress: '127.0.0.1' };
    expect(told).toEqual([[who, 'a/b', true]]);
  });

  it('is asked for the will when the client connects', async () => {
    const { open } = await openBroker({ onPublish: (_, topicName) => (topicName === 'bad' ? 0x87 : 0) });
    const will = { topic: 'bad', payload: Buffer.from('x'), qos: 0, retain: false } as const;
    expect(await (await open()).client.connect({ clientId: 'c', will })).toMatchObject({ reasonCode: 0x87 });
  });

  it('may publish while it is asked: that comes first, and the message is what it was', async () => {
    const { connect, broker } = await openBroker({
      onPublish: (_, topicName) => {
        void broker.publish(`seen/${topicName}`, 'seen', { qos: 1, properties: { messageExpirySeconds: 9 } });
        return 0;
      },
    });
    const client = await connect('c');
    await client.subscribe('#', 1);
    client.publish('a', 'x', { qos: 1, properties: { messageExpiryInterval: 60, contentType: 'text' } });
    const seen = { topic: 'seen/a', properties: { messageExpiryInterval: 9 } };
    expect(await client.next('publish')).toMatchObject(seen);
    const itself = {
      topic: 'a',
      payload: Buffer.from('x'),
      properties: { messageExpiryInterval: 60, contentType: 'text' },
    };
    expect(await client.next('publish')).toMatchObject(itself);
  });

  it('is not asked about what the program itself publishes', async () => {
    await using broker = await createBroker({ onPublish: raise });
    await using messages = broker.subscribe('a');
    await broker.publish('a', 'x');
    expect((await messages.next()).value?.payload.toString()).toBe('x');
  });

  it.each(FAULTS)('that %s refuses, and the log says so', async (_, onPublish, reasonCode, line) => {
    const logger = new RecordingLogger();
    const { connect } = await openBroker({ onPublish, logger });
    const client = await connect('c');
    client.publish('a', 'x', { qos: 1 });
    expect(await client.next('puback')).toMatchObject({ reasonCode });
    expect(logger.lines).toContainEqual(expect.stringContaining(line));
  });
});

describe('onSubscribe', () => {
  it.each([
    ['at once', (code: number) => code],
    ['later', soon],
  ])('answers %s for each topic filter alone [MQTT-3.8.4-6]', async (_, answer) => {
    const asked: unknown[] = [];
    const { connect, broker } = await openBroker({
      onSubscribe: ({ clientId }, topicFilter) => {
        asked.push([clientId, topicFilter]);
        return answer(topicFilter === 'bad/#' ? 0x87 : 0);
      },
    });
    const client = await connect('c');
    const suback = await client.subscribe([
      { topic: 'good', qos: 1 },
      { topic: 'bad/#', qos: 1 },
      { topic: '$share/g/good', qos: 0 },
    ]);
    expect(suback.granted).toEqual([1, 0x87, 0]);
    expect(asked.toSorted()).toEqual([
      ['c', '$share/g/good'],
      ['c', 'bad/#'],
      ['c', 'good'],
    ]);
    expect(await broker.publish('bad/x', '', { qos: 1 })).toBe('noSubscribers');
  });

  it.each(FAULTS)('that %s refuses, and the log says so', async (_, onSubscribe, reasonCode, line) => {
    const logger = new RecordingLogger();
    const { connect } = await openBroker({ onSubscribe, logger });
    expect((await (await connect('c')).subscribe('a')).granted).toEqual([reasonCode]);
    expect(logger.lines).toContainEqual(expect.stringContaining(line));
  });
});

describe('hooks together with an Access', () => {
  it('both must admit', async () => {
    const access = Object.assign(new OpenAccess(true), {
      checksPublish: true,
      publish: (_: Principal, topicName: string) => (topicName === 'access' ? 0x80 : 0),
      subscribe: (_: Principal, topicFilter: string) => (topicFilter === 'access' ? 0x80 : 0),
    });
    const hook = (name: string) => (name === 'hook' ? 0x87 : 0);
    const hooks: BrokerHooks = { onPublish: (_, name) => hook(name), onSubscribe: (_, filter) => hook(filter) };
    const { connect } = await openBroker({ access, ...hooks });
    const client = await connect('c');
    const codes = [];
    for (const name of ['access', 'hook', 'free']) {
      client.publish(name, 'x', { qos: 1 });
      codes.push([(await client.next('puback')).reasonCode, (await client.subscribe(name)).granted[0]]);
    }
    expect(codes).toEqual([
      [0x80, 0x80],
      [0x87, 0x87],
      [0x10, 0],
    ]);
  });

  it('are not on the way of a message when nobody set one', () => {
    const [rules, access] = [new OpenAccess(true), new OpenAccess(true)];
    const logger = new RecordingLogger();
    expect(programAccess(rules, {}, logger)).toBe(rules);
    expect(programAccess(rules, { access }, logger)).toBe(access);
    expect(programAccess(rules, { onSubscribe: () => 0 }, logger).checksPublish).toBe(false);
  });
});
