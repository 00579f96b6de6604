import { z } from 'zod';
import { authSection } from './auth-section.ts';
import { bridgesSection } from './bridges-section.ts';
import { httpServerSection } from './http-server-section.ts';
import { listenersSection } from './listeners-section.ts';
import { logSection } from './log-section.ts';
import { mqttSection } from './mqtt-section.ts';
import { profileSetting } from './profile-setting.ts';
import { foreignSections, rulesSection, webhookSection } from './rules-sections.ts';
import { pluginSection, presetSection, sqliteSection, systemSection } from './system-sections.ts';

/**
 * The truth about every key: type, unit, default, meaning, reload class, environment variable, status.
 * The facts beside the types are in `settingRegistry`; docs/configuration.md is made from both.
 */
export const configSchema = z.object({
  profile: profileSetting,
  listeners: listenersSection,
  mqtt: mqttSection,
  auth: authSection,
  log: logSection,
  http_server: httpServerSection,
  system: systemSection,
  sqlite: sqliteSection,
  bridges: bridgesSection,
  webhook: webhookSection,
  rules: rulesSection,
  preset: presetSection,
  plugin: pluginSection,
  ...foreignSections,
});

/** What the schema makes of a configuration: units converted, defaults filled in, names as in the file. */
export type CheckedConfig = z.output<typeof configSchema>;
