import { z } from 'zod';
import { type PluginHandlers, type PluginRoute, pluginRoutes } from './plugin-routes.ts';
import { successReply } from './reply-schemas.ts';
import type { Route } from './route.ts';

const pathParameters = { id: '`rule:` and the number of the rule' };
const actions = z.array(z.object({ name: z.string(), params: z.looseObject({}) }));
const rule = z.object({ name: z.string().optional(), rawsql: z.string(), id: z.int(), enabled: z.boolean() });
const ruleReply = z.object({ code: z.literal(0), data: rule, actions: actions.optional() });

const newRule = z.object({ rawsql: z.string(), actions, description: z.string().optional() });
const changedRule = z.object({
  rawsql: z.string().optional(),
  enabled: z.boolean().optional(),
  actions: actions.optional(),
});

const DESCRIPTIONS: readonly PluginRoute[] = [
  {
    method: 'GET',
    path: '/rules',
    name: 'list_rules',
    description: 'A list of rules',
    reply: { json: z.object({ code: z.literal(0), data: z.array(rule) }) },
  },
  {
    method: 'POST',
    path: '/rules',
    name: 'create_rule',
    description: 'Makes a rule',
    body: { content: { json: newRule } },
    reply: { json: ruleReply },
  },
  {
    method: 'GET',
    path: '/rules/:id',
    name: 'lookup_rule',
    description: 'One rule',
    pathParameters,
    reply: { json: ruleReply },
  },
  {
    method: 'PUT',
    path: '/rules/:id',
    name: 'update_rule',
    description: 'Changes a rule',
    pathParameters,
    body: { content: { json: changedRule } },
    reply: { json: ruleReply },
  },
  {
    method: 'DELETE',
    path: '/rules/:id',
    name: 'delete_rule',
    description: 'Deletes a rule',
    pathParameters,
    reply: { json: successReply },
  },
];

/** `/rules`. @param handlers  those of the rule engine; null while there is none */
export function ruleRoutes(handlers: PluginHandlers | null): readonly Route[] {
  return pluginRoutes('rules', DESCRIPTIONS, handlers);
}
