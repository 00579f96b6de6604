import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RouteCache } from '../../src/routing/route-cache.ts';
import { SubscriptionIndex } from '../../src/routing/subscription-index.ts';
import { Session } from '../../src/session/session.ts';
import { Subscription } from '../../src/session/subscription.ts';
import { topicKeyOf } from '../../src/topics/topic-key.ts';
import { hasWildcard } from '../topics/topic-arbitrary.ts';
import { routingScriptArbitrary, runRoutingScript } from './routing-script.ts';

const LEVELS = 8;

class Routing {
  readonly cache: RouteCache;
  readonly index: SubscriptionIndex;

  constructor(maxEntries: number) {
    this.cache = new RouteCache(maxEntries, LEVELS);
    this.index = new SubscriptionIndex('round_robin', this.cache);
    this.cache.attach(this.index);
  }

  add(clientId: string, filter: string): Subscription {
    const options = { qos: 1, noLocal: false, retainAsPublished: false, subscriptionIdentifier: 0 } as const;
    const session = new Session(clientId);
    const subscription = new Subscription(session, filter, topicKeyOf(filter), hasWildcard(filter), options);
    this.index.add(subscription, '');
    return subscription;
  }

  route(topicName: string) {
    const bytes = Buffer.from(topicName);
    return this.cache.routeForBytes(bytes, 0, bytes.length);
  }

  receivers(topicName: string): string[] {
    return this.route(topicName)
      .targets.map(({ session }) => session.clientId)
      .sort();
  }
}

describe.each([
  ['on', 100],
  ['of one entry', 1],
  ['off', 0],
])('RouteCache %s', (_, maxEntries) => {
  it('finds who subscribes now, whatever comes and goes', () => {
    const routing = new Routing(maxEntries);
    expect(routing.receivers('a/b')).toEqual([]);
    const exact = routing.add('exact', 'a/b');
    expect(routing.receivers('a/b')).toEqual(['exact']);
    const wildcard = routing.add('wildcard', 'a/+');
    expect(routing.receivers('a/b')).toEqual(['exact', 'wildcard']);
    expect(routing.receivers('a/c')).toEqual(['wildcard']);
    routing.index.remove(exact);
    expect(routing.receivers('a/b')).toEqual(['wildcard']);
    routing.index.remove(wildcard);
    expect(routing.receivers('a/b')).toEqual([]);
    expect(routing.receivers('a/c')).toEqual([]);
  });

  it('outdates a route that a publisher holds, by an exact filter, by a wildcard and by options that changed', () => {
    const routing = new Routing(maxEntries);
    const changes = [
      () => void routing.add('exact', 'a/b'),
      () => void routing.add('wildcard', 'a/#'),
      () => routing.index.changed(topicKeyOf('a/b'), false),
      () => routing.index.changed(topicKeyOf('+/b'), true),
    ];
    for (const change of changes) {
      const held = routing.route('a/b');
      expect(routing.cache.isCurrent(held)).toBe(maxEntries > 0);
      change();
      expect(routing.cache.isCurrent(held)).toBe(false);
    }
  });

  it.each<[fault: string, name: Buffer, code: string]>([
    ['an overlong encoding [MQTT-3.3.2-1]', Buffer.from('c0af', 'hex'), 'MALFORMED_UTF8'],
    ['a lone surrogate [MQTT-1.5.4-1]', Buffer.from('61eda080', 'hex'), 'MALFORMED_UTF8'],
    ['U+0000 [MQTT-4.7.3-2]', Buffer.from('a\u0000b'), 'MALFORMED_UTF8'],
    ['+ [MQTT-3.3.2-2] [MQTT-4.7.0-1] [v3.1.1 MQTT-4.7.1-1]', Buffer.from('a/+'), 'TOPIC_NAME_INVALID'],
    ['# [MQTT-3.3.2-2] [MQTT-4.7.0-1] [v3.1.1 MQTT-4.7.1-1]', Buffer.from('a/#'), 'TOPIC_NAME_INVALID'],
    ['nothing at all [MQTT-4.7.3-1]', Buffer.alloc(0), 'TOPIC_NAME_INVALID'],
    ['too many levels', Buffer.from('/'.repeat(LEVELS)), 'TOPIC_NAME_INVALID'],
  ])('refuses a topic name with %s, each time', (_, name, code) => {
    const routing = new Routing(maxEntries);
    for (let i = 0; i < 2; i++) {
      expect(() => routing.cache.routeForBytes(name, 0, name.length)).toThrow(expect.objectContaining({ code }));
    }
    expect(routing.cache.size).toBe(0);
  });

  it('keeps names apart that only look alike [MQTT-4.7.3-4] [v3.1.1 MQTT-4.7.3-4]', () => {
    const routing = new Routing(maxEntries);
    // Composed, decomposed, and the two characters that the UTF-8 bytes of the first one are in Latin-1.
    const names = ['\u00e9', 'e\u0301', '\u00c3\u00a9', '/\u00e9', '\u00e9/', 'E\u0301', '\ufeff\u00e9'];
    for (const name of names) routing.add(`subscriber of ${name}`, name);
    for (const name of [...names, ...names]) {
      expect(routing.receivers(name)).toEqual([`subscriber of ${name}`]);
      expect(routing.route(name).topicName).toBe(name);
    }
  });
});

describe('RouteCache, what it keeps', () => {
  it('gives the same route again, until a filter that matches changes', () => {
    const routing = new Routing(10);
    const [first, other] = [routing.route('a'), routing.route('b')];
    expect([routing.route('a'), routing.cache.routeFor('a'), routing.cache.passingRouteFor('a')]).toEqual(
      Array(3).fill(first),
    );
    routing.add('c', 'a');
    expect(routing.route('a')).not.toBe(first);
    expect(routing.route('b')).toBe(other);
    routing.add('c', 'b/+');
    expect(routing.route('b')).not.toBe(other);
  });

  it('loses nothing to a storm of exact filters', () => {
    const routing = new Routing(10);
    const route = routing.route('hot');
    for (let i = 0; i < 1000; i++) routing.add(`c${i}`, `t/${i}`);
    expect(routing.route('hot')).toBe(route);
  });

  it('holds as many routes as it may; the oldest goes, also from the hands of who holds it', () => {
    const routing = new Routing(3);
    const routes = ['a', 'b', 'c', 'd'].map((name) => routing.route(name));
    expect(routing.cache.size).toBe(3);
    expect(routes.map((route) => routing.cache.isCurrent(route))).toEqual([false, true, true, true]);
    for (let i = 0; i < 100; i++) routing.route(`t/${i}`);
    expect(routing.cache.size).toBe(3);
  });

  it('does not fill up by compiling the same topics again and again', () => {
    const routing = new Routing(10);
    for (let i = 0; i < 100; i++) {
      routing.index.changed('+', true);
      for (const name of ['a', 'b']) routing.route(name);
    }
    expect(routing.cache.size).toBe(2);
  });

  it('is bounded by what its routes weigh: many receivers or long names make few entries', () => {
    const crowded = new Routing(1000);
    for (let i = 0; i < 1000; i++) crowded.add(`client-${i}`, '#');
    const named = new Routing(1000);
    for (let i = 0; i < 500; i++) {
      crowded.route(`${i}`);
      named.route(`${i}`.padEnd(60_000, 'x'));
    }
    expect(crowded.cache.size).toBe(99);
    expect(named.cache.size).toBe(106);
    // The newest are kept, and the weight of what went is free again.
    expect(named.route('499'.padEnd(60_000, 'x'))).toBe(named.route('499'.padEnd(60_000, 'x')));
    for (let i = 0; i < 2000; i++) named.route(`${i}`);
    expect(named.cache.size).toBe(1000);
  });

  it('keeps a route that is heavier than all of them may be together', () => {
    const routing = new Routing(100);
    for (let i = 0; i < 100_001; i++) routing.add(`client-${i}`, 't');
    expect(routing.route('t')).toBe(routing.route('t'));
    expect(routing.cache.size).toBe(1);
    routing.route('u');
    expect(routing.cache.size).toBe(1);
  });

  it('keeps no route for topics in passing, and nothing at all when it is off', () => {
    const routing = new Routing(10);
    routing.cache.passingRouteFor('$SYS/brokers/uptime');
    expect(routing.cache.size).toBe(0);
    const off = new Routing(0);
    expect(off.route('a')).not.toBe(off.route('a'));
    expect(off.cache.size).toBe(0);
  });
});

describe('random subscriptions and publishes', () => {
  it('give every client the same packets with the cache on, small, and off', () => {
    fc.assert(
      fc.property(routingScriptArbitrary, (script) => {
        const on = runRoutingScript(script, { routeCacheEntries: 1000 });
        for (const routeCacheEntries of [0, 1, 2]) expect(runRoutingScript(script, { routeCacheEntries })).toEqual(on);
      }),
      { numRuns: 200 },
    );
  });
});
