import { Router } from 'express';
import type { AdminParts } from '../admin-options.ts';
import { docsPage } from './docs-page.ts';
import { openApiDocument } from './openapi-document.ts';

/**
 * `/api/openapi.json` and `/api/docs`, mounted on the root behind access. Both are made once, when the server opens:
 * later that would hold up the event loop of a broker at work.
 */
export function createOpenApiRouter(parts: AdminParts): Router {
  const document = openApiDocument(parts);
  const json = Buffer.from(JSON.stringify(document));
  const page = Buffer.from(docsPage(document));
  const router = Router({ caseSensitive: true });
  router.get('/api/openapi.json', (_request, response) => {
    response.type('application/json').send(json);
  });
  router.get('/api/docs', (_request, response) => {
    response.type('text/html').send(page);
  });
  return router;
}
