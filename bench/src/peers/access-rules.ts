import type { LoadLogin } from '../load/load-job.ts';

/** Lets one user publish to and subscribe to what a filter matches. */
export interface AccessRule {
  readonly name: string;
  readonly filter: string;
}

const RULES = 200;

/** Rules of 199 others, then one that lets the user of the load do all that scenarios do. */
export function accessRules({ username }: LoadLogin): AccessRule[] {
  const others = Array.from({ length: RULES - 1 }, (_, index) => ({ name: `user${index}`, filter: `site/${index}/#` }));
  return [...others, { name: username, filter: 'bench/#' }];
}
