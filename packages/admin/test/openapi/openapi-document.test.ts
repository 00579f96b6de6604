import { TurnQueue } from '@nanomq-ts/core';
import type { Router } from 'express';
import { describe, expect, it } from 'vitest';
import type { AdminParts } from '../../src/admin-options.ts';
import { createMetricsRouter } from '../../src/metrics/metrics-router.ts';
import { openApiDocument } from '../../src/openapi/openapi-document.ts';
import { createOpenApiRouter } from '../../src/openapi/openapi-router.ts';
import { openApiPath } from '../../src/openapi/operation.ts';
import { v1RequestSchemas } from '../../src/v1/v1-schemas.ts';
import { createV4Router } from '../../src/v4/v4-router.ts';
import { AdminHarness, TEST_OPTIONS } from '../support/admin-harness.ts';
import { FakeAdmin, FakeConfig } from '../support/fake-ports.ts';

const parts: AdminParts = {
  options: TEST_OPTIONS,
  admin: new FakeAdmin(),
  config: new FakeConfig(),
  steps: new TurnQueue((callback) => void setImmediate(callback)),
  identity: { version: '0.1.0', startedAtMs: 0 },
  logger: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
  nowMs: () => 1,
};
const document = openApiDocument(parts);

/** What Express really serves: `GET /api/v4/clients/{clientid}`. */
function served(router: Router, base: string): string[] {
  return router.stack.flatMap(({ route }) => {
    if (route === undefined) return [];
    const path = base + (route.path === '/' ? '' : openApiPath(route.path));
    return route.stack.map(({ method }) => `${method.toUpperCase()} ${path}`);
  });
}

function documented(base: string): string[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    path.startsWith(base) ? Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`) : [],
  );
}

/** Every schema object of a JSON value. */
function* objectsIn(value: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Readonly<Record<string, unknown>>;
  for (const inner of Object.values(value)) yield* objectsIn(inner);
}

describe('the OpenAPI document', () => {
  it('has every route of API v4, and no other', () => {
    expect(served(createV4Router(parts), '/api/v4').sort()).toEqual(documented('/api/v4').sort());
  });

  it('has every route beside the versions', () => {
    const routes = [...served(createMetricsRouter(parts), ''), ...served(createOpenApiRouter(parts), '')];
    const known = documented('/').filter((it) => !it.includes('/api/v'));
    expect([...routes, 'GET /healthz', 'GET /readyz'].sort()).toEqual(known.sort());
  });

  it('has every command of API v1', () => {
    const content = document.paths['/api/v1']?.post?.requestBody?.content['application/json'];
    const forms = content?.schema.anyOf as { properties: { req: { const: number } } }[];
    expect(forms.map(({ properties }) => String(properties.req.const))).toEqual(Object.keys(v1RequestSchemas));
  });

  it('names every operation once and refers to nothing it does not have', () => {
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const names = operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    const references = [...objectsIn(document)].flatMap((it) => (typeof it.$ref === 'string' ? [it.$ref] : []));
    expect(new Set(references)).toEqual(new Set(['#/components/schemas/Failure']));
    expect([...objectsIn(document)].some((it) => '$defs' in it || '$schema' in it)).toBe(false);
    for (const { tags } of operations) expect(document.tags.map(({ name }) => name)).toContain(tags[0]);
  });

  it('describes every part of a path', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { parameters = [] } of Object.values(methods)) {
        expect(parameters.filter((it) => it.in === 'path').map(({ name }) => name)).toEqual(inPath);
      }
    }
  });

  it('says which parameters of a query are required, and their form', () => {
    const { delete: remove, get } = document.paths['/api/v4/retained'] ?? {};
    expect(remove?.parameters).toEqual([
      { name: 'topic', in: 'query', required: true, description: 'topic filter', schema: { type: 'string' } },
    ]);
    expect(get?.parameters?.map(({ name, required }) => [name, required])).toEqual([
      ['topic', false],
      ['page', false],
      ['limit', false],
    ]);
  });

  it('says what is refused, with status and code', () => {
    const { responses } = document.paths['/api/v4/clients/{clientid}']?.delete ?? {};
    expect(responses?.['404']?.description).toBe('112 client offline');
    expect(responses?.['401']?.description).toBe('103 wrong credentials; 104 empty credentials; 116 token expired');
    expect(document.paths['/healthz']?.get?.security).toEqual([]);
  });
});

describe('served', () => {
  it('GET /api/openapi.json is the document', async () => {
    const harness = await AdminHarness.open();
    const { headers, text } = await harness.call({ method: 'GET', path: '/api/openapi.json' });
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(text)).toMatchObject({ openapi: '3.1.0', paths: JSON.parse(JSON.stringify(document.paths)) });
  });

  it.each(['/api/openapi.json', '/api/docs', '/metrics', '/api/v4/brokers'])('%s needs credentials', async (path) => {
    const harness = await AdminHarness.open();
    expect((await harness.json({ method: 'GET', path, auth: null })).status).toBe(401);
    expect((await harness.json({ method: 'GET', path, auth: 'admin:wrong' })).body.code).toBe(103);
  });
});
