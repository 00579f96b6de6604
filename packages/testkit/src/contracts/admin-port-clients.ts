import type { AdminPort, ClientCriteria, ClientSummary } from '@nanomq-ts/core';
import { describe, expect, it } from 'vitest';
import type { AdminBench } from './admin-port.ts';
import { batchesOf, viewsOf } from './batches-of.ts';
import { durable } from './durable-session.ts';
import { HOSTILE_TEXTS } from './hostile-texts.ts';

/** Declares the tests of the list of clients. */
export function declareAdminClients(bench: AdminBench): void {
  describe('clients', () => {
    declareClients(bench);
    declareManyClients(bench);
  });
  describe('summaries of clients', () => declareClientSummaries(bench));
  describe('client criteria', () => declareClientCriteria(bench));
}

function declareClients(bench: AdminBench): void {
  it.each([3, 4, 5] as const)('shows a client of version %i, online and offline', async (version) => {
    const { harness } = bench;
    const will = { topic: 'last/words', payload: Buffer.from('gone'), qos: 1 as const, retain: false };
    const options = { ...durable(version, 'c'), username: 'u', password: 'p', keepAliveSeconds: 33, will };
    const client = await harness.client(version, options);
    await client.subscribe('a');
    client.publish('x', '1');
    client.publish('x', '2');
    await client.ping();
    const [online, ...others] = await viewsOf(harness.admin.clients({}));
    expect(others).toEqual([]);
    expect(online).toMatchObject({
      clientId: 'c',
      username: 'u',
      isOnline: true,
      remoteAddress: '127.0.0.1',
      listener: harness.listenerName,
      protocolVersion: version,
      keepAliveSeconds: 33,
      cleanStart: false,
      sessionExpirySeconds: version === 5 ? 600 : 0xffffffff,
      receivedMessages: 2,
      subscriptionCount: 1,
      inflightMessages: 0,
      queuedMessages: 0,
      will: { topicName: 'last/words', payload: Buffer.from('gone') },
    });
    expect(online?.connectedAtMs).toBeGreaterThan(1.6e12);

    client.send({ cmd: 'disconnect' });
    await client.expectClosed();
    await expect.poll(() => viewsOf(harness.admin.clients({}))).toMatchObject([{ isOnline: false, listener: '' }]);
    const [offline] = await viewsOf(harness.admin.clients({}));
    expect(offline).toEqual({ ...online, isOnline: false, listener: '', will: null });
  });
}

function declareManyClients(bench: AdminBench): void {
  it('shows what waits in the inflight window and behind it', async () => {
    const { harness } = bench;
    const client = await harness.client(5, { clientId: 'slow', properties: { receiveMaximum: 2 } });
    client.autoAcknowledge = false;
    await client.subscribe('t', 1);
    for (let i = 0; i < 5; i++) {
      await harness.admin.publish({
        clientId: 'p',
        topicName: 't',
        payload: Buffer.from('x'),
        qos: 1,
        retain: false,
        properties: {},
      });
    }
    const [view] = await viewsOf(harness.admin.clients({ clientId: 'slow' }));
    expect(view).toMatchObject({ inflightMessages: 2, queuedMessages: 3, username: '', will: null });
  });

  it('lists many in batches, each once', async () => {
    const { harness } = bench;
    const clientIds = Array.from({ length: 501 }, (_, i) => `many-${i}`);
    for (const clientId of clientIds) await harness.client(4, { clientId });
    const batches = await batchesOf(harness.admin.clients({}));
    expect(batches.length).toBeGreaterThan(1);
    const listed = batches.flat().map(({ clientId }) => clientId);
    expect(listed.sort()).toEqual(clientIds.sort());
  });

  it('shows hostile client identifiers as they are', async () => {
    const { harness } = bench;
    for (const clientId of HOSTILE_TEXTS) await harness.client(5, { clientId, username: clientId });
    const views = await viewsOf(harness.admin.clients({}));
    expect(views.map(({ clientId }) => clientId).sort()).toEqual([...HOSTILE_TEXTS].sort());
    for (const clientId of HOSTILE_TEXTS) {
      expect(await viewsOf(harness.admin.clients({ clientId }))).toMatchObject([{ clientId, username: clientId }]);
      expect(await harness.admin.kick(clientId)).toBe('kicked');
    }
  });
}

/** What the list of clients shows of what summaries show. */
async function summariesInViews(admin: AdminPort): Promise<ClientSummary[]> {
  const views = await viewsOf(admin.clients({}));
  return views.map(({ clientId, username, isOnline, protocolVersion, keepAliveSeconds, receivedMessages }) => {
    return { clientId, username, isOnline, protocolVersion, keepAliveSeconds, receivedMessages };
  });
}

function declareClientSummaries(bench: AdminBench): void {
  it('show clients of each version as the list does, and follow them', async () => {
    const { admin } = bench.harness;
    expect(await viewsOf(admin.clientSummaries())).toEqual([]);
    const clients = [];
    for (const version of [3, 4, 5] as const) {
      const options = { ...durable(version, `c${version}`), username: `u${version}`, keepAliveSeconds: version };
      clients.push(await bench.harness.client(version, { ...options, password: 'p' }));
    }
    const first = await viewsOf(admin.clientSummaries());
    expect(first).toEqual(await summariesInViews(admin));
    expect(first.find(({ clientId }) => clientId === 'c4')).toEqual({
      clientId: 'c4',
      username: 'u4',
      isOnline: true,
      protocolVersion: 4,
      keepAliveSeconds: 4,
      receivedMessages: 0,
    });
    for (const client of clients) {
      client.publish('x', '1');
      await client.ping();
    }
    const second = await viewsOf(admin.clientSummaries());
    expect(second).toEqual(first.map((summary) => ({ ...summary, receivedMessages: 1 })));
    for (const client of clients) {
      client.send({ cmd: 'disconnect' });
      await client.expectClosed();
    }
    const offline = second.map((summary) => ({ ...summary, isOnline: false }));
    await expect.poll(() => viewsOf(admin.clientSummaries())).toEqual(offline);
    await bench.harness.client(5, { ...durable(5, 'c4'), clean: true });
    const ids = (await viewsOf(admin.clientSummaries())).map(({ clientId }) => clientId);
    expect(ids.sort()).toEqual(['c3', 'c4', 'c5']);
    expect(await viewsOf(admin.clientSummaries())).toEqual(await summariesInViews(admin));
  });

  it('come of many in batches, each once, hostile identifiers as they are', async () => {
    const { harness } = bench;
    const clientIds = [...HOSTILE_TEXTS, ...Array.from({ length: 501 }, (_, i) => `many-${i}`)];
    for (const clientId of clientIds) await harness.client(5, { clientId, username: clientId });
    const batches = await batchesOf(harness.admin.clientSummaries());
    expect(batches.length).toBeGreaterThan(1);
    expect(batches.flat()).toEqual(await summariesInViews(harness.admin));
    expect(
      batches
        .flat()
        .map(({ username }) => username)
        .sort(),
    ).toEqual(clientIds.sort());
  });
}

function declareClientCriteria(bench: AdminBench): void {
  it.each<[title: string, criteria: ClientCriteria, clientIds: string[]]>([
    ['none', {}, ['c3', 'c4', 'c5', 'gone']],
    ['client identifier', { clientId: 'c4' }, ['c4']],
    ['a client identifier that is not there', { clientId: 'c' }, []],
    ['user name', { username: 'u' }, ['c3', 'c5']],
    ['no user name', { username: '' }, ['c4', 'gone']],
    ['online', { isOnline: true }, ['c3', 'c4', 'c5']],
    ['offline', { isOnline: false }, ['gone']],
    ['clean start', { cleanStart: true }, ['c3', 'c4', 'c5']],
    ['no clean start', { cleanStart: false }, ['gone']],
    ['version', { protocolVersion: 3 }, ['c3']],
    ['several, which all must hold', { username: 'u', protocolVersion: 5 }, ['c5']],
    ['client identifier and another that does not hold', { clientId: 'c4', username: 'u' }, []],
  ])('%s', async (_, criteria, clientIds) => {
    const { harness } = bench;
    await harness.client(3, { clientId: 'c3', username: 'u', password: 'p' });
    await harness.client(4, { clientId: 'c4' });
    await harness.client(5, { clientId: 'c5', username: 'u' });
    const gone = await harness.client(4, durable(4, 'gone'));
    gone.send({ cmd: 'disconnect' });
    await gone.expectClosed();
    const listed = async () => (await viewsOf(harness.admin.clients(criteria))).map(({ clientId }) => clientId).sort();
    await expect.poll(listed).toEqual(clientIds);
  });
}
