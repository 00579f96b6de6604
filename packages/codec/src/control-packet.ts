/** Protocol level of a connection: 3 = MQTT 3.1 (MQIsdp), 4 = MQTT 3.1.1, 5 = MQTT 5.0. */
export type ProtocolVersion = 3 | 4 | 5;

/** Quality of service level. */
export type Qos = 0 | 1 | 2;

/** User properties in the order they were sent; names may repeat. */
export type UserProperties = readonly (readonly [name: string, value: string])[];

/** The will part of a CONNECT. */
export interface Will {
  readonly topicName: string;
  /** Owned copy. */
  readonly payload: Buffer;
  readonly qos: Qos;
  readonly retain: boolean;
  /** Property bytes as a PUBLISH may carry them (no length in front, no will delay), in the order sent. Owned copy. */
  readonly publishProperties: Buffer;
  readonly delaySeconds: number;
}

/** CONNECT, decoded and well formed. Absent MQTT 5.0 properties carry the specification's default. */
export interface ConnectPacket {
  readonly type: 'connect';
  readonly protocolVersion: ProtocolVersion;
  /** Protocol level byte had bit 0x80 set (the bridge bit of MQTT 3.1.1 bridges). */
  readonly isBridge: boolean;
  /** '' when the client wants one assigned. */
  readonly clientId: string;
  readonly cleanStart: boolean;
  readonly keepAliveSeconds: number;
  readonly username: string | undefined;
  readonly password: Buffer | undefined;
  readonly will: Will | undefined;
  /** Seconds; 0xffffffff = never. For 3.x: 0 with clean session, else 0xffffffff. */
  readonly sessionExpirySeconds: number;
  /** 1..65535; 65535 for 3.x. */
  readonly receiveMaximum: number;
  /** Bytes; 0 = no limit stated. */
  readonly maximumPacketBytes: number;
  readonly topicAliasMaximum: number;
  readonly requestResponseInformation: boolean;
  readonly requestProblemInformation: boolean;
  readonly authenticationMethod: string | undefined;
  readonly authenticationData: Buffer | undefined;
  readonly userProperties: UserProperties;
}

/** One entry of a SUBSCRIBE. For 3.x noLocal and retainAsPublished are false and retainHandling is 0. */
export interface SubscriptionRequest {
  readonly topicFilter: string;
  readonly qos: Qos;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly retainHandling: 0 | 1 | 2;
}

/** SUBSCRIBE, decoded and well formed. Topic filters are UTF-8 checked but not yet validated as filters. */
export interface SubscribePacket {
  readonly type: 'subscribe';
  readonly packetId: number;
  /** 0 = none. */
  readonly subscriptionIdentifier: number;
  readonly userProperties: UserProperties;
  readonly subscriptions: readonly SubscriptionRequest[];
}

export interface UnsubscribePacket {
  readonly type: 'unsubscribe';
  readonly packetId: number;
  readonly userProperties: UserProperties;
  readonly topicFilters: readonly string[];
}

export interface DisconnectPacket {
  readonly type: 'disconnect';
  readonly reasonCode: number;
  /** undefined when the property was absent. */
  readonly sessionExpirySeconds: number | undefined;
  readonly reasonString: string | undefined;
  readonly userProperties: UserProperties;
}

export interface AuthPacket {
  readonly type: 'auth';
  readonly reasonCode: number;
  readonly authenticationMethod: string | undefined;
  readonly authenticationData: Buffer | undefined;
}

/** What the broker reads through `decodeControl`. PUBLISH, the four acknowledgements and PINGREQ never come this way. */
export type ClientControlPacket = ConnectPacket | SubscribePacket | UnsubscribePacket | DisconnectPacket | AuthPacket;

/** CONNACK as the broker sends it. Properties are left out on the wire when undefined, and altogether for 3.x. */
export interface ConnackPacket {
  readonly type: 'connack';
  /** MQTT 5.0 reason code; the encoder maps it to a return code for 3.x. */
  readonly reasonCode: number;
  readonly sessionPresent: boolean;
  readonly sessionExpirySeconds?: number | undefined;
  readonly receiveMaximum?: number | undefined;
  readonly maximumQos?: 0 | 1 | undefined;
  readonly retainAvailable?: boolean | undefined;
  readonly maximumPacketBytes?: number | undefined;
  readonly assignedClientId?: string | undefined;
  readonly topicAliasMaximum?: number | undefined;
  readonly reasonString?: string | undefined;
  readonly userProperties?: UserProperties | undefined;
  readonly wildcardSubscriptionAvailable?: boolean | undefined;
  readonly subscriptionIdentifiersAvailable?: boolean | undefined;
  readonly sharedSubscriptionAvailable?: boolean | undefined;
  readonly serverKeepAliveSeconds?: number | undefined;
  readonly responseInformation?: string | undefined;
  readonly serverReference?: string | undefined;
  readonly authenticationMethod?: string | undefined;
  readonly authenticationData?: Buffer | undefined;
}

export interface SubackPacket {
  readonly type: 'suback';
  readonly packetId: number;
  /** One per requested filter, MQTT 5.0 values; the encoder maps failures to 0x80 for 3.1.1 and 3.1. */
  readonly reasonCodes: readonly number[];
  readonly reasonString?: string | undefined;
}

export interface UnsubackPacket {
  readonly type: 'unsuback';
  readonly packetId: number;
  /** Left out on the wire for 3.x. */
  readonly reasonCodes: readonly number[];
  readonly reasonString?: string | undefined;
}

export interface ServerDisconnectPacket {
  readonly type: 'disconnect';
  readonly reasonCode: number;
  readonly reasonString?: string | undefined;
  readonly serverReference?: string | undefined;
}

/** What the broker writes through `encodeControl`. */
export type ServerControlPacket = ConnackPacket | SubackPacket | UnsubackPacket | ServerDisconnectPacket;
