import type { AdminPort } from '@nanomq-ts/core';
import { type Response, Router } from 'express';

/**
 * `/healthz`: the process answers. `/readyz`: the broker answers too, else 503. Neither needs credentials nor tells
 * anything else; simultaneous questions share one look at the broker.
 */
export function createHealthRouter(admin: AdminPort): Router {
  const router = Router({ caseSensitive: true });
  let looking: Promise<boolean> | null = null;
  const isReady = (): Promise<boolean> => {
    looking ??= admin
      .figures()
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        looking = null;
      });
    return looking;
  };
  router.get('/healthz', (_request, response) => answer(response, true));
  router.get('/readyz', async (_request, response) => answer(response, await isReady()));
  return router;
}

function answer(response: Response, isWell: boolean): void {
  response.status(isWell ? 200 : 503).json({ status: isWell ? 'ok' : 'unavailable' });
}
