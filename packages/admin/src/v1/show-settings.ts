import { open } from 'node:fs/promises';
import type { Logger } from '@nanomq-ts/core';
import type { SettingTree } from '../ports/config-port.ts';
import { type SettingField, settingAt, type V1Value } from './setting-field.ts';
import { settingFields } from './setting-fields.ts';

/** Shown in place of a secret, and understood as "unchanged". */
export const SECRET_MASK = '******';

/** A PEM file larger than this is not one. */
const MAX_PEM_BYTES = 262_144;

/** A key of API v1 with the value it has now. */
export interface ShownSetting {
  readonly field: SettingField;
  readonly value: V1Value;
}

/** Every key of API v1 with its value; secrets in the clear. A file that cannot be read shows as null and is logged. */
export function currentSettings(settings: SettingTree, logger: Logger): Promise<readonly ShownSetting[]> {
  return Promise.all(
    settingFields(settings).map(async (field) => {
      const value = settingAt(settings, field.path);
      return { field, value: field.isFile ? await pemText(value, logger) : field.show(value, settings) };
    }),
  );
}

/** The form of a reply to req 11. @param isRedacted  secrets that are set show as the mask */
export function showSettings(settings: readonly ShownSetting[], isRedacted: boolean): Record<string, V1Value> {
  const data: Record<string, V1Value> = {};
  for (const { field, value } of settings) {
    const shown = isRedacted && field.isSecret && value !== null ? SECRET_MASK : value;
    const [first = '', second] = field.name;
    if (second === undefined) data[first] = shown;
    else data[first] = { ...(data[first] as SettingTree | undefined), [second]: shown };
  }
  return data;
}

async function pemText(path: V1Value | undefined, logger: Logger): Promise<string | null> {
  if (typeof path !== 'string' || path === '') return null;
  try {
    return await readStart(path);
  } catch (error) {
    logger.warn({ err: error, path }, 'admin API: a PEM file cannot be read');
    return null;
  }
}

async function readStart(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MAX_PEM_BYTES), 0, MAX_PEM_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
