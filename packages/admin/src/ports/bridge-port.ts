import type { BridgeStatus } from '@nanomq-ts/core';
import type { ChangeReport, SettingTree } from './config-port.ts';

/** A bridge of the configuration. */
export interface BridgeView {
  readonly name: string;
  /** Its section in the notation of `ConfigPort.settings`, subscriptions made at run time included. Secrets in the clear. */
  readonly settings: SettingTree;
  readonly status: BridgeStatus;
}

/** A subscription at the remote broker. */
export interface BridgeSubscription {
  readonly remoteTopic: string;
  /** '' = the remote topic name. */
  readonly localTopic: string;
  readonly qos: 0 | 1 | 2;
  readonly retainAsPublished?: boolean;
  readonly retainHandling?: 0 | 1 | 2;
}

/** Properties of a SUBSCRIBE or UNSUBSCRIBE packet of MQTT 5.0; left out towards older brokers. */
export interface BridgeRequestProperties {
  readonly subscriptionIdentifier?: number;
  readonly userProperties?: readonly (readonly [name: string, value: string])[];
}

/** What became of a (un)subscription; `refused`: the remote broker refused, or the link is down. */
export type BridgeRequestOutcome = 'done' | 'unknown-bridge' | { readonly refused: string };

/**
 * The bridges to other brokers. Every argument and answer can be cloned between threads.
 * @throws AdminError SHARD_TIMEOUT (rejects) when a bridge does not answer in time
 */
export interface BridgePort {
  /** In the order of the configuration. */
  bridges(): Promise<readonly BridgeView[]>;
  /**
   * Changes settings of one bridge, in the file and in force: it connects again; the others are left alone.
   * @param settings  keys of its section; null removes a key
   * @throws ChangeRefused (rejects), then nothing has changed
   */
  change(name: string, settings: SettingTree): Promise<ChangeReport | 'unknown-bridge'>;
  /** Turns a bridge on or off, in the file and in force. @throws ChangeRefused (rejects) */
  switch(name: string, isOn: boolean): Promise<'done' | 'unchanged' | 'unknown-bridge'>;
  /** Adds subscriptions, in the file and at the remote broker, all or none. @throws ChangeRefused (rejects) */
  subscribe(
    name: string,
    subscriptions: readonly BridgeSubscription[],
    properties: BridgeRequestProperties,
  ): Promise<BridgeRequestOutcome>;
  /** Takes subscriptions away by their remote topic, in the file and at the remote broker. @throws ChangeRefused */
  unsubscribe(
    name: string,
    remoteTopics: readonly string[],
    properties: BridgeRequestProperties,
  ): Promise<BridgeRequestOutcome>;
}
