import type { z } from 'zod';
import type { ConfigWarning } from './config-warning.ts';
import { formatPath } from './hocon/key-path.ts';
import type { HoconDocument } from './hocon/load-hocon.ts';
import { nearestKey } from './nearest-key.ts';
import { DEFAULT_ORIGIN, type Origin } from './origin.ts';
import { canonicalKey, childSchema } from './schema/canonical-key.ts';
import { configSchema } from './schema/config-schema.ts';
import { schemaNode } from './schema/schema-node.ts';
import { isSection, type SettingTree } from './setting-tree.ts';

/**
 * Puts what a file says into the tree: known keys under the schema's spelling, without `null` (not set) and
 * without unknown keys, for each of which there is a warning with the nearest known one.
 */
export function addFileSettings(tree: SettingTree, document: HoconDocument): ConfigWarning[] {
  const warnings: ConfigWarning[] = [];
  new FileWalk(tree, document, warnings).section(configSchema, document.root, [], []);
  return warnings;
}

class FileWalk {
  readonly #tree: SettingTree;
  readonly #document: HoconDocument;
  readonly #warnings: ConfigWarning[];

  constructor(tree: SettingTree, document: HoconDocument, warnings: ConfigWarning[]) {
    this.#tree = tree;
    this.#document = document;
    this.#warnings = warnings;
  }

  /** @param written  the path as the file spells it; `path` is the schema's spelling */
  section(schema: z.core.$ZodType, section: object, path: readonly string[], written: readonly string[]): void {
    const node = schemaNode(schema);
    const named = node.kind === 'section' && node.children.size > 0 ? node.named : undefined;
    for (const [key, value] of Object.entries(section)) {
      if (value === null) continue;
      const name = canonicalKey(path, key);
      const child = childSchema(schema, name);
      // Beside fixed keys only a section can be a named member: `listeners.tcp.bnid = "..."` is a typing error.
      const isTypo = child !== undefined && child === named && !isSection(value);
      if (child === undefined || isTypo) this.#warnUnknown([...path, name], [...written, key]);
      else this.#member(child, value, [...path, name], [...written, key]);
    }
  }

  #member(schema: z.core.$ZodType, value: unknown, path: readonly string[], written: readonly string[]): void {
    const node = schemaNode(schema);
    const origin = this.#origin(written);
    if (node.kind === 'section' && isSection(value)) {
      // Two spellings of one section have one place in the tree.
      if (!isSection(this.#tree.get(path))) this.#tree.set(path, {}, origin);
      this.section(schema, value, path, written);
    } else {
      const wantsText = node.kind === 'setting' && node.meta.type === 'text';
      const isComposed = typeof value === 'object' && value !== null;
      this.#tree.set(path, wantsText || isComposed ? this.#asWritten(value, written) : value, origin);
      if (Array.isArray(value)) this.#items(value, path, written);
    }
  }

  #items(value: unknown, path: readonly string[], written: readonly string[]): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, member] of Object.entries(value)) {
      const at = [...written, name];
      this.#tree.setItemOrigin([...path, name], this.#origin(at));
      this.#items(member, [...path, name], at);
    }
  }

  /**
   * Text may be written as a number: `007` is not 7, and a long one does not even fit. Inside a list nobody knows here
   * which is meant; what is no text there is read from its digits as well.
   */
  #asWritten(value: unknown, written: readonly string[]): unknown {
    if (Array.isArray(value)) return value.map((item, index) => this.#withinList(item, [...written, String(index)]));
    if (isSection(value)) return this.#withinList(value, written);
    const isPlain = typeof value === 'number' || typeof value === 'boolean';
    return isPlain ? (this.#document.written.get(formatPath(written))?.text ?? value) : value;
  }

  #withinList(value: unknown, written: readonly string[]): unknown {
    if (typeof value === 'number') {
      const text = this.#asWritten(value, written);
      return text === String(value) ? value : text;
    }
    if (!isSection(value)) return Array.isArray(value) ? this.#asWritten(value, written) : value;
    const members = Object.entries(value).map(([name, item]) => [name, this.#withinList(item, [...written, name])]);
    return Object.fromEntries(members);
  }

  #origin(written: readonly string[]): Origin {
    const at = this.#document.written.get(formatPath(written))?.at;
    return at === undefined ? DEFAULT_ORIGIN : { kind: 'file', ...at };
  }

  #warnUnknown(path: readonly string[], written: readonly string[]): void {
    const nearest = nearestKey(path);
    const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
    const message = `unknown key ${formatPath(written)}${hint}`;
    this.#warnings.push({ code: 'UNKNOWN_KEY', origin: this.#origin(written), message });
  }
}
