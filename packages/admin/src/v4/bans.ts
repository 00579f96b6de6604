import { isIP } from 'node:net';
import { z } from 'zod';
import type { AdminParts } from '../admin-options.ts';
import { failure } from '../http/failure.ts';
import type { BanKind, BanPort } from '../ports/ban-port.ts';
import { answerList, inBatches } from './answer-list.ts';
import { listReply, pagingOf, pagingQuery } from './paging.ts';
import { type PluginHandlers, type PluginRoute, pluginRoutes } from './plugin-routes.ts';
import { readJson, readQuery } from './read-request.ts';
import { count, dataReply, isoTime, successReply, time } from './reply-schemas.ts';
import { pathParameter, type Route } from './route.ts';

const MAX_REASON = 256;
/** Some 136 years; longer is "for good". */
const MAX_SECONDS = 0xffff_ffff;

const kind = z.enum(['clientid', 'username', 'address']);
const value = z
  .string()
  .min(1)
  .max(65_535)
  .describe('exactly as the client has it; an address is one of IPv4, or stands for its /64 of IPv6');
const newBan = z
  .strictObject({
    kind,
    value,
    reason: z.string().max(MAX_REASON).default('').describe('for operators; no client gets to know it'),
    seconds: z.int().min(1).max(MAX_SECONDS).optional().describe('how long it holds; without it for good'),
  })
  .refine((ban) => ban.kind !== 'address' || isIP(ban.value) !== 0, { path: ['value'], message: 'no IP address' });

const DESCRIPTIONS: readonly PluginRoute[] = [
  {
    method: 'GET',
    path: '/bans',
    name: 'list_bans',
    description: 'A list of who may not connect; those for coming and going too often (flapping) too',
    query: pagingQuery,
    reply: { json: listReply(z.strictObject({ kind, value, reason: z.string(), until: time })) },
    failures: ['PARAMETER_ERROR'],
  },
  {
    method: 'POST',
    path: '/bans',
    name: 'create_ban',
    description: 'Bans a client identifier, a user name or an address, and disconnects (0x98) whom it concerns',
    body: { content: { json: newBan } },
    reply: { json: dataReply(z.strictObject({ disconnected: count })) },
    failures: ['ILLEGAL_JSON', 'PARAMETER_MISSING', 'PARAMETER_ERROR', 'BUSY'],
  },
  {
    method: 'DELETE',
    path: '/bans/:kind/:value',
    name: 'delete_ban',
    description: 'Lifts a ban',
    pathParameters: { kind: '`clientid`, `username` or `address`', value: 'who is banned' },
    reply: { json: successReply },
    failures: ['PARAMETER_ERROR', 'UNKNOWN_SUBJECT'],
  },
];

/** `/bans`: who may not connect. */
export function banRoutes(parts: AdminParts): readonly Route[] {
  return pluginRoutes('bans', DESCRIPTIONS, parts.bans === undefined ? null : banHandlers(parts, parts.bans));
}

function banHandlers({ logger, nowMs }: AdminParts, bans: BanPort): PluginHandlers {
  return {
    list_bans: async (request, response) => {
      const paging = pagingOf(readQuery(pagingQuery, request));
      return answerList(response, inBatches(await bans.bans()), paging, ({ untilMs, ...ban }) => ({
        ...ban,
        until: untilMs === null ? null : isoTime(untilMs),
      }));
    },
    create_ban: async (request, response) => {
      const { seconds, ...ban } = readJson(newBan, request);
      const untilMs = seconds === undefined ? null : nowMs() + seconds * 1000;
      const outcome = await bans.add({ ...ban, untilMs });
      if (outcome === 'full') throw failure('BUSY', 'the ban list is full');
      logger.info({ ...ban, untilMs, ...outcome }, 'admin API: banned');
      response.json({ code: 0, data: { disconnected: outcome.disconnected } });
    },
    delete_ban: async (request, response) => {
      const by = pathParameter(request, 'kind');
      const who = pathParameter(request, 'value');
      if (!isKind(by)) throw failure('PARAMETER_ERROR', 'kind: must be clientid, username or address');
      if ((await bans.remove(by, who)) === 'unknown') throw failure('UNKNOWN_SUBJECT', 'value: there is no such ban');
      logger.info({ kind: by, value: who }, 'admin API: ban lifted');
      response.json({ code: 0 });
    },
  };
}

function isKind(text: string): text is BanKind {
  return kind.safeParse(text).success;
}
