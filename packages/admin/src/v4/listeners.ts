import { z } from 'zod';
import type { AdminParts } from '../admin-options.ts';
import type { ListenerView } from '../ports/listener-port.ts';
import { answerList, inBatches } from './answer-list.ts';
import { listReply, pagingOf, pagingQuery } from './paging.ts';
import { type PluginRoute, pluginRoutes } from './plugin-routes.ts';
import { readQuery } from './read-request.ts';
import { count, isoTime, time } from './reply-schemas.ts';
import type { Route } from './route.ts';

const listenerRow = z.strictObject({
  name: z.string().describe('as clients show it'),
  kind: z.enum(['tcp', 'tls', 'ws', 'wss', 'unix']),
  host: z.string().describe('an address; the path of a Unix socket'),
  port: z.int().min(0).max(65_535),
  connections: count.describe('network connections, those in a handshake too'),
  refused: z.record(z.string(), count).describe('connections closed before MQTT began, by reason; zeros are left out'),
  certificate: z
    .strictObject({
      subject: z.string(),
      fingerprint256: z.string(),
      expires_at: time,
      days_to_expiry: z.int().describe('negative once it has expired'),
      reloads: count,
      failed_reloads: count.describe('times other files were not good, and the certificate before them stayed'),
    })
    .nullable(),
});

const LIST: PluginRoute = {
  method: 'GET',
  path: '/listeners',
  name: 'list_listeners',
  description: 'A list of open listeners, with their certificates',
  query: pagingQuery,
  reply: { json: listReply(listenerRow) },
  failures: ['PARAMETER_ERROR'],
};

/** `GET /listeners`. */
export function listenerRoutes({ listeners }: AdminParts): readonly Route[] {
  const handlers =
    listeners === undefined
      ? null
      : {
          list_listeners: async (...[request, response]: Parameters<Route['handle']>) => {
            const paging = pagingOf(readQuery(pagingQuery, request));
            return answerList(response, inBatches(await listeners.listeners()), paging, rowOf);
          },
        };
  return pluginRoutes('listeners', [LIST], handlers);
}

function rowOf({ refusedByReason, certificate, ...listener }: ListenerView): z.infer<typeof listenerRow> {
  return {
    ...listener,
    refused: Object.fromEntries(Object.entries(refusedByReason).filter(([, connections]) => connections > 0)),
    certificate:
      certificate === null
        ? null
        : {
            subject: certificate.subject,
            fingerprint256: certificate.fingerprint256,
            expires_at: isoTime(certificate.validToMs),
            days_to_expiry: certificate.daysToExpiry,
            reloads: certificate.reloads,
            failed_reloads: certificate.failedReloads,
          },
  };
}
