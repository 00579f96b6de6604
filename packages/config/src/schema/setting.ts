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
  /** The value is checked; of some keys nobody uses yet any value is taken. */
  readonly isChecked: boolean;
  /** The default in the notation of the file; undefined when there is none. */
  readonly default?: string;
  /** What holds while nobody sets a key without default, in words. */
  readonly absent?: string;
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

interface TypedMeta {
  readonly reload?: ReloadClass;
  readonly env?: string;
  readonly secret?: boolean;
  readonly differs?: string;
}

type Default = string | number | boolean;

/**
 * A key the broker acts on.
 * @param meta.default  in the notation of the file; it goes through the same reading as a value from a file
 */
export function used<T>(
  kind: ValueKind<T>,
  meta: TypedMeta & { readonly meaning: string; readonly default: Default },
): z.ZodPrefault<z.ZodType<T, unknown>> {
  return withDefault(kind, meta.default, { ...meta, status: 'used' });
}

/** A key the broker acts on when it is set. @param meta.absent  what holds otherwise, in words */
export function usedIfSet<T>(
  kind: ValueKind<T>,
  meta: TypedMeta & { readonly meaning: string; readonly absent: string },
): z.ZodOptional<z.ZodType<T, unknown>> {
  return kind.schema.optional().register(settingRegistry, { ...typedFacts(kind), ...meta, status: 'used' });
}

/** A key the broker acts on and that must be set where its section is. */
export function required<T>(kind: ValueKind<T>, meta: TypedMeta & { readonly meaning: string }): z.ZodType<T, unknown> {
  // A clone, because the facts belong to this key and the kind serves several.
  return kind.schema.clone().register(settingRegistry, { ...typedFacts(kind), ...meta, status: 'used' });
}

/** A key of NanoMQ the broker does not act on yet, whose value is checked already because the admin API shows it. */
export function checked<T>(
  kind: ValueKind<T>,
  meaning: string,
  meta: TypedMeta & { readonly default: Default },
): z.ZodPrefault<z.ZodType<T, unknown>>;
export function checked<T>(
  kind: ValueKind<T>,
  meaning: string,
  meta?: TypedMeta & { readonly absent?: string },
): z.ZodOptional<z.ZodType<T, unknown>>;
export function checked<T>(
  kind: ValueKind<T>,
  meaning: string,
  meta: TypedMeta & { readonly default?: Default; readonly absent?: string } = {},
): z.ZodType<T | undefined, unknown> {
  const { default: value, ...rest } = meta;
  const facts = { ...rest, meaning, status: UNUSED };
  if (value !== undefined) return withDefault(kind, value, facts);
  return kind.schema.optional().register(settingRegistry, { ...typedFacts(kind), ...facts });
}

const UNUSED: SettingStatus = 'known, not yet used';

type Facts = Omit<SettingMeta, 'type' | 'isChecked' | 'reload' | 'default'> & TypedMeta;

function withDefault<T>(kind: ValueKind<T>, value: Default, facts: Facts): z.ZodPrefault<z.ZodType<T, unknown>> {
  return kind.schema
    .prefault(value)
    .register(settingRegistry, { ...typedFacts(kind), ...facts, default: String(value) });
}

function typedFacts<T>({ type }: ValueKind<T>): Pick<SettingMeta, 'type' | 'isChecked' | 'reload'> {
  return { type, isChecked: true, reload: 'restart' };
}

interface KnownMeta {
  /** In words or in the notation of the file. */
  readonly default?: string;
  readonly env?: string;
  readonly secret?: boolean;
}

/** A key of NanoMQ the broker does not act on yet: any value is taken and kept aside. */
export function known(type: string, meaning: string, meta: KnownMeta = {}) {
  const { default: absent, ...rest } = meta;
  const facts = { ...rest, ...(absent === undefined ? {} : { absent }) };
  return z
    .unknown()
    .optional()
    .register(settingRegistry, { ...facts, type, meaning, isChecked: false, reload: 'restart', status: UNUSED });
}
