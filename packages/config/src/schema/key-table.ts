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

/** The table as a tree, because files may have thousands of users, each of which is looked up. */
interface KeyNode {
  entry?: KeyEntry;
  readonly children: Map<string, KeyNode>;
}

const ROOT = treeOf(KEY_TABLE);

/** The entry of a key, if the schema has it; free names match `<name>`. */
export function findKey(path: readonly string[]): KeyEntry | undefined {
  return nodeAt(path, ROOT, 0, (node) => node.entry !== undefined)?.entry;
}

/** Is this a section of the schema (free names match `<name>`), and not a key? */
export function isKeySection(path: readonly string[]): boolean {
  return nodeAt(path, ROOT, 0, (node) => node.children.size > 0) !== undefined;
}

/** Names of the schema come before free ones. */
function nodeAt(
  path: readonly string[],
  node: KeyNode,
  depth: number,
  fits: (node: KeyNode) => boolean,
): KeyNode | undefined {
  if (depth === path.length) return fits(node) ? node : undefined;
  const known = node.children.get(path[depth] ?? '');
  const free = node.children.get('<name>');
  const found = known && nodeAt(path, known, depth + 1, fits);
  return found ?? (free && nodeAt(path, free, depth + 1, fits));
}

function treeOf(entries: readonly KeyEntry[]): KeyNode {
  const root: KeyNode = { children: new Map() };
  for (const entry of entries) {
    let node = root;
    for (const name of entry.path) {
      const next: KeyNode = node.children.get(name) ?? { children: new Map() };
      node.children.set(name, next);
      node = next;
    }
    node.entry = entry;
  }
  return root;
}

function collectKeys(schema: z.core.$ZodType, path: readonly string[]): KeyEntry[] {
  const node = schemaNode(schema);
  if (node.kind === 'setting') return [{ ...node.meta, path, key: path.join('.') }];
  const keys = [...node.children].flatMap(([name, child]) => collectKeys(child, [...path, name]));
  return node.named === undefined ? keys : [...keys, ...collectKeys(node.named, [...path, '<name>'])];
}
