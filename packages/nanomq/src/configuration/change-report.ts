import type { ChangeReport } from '@nanomq-ts/admin';
import { diffConfigs, type LoadedConfig } from '@nanomq-ts/config';
import { isHeldSetting } from './held-settings.ts';

/** The three states of the configuration that a report compares. */
export interface ReportedStates {
  /** What the running composition was made from. */
  readonly composed: LoadedConfig;
  /** What was accepted before the change. */
  readonly before: LoadedConfig;
  readonly after: LoadedConfig;
  /** Listeners whose change waits for a restart. */
  readonly held: readonly string[];
}

/**
 * What a change came to. What waits for a restart is told as long as it waits, also when this change did not touch it;
 * what was put back before the restart came holds already, so it counts as applied.
 */
export function changeReport({ composed, before, after, held }: ReportedStates): Omit<ChangeReport, 'unchanged'> {
  const isHeld = isHeldSetting(held);
  const changed = diffConfigs(before, after, isHeld);
  const { needsRestart } = diffConfigs(composed, after, isHeld);
  const putBack = changed.needsRestart.filter((path) => !needsRestart.includes(path));
  return { applied: [...changed.applied, ...putBack], needsRestart };
}
