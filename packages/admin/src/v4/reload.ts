import type { AdminParts } from '../admin-options.ts';
import { failure } from '../http/failure.ts';
import { rawBody } from '../http/request-body.ts';
import type { SettingTree } from '../ports/config-port.ts';
import { showSettings } from '../v1/show-settings.ts';
import { applySettings, reportRow, shownSettings } from './apply-settings.ts';
import { type ReportRow, reloadChange, reloadReply, reportReply } from './configuration-schemas.ts';
import { readJson } from './read-request.ts';
import type { Route } from './route.ts';
import { reloadFields } from './section-fields.ts';
import { shownSections } from './shown-sections.ts';

/** `/reload`: settings that change while the broker runs. */
export function reloadRoutes(parts: AdminParts): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/reload',
      name: 'get_reload',
      description: 'Settings that can be changed while the broker runs',
      reply: { json: reloadReply },
      failures: [],
      handle: async (_request, response) => {
        const settings = parts.config.settings();
        const shown = await shownSettings(parts, reloadFields(settings));
        response.json({
          code: 0,
          data: { ...showSettings(shown, true), ...fixedSettings(settings), needs_restart: parts.config.waiting() },
        });
      },
    },
    {
      method: 'POST',
      path: '/reload',
      name: 'reload',
      description: 'With a body: changes these settings. Without: reads the file again and applies what can be',
      body: { content: { json: reloadChange }, isOptional: true },
      reply: { json: reportReply },
      failures: ['ILLEGAL_JSON', 'PARAMETER_MISSING', 'PARAMETER_ERROR', 'ILLEGAL_HOCON', 'FILE_NOT_WRITTEN'],
      handle: async (request, response) => {
        const data =
          rawBody(request).length === 0
            ? await reloadFile(parts)
            : await change(parts, readJson(reloadChange, request).data as SettingTree);
        response.json({ code: 0, data });
      },
    },
  ];
}

async function reloadFile({ config, logger }: AdminParts): Promise<ReportRow> {
  const report = await config.reload();
  logger.info({ ...report }, 'admin API: configuration reloaded');
  return reportRow(report);
}

async function change(parts: AdminParts, asked: SettingTree): Promise<ReportRow> {
  const settings = parts.config.settings();
  for (const [name, value] of Object.entries(fixedSettings(settings))) {
    if (asked[name] === undefined || asked[name] === value) continue;
    throw failure('PARAMETER_ERROR', `data.${name}: cannot be changed while the broker runs`);
  }
  return applySettings(parts, asked, await shownSettings(parts, reloadFields(settings)));
}

/** Shown, and not to be changed here. MQTT streams are not served. */
function fixedSettings(settings: SettingTree): Readonly<Record<string, boolean>> {
  const { nodes } = shownSections(settings).bridge;
  return { enable_mqtt_stream: false, bridge_mode: nodes.some(({ enable }) => enable) };
}
