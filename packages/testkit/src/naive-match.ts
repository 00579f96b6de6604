/**
 * Whether a topic filter matches a topic name, written from the specification and for nothing but clearness:
 * the oracle that the trie and the retained tree are tested against. Both must be valid; text and topic keys
 * both do. The filter comes without `$share/name/`.
 * @see MQTT 5.0, 4.7 Topic Names and Topic Filters
 */
export function naiveMatch(filter: string, topicName: string): boolean {
  const filterLevels = filter.split('/');
  const nameLevels = topicName.split('/');
  // section 4.7.2
  if (topicName.startsWith('$') && (filterLevels[0] === '#' || filterLevels[0] === '+')) return false;
  for (const [i, level] of filterLevels.entries()) {
    if (level === '#') return true; // the parent level and every level below it, section 4.7.1.2
    if (i >= nameLevels.length) return false;
    if (level !== '+' && level !== nameLevels[i]) return false;
  }
  return filterLevels.length === nameLevels.length;
}
