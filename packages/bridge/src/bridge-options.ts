import type { QueueBound } from '@nanomq-ts/core';

/** What changes on messages that match a filter; what is absent stays as it is. */
interface Rule {
  /** 0, 1, 2; absent = as published. */
  readonly qos?: 0 | 1 | 2;
  /** Absent = as it is. */
  readonly retain?: boolean;
  /** Raw text around the resulting topic name. */
  readonly prefix: string;
  readonly suffix: string;
}

/** An entry of `forwards`: from here to the remote broker. */
export interface ForwardRule extends Rule {
  /** Filter of local messages. */
  readonly localTopic: string;
  /** '' = the topic name stays; else see `TopicRewriting.target`. */
  readonly remoteTopic: string;
}

/** An entry of `subscription`: from the remote broker to here. */
export interface SubscriptionRule extends Rule {
  /** Filter subscribed at the remote broker. */
  readonly remoteTopic: string;
  /** '' = the topic name stays; else see `TopicRewriting.target`. */
  readonly localTopic: string;
  /** MQTT 5.0 alone, as in SUBSCRIBE. */
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly retainHandling: 0 | 1 | 2;
}

/** A will left at the remote broker. */
export interface BridgeWill {
  readonly topicName: string;
  readonly payload: string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  /** MQTT 5.0 alone. */
  readonly properties: {
    readonly payloadFormat?: 0 | 1;
    readonly messageExpirySeconds?: number;
    readonly contentType?: string;
    readonly responseTopic?: string;
    readonly correlationData?: string;
    readonly delaySeconds?: number;
    readonly userProperties?: UserProperties;
  };
}

type UserProperties = readonly (readonly [name: string, value: string])[];

/** Files are PEM, relative to the working directory, and read anew for each connection. */
export interface BridgeTls {
  /** Absent = the authorities that Node trusts. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly keyPassword?: string;
  /** False: whoever answers is believed. */
  readonly verifyPeer: boolean;
}

/** Socket options. */
export interface BridgeTcp {
  readonly noDelay: boolean;
  /** Milliseconds of silence before the kernel probes; null = it does not. */
  readonly keepAliveMs: number | null;
  /** Address of the network interface to go out by; absent = the system chooses. */
  readonly localAddress?: string;
}

/** One bridge. Names of the configuration: `docs/bridges.md`. */
export interface BridgeOptions {
  readonly name: string;
  /** URLs, tried in turn: `mqtt-tcp://`, `tls+mqtt-tcp://`, `ws://`, `wss://`. At least one. */
  readonly servers: readonly string[];
  /** 3 = MQTT 3.1, 4 = 3.1.1, 5 = 5.0. */
  readonly protocolVersion: 3 | 4 | 5;
  /** '' = one is made up. */
  readonly clientId: string;
  readonly keepAliveSeconds: number;
  readonly cleanStart: boolean;
  readonly username?: string;
  readonly password?: string;
  /** Read before each connection; the line end is not part of it. */
  readonly usernameFile?: string;
  readonly passwordFile?: string;
  readonly will: BridgeWill | null;
  /** MQTT 5.0 alone: properties of CONNECT. */
  readonly connect: {
    readonly sessionExpirySeconds: number;
    readonly receiveMaximum: number;
    /** 0 = no limit stated. */
    readonly maximumPacketBytes: number;
    readonly requestResponseInformation: boolean;
    readonly requestProblemInformation: boolean;
    readonly userProperties: UserProperties;
  };
  /** MQTT 5.0 alone: properties of SUBSCRIBE. */
  readonly subscribe: { readonly identifier: number; readonly userProperties: UserProperties };
  /** Connections that share what is forwarded. */
  readonly connections: number;
  readonly forwards: readonly ForwardRule[];
  readonly subscriptions: readonly SubscriptionRule[];
  /** Local subscriptions are repeated at the remote broker, and every local message goes there. */
  readonly transparent: boolean;
  /** MQTT 3.x: the remote broker is told that a bridge connects, so that it sends nothing back. */
  readonly usesBridgeBit: boolean;
  /** QoS 0 waits too while the remote broker is away. */
  readonly queuesQos0: boolean;
  /** What may wait while the remote broker is away or slow; the oldest goes. */
  readonly queueBound: QueueBound;
  readonly maxBackoffMs: number;
  /** How long an answer may take: connecting, CONNACK, PINGRESP. */
  readonly answerTimeoutMs: number;
  /** Brokers a message of MQTT 5.0 may come through; 0 = not counted, and no property is added. */
  readonly maxHops: number;
  readonly tls: BridgeTls;
  readonly tcp: BridgeTcp;
}
