import type { Access, AuthenticationRequest } from '@nanomq-ts/core';
import { ShardHarness } from '@nanomq-ts/testkit';
import { describe, expect, it } from 'vitest';

type Answer = number | Promise<number>;

function access(authenticate: (request: AuthenticationRequest) => Answer, publish?: () => Answer): Access {
  return {
    authenticate,
    checksPublish: publish !== undefined,
    publish: () => publish?.() ?? 0,
    subscribe: () => 0,
  };
}

/** A promise that the test settles. */
function pending() {
  const at: { resolve: (code: number) => void; reject: (error: Error) => void } = { resolve() {}, reject() {} };
  const promise = new Promise<number>((resolve, reject) => Object.assign(at, { resolve, reject }));
  return { promise, ...at, resolve: (code: number) => at.resolve(code), reject: (error: Error) => at.reject(error) };
}

const VERSIONS = [
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
] as const;

const WILL = { topic: 'w', payload: Buffer.from('bye'), qos: 0, retain: false } as const;

describe.each(VERSIONS)('CONNECT and the Access port, MQTT %s', (_, version) => {
  it.each([
    ['[MQTT-3.1.3-8] 0x85 as a number', () => 0x85, 0x85, 2],
    ['0x86 as a number', () => 0x86, 0x86, 4],
    ['0x87 as a number', () => 0x87, 0x87, 5],
    ['0x8A as a number', () => 0x8a, 0x8a, 5],
    ['0x88 as a number', () => 0x88, 0x88, 3],
    ['0x87 as a promise', () => Promise.resolve(0x87), 0x87, 5],
    ['a rejected promise', () => Promise.reject(new Error('no answer')), 0x83, 3],
    [
      'an exception',
      () => {
        throw new Error('broken');
      },
      0x83,
      3,
    ],
    ['1, which is no answer', () => 1, 0x80, 3],
    ['a reason code of DISCONNECT', () => 0x8e, 0x80, 3],
    ['NaN', () => Number.NaN, 0x80, 3],
    ['a promise of nothing', () => Promise.resolve(undefined as unknown as number), 0x83, 3],
    ['nothing', () => undefined as unknown as number, 0x83, 3],
    ['true', () => true as unknown as number, 0x83, 3],
  ])(
    '[MQTT-3.1.4-2] [MQTT-3.2.2-7] [MQTT-3.2.2-8] [MQTT-4.12.0-4] %s refuses',
    async (_, answer, reasonCode, returnCode) => {
      const harness = new ShardHarness({}, { access: access(answer) });
      const { client } = harness.open(version);
      const connack = await client.connect({ clientId: 'a', username: 'u', password: 'p' });
      expect(connack.reasonCode ?? connack.returnCode).toBe(version === 5 ? reasonCode : returnCode);
      expect(connack.sessionPresent).toBe(false);
      await client.expectClosed();
      expect([harness.shard.sessions.size, harness.shard.counters.connectionsAccepted]).toEqual([0, 0]);
    },
  );

  it('is told what the client said', async () => {
    const asked: AuthenticationRequest[] = [];
    const harness = new ShardHarness(
      {},
      {
        access: access((request) => {
          asked.push(request);
          return 0;
        }),
      },
    );
    const { client } = harness.open(version);
    await client.connect({ clientId: 'a', username: 'u', password: 'p' });
    expect(
      asked.map(({ clientId, connect, remoteAddress, listener }) => [
        clientId,
        connect.username,
        connect.password?.toString(),
        remoteAddress,
        listener,
      ]),
    ).toEqual([['a', 'u', 'p', '127.0.0.1', 'tcp:default']]);
  });

  it('what comes while the answer is open waits for it, in order', async () => {
    const { promise, resolve } = pending();
    const harness = new ShardHarness({}, { access: access(({ clientId }) => (clientId === 'a' ? promise : 0)) });
    const witness = await harness.client(4);
    await witness.subscribe('w');
    const { client, transport } = harness.open(version);
    client.sendConnect({ clientId: 'a' });
    client.publish('w', '1');
    client.publish('w', '2');
    await witness.expectNothing();
    expect([transport.isPaused, transport.sent.length]).toEqual([true, 0]);
    resolve(0);
    expect((await client.next('connack')).reasonCode ?? 0).toBe(0);
    expect([
      (await witness.next('publish')).payload.toString(),
      (await witness.next('publish')).payload.toString(),
    ]).toEqual(['1', '2']);
    await client.ping();
    expect(transport.isPaused).toBe(false);
  });

  it('a client that leaves while the answer is open is forgotten', async () => {
    const { promise, resolve } = pending();
    const harness = new ShardHarness({}, { access: access(() => promise) });
    const { client } = harness.open(version);
    client.sendConnect({ clientId: 'a' });
    client.destroy();
    resolve(0);
    await promise;
    harness.clock.runTurn();
    const { shard } = harness;
    expect([shard.sessions.size, shard.connectionCount, shard.counters.connectionsAccepted]).toEqual([0, 0, 0]);
    harness.clock.advance(60_000);
    expect(harness.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('an answer that takes longer than the time to CONNECT is not waited for', async () => {
    const { promise, resolve } = pending();
    const harness = new ShardHarness({ connectTimeoutMs: 5000 }, { access: access(() => promise) });
    const { client } = harness.open(version);
    client.sendConnect({ clientId: 'a' });
    harness.clock.advance(5500);
    const connack = await client.next('connack');
    expect(connack.reasonCode ?? connack.returnCode).toBe(version === 5 ? 0x88 : 3);
    await client.expectClosed();
    resolve(0);
    await promise;
    expect(harness.shard.sessions.size).toBe(0);
  });

  it('two clients of one identifier end with one session, the later answer wins', async () => {
    const answers = [pending(), pending()];
    let asked = 0;
    const harness = new ShardHarness(
      {},
      { access: access(() => (answers[asked++] as { promise: Promise<number> }).promise) },
    );
    const { client: first } = harness.open(version);
    const { client: second } = harness.open(version);
    first.sendConnect({ clientId: 'a' });
    second.sendConnect({ clientId: 'a' });
    answers[1]?.resolve(0);
    await second.next('connack');
    answers[0]?.resolve(0);
    await first.next('connack');
    await second.expectClosed();
    expect([harness.shard.sessions.onlineCount, harness.shard.counters.takeovers]).toEqual([1, 1]);
  });

  it.each([
    ['refused at once', () => 0x87, 0x87],
    ['refused later', () => Promise.resolve(0x87), 0x87],
    ['not answered', () => Promise.reject(new Error('no answer')), 0x83],
    ['answered with nonsense', () => Promise.resolve(7), 0x80],
  ])('a will whose publish is %s refuses the CONNECT', async (_, publish, reasonCode) => {
    const harness = new ShardHarness({}, { access: access(() => Promise.resolve(0), publish) });
    const { client } = harness.open(version);
    const connack = await client.connect({ clientId: 'a', will: WILL });
    expect(connack.reasonCode ?? connack.returnCode).toBe(version === 5 ? reasonCode : reasonCode === 0x87 ? 5 : 3);
    await client.expectClosed();
    expect(harness.shard.sessions.size).toBe(0);
  });

  it.each([
    ['at once', () => 0],
    ['later', () => Promise.resolve(0)],
  ])('a will whose publish is allowed %s is accepted', async (_, publish) => {
    const harness = new ShardHarness({}, { access: access(() => 0, publish) });
    const { client } = harness.open(version);
    const connack = await client.connect({ clientId: 'a', will: WILL });
    expect(connack.reasonCode ?? connack.returnCode).toBe(0);
    await client.expectNothing();
  });

  it('anonymous clients are refused where they are not allowed', async () => {
    const { OpenAccess } = await import('@nanomq-ts/core');
    const harness = new ShardHarness({}, { access: new OpenAccess(false) });
    const { client } = harness.open(version);
    const connack = await client.connect({ clientId: 'a' });
    expect(connack.reasonCode ?? connack.returnCode).toBe(version === 5 ? 0x86 : 4);
    await client.expectClosed();
  });
});
