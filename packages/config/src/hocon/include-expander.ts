import { configError } from '../config-error.ts';
import type { Origin } from '../origin.ts';
import { parseDocument } from './document-parser.ts';
import type { SourceFile, SourceReader } from './source-reader.ts';
import type { IncludeNode, MemberNode, SectionNode, ValueNode } from './syntax-tree.ts';

const MAX_DEPTH = 10;

/** Replaces every include of a parsed file by the section the named file holds. */
export class IncludeExpander {
  readonly #reader: SourceReader;
  /** Real paths of the files being expanded, outermost first. */
  readonly #open: string[] = [];

  constructor(reader: SourceReader) {
    this.#reader = reader;
  }

  /**
   * @param root  the parsed file
   * @param path  its real path; undefined when its text came without a file
   * @throws ConfigError INCLUDE_CYCLE, INCLUDE_TOO_DEEP and what reading and parsing throw
   */
  expand(root: SectionNode, path: string | undefined): SectionNode {
    if (path !== undefined) this.#open.push(path);
    const expanded = this.#section(root);
    if (path !== undefined) this.#open.pop();
    return expanded;
  }

  #section(section: SectionNode): SectionNode {
    return { ...section, members: section.members.flatMap((member) => this.#member(member)) };
  }

  #member(member: MemberNode): readonly MemberNode[] {
    if (member.kind === 'include') return this.#included(member).members;
    return [{ ...member, value: this.#value(member.value) }];
  }

  #value(node: ValueNode): ValueNode {
    switch (node.kind) {
      case 'include':
        return this.#included(node);
      case 'section':
        return this.#section(node);
      case 'list':
        return { ...node, items: node.items.map((item) => this.#value(item)) };
      case 'concatenation':
        return { ...node, parts: node.parts.map((part) => ({ gap: part.gap, node: this.#value(part.node) })) };
      case 'scalar':
      case 'substitution':
        return node;
      default:
        return node satisfies never;
    }
  }

  #included(node: IncludeNode): SectionNode {
    const asked: Origin = { kind: 'file', ...node.at };
    const file: SourceFile = this.#reader.readIncluded(node.target, this.#open.at(-1), asked);
    if (this.#open.includes(file.path)) throw configError('INCLUDE_CYCLE', asked, node.target);
    if (this.#open.length > MAX_DEPTH) throw configError('INCLUDE_TOO_DEEP', asked, node.target);
    return this.expand(parseDocument(file.name, file.text), file.path);
  }
}
