import { v1ErrorSchema, v1ReplySchemas, v1RequestSchemas } from '../v1/v1-schemas.ts';
import type { OpenApiOperation } from './openapi-types.ts';
import { jsonSchemaOf, refusals } from './operation.ts';

/** API v1: one path, the field `req` selects the command. The same for each method. */
export function v1Operation(method: 'get' | 'post', tag: string): OpenApiOperation {
  return {
    operationId: `v1_${method}`,
    tags: [tag],
    summary: 'A command of API v1; the field `req` says which',
    requestBody: {
      required: true,
      content: { 'application/json': { schema: anyOf(v1RequestSchemas, 'input') } },
    },
    responses: {
      '200': { description: 'success', content: { 'application/json': { schema: anyOf(v1ReplySchemas, 'output') } } },
      ...refusals(
        [
          'PARAMETER_MISSING',
          'PARAMETER_ERROR',
          'ILLEGAL_JSON',
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
        ],
        jsonSchemaOf(v1ErrorSchema, 'output'),
      ),
    },
  };
}

function anyOf(schemas: typeof v1RequestSchemas | typeof v1ReplySchemas, io: 'input' | 'output'): { anyOf: unknown[] } {
  return { anyOf: Object.values(schemas).map((schema) => jsonSchemaOf(schema, io)) };
}
