import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { AdminParts } from '../admin-options.ts';
import { failure } from '../http/failure.ts';
import type { BridgePort, BridgeRequestOutcome, BridgeSubscription } from '../ports/bridge-port.ts';
import type { SettingTree } from '../ports/config-port.ts';
import { isTree } from '../v1/setting-field.ts';
import { SECRET_MASK } from '../v1/show-settings.ts';
import { reportRow } from './apply-settings.ts';
import { bridgeRow } from './bridge-rows.ts';
import { bridgeChange, bridgesReply, subscribeBody, switchBody, unsubscribeBody } from './bridge-schemas.ts';
import { reportReply } from './configuration-schemas.ts';
import { type PluginHandlers, type PluginRoute, pluginRoutes } from './plugin-routes.ts';
import { readJson } from './read-request.ts';
import { successReply } from './reply-schemas.ts';
import { pathParameter, type Route } from './route.ts';

/** More than any bridge has: `will { properties { user_property { ... } } }`. */
const MAX_DEPTH = 16;
const pathParameters = { name: 'name of the bridge in the configuration' };
const REQUEST_FAILURES = [
  'ILLEGAL_JSON',
  'PARAMETER_MISSING',
  'PARAMETER_ERROR',
  'UNKNOWN_BRIDGE',
  'ILLEGAL_HOCON',
  'FILE_NOT_WRITTEN',
] as const;

const DESCRIPTIONS: readonly PluginRoute[] = [
  {
    method: 'GET',
    path: '/bridges',
    name: 'list_bridges',
    description: 'A list of bridges: their settings, and how they are',
    reply: { json: bridgesReply },
  },
  {
    method: 'GET',
    path: '/bridges/:name',
    name: 'lookup_bridge',
    description: 'One bridge, as a list of one or none',
    pathParameters,
    reply: { json: bridgesReply },
  },
  {
    method: 'PUT',
    path: '/bridges/:name',
    name: 'update_bridge',
    description: 'Changes settings of a bridge, in the file and in force; it connects again',
    pathParameters,
    body: { content: { json: bridgeChange } },
    reply: { json: reportReply },
    failures: [
      'ILLEGAL_JSON',
      'PARAMETER_MISSING',
      'PARAMETER_ERROR',
      'UNKNOWN_SUBJECT',
      'ILLEGAL_HOCON',
      'FILE_NOT_WRITTEN',
    ],
  },
  {
    method: 'POST',
    path: '/bridges/switch/:name',
    name: 'switch_bridge',
    description: 'Turns a bridge on or off, in the file and in force',
    pathParameters,
    body: { content: { json: switchBody } },
    reply: { json: successReply },
    failures: REQUEST_FAILURES,
  },
  {
    method: 'POST',
    path: '/bridges/sub/:name',
    name: 'subscribe_bridge',
    description: 'Adds subscriptions at the remote broker, all or none',
    pathParameters,
    body: { content: { json: subscribeBody } },
    reply: { json: successReply },
    failures: REQUEST_FAILURES,
  },
  {
    method: 'POST',
    path: '/bridges/unsub/:name',
    name: 'unsubscribe_bridge',
    description: 'Takes subscriptions at the remote broker away',
    pathParameters,
    body: { content: { json: unsubscribeBody } },
    reply: { json: successReply },
    failures: REQUEST_FAILURES,
  },
];

/** `/bridges`: this broker as a client of others. */
export function bridgeRoutes(parts: AdminParts): readonly Route[] {
  const { bridges } = parts;
  return pluginRoutes('bridges', DESCRIPTIONS, bridges === undefined ? null : bridgeHandlers(parts, bridges));
}

function bridgeHandlers({ logger }: AdminParts, bridges: BridgePort): PluginHandlers {
  const noted = (response: Response, bridge: string, text: string): void => {
    logger.info({ bridge }, `admin API: ${text}`);
    response.json({ code: 0 });
  };
  return {
    list_bridges: async (_request, response) => {
      response.json({ code: 0, data: { bridge: { nodes: (await bridges.bridges()).map(bridgeRow) } } });
    },
    lookup_bridge: async (request, response) => {
      const wanted = pathParameter(request, 'name');
      const found = (await bridges.bridges()).filter(({ name }) => name === wanted);
      response.json({ code: 0, data: { bridge: { nodes: found.map(bridgeRow) } } });
    },
    update_bridge: async (request, response) => {
      const name = pathParameter(request, 'name');
      const report = await bridges.change(name, changeIn(request, name));
      if (report === 'unknown-bridge') throw failure('UNKNOWN_SUBJECT', 'name: there is no such bridge');
      logger.info({ bridge: name, ...report }, 'admin API: bridge changed');
      response.json({ code: 0, data: reportRow(report) });
    },
    switch_bridge: async (request, response) => {
      const name = pathParameter(request, 'name');
      const isOn = readJson(switchBody, request).data.bridge_switch;
      const outcome = await bridges.switch(name, isOn);
      if (outcome === 'unknown-bridge') throw unknownBridge();
      const state = isOn ? 'on' : 'off';
      if (outcome === 'unchanged')
        throw failure('PARAMETER_ERROR', `data.bridge_switch: the bridge is ${state} already`);
      noted(response, name, `bridge turned ${state}`);
    },
    subscribe_bridge: async (request, response) => {
      const name = pathParameter(request, 'name');
      const { subscription, sub_properties } = readJson(subscribeBody, request).data;
      const { identifier, user_properties } = sub_properties;
      const outcome = await bridges.subscribe(name, subscription.map(subscriptionOf), {
        ...(identifier === undefined ? {} : { subscriptionIdentifier: identifier }),
        ...userPropertiesOf(user_properties),
      });
      assertDone(outcome);
      noted(response, name, 'subscriptions of a bridge added');
    },
    unsubscribe_bridge: async (request, response) => {
      const name = pathParameter(request, 'name');
      const { unsubscription, unsub_properties } = readJson(unsubscribeBody, request).data;
      const topics = unsubscription.map(({ topic }) => topic);
      assertDone(await bridges.unsubscribe(name, topics, userPropertiesOf(unsub_properties.user_properties)));
      noted(response, name, 'subscriptions of a bridge taken away');
    },
  };
}

/**
 * The settings asked for. What is masked is as it was, and so is left out.
 * @throws ApiError 400/108 when the body is about another bridge, or several
 */
function changeIn(request: Request, name: string): SettingTree {
  const body = readJson(bridgeChange, request);
  const names = Object.keys(body);
  if (names.length === 0) throw failure('PARAMETER_MISSING', `${name}: required`);
  const settings = body[name];
  if (names.length > 1 || settings === undefined) {
    throw failure('PARAMETER_ERROR', 'the body must have one key, the name of the bridge in the path');
  }
  const { keepalive, ...rest } = withoutMasks(settings as SettingTree);
  // Seconds, as the manual's example has it; the file needs a unit.
  const inUnits = typeof keepalive === 'number' ? `${keepalive}s` : keepalive;
  return keepalive === undefined ? rest : { ...rest, keepalive: inUnits };
}

/** @throws ApiError 400/108 for sections deeper than a bridge has them */
function withoutMasks(tree: SettingTree, depth = 1): SettingTree {
  if (depth > MAX_DEPTH) throw failure('PARAMETER_ERROR', `sections: at most ${MAX_DEPTH} within each other`);
  const entries = Object.entries(tree).filter(([, value]) => value !== SECRET_MASK);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, isTree(value) ? withoutMasks(value, depth + 1) : value]),
  );
}

type AskedSubscription = z.output<typeof subscribeBody>['data']['subscription'][number];

function subscriptionOf(asked: AskedSubscription): BridgeSubscription {
  const { remote_topic, local_topic, qos, retain_as_published, retain_handling } = asked;
  return {
    remoteTopic: remote_topic,
    localTopic: local_topic,
    qos: qos as BridgeSubscription['qos'],
    ...(retain_as_published === undefined ? {} : { retainAsPublished: retain_as_published }),
    ...(retain_handling === undefined ? {} : { retainHandling: retain_handling as 0 | 1 | 2 }),
  };
}

function userPropertiesOf(pairs: readonly { readonly key: string; readonly value: string }[] | undefined) {
  return pairs === undefined ? {} : { userProperties: pairs.map(({ key, value }) => [key, value] as const) };
}

function assertDone(outcome: BridgeRequestOutcome): void {
  if (outcome === 'done') return;
  if (outcome === 'unknown-bridge') throw unknownBridge();
  throw failure('PARAMETER_ERROR', outcome.refused);
}

function unknownBridge(): Error {
  return failure('UNKNOWN_BRIDGE', 'name: there is no such bridge');
}
