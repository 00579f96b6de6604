import { z } from 'zod';

/** Text a file can hold: no half of a surrogate pair. */
const text = z.string().refine((value) => !/\p{Surrogate}/u.test(value), 'not well-formed Unicode');
const count = z.int().min(0).max(2_147_483_647);
const port = z.int().min(0).max(65_535);
const qos = z.union([z.literal(0), z.literal(1), z.literal(2)]);

/** An address behind one of these prefixes. The prefix alone is what the manual shows: it leaves the address as it is. */
function url(...prefixes: readonly string[]) {
  const pattern = new RegExp(`^(?:${prefixes.join('|').replaceAll('+', '\\+')})[^\\s]*$`);
  return text.regex(pattern, `must begin with ${prefixes.join(' or ')}`);
}

const tlsFields = {
  enable: z.boolean(),
  url: url('tls+nmq-tcp://').nullable(),
  key: text.nullable(),
  key_password: text.nullable(),
  keypass: text.nullable(),
  cert: text.nullable(),
  cacert: text.nullable(),
  verify_peer: z.boolean(),
  fail_if_no_peer_cert: z.boolean(),
};

const websocketFields = {
  enable: z.boolean(),
  url: url('nmq-ws://').nullable(),
  tls_url: url('nmq-wss://').nullable(),
};

const httpServerFields = {
  enable: z.boolean(),
  port,
  username: text,
  password: text,
  auth_type: z.enum(['basic', 'jwt', 'no_auth']),
};

const bridgeFields = {
  bridge_mode: z.boolean(),
  address: url('mqtt-tcp://', 'tls+mqtt-tcp://', 'mqtt-quic://', 'ws://', 'wss://').nullable(),
  proto_ver: z.union([z.literal(3), z.literal(4), z.literal(5)]),
  clientid: text.nullable(),
  keepalive: count,
  clean_start: z.boolean(),
  parallel: count,
  username: text.nullable(),
  password: text.nullable(),
  forwards: z.array(text.min(1)),
  subscription: z.array(z.strictObject({ topic: text.min(1), qos })),
};

const plainFields = {
  url: url('nmq-tcp://').nullable(),
  num_taskq_thread: count,
  max_taskq_thread: count,
  parallel: count,
  property_size: count,
  msq_len: count,
  qos_duration: count,
  allow_anonymous: z.boolean(),
  daemon: z.boolean(),
};

/** `data` of a reply to req 11: everything. What is not set is null. */
export const v1SettingsSchema = z.strictObject({
  ...plainFields,
  tls: z.strictObject(tlsFields),
  websocket: z.strictObject(websocketFields),
  http_server: z.strictObject(httpServerFields),
  bridge: z.strictObject(bridgeFields),
});

/** The configuration in the notation of API v1. */
export type V1Settings = z.infer<typeof v1SettingsSchema>;

// The manual's table calls it a String, its examples show a number: both are taken.
const protoVer = z.union([bridgeFields.proto_ver, z.enum(['3', '4', '5']).transform(Number)]);

/** `data` of req 12: any part of the above. Null = not set. A key it does not know is a fault, not a silence. */
export const v1ChangeSchema = z
  .strictObject({
    ...plainFields,
    tls: z.strictObject(tlsFields).partial(),
    websocket: z.strictObject(websocketFields).partial(),
    http_server: z
      .strictObject({ ...httpServerFields, port: port.min(1), username: text.min(1), password: text.min(1) })
      .partial(),
    bridge: z.strictObject({ ...bridgeFields, proto_ver: protoVer }).partial(),
  })
  .partial();

/** What req 12 may ask for. */
export type V1Change = z.infer<typeof v1ChangeSchema>;
