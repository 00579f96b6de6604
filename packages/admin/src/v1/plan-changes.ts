import { failure } from '../http/failure.ts';
import type { SettingChange, SettingTree } from '../ports/config-port.ts';
import type { PemTexts } from '../ports/pem-port.ts';
import type { ApiError } from '../result-code.ts';
import { type SettingField, settingAt, type V1Value } from './setting-field.ts';
import { SECRET_MASK, type ShownSetting } from './show-settings.ts';
import type { V1Change } from './v1-settings-schema.ts';

/** What a set request comes to. */
export interface ChangePlan {
  /** A PEM text stands for the path it will get: its value is ''. */
  readonly changes: readonly SettingChange[];
  readonly pem: PemTexts;
}

/**
 * Plans a set request. A value equal to what a get request shows is no change: so a reply sent back as it is
 * writes nothing, and the file keeps only what somebody decided.
 * @param isRedacted  the mask in a secret means "unchanged"
 * @throws ApiError 400/108 when two keys that are one setting disagree
 */
export function planChanges(
  change: V1Change,
  current: readonly ShownSetting[],
  settings: SettingTree,
  isRedacted: boolean,
): ChangePlan {
  const planned = new Map<string, SettingChange>();
  const pem: Record<string, string> = {};
  for (const { field, value: before } of current) {
    const asked = settingAt(change as SettingTree, field.name);
    if (asked === undefined || isSame(asked, before)) continue;
    if (isRedacted && field.isSecret && asked === SECRET_MASK) continue;
    if (field.isFile && typeof asked === 'string') {
      pem[field.name.at(-1) ?? ''] = asked;
      planned.set(field.path.join('\0'), { path: field.path, value: '' });
      continue;
    }
    const inUse = settingAt(settings, field.path);
    const value = field.read(asked, inUse);
    if (isSame(value ?? null, inUse ?? null)) continue;
    const key = field.path.join('\0');
    const other = planned.get(key);
    if (other !== undefined && !isSame(other.value ?? null, value ?? null)) throw disagreement(field);
    planned.set(key, { path: field.path, value });
  }
  const changes = [...planned.values()];
  return { changes: [...changes, ...keptOff(change, current, changes)], pem };
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

function disagreement({ name, path }: SettingField): ApiError {
  const text = `differs from another key of the request that is the same setting (${path.join('.')})`;
  return failure('PARAMETER_ERROR', `data.${name.join('.')}: ${text}`);
}
