import { failure } from '../http/failure.ts';
import type { Route, RouteDescription, RouteHandler } from './route.ts';

/** An endpoint of a part of the broker that may be missing. */
export type PluginRoute = Omit<RouteDescription, 'failures'> & Partial<Pick<RouteDescription, 'failures'>>;

/** What a part of the broker answers, by the name of the route. */
export type PluginHandlers = Readonly<Record<string, RouteHandler>>;

/**
 * The routes of a part that a package provides; without it each answers 501/111.
 * @param plugin  name of the part, for the text of the refusal
 * @param handlers  null while the part does not exist
 */
export function pluginRoutes(
  plugin: string,
  descriptions: readonly PluginRoute[],
  handlers: PluginHandlers | null,
): readonly Route[] {
  const closed: RouteHandler = () => {
    throw failure('PLUGIN_CLOSED', `${plugin}: not part of this broker yet`);
  };
  return descriptions.map((description) => ({
    ...description,
    failures: [...(description.failures ?? []), 'PLUGIN_CLOSED'],
    handle: handlers?.[description.name] ?? closed,
  }));
}
