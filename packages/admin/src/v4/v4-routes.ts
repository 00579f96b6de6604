import type { AdminParts } from '../admin-options.ts';
import { eventRoutes } from '../events/event-routes.ts';
import { figureRoutes } from '../metrics/figure-routes.ts';
import { aclRoutes } from './acl.ts';
import { banRoutes } from './bans.ts';
import { bridgeRoutes } from './bridges.ts';
import { brokersNodesRoutes } from './brokers-nodes.ts';
import { clientRoutes } from './clients.ts';
import { configUpdateRoutes } from './config-update.ts';
import { configurationRoutes } from './configuration.ts';
import { ctrlRoutes } from './ctrl.ts';
import { endpointRoutes } from './endpoints.ts';
import { listenerRoutes } from './listeners.ts';
import { publishRoutes } from './mqtt-publish.ts';
import { subscribeRoutes } from './mqtt-subscribe.ts';
import { reloadRoutes } from './reload.ts';
import { retainedRoutes } from './retained.ts';
import type { Route } from './route.ts';
import { ruleRoutes } from './rules.ts';
import { subscriptionRoutes } from './subscriptions.ts';
import { topicTreeRoutes } from './topic-tree.ts';
import { userRoutes } from './users.ts';

/** Every endpoint of API v4, one file a resource. Parts of the broker that are missing have no handlers. */
export function v4Routes(parts: AdminParts): readonly Route[] {
  const routes: readonly Route[] = [
    ...endpointRoutes(() => routes),
    ...brokersNodesRoutes(parts),
    ...clientRoutes(parts),
    ...subscriptionRoutes(parts),
    ...topicTreeRoutes(parts),
    ...figureRoutes(parts),
    ...publishRoutes(parts),
    ...subscribeRoutes(parts),
    ...retainedRoutes(parts),
    ...eventRoutes(parts),
    ...reloadRoutes(parts),
    ...configurationRoutes(parts),
    ...configUpdateRoutes(parts),
    ...ctrlRoutes(parts),
    ...listenerRoutes(parts),
    ...bridgeRoutes(parts),
    ...ruleRoutes(null),
    ...userRoutes(parts),
    ...aclRoutes(parts),
    ...banRoutes(parts),
  ];
  return routes;
}
