import type { z } from 'zod';
import { configSchema } from './config-schema.ts';
import { schemaNode } from './schema-node.ts';

/**
 * The spelling the schema uses for `key` inside the section at `parent`; as written where the schema has no such
 * key. Names that the operator chooses (listeners, bridges, users) keep their case.
 */
export function canonicalKey(parent: readonly string[], key: string): string {
  let schema: z.core.$ZodType | undefined = configSchema;
  for (const name of parent) schema = schema && childSchema(schema, name);
  if (schema === undefined) return key;
  const node = schemaNode(schema);
  if (node.kind === 'setting' || node.children.has(key)) return key;
  const lower = key.toLowerCase();
  return node.children.has(lower) ? lower : key;
}

/** The schema of the member `name`: one the schema names, else that of free names, else undefined. */
export function childSchema(schema: z.core.$ZodType, name: string): z.core.$ZodType | undefined {
  const node = schemaNode(schema);
  return node.kind === 'setting' ? undefined : (node.children.get(name) ?? node.named);
}
