import type { AccessChanges } from '@nanomq-ts/auth';
import type { Logger } from '@nanomq-ts/core';

/** Says what a reload changed of users and rules; nothing when they are as before. */
export function logAccessChanges({ users, rules, settings }: AccessChanges, logger: Logger): void {
  const { added, changed, removed } = users;
  const counts = [added, changed, removed, rules.added, rules.removed, settings].map(({ length }) => length);
  if (counts.every((count) => count === 0) && !rules.isReordered) return;
  const fields = { users, rulesAdded: rules.added.length, rulesRemoved: rules.removed.length, settings };
  logger.info(rules.isReordered ? { ...fields, areRulesReordered: true } : fields, 'users and rules were replaced');
}
