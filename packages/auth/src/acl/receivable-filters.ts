import type { Template, TopicEntry } from './topic-entry.ts';

type Levels = readonly Template[];

const SHARE = '$share';

/**
 * An entry of a rule that grants subscriptions, seen from the messages: under which filters they come.
 * @returns the levels of each; empty where the entry is text that no client can subscribe to
 */
export function receivableFilters({ isExact, levels }: TopicEntry): readonly Levels[] {
  if (isExact) {
    const brought = withoutShare(levelsOf(levels[0] as Template));
    return isFilter(brought) ? [withoutSystemTopics(brought)] : [];
  }
  const isEveryShare = levels.length === 2 && textOf(levels[0]) === SHARE && textOf(levels[1]) === '#';
  if (isEveryShare) return [levels, [['#']]];
  const brought = withoutShare(levels);
  return brought === levels || brought.length === 0 ? [levels] : [levels, brought];
}

/** Without `$share/name/`. */
function withoutShare(levels: Levels): Levels {
  return textOf(levels[0]) === SHARE ? levels.slice(2) : levels;
}

/** A subscription to `#` brings no topics that begin with `$`. @see MQTT 5.0, 4.7.2 */
function withoutSystemTopics(levels: Levels): Levels {
  return textOf(levels[0]) === '#' ? [['+'], ['#']] : levels;
}

/** Takes a text with placeholders apart at its separators. */
function levelsOf(text: Template): Levels {
  const levels: Template[number][][] = [[]];
  for (const part of text) {
    const pieces = typeof part === 'string' ? part.split('/') : [part];
    for (const [i, piece] of pieces.entries()) {
      if (i > 0) levels.push([]);
      levels.at(-1)?.push(piece);
    }
  }
  return levels.map((level) => (level.every((part) => typeof part === 'string') ? [level.join('')] : level));
}

function isFilter(levels: Levels): boolean {
  const isWildcardInPlace = (level: Template, i: number): boolean => {
    const literals = level.map((part) => (typeof part === 'string' ? part : 'x')).join('');
    if (literals.includes('#')) return literals === '#' && i === levels.length - 1;
    return literals === '+' || !literals.includes('+');
  };
  return levels.length > 0 && levels.every(isWildcardInPlace);
}

/** '' where there is a placeholder. */
function textOf(level: Template | undefined): string {
  const [part = ''] = level ?? [];
  return level?.length === 1 && typeof part === 'string' ? part : '';
}
