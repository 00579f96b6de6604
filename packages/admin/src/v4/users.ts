import { z } from 'zod';
import { listReply, pagingQuery } from './paging.ts';
import { type PluginHandlers, type PluginRoute, pluginRoutes } from './plugin-routes.ts';
import { successReply } from './reply-schemas.ts';
import type { Route } from './route.ts';

const pathParameters = { username: 'user name' };

const DESCRIPTIONS: readonly PluginRoute[] = [
  {
    method: 'GET',
    path: '/users',
    name: 'list_users',
    description: 'A list of users that may connect; never their passwords',
    query: pagingQuery,
    reply: { json: listReply(z.strictObject({ username: z.string() })) },
  },
  {
    method: 'POST',
    path: '/users',
    name: 'create_user',
    description: 'Adds a user',
    body: { content: { json: z.strictObject({ username: z.string(), password: z.string() }) } },
    reply: { json: successReply },
  },
  {
    method: 'PUT',
    path: '/users/:username',
    name: 'update_user',
    description: 'Gives a user another password',
    pathParameters,
    body: { content: { json: z.strictObject({ old_password: z.string().optional(), password: z.string() }) } },
    reply: { json: successReply },
  },
  {
    method: 'DELETE',
    path: '/users/:username',
    name: 'delete_user',
    description: 'Deletes a user',
    pathParameters,
    reply: { json: successReply },
  },
];

/** `/users`. @param handlers  those of the package auth; null while there is none */
export function userRoutes(handlers: PluginHandlers | null): readonly Route[] {
  return pluginRoutes('users', DESCRIPTIONS, handlers);
}
