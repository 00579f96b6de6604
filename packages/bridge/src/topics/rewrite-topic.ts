/** How the topic name of a message changes on its way over a bridge. */
export interface TopicRewriting {
  /** The filter that the message matched. */
  readonly filter: string;
  /** '' = unchanged; plain text = that name; with wildcards = the part of the name where it stands in the filter. */
  readonly target: string;
  /** Raw text before and after the result. */
  readonly prefix: string;
  readonly suffix: string;
}

/**
 * Why a rewriting cannot be done, or ''. A target with wildcards has to be a part of its filter, else nobody could say
 * what it stands for.
 */
export function rewritingFault({ filter, target, prefix, suffix }: TopicRewriting): string {
  if (hasWildcard(prefix) || hasWildcard(suffix)) return 'prefix and suffix may have no wildcard';
  if (hasWildcard(target) && !filter.includes(target)) return `"${target}" is not a part of "${filter}"`;
  return '';
}

/**
 * The name a message goes on with. Works on text and on topic keys alike.
 * @param topicName  matches the filter of the rewriting, which has no fault
 */
export function rewriteTopic({ filter, target, prefix, suffix }: TopicRewriting, topicName: string): string {
  const plain = hasWildcard(target) ? cutOut(filter, target, topicName) : target;
  return prefix + (plain === '' ? topicName : plain) + suffix;
}

/** The part of the name that lies where `target` lies in the filter: level for level, within a level character for character. */
function cutOut(filter: string, target: string, topicName: string): string {
  const at = filter.indexOf(target);
  const levels = topicName.split('/');
  const start = offsetIn(levels, filter, at);
  const end = target.endsWith('#') ? topicName.length : offsetIn(levels, filter, at + target.length);
  return topicName.slice(start, end);
}

/** Where in the name the place `at` of the filter is. */
function offsetIn(levels: readonly string[], filter: string, at: number): number {
  const before = filter.slice(0, at);
  const level = before.split('/').length - 1;
  const levelStart = before.lastIndexOf('/') + 1;
  let offset = 0;
  for (const text of levels.slice(0, level)) offset += text.length + 1;
  // Behind a `+` stands whatever the level is; elsewhere the characters are the same.
  return offset + (filter[levelStart] === '+' && at > levelStart ? (levels[level]?.length ?? 0) : at - levelStart);
}

function hasWildcard(text: string): boolean {
  return text.includes('+') || text.includes('#');
}
