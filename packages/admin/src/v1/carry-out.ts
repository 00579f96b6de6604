import type { AdminParts } from '../admin-options.ts';
import { failure } from '../http/failure.ts';
import type { ChangeReport, SettingChange, SettingTree, SettingValue } from '../ports/config-port.ts';
import type { PemPaths } from '../ports/pem-port.ts';
import type { ChangePlan } from './plan-changes.ts';
import { settingAt } from './setting-field.ts';

const KEY_PASSWORD = ['listeners', 'ssl', 'key_password'];
const FILE_KEYS: Readonly<Record<string, keyof PemPaths>> = { keyfile: 'key', certfile: 'cert', cacertfile: 'cacert' };

/**
 * Writes and applies a plan, all or nothing; PEM texts become files first.
 * @throws ApiError 400/108 for a PEM text when there is nowhere to write it; ChangeRefused
 */
export async function carryOut(
  { config, pem, logger }: AdminParts,
  { changes, pem: texts }: ChangePlan,
): Promise<ChangeReport> {
  const report = await (Object.keys(texts).length === 0 ? config.change(changes) : writeFiles());
  logger.info({ ...report }, 'admin API: configuration changed');
  return report;

  async function writeFiles(): Promise<ChangeReport> {
    if (pem === undefined) throw failure('PARAMETER_ERROR', 'data.tls: PEM texts are not taken here, only paths');
    const password = keyPassword(changes, config.settings());
    return pem.write(texts, password, (paths) => config.change(changes.map((change) => withPath(change, paths))));
  }
}

function keyPassword(changes: readonly SettingChange[], settings: SettingTree): string | null {
  const planned = changes.find(({ path }) => path.join('.') === KEY_PASSWORD.join('.'));
  const value: SettingValue | undefined = planned === undefined ? settingAt(settings, KEY_PASSWORD) : planned.value;
  return typeof value === 'string' && value !== '' ? value : null;
}

function withPath(change: SettingChange, paths: PemPaths): SettingChange {
  const [, section, key = ''] = change.path;
  const file = FILE_KEYS[key];
  const path = section !== 'ssl' || file === undefined ? undefined : paths[file];
  return path === undefined ? change : { ...change, value: path };
}
