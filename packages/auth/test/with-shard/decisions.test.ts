import type { Principal } from '@nanomq-ts/core';
import { describe, expect, it } from 'vitest';
import type { AccessRules } from '../../src/access-rules.ts';
import { AuthServer, status } from '../http/auth-server.ts';
import { settings } from '../settings.ts';
import { until } from '../until.ts';
import { GuardedShard, topicsOf } from './guarded-shard.ts';

/** Counts the questions about publishing. */
function countPublish(rules: AccessRules): string[] {
  const asked: string[] = [];
  const publish = rules.publish.bind(rules);
  Object.assign(rules, {
    publish: (principal: Principal, topicName: string) => {
      asked.push(topicName);
      return publish(principal, topicName);
    },
  });
  return asked;
}

describe('a decision by rules', () => {
  it('is made once for a connection and a topic, also when others come between, and anew after a reload', async () => {
    const rules = Array.from({ length: 200 }, (_, i) => ({ permit: 'deny', action: 'publish', topics: [`no/${i}/+`] }));
    const at = new GuardedShard(settings({ users: { u: 'x' }, rules }));
    const asked = countPublish(at.rules);
    const client = await at.client(5, { username: 'u', password: 'x' });
    for (let i = 0; i < 50; i++) for (const topic of ['a', 'b', 'no/7/x']) client.publish(topic, 'x');
    await client.ping();
    expect(asked).toEqual(['a', 'b', 'no/7/x']);
    const other = await at.client(5, { clientId: 'c2', username: 'u', password: 'x' });
    // New subscriptions, which outdate routes, do not ask anew.
    await other.subscribe('#');
    for (let i = 0; i < 5; i++) client.publish('a', 'x');
    await client.ping();
    expect(asked).toHaveLength(3);
    at.rules.replace(settings({ users: { u: 'x' }, rules: [{ permit: 'deny', topics: ['b'] }] }));
    for (let i = 0; i < 5; i++) for (const topic of ['a', 'b']) client.publish(topic, 'x');
    await client.ping();
    expect(asked.slice(3)).toEqual(['a', 'b']);
    expect(await topicsOf(other)).toEqual(Array.from({ length: 10 }, () => 'a'));
  });
});

describe('a decision by a server', () => {
  async function setUp(given: { readonly cacheTtlMs?: number } = {}) {
    const server = await AuthServer.start();
    const request = { url: server.url, method: 'POST', headers: {}, params: { c: '%c', t: '%t', A: '%A' } } as const;
    const http = {
      timeoutMs: 5000,
      connectTimeoutMs: 5000,
      poolSize: 4,
      cacheTtlMs: given.cacheTtlMs ?? 0,
      authRequest: { ...request, params: { c: '%c', u: '%u', P: '%P' } },
      superRequest: null,
      aclRequest: request,
    };
    return { server, at: new GuardedShard(settings({ http })) };
  }

  it('that is slow for one client holds no other: CONNECT, PUBLISH, SUBSCRIBE', async () => {
    const { server, at } = await setUp();
    const slow: (() => void)[] = [];
    server.answer = ({ params }, response) => {
      if (params.c === 'slow') slow.push(() => response.end());
      else response.end();
    };
    const waits = at.open(5);
    const connack = waits.connect({ clientId: 'slow', username: 'u', password: 'p' });
    const quick = await at.client(5, { clientId: 'quick', username: 'u', password: 'p' });
    expect((await quick.subscribe('t')).granted).toEqual([0]);
    quick.publish('t', 'x', { qos: 1 });
    expect((await quick.next('puback')).reasonCode).toBe(0);
    expect(at.harness.shard.sessions.onlineCount).toBe(1);
    await until(() => slow.length > 0);
    slow.shift()?.();
    expect((await connack).reasonCode).toBe(0);
    const suback = waits.subscribe('t');
    quick.publish('t', 'y', { qos: 1 });
    await quick.next('puback');
    await until(() => slow.length > 0);
    slow.shift()?.();
    expect((await suback).granted).toEqual([0]);
    await server.close();
  });

  it('refuses when it says no, fails or is not there', async () => {
    const { server, at } = await setUp();
    const client = await at.client(5, { username: 'u', password: 'p' });
    server.answer = status(403);
    expect((await client.subscribe('t')).granted).toEqual([0x87]);
    expect((await at.enter(5, { username: 'u', password: 'p', clientId: 'c2' })).code).toBe(0x87);
    expect((await at.enter(4, { username: 'u', password: 'p', clientId: 'c2' })).code).toBe(5);
    server.answer = status(500);
    expect((await client.subscribe('t')).granted).toEqual([0x83]);
    await server.close();
    expect((await client.subscribe('t')).granted).toEqual([0x83]);
    expect((await at.enter(5, { username: 'u', password: 'p', clientId: 'c2' })).code).toBe(0x88);
    expect((await at.enter(4, { username: 'u', password: 'p', clientId: 'c2' })).code).toBe(3);
    client.publish('t', 'x', { qos: 1 });
    expect((await client.next('puback')).reasonCode).toBe(0x83);
  });

  it('is remembered for its time', async () => {
    const { server, at } = await setUp({ cacheTtlMs: 1000 });
    const client = await at.client(5, { username: 'u', password: 'p' });
    for (let i = 0; i < 5; i++) client.publish('t', 'x', { qos: 1 });
    for (let i = 0; i < 5; i++) expect((await client.next('puback')).reasonCode).not.toBe(0x83);
    expect(server.asked.filter(({ params }) => params.A === '2')).toHaveLength(1);
    at.harness.clock.advance(1000);
    server.answer = status(403);
    client.publish('t', 'x', { qos: 1 });
    expect((await client.next('puback')).reasonCode).toBe(0x87);
    await server.close();
  });
});

it('a user that leaves the list while connected does nothing any more', async () => {
  const at = new GuardedShard(settings({ users: { u: 'x', v: 'x' } }));
  const client = await at.client(5, { username: 'u', password: 'x' });
  await client.subscribe('t');
  const writer = await at.client(5, { clientId: 'w', username: 'v', password: 'x' });
  at.rules.replace(settings({ users: { v: 'x' } }));
  writer.publish('t', 'x');
  client.publish('t', 'y', { qos: 1 });
  expect((await client.next('puback')).reasonCode).toBe(0x87);
  await writer.ping();
  expect(await topicsOf(client)).toEqual([]);
  expect((await client.subscribe('u')).granted).toEqual([0x87]);
});
