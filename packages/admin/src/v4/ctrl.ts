import type { AdminParts } from '../admin-options.ts';
import { failure } from '../http/failure.ts';
import { whenClosed } from '../http/when-closed.ts';
import { successReply } from './reply-schemas.ts';
import { pathParameter, type Route } from './route.ts';

/** `POST /ctrl/{action}`: stop or restart. */
export function ctrlRoutes({ config }: AdminParts): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/ctrl/:action',
      name: 'ctrl_broker',
      description: 'Stops or restarts the broker, after the answer is out',
      pathParameters: { action: '`stop` or `restart`, in any case' },
      reply: { json: successReply },
      failures: ['UNKNOWN_SECTION'],
      handle: (request, response) => {
        const action = pathParameter(request, 'action').toLowerCase();
        if (action !== 'stop' && action !== 'restart') {
          throw failure('UNKNOWN_SECTION', 'action: must be stop or restart');
        }
        // The caller gets its answer first; it may also be gone before it is out.
        whenClosed(response, () => config[action]());
        response.json({ code: 0 });
      },
    },
  ];
}
