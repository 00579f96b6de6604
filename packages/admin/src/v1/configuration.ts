import type { AdminParts } from '../admin-options.ts';
import { failure } from '../http/failure.ts';
import { ChangeRefused } from '../ports/config-port.ts';
import { carryOut } from './carry-out.ts';
import { planChanges } from './plan-changes.ts';
import type { V1Value } from './setting-field.ts';
import { currentSettings, type ShownSetting, showSettings } from './show-settings.ts';
import type { V1Change } from './v1-settings-schema.ts';

/** `data` of req 11. */
export async function getConfiguration({ config, logger, options }: AdminParts): Promise<Record<string, V1Value>> {
  return showSettings(await currentSettings(config.settings(), logger), options.redactSecrets);
}

/**
 * Carries req 12 out; settles when the change is written and applied.
 * @throws ApiError 400/108 naming the key when anything is refused (nothing has changed), 500/102 when the file cannot
 *   be written
 */
export async function setConfiguration(parts: AdminParts, change: V1Change): Promise<void> {
  const { config, logger, options } = parts;
  const settings = config.settings();
  const current = await currentSettings(settings, logger);
  const plan = planChanges(change, current, settings, options.redactSecrets);
  if (plan.changes.length === 0) return;
  try {
    await carryOut(parts, plan);
  } catch (error) {
    if (!(error instanceof ChangeRefused)) throw error;
    if (error.kind !== 'file') throw failure('PARAMETER_ERROR', refusalText(error, current));
    logger.error({ err: error }, 'admin API: the configuration file cannot be written');
    throw failure('UNKNOWN_MISTAKE', error.message);
  }
}

/** The faults under the names of API v1, as far as it has one for the key. */
function refusalText({ problems, message }: ChangeRefused, current: readonly ShownSetting[]): string {
  const texts = problems.map(({ path, text }) => {
    const shown = current.find(({ field }) => field.path.join('.') === path);
    const name = shown === undefined ? path : `data.${shown.field.name.join('.')} (${path})`;
    return name === '' ? text : `${name}: ${text}`;
  });
  return texts.length === 0 ? message : texts.join('; ');
}
