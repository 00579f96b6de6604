import { isSection } from '../setting-tree.ts';
import type { ValueKind } from './setting.ts';
import { bool, number, readWith, text } from './value-kinds.ts';

/** One entry of `forwards` or `subscription`: fields that are known have their type, others are kept as found. */
export type BridgeEntry = Readonly<Record<string, unknown>>;

type Fields = ReadonlyMap<string, ValueKind<unknown>>;

const FORWARD = {
  remote_topic: text,
  local_topic: text,
  qos: number({ min: 0, max: 2 }),
  retain: number({ min: 0, max: 2 }),
  prefix: text,
  suffix: text,
};

const SUBSCRIPTION = {
  ...FORWARD,
  retain_as_published: number({ min: 0, max: 1 }),
  retain_handling: number({ min: 0, max: 2 }),
  nolocal: bool,
};

/** `forwards` of a bridge: local to remote. */
export const forwards = listOfEntries(
  '`{local_topic, remote_topic, qos, retain, prefix, suffix}`',
  new Map(Object.entries(FORWARD)),
);

/** `subscription` of a bridge: remote to local. */
export const subscription = listOfEntries(
  '`{remote_topic, local_topic, qos, retain, prefix, suffix, ...}`',
  new Map(Object.entries(SUBSCRIPTION)),
);

function listOfEntries(form: string, fields: Fields): ValueKind<readonly BridgeEntry[]> {
  return readWith(`list of ${form}`, (found) => {
    if (!Array.isArray(found)) return { code: 'VALUE_INVALID', allowed: `a list of ${form}` };
    const value: BridgeEntry[] = [];
    for (const [index, entry] of found.entries()) {
      const read = readEntry(entry, fields);
      if (typeof read === 'string')
        return { code: 'VALUE_INVALID', allowed: `a list of ${form}; entry ${index + 1}: ${read}` };
      value.push(read);
    }
    return { value };
  });
}

/** @returns the entry, or what is wrong with it */
function readEntry(entry: unknown, fields: Fields): BridgeEntry | string {
  if (!isSection(entry)) return 'a section { } is needed';
  const result: Record<string, unknown> = {};
  for (const [name, found] of Object.entries(entry)) {
    const read = fields.get(name)?.schema.safeParse(found);
    if (read?.success === false) return `${name}: allowed: ${read.error.issues[0]?.message ?? ''}`;
    result[name] = read === undefined ? found : read.data;
  }
  return result;
}
