/** What changes on messages that match a filter; what is absent stays as it is. */
interface BridgeRuleConfig {
  readonly qos?: 0 | 1 | 2;
  readonly retain?: boolean;
  readonly prefix: string;
  readonly suffix: string;
}

/** An entry of `forwards`. */
export interface ForwardConfig extends BridgeRuleConfig {
  readonly localTopic: string;
  /** '' = the topic name stays. */
  readonly remoteTopic: string;
}

/** An entry of `subscription`. */
export interface BridgeSubscriptionConfig extends BridgeRuleConfig {
  readonly remoteTopic: string;
  /** '' = the topic name stays. */
  readonly localTopic: string;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly retainHandling: 0 | 1 | 2;
}

/** User properties in their order. */
export type UserPropertyConfig = readonly (readonly [name: string, value: string])[];

/** `will` with topic and payload. */
export interface BridgeWillConfig {
  readonly topicName: string;
  readonly payload: string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly properties: {
    readonly payloadFormat?: 0 | 1;
    readonly messageExpirySeconds?: number;
    readonly contentType?: string;
    readonly responseTopic?: string;
    readonly correlationData?: string;
    readonly delaySeconds?: number;
    readonly userProperties?: UserPropertyConfig;
  };
}

/** `bridges.mqtt.<name>`. Files are as written. */
export interface BridgeConfig {
  readonly name: string;
  readonly enable: boolean;
  /** URLs, `server` first, none where nothing is set; with `ssl.enable` the schemes say TLS. */
  readonly servers: readonly string[];
  readonly protocolVersion: 3 | 4 | 5;
  /** '' = random. */
  readonly clientId: string;
  readonly keepAliveSeconds: number;
  readonly cleanStart: boolean;
  readonly username?: string;
  readonly password?: string;
  readonly usernameFile?: string;
  readonly passwordFile?: string;
  readonly will: BridgeWillConfig | null;
  readonly connect: {
    readonly sessionExpirySeconds: number;
    readonly receiveMaximum: number;
    /** 0 = as the broker takes. */
    readonly maximumPacketBytes: number;
    readonly requestResponseInformation: boolean;
    readonly requestProblemInformation: boolean;
    readonly userProperties: UserPropertyConfig;
  };
  readonly subscribe: { readonly identifier: number; readonly userProperties: UserPropertyConfig };
  readonly connections: number;
  readonly forwards: readonly ForwardConfig[];
  readonly subscriptions: readonly BridgeSubscriptionConfig[];
  readonly transparent: boolean;
  readonly usesBridgeBit: boolean;
  readonly queuesQos0: boolean;
  readonly queueBound: { readonly messages: number; readonly bytes: number };
  readonly maxBackoffMs: number;
  readonly answerTimeoutMs: number;
  readonly maxHops: number;
  readonly tls: {
    readonly caFile?: string;
    readonly certFile?: string;
    readonly keyFile?: string;
    readonly keyPassword?: string;
    readonly verifyPeer: boolean;
  };
  readonly tcp: {
    readonly noDelay: boolean;
    /** Null = off. */
    readonly keepAliveMs: number | null;
    /** Name of a network interface. */
    readonly bindInterface?: string;
  };
}
