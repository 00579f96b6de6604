const SHARE_PREFIX = '$share/';
const SLASH = 0x2f;
const PLUS = 0x2b;
const HASH = 0x23;

/** A topic filter taken apart. */
export interface ParsedFilter {
  /** The filter that topics are matched against: without `$share/name/`. */
  readonly filter: string;
  /** '' when the subscription is not shared. */
  readonly shareName: string;
  readonly hasWildcard: boolean;
}

/**
 * Takes a topic filter apart, or says why it is none.
 * Works on text and on topic keys alike: the characters that matter are ASCII. Wildcards are supported everywhere, so
 * no filter is refused for having them [v3.1.1 MQTT-3.8.3-2].
 * @param maxLevels  levels allowed, counted without `$share/name/`
 * @returns the parts, or a text that names the fault
 * @see MQTT 5.0, 4.7 Topic Names and Topic Filters, 4.8.2 Shared Subscriptions
 */
export function parseTopicFilter(topicFilter: string, maxLevels: number): ParsedFilter | string {
  let filter = topicFilter;
  let shareName = '';
  if (topicFilter.startsWith(SHARE_PREFIX)) {
    const nameEnd = topicFilter.indexOf('/', SHARE_PREFIX.length);
    if (nameEnd < 0) return 'shared subscription has no filter'; // [MQTT-4.8.2-2]
    shareName = topicFilter.slice(SHARE_PREFIX.length, nameEnd);
    if (shareName === '' || shareName.includes('+') || shareName.includes('#')) return 'share name is not valid'; // [MQTT-4.8.2-1] [MQTT-4.8.2-2]
    filter = topicFilter.slice(nameEnd + 1);
  } else if (topicFilter === '$share') {
    return 'shared subscription has no filter';
  }
  if (filter === '') return 'filter is empty'; // [MQTT-4.7.3-1]
  return checkLevels(filter, shareName, maxLevels);
}

/**
 * Whether a filter breaks the rules of its protocol version, other than by a limit of ours. MQTT 3.x knows nothing of
 * share names, so there a bad one is no violation.
 */
export function isMalformedFilter(topicFilter: string, isVersion5: boolean): boolean {
  if (topicFilter === '') return true;
  const parsed = isVersion5 ? parseTopicFilter(topicFilter, Infinity) : checkLevels(topicFilter, '', Infinity);
  return typeof parsed === 'string';
}

function checkLevels(filter: string, shareName: string, maxLevels: number): ParsedFilter | string {
  const length = filter.length;
  let levels = 1;
  let hasWildcard = false;
  for (let i = 0; i < length; i++) {
    const char = filter.charCodeAt(i);
    if (char === SLASH) {
      if (++levels > maxLevels) return `more than ${maxLevels} levels`;
    } else if (char === HASH) {
      hasWildcard = true;
      // [MQTT-4.7.1-1]
      if (i !== length - 1 || (i > 0 && filter.charCodeAt(i - 1) !== SLASH)) return '# must be the whole last level';
    } else if (char === PLUS) {
      hasWildcard = true;
      const alone =
        (i === 0 || filter.charCodeAt(i - 1) === SLASH) && (i === length - 1 || filter.charCodeAt(i + 1) === SLASH);
      if (!alone) return '+ must be a whole level'; // [MQTT-4.7.1-2]
    }
  }
  return { filter, shareName, hasWildcard };
}

/**
 * Why a topic name (text or key) is not allowed, or '' when it is.
 * @see MQTT 5.0, 4.7.3 Topic semantic and usage
 */
export function topicNameFault(topicName: string, maxLevels: number): string {
  if (topicName === '') return 'topic name is empty'; // [MQTT-4.7.3-1]
  let levels = 1;
  for (let i = 0; i < topicName.length; i++) {
    const char = topicName.charCodeAt(i);
    if (char === PLUS || char === HASH) return 'topic name has a wildcard'; // [MQTT-3.3.2-2] [MQTT-4.7.0-1]
    if (char === SLASH && ++levels > maxLevels) return `more than ${maxLevels} levels`;
    if (char === 0) return 'topic name has U+0000'; // [MQTT-4.7.3-2]
  }
  return '';
}
