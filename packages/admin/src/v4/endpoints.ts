import { z } from 'zod';
import { answerList, inBatches } from './answer-list.ts';
import { listReply, pagingOf, pagingQuery } from './paging.ts';
import { readQuery } from './read-request.ts';
import type { Route, RouteDescription } from './route.ts';

const rowSchema = z.strictObject({ path: z.string(), name: z.string(), method: z.string(), descr: z.string() });

/** `GET /`: the list of endpoints. */
export function endpointRoutes(endpoints: () => readonly RouteDescription[]): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/',
      name: 'list_endpoints',
      description: 'A list of endpoints',
      query: pagingQuery,
      reply: { json: listReply(rowSchema) },
      failures: ['PARAMETER_ERROR'],
      handle: (request, response) => {
        const paging = pagingOf(readQuery(pagingQuery, request));
        return answerList(response, inBatches(endpoints()), paging, endpointRow);
      },
    },
  ];
}

function endpointRow({ path, name, method, description }: RouteDescription): z.infer<typeof rowSchema> {
  return { path, name, method, descr: description };
}
