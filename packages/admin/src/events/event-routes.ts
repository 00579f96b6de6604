import type { AdminParts } from '../admin-options.ts';
import { failure } from '../http/failure.ts';
import { markLongLived } from '../http/long-lived.ts';
import { releaseSlot } from '../http/request-limit.ts';
import { whenClosed } from '../http/when-closed.ts';
import { readQuery } from '../v4/read-request.ts';
import type { Route } from '../v4/route.ts';
import { eventQuery } from './event-schemas.ts';
import { EventStream } from './event-stream.ts';
import { eventData, isAskedFor } from './event-text.ts';

/** Readers at once; each costs the broker work for every event. */
const MAX_READERS = 64;

/** `GET /events`: what happens, as server-sent events. */
export function eventRoutes({ admin, nowMs, logger }: AdminParts): readonly Route[] {
  let readers = 0;
  return [
    {
      method: 'GET',
      path: '/events',
      name: 'read_events',
      description: 'What happens from now on, as server-sent events; `lost` tells how many a slow reader missed',
      query: eventQuery,
      reply: { text: 'text/event-stream' },
      failures: ['PARAMETER_ERROR', 'BUSY'],
      handle: (request, response) => {
        const query = readQuery(eventQuery, request);
        if (readers >= MAX_READERS) throw failure('BUSY', `events: ${MAX_READERS} readers at once`);
        readers += 1;
        const stream = new EventStream(response, nowMs);
        const leave = admin.events((event) => {
          if (isAskedFor(event, query)) stream.send(event.type, eventData(event));
        });
        whenClosed(response, () => {
          readers -= 1;
          leave();
        });
        // A reader that broke off is no fault of the broker.
        response.on('error', (err) => logger.debug({ err }, 'admin API: a reader of events broke off'));
        // It stays: it must not take the place of requests that are answered (`limit_conn`).
        releaseSlot(response);
        markLongLived(response);
      },
    },
  ];
}
