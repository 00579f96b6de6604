import { z } from 'zod';
import { FAILURES, type Failure } from '../http/failure.ts';
import { ResultCode } from '../result-code.ts';
import type { RouteBody, RouteDescription, RouteReply } from '../v4/route.ts';
import type {
  JsonSchema,
  OpenApiContent,
  OpenApiOperation,
  OpenApiParameter,
  OpenApiResponse,
} from './openapi-types.ts';

/** Where the form of refusals stands in the document. */
const REFUSAL: JsonSchema = { $ref: '#/components/schemas/Failure' };

/** What every request may be refused with. */
const COMMON: readonly Failure[] = [
  'PARAMETER_ERROR',
  'EMPTY_CREDENTIALS',
  'WRONG_CREDENTIALS',
  'TOKEN_EXPIRED',
  'FORBIDDEN',
  'BODY_TOO_LARGE',
  'BODY_ENCODED',
  'TOO_MANY_TRIES',
  'RPC_ERROR',
  'UNKNOWN_MISTAKE',
  'BUSY',
];

/** A form as JSON Schema. @param io  what is sent to us, or what we send */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any' });
  return rest;
}

/** A path in OpenAPI's notation. */
export function openApiPath(path: string): string {
  return path.replace(/[:*](\w+)/g, '{$1}');
}

/** A route as an operation. @param isOpen  it needs no credentials and is hardly refused */
export function operationOf(route: RouteDescription, tag: string, isOpen: boolean): OpenApiOperation {
  const parameters = [...pathParameters(route), ...queryParameters(route.query)];
  return {
    operationId: route.name,
    tags: [tag],
    summary: route.description,
    ...(isOpen ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined ? {} : { requestBody: requestBody(route.body) }),
    responses: {
      '200': { description: 'success', content: replyContent(route.reply) },
      ...refusals(isOpen ? route.failures : [...route.failures, ...COMMON]),
    },
  };
}

/** The refusals of a list of rows by status; a status may stand for several codes. */
export function refusals(
  rows: readonly Failure[],
  schema: JsonSchema = REFUSAL,
): Readonly<Record<string, OpenApiResponse>> {
  const codes = new Map<number, Set<string>>();
  for (const row of rows) {
    const { status, code } = FAILURES[row];
    const name = Object.entries(ResultCode).find(([, value]) => value === code)?.[0] ?? '';
    codes.set(status, (codes.get(status) ?? new Set()).add(`${code} ${words(name)}`));
  }
  const entries = [...codes].map(([status, texts]): [string, OpenApiResponse] => [
    String(status),
    { description: [...texts].sort().join('; '), content: { 'application/json': { schema } } },
  ]);
  return Object.fromEntries(entries);
}

function words(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).toLowerCase();
}

function pathParameters({ path, pathParameters: texts = {} }: RouteDescription): readonly OpenApiParameter[] {
  return [...path.matchAll(/[:*](\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    description: texts[name] ?? name,
    schema: { type: 'string' },
  }));
}

function queryParameters(query: z.ZodObject | undefined): readonly OpenApiParameter[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...schema } = property as JsonSchema;
    return {
      name,
      in: 'query',
      required: required.includes(name),
      ...(typeof description === 'string' ? { description } : {}),
      schema,
    };
  });
}

function requestBody({ content, isOptional = false }: RouteBody): NonNullable<OpenApiOperation['requestBody']> {
  return {
    required: !isOptional,
    content:
      'json' in content
        ? { 'application/json': { schema: jsonSchemaOf(content.json, 'input') } }
        : { [content.text]: { schema: { type: 'string' } } },
  };
}

function replyContent(reply: RouteReply): OpenApiContent {
  return 'json' in reply
    ? { 'application/json': { schema: jsonSchemaOf(reply.json, 'output') } }
    : { [reply.text]: { schema: { type: 'string' } } };
}
