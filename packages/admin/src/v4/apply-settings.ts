import type { AdminParts } from '../admin-options.ts';
import { failure } from '../http/failure.ts';
import type { ChangeReport, SettingTree, SettingValue } from '../ports/config-port.ts';
import { carryOut } from '../v1/carry-out.ts';
import { planChanges } from '../v1/plan-changes.ts';
import { type SettingField, settingAt } from '../v1/setting-field.ts';
import { currentSettings, type ShownSetting } from '../v1/show-settings.ts';
import type { V1Change } from '../v1/v1-settings-schema.ts';
import type { ReportRow } from './configuration-schemas.ts';
import { LIMITS } from './limit-fields.ts';

/** The fields with the values they have now; secrets in the clear. */
export async function shownSettings(
  { config, logger }: AdminParts,
  fields: readonly SettingField[],
): Promise<readonly ShownSetting[]> {
  const settings = config.settings();
  const files = fields.some(({ isFile }) => isFile) ? await currentSettings(settings, logger) : [];
  const texts = new Map(files.map(({ field, value }) => [field.path.join('.'), value]));
  return fields.map((field) => {
    const path = field.path.join('.');
    const value = field.isFile ? (texts.get(path) ?? null) : field.show(settingAt(settings, field.path), settings);
    return { field, value };
  });
}

/**
 * Writes and applies what a caller asked for. The mask in place of a secret means "unchanged".
 * @param asked  in the notation of the fields' names
 * @throws ApiError 400/108 for a value that is refused (nothing has changed); ChangeRefused
 */
export async function applySettings(
  parts: AdminParts,
  asked: SettingTree,
  current: readonly ShownSetting[],
): Promise<ReportRow> {
  refuseTwoSizes(asked, current);
  // planChanges looks at what the fields name, and takes the rest as not asked for.
  const plan = planChanges(asked as V1Change, current, parts.config.settings(), true);
  const { changes } = plan;
  const changed = new Set(changes.map(({ path }) => path.join('.')));
  const named = current.filter(({ field }) => settingAt(asked, field.name) !== undefined);
  const same = named.map(({ field }) => field.path.join('.')).filter((path) => !changed.has(path));
  if (changes.length === 0) return reportRow({ applied: [], needsRestart: [], unchanged: same });
  const report = await carryOut(parts, plan);
  return reportRow({ ...report, unchanged: [...report.unchanged, ...same] });
}

/** A report in the notation of the API. */
export function reportRow({ applied, needsRestart, unchanged }: ChangeReport): ReportRow {
  return { applied: [...applied], needs_restart: [...needsRestart], unchanged: [...new Set(unchanged)] };
}

/** Two keys of v4 stand for `mqtt.max_packet_size`; what was sent back as shown is no wish. */
function refuseTwoSizes(asked: SettingTree, current: readonly ShownSetting[]): void {
  const wishes = current
    .filter(({ field: { name, path } }) => path.join('.') === 'mqtt.max_packet_size' && name[0] !== LIMITS)
    .map(({ field, value }) => ({ wish: settingAt(asked, field.name), value }))
    .filter(
      ({ wish, value }: { wish: SettingValue | undefined; value: SettingValue }) =>
        wish !== undefined && wish !== value,
    );
  if (new Set(wishes.map(({ wish }) => wish)).size <= 1) return;
  throw failure('PARAMETER_ERROR', 'client_max_packet_size: differs from max_packet_size, which is the same setting');
}
