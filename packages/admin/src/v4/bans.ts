import { z } from 'zod';
import { listReply, pagingQuery } from './paging.ts';
import { type PluginHandlers, type PluginRoute, pluginRoutes } from './plugin-routes.ts';
import { successReply, time } from './reply-schemas.ts';
import type { Route } from './route.ts';

const kind = z.enum(['clientid', 'username', 'address']);
const ban = { kind, value: z.string(), reason: z.string() };

const DESCRIPTIONS: readonly PluginRoute[] = [
  {
    method: 'GET',
    path: '/bans',
    name: 'list_bans',
    description: 'A list of who may not connect',
    query: pagingQuery,
    reply: { json: listReply(z.strictObject({ ...ban, until: time })) },
  },
  {
    method: 'POST',
    path: '/bans',
    name: 'create_ban',
    description: 'Bans a client identifier, a user name or an address',
    body: {
      content: { json: z.strictObject({ ...ban, reason: ban.reason.optional(), seconds: z.int().min(1).optional() }) },
    },
    reply: { json: successReply },
  },
  {
    method: 'DELETE',
    path: '/bans/:kind/:value',
    name: 'delete_ban',
    description: 'Lifts a ban',
    pathParameters: { kind: '`clientid`, `username` or `address`', value: 'who is banned' },
    reply: { json: successReply },
  },
];

/** `/bans`. @param handlers  those of the package auth; null while there is none */
export function banRoutes(handlers: PluginHandlers | null): readonly Route[] {
  return pluginRoutes('bans', DESCRIPTIONS, handlers);
}
