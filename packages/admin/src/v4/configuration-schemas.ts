import { z } from 'zod';
import { v1ChangeSchema, v1SettingsSchema } from '../v1/v1-settings-schema.ts';
import { dataReply } from './reply-schemas.ts';

const kib = z.number().min(0).describe('KiB');
const backoff = z.number().min(0).describe('multiplier, such as 1.25; 1250 is taken for it too');

const paths = z.array(z.string());

/** What a change came to. */
export const reportSchema = z.strictObject({
  applied: paths.describe('holds from now on'),
  needs_restart: paths.describe('written, holds after a restart'),
  unchanged: paths.describe('asked for, and the same as before'),
});

/** Paths of settings in the file, joined by dots. */
export type ReportRow = z.infer<typeof reportSchema>;

const ownBasic = {
  max_packet_size: kib,
  client_max_packet_size: kib,
  keepalive_backoff: backoff,
  ipc_internal: z.boolean(),
};
const notBasic = { tls: true, websocket: true, http_server: true, bridge: true } as const;

const basicSection = v1SettingsSchema.omit(notBasic).extend(ownBasic);
const basicChange = v1ChangeSchema.omit(notBasic).extend(z.strictObject(ownBasic).partial().shape);

const limits = z
  .record(z.string(), z.union([z.number(), z.boolean(), z.string()]))
  .describe('section `mqtt` of the file: durations in milliseconds, sizes in bytes');

/** The sections that can be set, as they are shown. */
const settableSections = {
  basic: basicSection,
  tls: v1SettingsSchema.shape.tls.omit({ keypass: true }).describe('PEM texts; the key is never shown'),
  websocket: v1SettingsSchema.shape.websocket.extend({ tls_enable: z.boolean() }),
  http_server: v1SettingsSchema.shape.http_server.extend({ addr: z.string() }),
  limits,
};

/** The sections that can be set, as they are asked for: each key optional. */
export const sectionChanges = {
  basic: basicChange,
  tls: v1ChangeSchema.shape.tls.unwrap(),
  websocket: v1ChangeSchema.shape.websocket.unwrap().extend({ tls_enable: z.boolean().optional() }),
  http_server: v1ChangeSchema.shape.http_server.unwrap().extend({ addr: z.string().min(1).optional() }),
  limits,
};

const httpRequest = z.strictObject({
  url: z.string().nullable(),
  method: z.string(),
  headers: z.record(z.string(), z.string()).describe('values are masked'),
  params: z.array(z.string()).describe('names'),
});

const bridgeTls = z.strictObject({
  enable: z.boolean(),
  keyfile: z.string().nullable(),
  certfile: z.string().nullable(),
  cacertfile: z.string().nullable(),
  key_password: z.string().nullable().describe('masked'),
  verify_peer: z.boolean(),
});

/** The settings of a bridge, in `/configuration` and `/bridges`. */
export const bridgeNode = z.strictObject({
  name: z.string(),
  enable: z.boolean(),
  parallel: z.int(),
  connector: z.strictObject({
    server: z.string().nullable(),
    proto_ver: z.int(),
    clientid: z.string().nullable(),
    clean_start: z.boolean(),
    username: z.string().nullable(),
    password: z.string().nullable().describe('masked'),
    keepalive: z.number().describe('seconds'),
    conn_properties: z.looseObject({}).optional().describe('of MQTT 5.0, as in the file'),
    will: z.looseObject({}).optional().describe('as in the file'),
  }),
  forwards: z.array(z.looseObject({})),
  subscription: z.array(z.looseObject({})),
  sub_properties: z.looseObject({}).optional().describe('of MQTT 5.0, as in the file'),
  tls: bridgeTls.optional().describe('`ssl` of the file: paths, not texts'),
});

/** Sections that are shown and cannot be set here. */
const shownSections = {
  auth: z.array(z.strictObject({ login: z.string(), password: z.string().describe('masked') })),
  auth_http: z.strictObject({
    enable: z.boolean(),
    timeout: z.number().describe('seconds'),
    connect_timeout: z.number().describe('seconds'),
    pool_size: z.number(),
    cache_ttl: z.number().describe('seconds'),
    auth_req: httpRequest,
    acl_req: httpRequest,
    super_req: httpRequest,
  }),
  sqlite: z.strictObject({
    enable: z.boolean(),
    disk_cache_size: z.number(),
    flush_mem_threshold: z.number(),
    resend_interval: z.number().describe('milliseconds'),
    mounted_file_path: z.string().nullable(),
  }),
  bridge: z.strictObject({ nodes: z.array(bridgeNode) }),
  aws_bridge: z.strictObject({ nodes: z.array(bridgeNode) }),
};

/** A bridge in the sections `bridge` and `aws_bridge`. */
export type BridgeNode = z.infer<typeof bridgeNode>;
/** A request of `auth_http`. */
export type HttpRequestRow = z.infer<typeof httpRequest>;

const sections = z.strictObject({ ...settableSections, ...shownSections });

/** The whole configuration as it is shown. */
export type ShownSections = z.infer<typeof sections>;
/** A section that is shown and cannot be set. */
export type ShownOnly = keyof typeof shownSections;

/** The reply to `GET /configuration`. */
export const configurationReply = dataReply(sections);

/** The reply to `GET /configuration/{section}`: that section alone. */
export const sectionReply = dataReply(sections.partial().describe('exactly the section asked for'));

/** Body of `POST /configuration[/{section}]`. */
export const configurationChange = z.object({
  data: z.strictObject({
    basic: sectionChanges.basic.optional(),
    tls: sectionChanges.tls.optional(),
    websocket: sectionChanges.websocket.optional(),
    http_server: sectionChanges.http_server.optional(),
    limits: sectionChanges.limits.optional(),
    ...Object.fromEntries(
      Object.keys(shownSections).map((name) => [
        name,
        z.unknown().optional().describe('only as it is shown: it cannot be changed here'),
      ]),
    ),
  }),
});

/** The reply to a change. */
export const reportReply = dataReply(reportSchema);

const reloadFields = basicSection.pick({
  property_size: true,
  max_packet_size: true,
  client_max_packet_size: true,
  msq_len: true,
  qos_duration: true,
  keepalive_backoff: true,
  allow_anonymous: true,
});

/** The reply to `GET /reload`. */
export const reloadReply = dataReply(
  reloadFields.extend({
    enable_mqtt_stream: z.boolean(),
    bridge_mode: z.boolean(),
    needs_restart: paths.describe('what was changed and waits for a restart'),
  }),
);

/** Body of `POST /reload`. The two switches can only be what they are; `needs_restart` means nothing. */
export const reloadChange = z.object({
  data: basicChange
    .pick({
      property_size: true,
      max_packet_size: true,
      client_max_packet_size: true,
      msq_len: true,
      qos_duration: true,
      keepalive_backoff: true,
      allow_anonymous: true,
    })
    .extend({
      enable_mqtt_stream: z.boolean().optional(),
      bridge_mode: z.boolean().optional(),
      needs_restart: z.unknown().optional(),
    }),
});
