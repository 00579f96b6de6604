import type { AdminPort, AdminPublish } from '@nanomq-ts/core';
import { z } from 'zod';
import type { AdminParts } from '../admin-options.ts';
import { type Failure, failure } from '../http/failure.ts';
import { answerBatch, type BatchOrder } from './batch.ts';
import { inTurns } from './in-turns.ts';
import { topicsOf } from './publish-request.ts';
import { batchReply, subscribeSchema, unsubscribeSchema } from './publish-schemas.ts';
import { readAs, readJson, readJsonList } from './read-request.ts';
import { successReply } from './reply-schemas.ts';
import type { Route } from './route.ts';

const FAILURES_OF_ONE: readonly Failure[] = [
  'ILLEGAL_JSON',
  'PARAMETER_MISSING',
  'PARAMETER_ERROR',
  'ILLEGAL_SUBJECT',
  'CLIENT_OFFLINE',
];

/** The four endpoints that change a client's subscriptions. */
export function subscribeRoutes({ admin }: AdminParts): readonly Route[] {
  return [
    orderRoute('subscribe', 'Subscribes a client to one or several topic filters', subscribeSchema, [], (body) =>
      subscribeOrders(admin, readAs(subscribeSchema, body, '')),
    ),
    batchRoute('subscribe_batch', 'Subscribes clients, each topic filter for itself', subscribeSchema, (item) =>
      subscribeOrders(admin, readAs(subscribeSchema, item, '')),
    ),
    orderRoute(
      'unsubscribe',
      'Takes topic filters away from a client',
      unsubscribeSchema,
      ['UNKNOWN_SUBJECT'],
      (body) => unsubscribeOrders(admin, readAs(unsubscribeSchema, body, '')),
    ),
    batchRoute('unsubscribe_batch', 'Takes topic filters away, each for itself', unsubscribeSchema, (item) =>
      unsubscribeOrders(admin, readAs(unsubscribeSchema, item, '')),
    ),
  ];
}

function orderRoute(
  name: string,
  description: string,
  schema: z.ZodObject,
  failures: readonly Failure[],
  ordersOf: (body: unknown) => readonly BatchOrder[],
): Route {
  return {
    method: 'POST',
    path: `/mqtt/${name}`,
    name: `mqtt_${name}`,
    description,
    body: { content: { json: schema } },
    reply: { json: successReply },
    failures: [...FAILURES_OF_ONE, ...failures],
    handle: async (request, response) => {
      const body = readJson(z.looseObject({}), request);
      await inTurns(ordersOf(body), ({ run }) => run());
      response.json({ code: 0 });
    },
  };
}

function batchRoute(
  name: string,
  description: string,
  schema: z.ZodObject,
  ordersOf: (item: unknown) => readonly BatchOrder[],
): Route {
  return {
    method: 'POST',
    path: `/mqtt/${name}`,
    name: `mqtt_${name}`,
    description,
    body: { content: { json: z.array(schema) } },
    reply: { json: batchReply },
    failures: ['ILLEGAL_JSON'],
    handle: (request, response) => answerBatch(response, readJsonList(request), ordersOf),
  };
}

function subscribeOrders(admin: AdminPort, body: z.output<typeof subscribeSchema>): readonly BatchOrder[] {
  const { clientid, qos } = body;
  return topicsOf(body).map((topic) => ({
    topic,
    clientid,
    run: async () => {
      const outcome = await admin.subscribe(clientid, topic, qos as AdminPublish['qos']);
      if (outcome === 'unknown-client') throw failure('CLIENT_OFFLINE', 'clientid: no such client');
    },
  }));
}

function unsubscribeOrders(admin: AdminPort, body: z.output<typeof unsubscribeSchema>): readonly BatchOrder[] {
  const { clientid } = body;
  return topicsOf(body).map((topic) => ({
    topic,
    clientid,
    run: async () => {
      const outcome = await admin.unsubscribe(clientid, topic);
      if (outcome === 'unknown-client') throw failure('CLIENT_OFFLINE', 'clientid: no such client');
      if (outcome === 'unknown-filter') throw failure('UNKNOWN_SUBJECT', 'topic: the client has no such subscription');
    },
  }));
}
