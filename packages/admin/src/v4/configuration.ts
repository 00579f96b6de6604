import { isDeepStrictEqual } from 'node:util';
import type { AdminParts } from '../admin-options.ts';
import { failure } from '../http/failure.ts';
import type { SettingTree } from '../ports/config-port.ts';
import { showSettings } from '../v1/show-settings.ts';
import { applySettings, shownSettings } from './apply-settings.ts';
import {
  configurationChange,
  configurationReply,
  type ReportRow,
  reportReply,
  type ShownSections,
  sectionChanges,
  sectionReply,
} from './configuration-schemas.ts';
import { LIMITS } from './limit-fields.ts';
import { readJson } from './read-request.ts';
import { pathParameter, type Route } from './route.ts';
import { sectionFields } from './section-fields.ts';
import { shownSections } from './shown-sections.ts';

const pathParameters = {
  section:
    '`basic`, `tls`, `auth`, `auth_http`, `websocket`, `http_server`, `sqlite`, `bridge`, `aws_bridge` or `limits`',
};
const CHANGE_FAILURES = [
  'ILLEGAL_JSON',
  'PARAMETER_MISSING',
  'PARAMETER_ERROR',
  'FILE_NOT_WRITTEN',
  'PLUGIN_CLOSED',
] as const;

/** Sections that are only shown here, and where they can be changed. */
const ELSEWHERE: Readonly<Record<string, string>> = { auth: 'use /users', bridge: 'use /bridges' };

/** `/configuration`: everything, or a section. */
export function configurationRoutes(parts: AdminParts): readonly Route[] {
  return [...showRoutes(parts), ...changeRoutes(parts)];
}

function showRoutes(parts: AdminParts): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/configuration',
      name: 'get_configuration',
      description: 'The whole configuration in use; secrets show as "******"',
      reply: { json: configurationReply },
      failures: [],
      handle: async (_request, response) => {
        response.json({ code: 0, data: await allSections(parts) });
      },
    },
    {
      method: 'GET',
      path: '/configuration/:section',
      name: 'get_configuration_section',
      description: 'A section of the configuration in use; secrets show as "******"',
      pathParameters,
      reply: { json: sectionReply },
      failures: ['UNKNOWN_SECTION'],
      handle: async (request, response) => {
        const sections = await allSections(parts);
        const section = pathParameter(request, 'section');
        if (!isSection(sections, section)) throw unknownSection();
        response.json({ code: 0, data: { [section]: sections[section] } });
      },
    },
  ];
}

function changeRoutes(parts: AdminParts): readonly Route[] {
  const common = {
    method: 'POST',
    body: { content: { json: configurationChange } },
    reply: { json: reportReply },
  } as const;
  return [
    {
      ...common,
      path: '/configuration',
      name: 'set_configuration',
      description: 'Changes the configuration: checked whole, written to the file in use, applied as far as it can be',
      failures: CHANGE_FAILURES,
      handle: async (request, response) => {
        const { data } = readJson(configurationChange, request);
        response.json({ code: 0, data: await change(parts, data as SettingTree) });
      },
    },
    {
      ...common,
      path: '/configuration/:section',
      name: 'set_configuration_section',
      description: 'Changes one section of the configuration; other sections in the body are left alone',
      pathParameters,
      failures: [...CHANGE_FAILURES, 'UNKNOWN_SECTION'],
      handle: async (request, response) => {
        const section = pathParameter(request, 'section');
        if (!Object.hasOwn(configurationChange.shape.data.shape, section)) throw unknownSection();
        const { data } = readJson(configurationChange, request);
        const asked = (data as SettingTree)[section];
        if (asked === undefined) throw failure('PARAMETER_MISSING', `data.${section}: required`);
        response.json({ code: 0, data: await change(parts, { [section]: asked }) });
      },
    },
  ];
}

async function allSections(parts: AdminParts): Promise<ShownSections> {
  const settings = parts.config.settings();
  const shown = showSettings(await shownSettings(parts, sectionFields(settings, parts.options.host)), true);
  const { keypass: _, ...tls } = shown.tls as SettingTree;
  return { ...shown, tls, ...shownSections(settings) } as ShownSections;
}

/** Applies the sections that can be set. The others may be sent back as they are shown, nothing else. */
async function change(parts: AdminParts, asked: SettingTree): Promise<ReportRow> {
  const settings = parts.config.settings();
  const shown = shownSections(settings) as Readonly<Record<string, unknown>>;
  for (const [section, value] of Object.entries(asked)) {
    if (value === undefined || Object.hasOwn(sectionChanges, section)) continue;
    if (isDeepStrictEqual(value, shown[section])) continue;
    const way = ELSEWHERE[section] ?? 'edit the file and reload it';
    throw failure('PLUGIN_CLOSED', `data.${section}: cannot be changed here; ${way}`);
  }
  const current = await shownSettings(parts, sectionFields(settings, parts.options.host));
  const unknown = Object.keys(asked[LIMITS] ?? {}).find(
    (key) => !current.some(({ field: { name } }) => name[0] === LIMITS && name[1] === key),
  );
  if (unknown !== undefined) throw failure('PARAMETER_ERROR', `data.${LIMITS}.${unknown}: no such setting`);
  return applySettings(parts, asked, current);
}

function isSection(sections: ShownSections, name: string): name is keyof ShownSections {
  return Object.hasOwn(sections, name);
}

function unknownSection(): Error {
  return failure('UNKNOWN_SECTION', 'section: no such section');
}
