import type {
  BridgePort,
  BridgeRequestOutcome,
  BridgeRequestProperties,
  BridgeSubscription,
  BridgeView,
  ChangeReport,
  SettingChange,
  SettingTree,
  SettingValue,
} from '@nanomq-ts/admin';
import type { SubscriptionRule } from '@nanomq-ts/bridge';
import type { BridgeConfig } from '@nanomq-ts/config';
import type { BridgeStatus } from '@nanomq-ts/core';
import type { ConfigurationSeat } from '../administration/configuration-seat.ts';
import type { OpenBridges } from './open-bridges.ts';

/** A section whose names are free, so that it is written as one value. */
const FREE_SECTION = 'user_property';

/** The bridges for the admin API: settings from the configuration, status from the bridges, changes into both. */
export class BridgeControl implements BridgePort {
  readonly #control: ConfigurationSeat;
  readonly #bridges: OpenBridges;
  readonly #startedAtMs: number;

  constructor(control: ConfigurationSeat, bridges: OpenBridges, startedAtMs: number) {
    this.#control = control;
    this.#bridges = bridges;
    this.#startedAtMs = startedAtMs;
  }

  async bridges(): Promise<readonly BridgeView[]> {
    return this.#configured.map(({ name }) => ({
      name,
      settings: this.#settingsOf(name),
      status: this.#bridges.find(name)?.status ?? offSince(this.#startedAtMs),
    }));
  }

  async change(name: string, settings: SettingTree): Promise<ChangeReport | 'unknown-bridge'> {
    if (this.#find(name) === undefined) return 'unknown-bridge';
    return this.#control.change(changesIn(['bridges', 'mqtt', name], settings));
  }

  async switch(name: string, isOn: boolean): Promise<'done' | 'unchanged' | 'unknown-bridge'> {
    const bridge = this.#find(name);
    if (bridge === undefined) return 'unknown-bridge';
    if (bridge.enable === isOn) return 'unchanged';
    await this.#control.change([{ path: ['bridges', 'mqtt', name, 'enable'], value: isOn }]);
    return 'done';
  }

  async subscribe(
    name: string,
    subscriptions: readonly BridgeSubscription[],
    properties: BridgeRequestProperties,
  ): Promise<BridgeRequestOutcome> {
    if (this.#find(name) === undefined) return 'unknown-bridge';
    const bridge = this.#bridges.find(name);
    if (bridge === undefined) return { refused: 'the bridge is off' };
    const topics = subscriptions.map(({ remoteTopic }) => remoteTopic);
    const before = bridge.options.subscriptions;
    const { refused } = await refusal(() => bridge.subscribe(subscriptions.map(ruleOf), requestOf(properties)));
    if (refused !== null) return { refused };
    const others = this.#entries(name).filter(({ remote_topic }) => !topics.includes(String(remote_topic)));
    try {
      await this.#write(name, [...others, ...subscriptions.map(entryOf)]);
    } catch (error) {
      const added = topics.filter((topic) => before.every(({ remoteTopic }) => remoteTopic !== topic));
      await refusal(() => bridge.unsubscribe(added, requestOf({})));
      throw error;
    }
    return 'done';
  }

  async unsubscribe(
    name: string,
    remoteTopics: readonly string[],
    properties: BridgeRequestProperties,
  ): Promise<BridgeRequestOutcome> {
    if (this.#find(name) === undefined) return 'unknown-bridge';
    const bridge = this.#bridges.find(name);
    if (bridge === undefined) return { refused: 'the bridge is off' };
    const { refused } = await refusal(() => bridge.unsubscribe(remoteTopics, requestOf(properties)));
    if (refused !== null) return { refused };
    await this.#write(
      name,
      this.#entries(name).filter(({ remote_topic }) => !remoteTopics.includes(String(remote_topic))),
    );
    return 'done';
  }

  get #configured(): readonly BridgeConfig[] {
    return this.#control.current.accepted.config.bridges;
  }

  #find(name: string): BridgeConfig | undefined {
    return this.#configured.find((bridge) => bridge.name === name);
  }

  #settingsOf(name: string): SettingTree {
    const { bridges } = this.#control.settings();
    const { mqtt } = (bridges ?? {}) as { readonly mqtt?: SettingTree };
    return (mqtt?.[name] ?? {}) as SettingTree;
  }

  #entries(name: string): readonly SettingTree[] {
    return (this.#settingsOf(name).subscription ?? []) as readonly SettingTree[];
  }

  async #write(name: string, entries: readonly SettingTree[]): Promise<void> {
    await this.#control.change([{ path: ['bridges', 'mqtt', name, 'subscription'], value: entries }]);
  }
}

/** One change for each key; null removes it. */
function changesIn(path: readonly string[], settings: SettingTree): readonly SettingChange[] {
  return Object.entries(settings).flatMap(([key, value]): readonly SettingChange[] => {
    const at = [...path, key];
    if (value === null || value === undefined) return [{ path: at, value: undefined }];
    return isSection(value) && key !== FREE_SECTION ? changesIn(at, value) : [{ path: at, value }];
  });
}

function isSection(value: SettingValue): value is SettingTree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the remote broker, or the lack of one, has against it. */
async function refusal(order: () => Promise<void>): Promise<{ readonly refused: string | null }> {
  try {
    await order();
    return { refused: null };
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}

function requestOf({ subscriptionIdentifier = 0, userProperties = [] }: BridgeRequestProperties) {
  return { identifier: subscriptionIdentifier, userProperties };
}

function ruleOf(subscription: BridgeSubscription): SubscriptionRule {
  const { remoteTopic, localTopic, qos, retainAsPublished = true, retainHandling = 0 } = subscription;
  const terms = { noLocal: true, retainAsPublished, retainHandling };
  return { remoteTopic, localTopic, qos, prefix: '', suffix: '', ...terms };
}

/** As it stands in the configuration. */
function entryOf(subscription: BridgeSubscription): SettingTree {
  const { remoteTopic, localTopic, qos, retainAsPublished, retainHandling } = subscription;
  return {
    remote_topic: remoteTopic,
    local_topic: localTopic,
    qos,
    ...(retainAsPublished !== undefined && { retain_as_published: Number(retainAsPublished) }),
    ...(retainHandling !== undefined && { retain_handling: retainHandling }),
  };
}

function offSince(sinceMs: number): BridgeStatus {
  return {
    state: 'off',
    sinceMs,
    server: null,
    connections: 0,
    lastError: null,
    reconnects: 0,
    backlogMessages: 0,
    backlogBytes: 0,
    oldestBacklogMs: 0,
    sentMessages: 0,
    sentBytes: 0,
    receivedMessages: 0,
    receivedBytes: 0,
    sentRate: 0,
    receivedRate: 0,
    droppedOutByReason: {},
    droppedInByReason: {},
  };
}
