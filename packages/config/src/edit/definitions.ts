import type { FieldNode, SectionNode } from '../hocon/syntax-tree.ts';
import { canonicalKey } from '../schema/canonical-key.ts';

/** A field in the text and its full path in the spelling of the schema. */
export interface Definition {
  readonly path: readonly string[];
  readonly field: FieldNode;
}

/** A section in braces and its full path. */
export interface SectionPlace {
  readonly path: readonly string[];
  readonly section: SectionNode;
}

/** What a text defines by itself, in its order; includes, lists and values joined of several are not looked into. */
export interface Definitions {
  readonly fields: readonly Definition[];
  readonly sections: readonly SectionPlace[];
}

/** Collects the definitions of a parsed text. */
export function definitionsIn(root: SectionNode): Definitions {
  const fields: Definition[] = [];
  const sections: SectionPlace[] = [];
  const walk = (section: SectionNode, parent: readonly string[]): void => {
    for (const field of section.members) {
      if (field.kind === 'include') continue;
      const path = canonicalPath(parent, field.path);
      fields.push({ path, field });
      if (field.value.kind !== 'section' || field.append) continue;
      sections.push({ path, section: field.value });
      walk(field.value, path);
    }
  };
  walk(root, []);
  return { fields, sections };
}

/** `parent` and then `names` in the spelling of the schema. */
export function canonicalPath(parent: readonly string[], names: readonly string[]): readonly string[] {
  const path = [...parent];
  for (const name of names) path.push(canonicalKey(path, name));
  return path;
}

/** Does `path` begin with all of `prefix`? Also when both are the same. */
export function isWithin(path: readonly string[], prefix: readonly string[]): boolean {
  return prefix.length <= path.length && prefix.every((name, index) => name === path[index]);
}
