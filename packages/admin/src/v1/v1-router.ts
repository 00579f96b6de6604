import { type Response, Router } from 'express';
import type { AdminParts } from '../admin-options.ts';
import { jsonRows, keptJsonRows } from '../http/json-rows.ts';
import { streamJsonArray } from '../http/json-stream.ts';
import { jsonBody } from '../http/request-body.ts';
import { whenClosed } from '../http/when-closed.ts';
import { getConfiguration, setConfiguration } from './configuration.ts';
import { clientRow, statisticsRow, subscriptionsRow, treeLevel } from './lists.ts';
import { readV1Request } from './v1-request.ts';
import type { V1Request } from './v1-schemas.ts';

const subscriptionsJson = jsonRows(subscriptionsRow);
const clientsJson = keptJsonRows(clientRow);
const treeJson = jsonRows(treeLevel);

/**
 * API v1, mounted on `/api/v1`: one path, the field `req` of the body selects the command. The method is not looked at,
 * as in NanoMQ; what follows the path neither.
 */
export function createV1Router(parts: AdminParts): Router {
  const router = Router({ caseSensitive: true });
  router.use(async (request, response) => {
    await answer(parts, readV1Request(jsonBody(request), response), response);
  });
  return router;
}

async function answer(parts: AdminParts, request: V1Request, response: Response): Promise<void> {
  const { admin, config } = parts;
  const success = { code: 0, seq: request.seq, rep: request.req };
  switch (request.req) {
    case 2:
      response.json({ ...success, data: statisticsRow(await admin.figures()) });
      return;
    case 4:
      return streamList(response, success, admin.clientSubscriptions(), subscriptionsJson);
    case 5:
      return streamList(response, success, admin.clientSummaries(), clientsJson);
    case 10: {
      const isStop = request.action.toLowerCase() === 'stop';
      // The caller gets its answer first; it may also be gone before it is out.
      whenClosed(response, () => (isStop ? config.stop() : config.restart()));
      response.json(success);
      return;
    }
    case 11:
      response.json({ ...success, data: await getConfiguration(parts) });
      return;
    case 12:
      await setConfiguration(parts, request.data);
      response.json(success);
      return;
    case 13:
      return streamList(response, success, oneByOne(await admin.topicTree()), treeJson);
    default:
      return request satisfies never;
  }
}

/** A success whose `data` is a list, sent as it is walked. */
function streamList<T>(
  response: Response,
  success: object,
  batches: AsyncIterable<readonly T[]>,
  toJson: (rows: readonly T[]) => string,
): Promise<void> {
  const head = `${JSON.stringify(success).slice(0, -1)},"data":`;
  return streamJsonArray(response, head, batches, '}', toJson);
}

async function* oneByOne<T>(rows: readonly T[]): AsyncGenerator<readonly T[]> {
  for (const row of rows) yield [row];
}
