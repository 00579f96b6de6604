import { z } from 'zod';
import type { AdminParts } from '../admin-options.ts';
import { answerList, inBatches } from './answer-list.ts';
import { listReply, pagingOf, pagingQuery } from './paging.ts';
import { readQuery } from './read-request.ts';
import { count } from './reply-schemas.ts';
import type { Route } from './route.ts';

const common = {
  node_status: z.literal('Running'),
  uptime: z.string().describe('`15 Hours, 1 minutes, 38 seconds`'),
  version: z.string(),
};

const brokerRow = z.strictObject({
  datetime: z.string().describe('local time, `YYYY-MM-DD HH:MM:SS`'),
  sysdescr: z.string(),
  ...common,
});

const nodeRow = z.strictObject({ connections: count.describe('clients online'), ...common });

/** `GET /brokers`, `GET /nodes`: lists of one. */
export function brokersNodesRoutes({ admin, identity, nowMs }: AdminParts): readonly Route[] {
  const self = (): z.infer<z.ZodObject<typeof common>> => ({
    node_status: 'Running',
    uptime: uptimeText(nowMs() - identity.startedAtMs),
    version: identity.version,
  });
  return [
    {
      method: 'GET',
      path: '/brokers',
      name: 'list_brokers',
      description: 'A list of brokers in the cluster',
      query: pagingQuery,
      reply: { json: listReply(brokerRow) },
      failures: ['PARAMETER_ERROR'],
      handle: (request, response) => {
        const paging = pagingOf(readQuery(pagingQuery, request));
        const row = { datetime: localTime(new Date(nowMs())), sysdescr: 'NanoMQ Broker', ...self() };
        return answerList(response, inBatches([row]), paging, (it) => it);
      },
    },
    {
      method: 'GET',
      path: '/nodes',
      name: 'list_nodes',
      description: 'A list of nodes in the cluster',
      query: pagingQuery,
      reply: { json: listReply(nodeRow) },
      failures: ['PARAMETER_ERROR'],
      handle: async (request, response) => {
        const paging = pagingOf(readQuery(pagingQuery, request));
        const { connections } = await admin.figures();
        return answerList(response, inBatches([{ connections, ...self() }]), paging, (it) => it);
      },
    },
  ];
}

function uptimeText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 3600)} Hours, ${Math.floor(seconds / 60) % 60} minutes, ${seconds % 60} seconds`;
}

function localTime(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
