import type * as RouteCacheModule from '../../packages/core/src/routing/route-cache.ts';
import type * as SubscriptionIndexModule from '../../packages/core/src/routing/subscription-index.ts';
import { builtModule } from './built-module.ts';
import { measureMicro, microText } from './harness.ts';

const TOPICS = 1000;
const MAX_LEVELS = 128;

/** Times what a PUBLISH costs to find its route: the publisher's last one, a hit in the cache, and a compilation. */
export async function benchRouteCache(): Promise<void> {
  const { RouteCache } = await builtModule<typeof RouteCacheModule>('packages/core/dist/routing/route-cache.js');
  const { SubscriptionIndex } = await builtModule<typeof SubscriptionIndexModule>(
    'packages/core/dist/routing/subscription-index.js',
  );
  const topics = Array.from({ length: TOPICS }, (_, i) => Buffer.from(`bench/${i}/t`));
  const attached = (maxEntries: number) => {
    const cache = new RouteCache(maxEntries, MAX_LEVELS);
    cache.attach(new SubscriptionIndex('round_robin', cache));
    return cache;
  };
  const cached = attached(TOPICS * 2);
  const last = cached.routeForBytes(topics[7] as Buffer, 0, 9);
  const benches = [
    {
      name: "route: the publisher's last one, compared by bytes",
      run: (operations: number) => {
        const topic = topics[7] as Buffer;
        let found = 0;
        for (let i = 0; i < operations; i++) if (cached.isCurrent(last) && last.isFor(topic, 0, topic.length)) found++;
        return found;
      },
    },
    { name: `route cache: hit among ${TOPICS} topics`, run: lookUps(cached, topics) },
    { name: 'route cache off: match and compile, nobody subscribed', run: lookUps(attached(0), topics) },
  ];
  for (const bench of benches) console.log(microText(measureMicro(bench)));
}

function lookUps(cache: RouteCacheModule.RouteCache, topics: readonly Buffer[]): (operations: number) => unknown {
  return (operations) => {
    let groups = 0;
    for (let i = 0; i < operations; i++) {
      const topic = topics[i % topics.length] as Buffer;
      groups += cache.routeForBytes(topic, 0, topic.length).groups.length;
    }
    return groups;
  };
}
