import { z } from 'zod';

/** When a changed value takes effect: on `nanomq reload`, or after a restart. */
export type ReloadClass = 'live' | 'restart';

/** Whether the broker acts on the key today. */
export type SettingStatus = 'used' | 'known, not yet used';

/** What the schema says about a key besides its type. */
export interface SettingMeta {
  /** For people: `duration`, `size`, `number`, `true or false`, ... */
  readonly type: string;
  /** One sentence without a full stop. */
  readonly meaning: string;
  readonly reload: ReloadClass;
  readonly status: SettingStatus;
  /** The default in the notation of the file; undefined when there is none. */
  readonly default?: string;
  /** NanoMQ's environment variable; each key has a systematic one besides (see environment.ts). */
  readonly env?: string;
  /** Never shown: printed as `******`. */
  readonly secret?: boolean;
  /** Where and why we differ from NanoMQ. */
  readonly differs?: string;
}

/** The facts about each key, kept beside its zod type. */
export const settingRegistry = z.registry<SettingMeta>();

/** A kind of value: its zod type and its name for people. */
export interface ValueKind<T> {
  readonly type: string;
  readonly schema: z.ZodType<T, unknown>;
}

interface UsedMeta {
  readonly meaning: string;
  readonly reload?: ReloadClass;
  readonly env?: string;
  readonly differs?: string;
}

/**
 * A key the broker acts on.
 * @param meta.default  in the notation of the file; it goes through the same reading as a value from a file
 */
export function used<T>(
  kind: ValueKind<T>,
  meta: UsedMeta & { readonly default: string | number | boolean },
): z.ZodPrefault<z.ZodType<T, unknown>> {
  return kind.schema
    .prefault(meta.default)
    .register(settingRegistry, { reload: 'restart', ...meta, ...usedFacts(kind), default: String(meta.default) });
}

/** A key the broker acts on and that must be set where its section is. */
export function required<T>(kind: ValueKind<T>, meta: UsedMeta): z.ZodType<T, unknown> {
  // A clone, because the facts belong to this key and the kind serves several.
  return kind.schema.clone().register(settingRegistry, { reload: 'restart', ...meta, ...usedFacts(kind) });
}

function usedFacts<T>(kind: ValueKind<T>): Pick<SettingMeta, 'type' | 'status'> {
  return { type: kind.type, status: 'used' };
}

interface KnownMeta {
  readonly default?: string;
  readonly reload?: ReloadClass;
  readonly env?: string;
  readonly secret?: boolean;
}

/** A key of NanoMQ the broker does not act on yet: any value is taken and kept aside. */
export function known(type: string, meaning: string, meta: KnownMeta = {}) {
  return z
    .unknown()
    .optional()
    .register(settingRegistry, { reload: 'restart', ...meta, type, meaning, status: 'known, not yet used' });
}
