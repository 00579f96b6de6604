import type { AdminParts } from '../admin-options.ts';
import { metricsRoutes } from '../metrics/metrics-router.ts';
import { failureReply } from '../v4/reply-schemas.ts';
import type { RouteDescription } from '../v4/route.ts';
import { v4Routes } from '../v4/v4-routes.ts';
import type { OpenApiDocument, OpenApiOperation } from './openapi-types.ts';
import { jsonSchemaOf, openApiPath, operationOf } from './operation.ts';
import { DOCUMENT_DESCRIPTIONS, HEALTH_DESCRIPTIONS } from './root-descriptions.ts';
import { v1Operation } from './v1-operation.ts';

const V1 = 'API v1';
const V4 = 'API v4';
const ROOT = 'Metrics, health and documents';

type Paths = Record<string, Record<string, OpenApiOperation>>;

/** The OpenAPI document of the whole server, made from the routes and the forms they check and answer with. */
export function openApiDocument(parts: AdminParts): OpenApiDocument {
  const paths: Paths = { '/api/v1': { post: v1Operation('post', V1), get: v1Operation('get', V1) } };
  addRoutes(paths, '/api/v4', v4Routes(parts), V4);
  addRoutes(paths, '', [...metricsRoutes(parts), ...DOCUMENT_DESCRIPTIONS], ROOT);
  addRoutes(paths, '', HEALTH_DESCRIPTIONS, ROOT, true);
  return {
    openapi: '3.1.0',
    info: {
      title: 'nanomq-ts admin API',
      version: parts.identity.version,
      description:
        "NanoMQ's HTTP API. Bodies are read as JSON whatever their Content-Type; refusals name a result code.",
    },
    tags: [
      { name: V1, description: 'One path, commands by number' },
      { name: V4, description: 'REST' },
      { name: ROOT, description: 'Outside both versions' },
    ],
    security: [{ basic: [] }, { bearer: [] }],
    paths,
    components: {
      schemas: { Failure: jsonSchemaOf(failureReply, 'output') },
      securitySchemes: {
        basic: { type: 'http', scheme: 'basic', description: 'http_server.auth_type = basic' },
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'http_server.auth_type = jwt' },
      },
    },
  };
}

function addRoutes(paths: Paths, base: string, routes: readonly RouteDescription[], tag: string, isOpen = false): void {
  for (const route of routes) {
    const path = base + (route.path === '/' ? '' : openApiPath(route.path));
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, tag, isOpen) };
  }
}
