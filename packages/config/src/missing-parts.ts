import type { ConfigWarning } from './config-warning.ts';
import { bool } from './schema/value-kinds.ts';
import { isSection, type SettingTree } from './setting-tree.ts';

/** Parts of NanoMQ that are not here yet, and what whoever switched one on has to do without. */
const MISSING_PARTS: readonly (readonly [path: string, consequence: string])[] = [
  ['sqlite', 'sessions and retained messages end with the process'],
  ['bridges.mqtt.cache', 'what waits for a bridge ends with the process'],
  ['bridges.aws', 'no such bridge is made'],
  ['bridges.nng', 'no such bridge is made'],
  ['webhook', 'no event is sent'],
  ['rules', 'no rule is carried out'],
  ['preset', 'no session is made'],
  ['plugin', 'nothing is loaded'],
];

/** Warns of whole sections that do nothing: single keys of their kind may well stand in a file that NanoMQ ships. */
export function missingParts(tree: SettingTree): ConfigWarning[] {
  return MISSING_PARTS.flatMap(([key, consequence]): ConfigWarning[] => {
    const path = key.split('.');
    const section = tree.get(path);
    if (!isSection(section) || bool.schema.safeParse(section.enable).data === false) return [];
    const message = `${key}: is known, not yet used; ${consequence}`;
    return [{ code: 'NOT_YET_USED', origin: tree.originOf(path), message }];
  });
}
