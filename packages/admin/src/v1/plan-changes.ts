import { failure } from '../http/failure.ts';
import type { SettingChange, SettingTree } from '../ports/config-port.ts';
import type { ApiError } from '../result-code.ts';
import { settingAt, type V1Value } from './setting-field.ts';
import { SECRET_MASK, type ShownSetting } from './show-settings.ts';
import type { V1Change } from './v1-settings-schema.ts';

/**
 * What a set request comes to. A value equal to what a get request shows is no change: so a reply sent back as it is
 * writes nothing, and the file keeps only what somebody decided.
 * @param isRedacted  the mask in a secret means "unchanged"
 * @throws ApiError 400/108 for a PEM text, or when `keypass` and `key_password` disagree
 */
export function planChanges(
  change: V1Change,
  current: readonly ShownSetting[],
  settings: SettingTree,
  isRedacted: boolean,
): readonly SettingChange[] {
  const planned = new Map<string, SettingChange>();
  for (const { field, value: before } of current) {
    const asked = settingAt(change as SettingTree, field.name);
    if (asked === undefined || isSame(asked, before)) continue;
    if (isRedacted && field.isSecret && asked === SECRET_MASK) continue;
    if (field.isFile && asked !== null) throw pemRefused(field.name, field.path);
    const inUse = settingAt(settings, field.path);
    const value = field.read(asked, inUse);
    if (isSame(value ?? null, inUse ?? null)) continue;
    const key = field.path.join('\0');
    const other = planned.get(key);
    if (other !== undefined && !isSame(other.value ?? null, value ?? null)) throw disagreement(field.name);
    planned.set(key, { path: field.path, value });
  }
  return [...planned.values(), ...keptOff(change, current, [...planned.values()])];
}

/**
 * Switches to write because a section that is off would be on by standing in the file: settings tell what an `enable`
 * comes to, not whether it is written.
 */
function keptOff(
  change: V1Change,
  current: readonly ShownSetting[],
  planned: readonly SettingChange[],
): readonly SettingChange[] {
  const off = current.filter(({ field, value }) => {
    const section = field.path.slice(0, -1);
    const isTouched = planned.some(({ path }) => section.every((name, i) => path[i] === name));
    const asked = settingAt(change as SettingTree, field.name) ?? value;
    return field.isSwitch && isTouched && asked === false;
  });
  return off
    .filter(({ field }) => !planned.some(({ path }) => isSame(path, field.path)))
    .map(({ field }) => ({ path: field.path, value: false }));
}

/** Values are JSON made by the same code in the same order of keys, so their text tells. */
function isSame(a: V1Value, b: V1Value): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function pemRefused(name: readonly string[], path: readonly string[]): ApiError {
  const what = `data.${name.join('.')}: PEM text is not taken until TLS is served`;
  return failure('PARAMETER_ERROR', `${what}; write a file and give its path in ${path.join('.')}`);
}

function disagreement(name: readonly string[]): ApiError {
  return failure(
    'PARAMETER_ERROR',
    `data.${name.join('.')}: differs from data.tls.key_password, which is the same setting`,
  );
}
