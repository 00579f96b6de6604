const SLASH = 0x2f;
const PLUS = 0x2b;
const HASH = 0x23;
const DOLLAR = 0x24;

/**
 * Whether a topic filter matches a topic name, for a pair now and then; many filters at once are a {@link TopicTrie}.
 * Both valid, both as text or both as topic keys; the filter without `$share/name/`. One walk, no recursion.
 * @see MQTT 5.0, 4.7 Topic Names and Topic Filters
 */
export function filterMatches(filter: string, topicName: string): boolean {
  const first = filter.charCodeAt(0);
  if (topicName.charCodeAt(0) === DOLLAR && (first === HASH || first === PLUS)) return false; // [MQTT-4.7.2-1]
  let at = 0;
  let nameAt = 0;
  while (at < filter.length) {
    const char = filter.charCodeAt(at);
    if (char === HASH) return true;
    if (char === PLUS) {
      while (nameAt < topicName.length && topicName.charCodeAt(nameAt) !== SLASH) nameAt++;
      at++;
    } else if (nameAt < topicName.length && char === topicName.charCodeAt(nameAt)) {
      at++;
      nameAt++;
    } else {
      // `a/#` matches its parent `a` too.
      return nameAt === topicName.length && char === SLASH && at === filter.length - 2 && filter.endsWith('#');
    }
  }
  return nameAt === topicName.length;
}
