/** What topics are matched against: a topic filter without `$share/name/`. */
export function plainFilter(topicFilter: string): string {
  return topicFilter.replace(/^\$share\/[^/]*\//, '');
}
