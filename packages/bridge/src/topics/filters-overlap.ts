/** Whether some topic name matches both filters. Neither is a shared subscription. @see MQTT 5.0, 4.7 */
export function filtersOverlap(one: string, other: string): boolean {
  if (startsWithWildcard(one) !== startsWithWildcard(other) && (isSystem(one) || isSystem(other))) return false;
  const left = one.split('/');
  const right = other.split('/');
  for (let i = 0; ; i++) {
    const a = left[i];
    const b = right[i];
    if (a === '#' || b === '#') return true;
    if (a === undefined || b === undefined) return a === b;
    if (a !== b && a !== '+' && b !== '+') return false;
  }
}

function startsWithWildcard(filter: string): boolean {
  return filter.startsWith('#') || filter.startsWith('+');
}

/** Wildcards at the beginning do not match names that begin with `$`. [MQTT-4.7.2-1] */
function isSystem(filter: string): boolean {
  return filter.startsWith('$');
}
