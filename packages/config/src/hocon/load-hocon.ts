import type { Position } from '../origin.ts';
import { type HoconSection, readCanonical, writeCanonical } from './canonical-text.ts';
import { parseDocument } from './document-parser.ts';
import { IncludeExpander } from './include-expander.ts';
import { formatPath } from './key-path.ts';
import type { ResolvedSection, ResolvedValue } from './resolved-value.ts';
import { Resolver } from './resolver.ts';
import { addSection, type CanonicalKey } from './slot-tree.ts';
import { normaliseText, SourceReader } from './source-reader.ts';

/** Where a value was written and, for a plain value, its text as written. */
export interface Written {
  readonly at: Position;
  readonly text?: string;
}

/** The plain values of a configuration, and by path (`mqtt.retry_interval`, `log.to.0`) how they were written. */
export interface HoconDocument {
  readonly root: HoconSection;
  readonly written: ReadonlyMap<string, Written>;
}

/**
 * What to read: a file by name, or a text with a name for messages. `standsFor`: the file the text is the content of,
 * relative to the working directory; includes are looked for beside it, and it may not exist yet.
 */
export type HoconSource =
  | { readonly file: string }
  | { readonly text: string; readonly name: string; readonly standsFor?: string | undefined };

/** What reading needs from outside. */
export interface HoconSurroundings {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly canonicalKey?: CanonicalKey;
}

/**
 * Reads HOCON: scan, expand includes, merge, substitute, then through hocon-parser to plain values.
 * @throws ConfigError with file, line and column
 */
export function loadHocon(source: HoconSource, surroundings: HoconSurroundings): HoconDocument {
  const canonicalKey: CanonicalKey = surroundings.canonicalKey ?? ((_parent, key) => key);
  const reader = new SourceReader(surroundings.cwd);
  const isFile = 'file' in source;
  const file = isFile ? reader.read(source.file, { kind: 'flag', name: '--conf' }) : undefined;
  const name = isFile ? source.file : source.name;
  const path = isFile ? file?.path : source.standsFor && reader.pathOf(source.standsFor);
  const parsed = parseDocument(name, file?.text ?? normaliseText(isFile ? '' : source.text));
  const expanded = new IncludeExpander(reader).expand(parsed, path);
  const slots = addSection(new Map(), expanded, [], canonicalKey);
  const resolved: ResolvedSection = new Resolver(slots, surroundings.env, canonicalKey).resolve(expanded.at);
  const root = readCanonical(writeCanonical(resolved));
  const written = new Map<string, Written>();
  recordWritten(resolved, [], written);
  return { root, written };
}

function recordWritten(value: ResolvedValue, path: readonly string[], written: Map<string, Written>): void {
  written.set(formatPath(path), value.kind === 'scalar' ? { at: value.at, text: value.text } : { at: value.at });
  if (value.kind === 'section') {
    for (const [key, member] of value.members) recordWritten(member, [...path, key], written);
  } else if (value.kind === 'list') {
    for (const [index, item] of value.items.entries()) recordWritten(item, [...path, String(index)], written);
  }
}
