import { z } from 'zod';
import { type SettingMeta, settingRegistry } from './setting.ts';

/** One place in the schema as the walkers see it. */
export type SchemaNode =
  | { readonly kind: 'setting'; readonly meta: SettingMeta }
  | {
      readonly kind: 'section';
      readonly children: ReadonlyMap<string, z.core.$ZodType>;
      /** The schema of members with a free name, such as named listeners, bridges and users. */
      readonly named: z.core.$ZodType | undefined;
    };

/** The schema never changes, and each load of a configuration looks at all of it several times. */
const seen = new WeakMap<z.core.$ZodType, SchemaNode>();

/** Looks at a schema: is it one key with its facts, or a section? */
export function schemaNode(schema: z.core.$ZodType): SchemaNode {
  const known = seen.get(schema);
  if (known !== undefined) return known;
  const node = lookAt(schema);
  seen.set(schema, node);
  return node;
}

function lookAt(schema: z.core.$ZodType): SchemaNode {
  const meta = settingRegistry.get(schema);
  if (meta !== undefined) return { kind: 'setting', meta };
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault) return schemaNode(schema.def.innerType);
  if (schema instanceof z.ZodRecord) return { kind: 'section', children: new Map(), named: schema.def.valueType };
  if (schema instanceof z.ZodObject) {
    return { kind: 'section', children: new Map(Object.entries(schema.def.shape)), named: schema.def.catchall };
  }
  throw new Error(`a ${schema._zod.def.type} in the configuration schema has no facts`);
}
