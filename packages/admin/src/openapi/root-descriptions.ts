import { z } from 'zod';
import type { RouteDescription } from '../v4/route.ts';

const wellReply = z.strictObject({ status: z.enum(['ok', 'unavailable']) });

/** What is served outside the versions of the API and needs no credentials. */
export const HEALTH_DESCRIPTIONS: readonly RouteDescription[] = [
  {
    method: 'GET',
    path: '/healthz',
    name: 'read_health',
    description: 'Whether the process answers; needs no credentials',
    reply: { json: wellReply },
    failures: [],
  },
  {
    method: 'GET',
    path: '/readyz',
    name: 'read_readiness',
    description: 'Whether the broker answers (else 503 with status `unavailable`); needs no credentials',
    reply: { json: wellReply },
    failures: [],
  },
];

/** This documentation. */
export const DOCUMENT_DESCRIPTIONS: readonly RouteDescription[] = [
  {
    method: 'GET',
    path: '/api/openapi.json',
    name: 'read_openapi',
    description: 'This document',
    reply: { json: z.looseObject({ openapi: z.literal('3.1.0') }) },
    failures: [],
  },
  {
    method: 'GET',
    path: '/api/docs',
    name: 'read_docs',
    description: 'This document as a page to read',
    reply: { text: 'text/html' },
    failures: [],
  },
];
