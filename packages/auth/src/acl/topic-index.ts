import type { ClientView } from './client-view.ts';
import type { Template } from './topic-entry.ts';

/** No rule. */
export const NO_RULE = Number.POSITIVE_INFINITY;

/** A level of the entries. Lists of rules are in their order. */
class IndexNode {
  readonly literals = new Map<string, IndexNode>();
  readonly templates: { readonly template: Template; readonly node: IndexNode }[] = [];
  plus: IndexNode | null = null;
  /** Rules with an entry that ends here. */
  readonly ends: number[] = [];
  /** Rules with an entry that goes on with `#`. */
  readonly hashes: number[] = [];
}

/**
 * Topic entries of many rules as one tree, so that a question costs by the depth of its topic and not by the number of
 * rules. No regular expressions: nothing a client says is ever compiled.
 */
export class TopicIndex {
  readonly #root = new IndexNode();
  readonly #exact = new Map<string, number[]>();
  readonly #exactTemplates: { readonly template: Template; readonly rule: number }[] = [];
  readonly #everywhere: number[] = [];

  /** For every topic. Rules come in their order. */
  addEverywhere(rule: number): void {
    this.#everywhere.push(rule);
  }

  addExact(template: Template, rule: number): void {
    if (template.some((part) => typeof part !== 'string')) {
      this.#exactTemplates.push({ template, rule });
      return;
    }
    const text = template.join('');
    const list = this.#exact.get(text);
    if (list === undefined) this.#exact.set(text, [rule]);
    else list.push(rule);
  }

  /** @param levels  of a filter */
  addFilter(levels: readonly Template[], rule: number): void {
    let node = this.#root;
    for (const level of levels) {
      if (level[0] === '#' && level.length === 1) {
        node.hashes.push(rule);
        return;
      }
      node = childFor(node, level);
    }
    node.ends.push(rule);
  }

  /**
   * @param topic  a topic name, or a topic filter whose text is treated as one
   * @param limit  looks only for rules before this one
   * @returns the first rule that is for the client and has an entry that matches, or `limit`
   */
  first(topic: string, view: ClientView, limit: number): number {
    let best = firstOf(this.#everywhere, view, limit);
    best = firstOf(this.#exact.get(topic) ?? [], view, best);
    for (const { template, rule } of this.#exactTemplates) {
      if (rule < best && view.applies(rule) && view.textOf(template) === topic) best = rule;
    }
    return this.#firstInTree(topic, view, best);
  }

  #firstInTree(topic: string, view: ClientView, limit: number): number {
    const levels = topic.split('/');
    const isOwnFamily = topic.startsWith('$');
    let best = limit;
    let nodes: IndexNode[] = [this.#root];
    for (const [depth, level] of levels.entries()) {
      const next: IndexNode[] = [];
      for (const node of nodes) {
        // `#` alone covers topics that begin with `$`, too; `+` does not.
        best = firstOf(node.hashes, view, best);
        const literal = node.literals.get(level);
        if (literal !== undefined) next.push(literal);
        if (node.plus !== null && !(depth === 0 && isOwnFamily)) next.push(node.plus);
        for (const { template, node: child } of node.templates) if (view.textOf(template) === level) next.push(child);
      }
      if (next.length === 0) return best;
      nodes = next;
    }
    for (const node of nodes) {
      best = firstOf(node.ends, view, best);
      // `a/#` matches `a`, too.
      best = firstOf(node.hashes, view, best);
    }
    return best;
  }
}

function childFor(node: IndexNode, level: Template): IndexNode {
  if (level.some((part) => typeof part !== 'string')) {
    const child = new IndexNode();
    node.templates.push({ template: level, node: child });
    return child;
  }
  const text = level.join('');
  if (text === '+') {
    node.plus ??= new IndexNode();
    return node.plus;
  }
  let child = node.literals.get(text);
  if (child === undefined) {
    child = new IndexNode();
    node.literals.set(text, child);
  }
  return child;
}

function firstOf(rules: readonly number[], view: ClientView, limit: number): number {
  for (const rule of rules) {
    if (rule >= limit) return limit;
    if (view.applies(rule)) return rule;
  }
  return limit;
}
