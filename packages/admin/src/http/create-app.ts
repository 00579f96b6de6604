import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { accessGuard } from '../access/access-guard.ts';
import type { CallerCheck } from '../access/caller-check.ts';
import type { FailedTries } from '../access/failed-tries.ts';
import { ownPagesOnly } from '../access/own-pages.ts';
import type { AdminParts } from '../admin-options.ts';
import { createMetricsRouter } from '../metrics/metrics-router.ts';
import { createOpenApiRouter } from '../openapi/openapi-router.ts';
import { echoUnreadBody } from '../v1/v1-echo.ts';
import { createV1Router } from '../v1/v1-router.ts';
import { createV4Router } from '../v4/v4-router.ts';
import { answerErrors, unknownPath } from './error-reply.ts';
import { createHealthRouter } from './health.ts';
import { wellFormedPath } from './path-check.ts';
import { readBodies } from './request-body.ts';
import { RequestLimit } from './request-limit.ts';

/** What the app asks beside its parts. `parts.options` is read at each request. */
export interface AppParts {
  readonly parts: AdminParts;
  readonly callers: CallerCheck;
  readonly tries: FailedTries;
}

/**
 * The way of a request: security headers, health (for everybody), path, number of requests at once, foreign web pages,
 * access, body, routes, unknown path, errors.
 */
export function createApp({ parts, callers, tries }: AppParts): Express {
  const { logger, steps } = parts;
  const inOwnTurn: RequestHandler = (_request, _response, next) => steps.push(next);
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing');
  app.use(securityHeaders(), noStore);
  app.use(createHealthRouter(parts.admin));
  app.use(inOwnTurn);
  app.use(wellFormedPath);
  app.use(new RequestLimit(() => parts.options.maxConcurrentRequests).admit);
  app.use(ownPagesOnly);
  app.use(inOwnTurn);
  app.use(
    accessGuard({
      options: () => parts.options,
      callers,
      tries,
      onWrong: (remoteAddress, failures) =>
        logger.warn({ remoteAddress, failures }, 'admin API: wrong user name, password or token'),
    }),
  );
  app.use(inOwnTurn);
  app.use(readBodies(() => parts.options.maxBodyBytes));
  app.use(inOwnTurn);
  app.use('/api/v1', createV1Router(parts));
  app.use('/api/v4', createV4Router(parts));
  app.use(createMetricsRouter(parts));
  app.use(createOpenApiRouter(parts));
  app.use(unknownPath);
  app.use('/api/v1', echoUnreadBody);
  app.use(answerErrors(logger));
  return app;
}

/** Nothing is loaded from anywhere, only inline styles; HSTS would be a lie, the server speaks no TLS. */
function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'style-src': ["'unsafe-inline'"],
        'base-uri': ["'none'"],
        'form-action': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    strictTransportSecurity: false,
    frameguard: { action: 'deny' },
  });
}

const noStore: RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', 'no-store');
  next();
};
