import type { AdminPort, AdminPublish } from '@nanomq-ts/core';
import { AdminError } from '@nanomq-ts/core';
import { z } from 'zod';
import type { AdminParts } from '../admin-options.ts';
import { answerBatch } from './batch.ts';
import { inTurns } from './in-turns.ts';
import { messagesOf } from './publish-request.ts';
import { batchReply, publishSchema } from './publish-schemas.ts';
import { readAs, readJson, readJsonList } from './read-request.ts';
import { successReply } from './reply-schemas.ts';
import type { Route } from './route.ts';

/** `POST /mqtt/publish` and its batch. */
export function publishRoutes({ admin }: AdminParts): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/mqtt/publish',
      name: 'mqtt_publish',
      description: 'Publishes a message to one or several topics',
      body: { content: { json: publishSchema } },
      reply: { json: successReply },
      failures: ['ILLEGAL_JSON', 'PARAMETER_MISSING', 'PARAMETER_ERROR', 'FORBIDDEN'],
      handle: async (request, response) => {
        await publishAll(admin, messagesOf(readJson(publishSchema, request)));
        response.json({ code: 0 });
      },
    },
    {
      method: 'POST',
      path: '/mqtt/publish_batch',
      name: 'mqtt_publish_batch',
      description: 'Publishes messages, each for itself',
      body: { content: { json: z.array(publishSchema) } },
      reply: { json: batchReply },
      failures: ['ILLEGAL_JSON'],
      handle: (request, response) =>
        answerBatch(response, readJsonList(request), (item) =>
          messagesOf(readAs(publishSchema, item, '')).map((message) => ({
            topic: message.topicName,
            run: () => admin.publish(message),
          })),
        ),
    },
  ];
}

/** Publishes in order; the first refusal ends it and is told with its topic. */
function publishAll(admin: AdminPort, messages: readonly AdminPublish[]): Promise<void> {
  return inTurns(messages, async (message) => {
    try {
      await admin.publish(message);
    } catch (error) {
      if (messages.length === 1 || !(error instanceof AdminError)) throw error;
      throw new AdminError(error.code, `topic ${JSON.stringify(message.topicName)}: ${error.message}`);
    }
  });
}
