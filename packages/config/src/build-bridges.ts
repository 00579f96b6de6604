import type {
  BridgeConfig,
  BridgeSubscriptionConfig,
  BridgeWillConfig,
  ForwardConfig,
  UserPropertyConfig,
} from './bridges-config.ts';
import type { BridgeEntry } from './schema/bridge-lists.ts';
import type { BridgeSection } from './schema/bridges-section.ts';
import type { CheckedConfig } from './schema/config-schema.ts';
import { whatIsSet } from './what-is-set.ts';

type WillValues = NonNullable<BridgeSection['will']>;

const MAX_BACKOFF_MS = 600_000;
const STEADY_BACKOFF_MS = 360_000;
/** More connections than this share nothing that would be worth their threads. */
const MAX_CONNECTIONS = 16;
const NO_PROPERTIES: UserPropertyConfig = [];

/** `bridges.mqtt` with the names the broker uses, in the order of the file. Entries that name no topics are left out. */
export function bridgesConfig({ bridges, mqtt }: CheckedConfig): readonly BridgeConfig[] {
  const { cache: _, ...named } = bridges?.mqtt ?? {};
  return Object.entries(named).map(([name, values]) => bridgeConfig(name, values as BridgeSection, mqtt));
}

function bridgeConfig(name: string, values: BridgeSection, mqtt: CheckedConfig['mqtt']): BridgeConfig {
  const { ssl, tcp } = values;
  const credentials = {
    username: values.username,
    password: values.password,
    usernameFile: values.username_file,
    passwordFile: values.password_file,
  };
  return {
    name,
    enable: values.enable,
    servers: serversOf(values),
    protocolVersion: values.proto_ver as 3 | 4 | 5,
    clientId: values.clientid ?? '',
    keepAliveSeconds: Math.ceil(values.keepalive / 1000),
    cleanStart: values.clean_start,
    ...whatIsSet(credentials),
    will: willOf(values.will),
    connect: connectOf(values.conn_properties),
    subscribe: {
      identifier: values.sub_properties?.identifier ?? 0,
      userProperties: values.sub_properties?.user_property ?? NO_PROPERTIES,
    },
    connections: Math.min(values.max_parallel_processes, MAX_CONNECTIONS),
    forwards: (values.forwards ?? []).filter(namesTopics).map(forwardOf),
    subscriptions: (values.subscription ?? []).filter(namesTopics).map(subscriptionOf),
    transparent: values.transparent,
    usesBridgeBit: values.no_local_v4,
    queuesQos0: values.retry_qos_0,
    queueBound: {
      messages: values.max_send_queue_len || mqtt.max_mqueue_len,
      bytes: values.max_send_queue_bytes || mqtt.max_mqueue_bytes,
    },
    maxBackoffMs: values.backoff_max > MAX_BACKOFF_MS ? STEADY_BACKOFF_MS : values.backoff_max,
    answerTimeoutMs: values.cancel_timeout,
    maxHops: values.max_hops,
    tls: {
      ...whatIsSet({
        caFile: ssl?.cacertfile,
        certFile: ssl?.certfile,
        keyFile: ssl?.keyfile,
        keyPassword: ssl?.key_password,
      }),
      verifyPeer: ssl?.verify_peer ?? true,
    },
    tcp: {
      noDelay: tcp?.nodelay ?? true,
      keepAliveMs: tcp?.keepalive === true ? tcp.keepidle : null,
      ...whatIsSet({ bindInterface: tcp?.bind_interface }),
    },
  };
}

function serversOf({ server, hybrid_bridging, hybrid_servers, ssl }: BridgeSection): readonly string[] {
  const urls = [...(server === undefined ? [] : [server]), ...(hybrid_bridging ? (hybrid_servers ?? []) : [])];
  if (ssl?.enable !== true) return urls;
  return urls.map((url) => url.replace(/^mqtt-tcp:/, 'tls+mqtt-tcp:').replace(/^ws:/, 'wss:'));
}

function connectOf(section: BridgeSection['conn_properties']): BridgeConfig['connect'] {
  return {
    sessionExpirySeconds: section?.session_expiry_interval ?? 0,
    receiveMaximum: section?.receive_maximum ?? 65_535,
    maximumPacketBytes: section?.maximum_packet_size ?? 0,
    requestProblemInformation: section?.request_problem_information ?? section?.request_problem_infomation ?? true,
    requestResponseInformation: section?.request_response_information ?? section?.request_response_infomation ?? false,
    userProperties: section?.user_property ?? NO_PROPERTIES,
  };
}

/** A will needs topic and payload. */
function willOf(section: WillValues | undefined): BridgeWillConfig | null {
  const { topic, payload, qos, retain, properties } = section ?? {};
  if (topic === undefined || payload === undefined) return null;
  return {
    topicName: topic,
    payload,
    qos: (qos ?? 0) as 0 | 1 | 2,
    retain: retain ?? false,
    properties: whatIsSet({
      payloadFormat: properties?.payload_format_indicator as 0 | 1 | undefined,
      messageExpirySeconds: properties?.message_expiry_interval,
      contentType: properties?.content_type,
      responseTopic: properties?.response_topic,
      correlationData: properties?.correlation_data,
      delaySeconds: properties?.will_delay_interval,
      userProperties: properties?.user_property,
    }),
  };
}

/** Whether an entry of `forwards` or `subscription` says where from and where to. */
export function namesTopics({ remote_topic, local_topic }: BridgeEntry): boolean {
  return typeof remote_topic === 'string' && typeof local_topic === 'string';
}

function forwardOf(entry: BridgeEntry): ForwardConfig {
  return {
    localTopic: entry.local_topic as string,
    remoteTopic: entry.remote_topic as string,
    prefix: (entry.prefix as string | undefined) ?? '',
    suffix: (entry.suffix as string | undefined) ?? '',
    ...whatIsSet({ qos: entry.qos as 0 | 1 | 2 | undefined, retain: retainOf(entry) }),
  };
}

function subscriptionOf(entry: BridgeEntry): BridgeSubscriptionConfig {
  return {
    ...forwardOf(entry),
    noLocal: (entry.nolocal as boolean | undefined) ?? true,
    retainAsPublished: ((entry.retain_as_published as number | undefined) ?? 1) === 1,
    retainHandling: ((entry.retain_handling as number | undefined) ?? 0) as 0 | 1 | 2,
  };
}

/** 0 and 1 override, anything else keeps. */
function retainOf({ retain }: BridgeEntry): boolean | undefined {
  return retain === 0 || retain === 1 ? retain === 1 : undefined;
}
