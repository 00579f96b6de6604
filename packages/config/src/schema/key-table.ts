import type { z } from 'zod';
import { configSchema } from './config-schema.ts';
import { schemaNode } from './schema-node.ts';
import type { SettingMeta } from './setting.ts';

/** A key of the schema. Free names are written `<name>`: `listeners.tcp.<name>.bind`. */
export interface KeyEntry extends SettingMeta {
  readonly path: readonly string[];
  /** The path joined by dots. */
  readonly key: string;
}

/** Every key the schema knows, in the order of the schema. */
export const KEY_TABLE: readonly KeyEntry[] = collectKeys(configSchema, []);

/** The entry of a key, if the schema has it; free names match `<name>`. */
export function findKey(path: readonly string[]): KeyEntry | undefined {
  return KEY_TABLE.find(
    (entry) =>
      entry.path.length === path.length && entry.path.every((name, i) => name === path[i] || name === '<name>'),
  );
}

function collectKeys(schema: z.core.$ZodType, path: readonly string[]): KeyEntry[] {
  const node = schemaNode(schema);
  if (node.kind === 'setting') return [{ ...node.meta, path, key: path.join('.') }];
  const keys = [...node.children].flatMap(([name, child]) => collectKeys(child, [...path, name]));
  return node.named === undefined ? keys : [...keys, ...collectKeys(node.named, [...path, '<name>'])];
}
