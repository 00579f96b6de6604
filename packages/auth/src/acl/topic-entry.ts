// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of rules look so

/** What stands for something of the client's own. */
export type Placeholder = 'clientid' | 'username';

/** Text with placeholders, in order. */
export type Template = readonly (string | { readonly placeholder: Placeholder })[];

/** One entry of `topics`, taken apart. */
export interface TopicEntry {
  /** `@text`: compared as it is, wildcards mean nothing. */
  readonly isExact: boolean;
  /** Levels of a filter; for `isExact` one template for the whole text. */
  readonly levels: readonly Template[];
  /** Begins with a placeholder (behind `$share/name/`): a value with `$` would reach another family of topics. */
  readonly beginsWith: Placeholder | null;
  readonly placeholders: ReadonlySet<Placeholder>;
}

/** MQTT 5.0, 1.5.4: the longest text a packet can carry. */
const MAX_BYTES = 65_535;
const NAMES: readonly Placeholder[] = ['clientid', 'username'];

/**
 * Takes an entry apart.
 * @returns the entry, or a text that names its fault
 */
export function parseTopicEntry(text: string): TopicEntry | string {
  const isExact = text.startsWith('@');
  const body = isExact ? text.slice(1) : text;
  if (body === '') return 'is empty';
  if (body.includes('\0')) return 'has U+0000';
  if (Buffer.byteLength(body) > MAX_BYTES) return `is longer than ${MAX_BYTES} bytes`;
  const levels: Template[] = [];
  for (const level of isExact ? [body] : body.split('/')) {
    const template = parseTemplate(level);
    if (typeof template === 'string') return template;
    levels.push(template);
  }
  if (!isExact) {
    const fault = filterFault(body);
    if (fault !== '') return fault;
  }
  const placeholders = new Set(levels.flat().flatMap((part) => (typeof part === 'string' ? [] : [part.placeholder])));
  return { isExact, levels, placeholders, beginsWith: beginsWith(body) };
}

function beginsWith(body: string): Placeholder | null {
  const topic = body.replace(/^\$share\/[^/]*\//, '');
  return NAMES.find((name) => topic.startsWith(`\${${name}}`)) ?? null;
}

function parseTemplate(text: string): Template | string {
  const parts: (string | { placeholder: Placeholder })[] = [];
  let at = 0;
  for (;;) {
    const open = text.indexOf('${', at);
    if (open < 0) break;
    const close = text.indexOf('}', open);
    const name = close < 0 ? undefined : NAMES.find((known) => known === text.slice(open + 2, close));
    if (name === undefined) return 'has a placeholder other than ${clientid} and ${username}';
    if (open > at) parts.push(text.slice(at, open));
    parts.push({ placeholder: name });
    at = close + 1;
  }
  // An empty level is a level, too.
  if (at < text.length || parts.length === 0) parts.push(text.slice(at));
  return parts;
}

/** @see MQTT 5.0, 4.7.1 */
function filterFault(filter: string): string {
  const levels = filter.split('/');
  for (const [i, level] of levels.entries()) {
    if (level.includes('#') && (level !== '#' || i < levels.length - 1)) return '# must be the whole last level';
    if (level.includes('+') && level !== '+') return '+ must be a whole level';
  }
  return '';
}
