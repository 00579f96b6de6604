import type { z } from 'zod';
import type { AdminParts } from '../admin-options.ts';
import type { AclPort } from '../ports/acl-port.ts';
import type { SettingChange, SettingTree } from '../ports/config-port.ts';
import { settingAt } from '../v1/setting-field.ts';
import { type AclChange, aclChange, aclQuestion, aclReply, explanationReply } from './acl-schemas.ts';
import { reportRow } from './apply-settings.ts';
import { reportReply } from './configuration-schemas.ts';
import { type PluginHandlers, type PluginRoute, pluginRoutes } from './plugin-routes.ts';
import { readJson } from './read-request.ts';
import type { Route } from './route.ts';

const DESCRIPTIONS: readonly PluginRoute[] = [
  {
    method: 'GET',
    path: '/acl',
    name: 'get_acl',
    description: 'The access rules in use',
    reply: { json: aclReply },
  },
  {
    method: 'PUT',
    path: '/acl',
    name: 'update_acl',
    description:
      'Replaces the access rules, or what is done beyond them: all of it or nothing, in the file and in force',
    body: { content: { json: aclChange } },
    reply: { json: reportReply },
    failures: ['ILLEGAL_JSON', 'PARAMETER_MISSING', 'PARAMETER_ERROR', 'ILLEGAL_HOCON', 'FILE_NOT_WRITTEN'],
  },
  {
    method: 'POST',
    path: '/acl/explain',
    name: 'explain_acl',
    description: 'Whether a client may, and the rule that decides. Tokens and HTTP servers are not asked',
    body: { content: { json: aclQuestion } },
    reply: { json: explanationReply },
    failures: ['ILLEGAL_JSON', 'PARAMETER_MISSING', 'PARAMETER_ERROR'],
  },
];

/** `/acl`: who may do what. */
export function aclRoutes(parts: AdminParts): readonly Route[] {
  return pluginRoutes('access rules', DESCRIPTIONS, parts.acl === undefined ? null : aclHandlers(parts, parts.acl));
}

function aclHandlers({ config, logger }: AdminParts, acl: AclPort): PluginHandlers {
  return {
    get_acl: async (_request, response) => {
      response.json({ code: 0, data: await shownAcl(config.settings(), acl) });
    },
    update_acl: async (request, response) => {
      const report = await config.change(changesOf(readJson(aclChange, request), config.settings()));
      logger.info({ ...report }, 'admin API: access rules changed');
      response.json({ code: 0, data: reportRow(report) });
    },
    explain_acl: async (request, response) => {
      const { clientid, username, remote_address, action, topic } = readJson(aclQuestion, request);
      const question = { clientId: clientid, username, remoteAddress: remote_address, action, topic };
      const { isAllowed, rule, text } = await acl.explain(question);
      const decider =
        rule === null
          ? null
          : {
              number: rule.number,
              file: rule.place?.file ?? null,
              line: rule.place?.line ?? null,
              rule: JSON.parse(rule.text),
            };
      response.json({ code: 0, data: { allowed: isAllowed, rule: decider, text } });
    },
  };
}

async function shownAcl(settings: SettingTree, acl: AclPort): Promise<z.infer<typeof aclReply>['data']> {
  const rules = settingAt(settings, ['auth', 'acl', 'rules']) ?? [];
  const places = await acl.places();
  return {
    enable: settingAt(settings, ['auth', 'acl', 'enable']) !== false,
    no_match: settingAt(settings, ['auth', 'no_match']) === 'deny' ? 'deny' : 'allow',
    deny_action: settingAt(settings, ['auth', 'deny_action']) === 'disconnect' ? 'disconnect' : 'ignore',
    rules: rules as AclChange['rules'] & object,
    places: places.map((place) => (place === null ? null : `${place.file}:${place.line}`)),
  };
}

/** An empty list would be an error in the file: the section goes instead, unless it says that nothing is asked. */
function changesOf(
  { rules, enable, no_match, deny_action }: AclChange,
  settings: SettingTree,
): readonly SettingChange[] {
  const acl = ['auth', 'acl'];
  const hasNoRules = rules?.length === 0;
  const isOff = (enable ?? settingAt(settings, [...acl, 'enable'])) === false;
  const isSectionGone = hasNoRules && !isOff;
  return [
    ...(isSectionGone ? [{ path: acl, value: undefined }] : []),
    ...(rules === undefined || isSectionGone
      ? []
      : [{ path: [...acl, 'rules'], value: hasNoRules ? undefined : (rules as SettingTree[]) }]),
    ...(enable === undefined || isSectionGone ? [] : [{ path: [...acl, 'enable'], value: enable }]),
    ...(no_match === undefined ? [] : [{ path: ['auth', 'no_match'], value: no_match }]),
    ...(deny_action === undefined ? [] : [{ path: ['auth', 'deny_action'], value: deny_action }]),
  ];
}
