import type { SettingTree, SettingValue } from '../ports/config-port.ts';
import { isTree, plain, type SettingField, settingAt } from '../v1/setting-field.ts';

/** The section of v4 that has every setting of `mqtt`. */
export const LIMITS = 'limits';

/** Every setting of section `mqtt` under its own name; a section below it is joined by a dot: `flapping.window`. */
export function limitFields(settings: SettingTree): readonly SettingField[] {
  const mqtt = settingAt(settings, ['mqtt']);
  return fieldsIn(isTree(mqtt) ? mqtt : {}, []);
}

function fieldsIn(tree: SettingTree, above: readonly string[]): readonly SettingField[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const names = [...above, key];
    if (isTree(value)) return fieldsIn(value, names);
    return isShown(value) ? [{ ...plain(LIMITS, ['mqtt', ...names], null), name: [LIMITS, names.join('.')] }] : [];
  });
}

function isShown(value: SettingValue | undefined): boolean {
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string';
}
