import type { SettingTree } from '../ports/config-port.ts';
import { plain, presence, type SettingField } from '../v1/setting-field.ts';
import { settingFields } from '../v1/setting-fields.ts';
import { limitFields } from './limit-fields.ts';

const BYTES_PER_KIB = 1024;
/** From here on a keepalive backoff is in thousandths, as the manual's example has it: 1250. */
const THOUSANDTHS_FROM = 1000;

/** `mqtt.max_packet_size`: KiB in v4, bytes in the configuration. */
const maxPacketSize: SettingField = {
  ...plain('max_packet_size', 'mqtt.max_packet_size', null),
  show: (value) => (typeof value === 'number' ? value / BYTES_PER_KIB : 0),
  read: (value) => (typeof value === 'number' ? Math.round(value * BYTES_PER_KIB) : undefined),
};

const keepaliveBackoff: SettingField = {
  ...plain('keepalive_backoff', 'mqtt.keepalive_multiplier', 1.5),
  read: (value) => (typeof value === 'number' && value >= THOUSANDTHS_FROM ? value / 1000 : (value ?? undefined)),
};

/** Keys which v4 has beside those of v1; here too the name is the section and the key. */
const OWN_FIELDS: readonly SettingField[] = [
  within('basic', maxPacketSize),
  // NanoMQ has no key of its own for it in the file: both are one setting.
  { ...maxPacketSize, name: ['basic', 'client_max_packet_size'] },
  within('basic', keepaliveBackoff),
  plain('basic.ipc_internal', 'system.enable_ipc_internal', true),
  presence('websocket.tls_enable', 'listeners.wss', () => true),
];

/**
 * The settings of the sections `basic`, `tls`, `websocket`, `http_server` and `limits`: those of v1, and v4's own.
 * @param host  address the HTTP API listens on when the configuration names none
 */
export function sectionFields(settings: SettingTree, host: string): readonly SettingField[] {
  const known = settingFields(settings).filter(({ name }) => name[0] !== 'bridge');
  return [
    ...known.map((field) => (field.name.length === 1 ? within('basic', field) : field)),
    ...OWN_FIELDS,
    plain('http_server.addr', 'http_server.ip_addr', host),
    ...limitFields(settings),
  ];
}

/** Keys of section `basic` that `/reload` shows and sets. */
const RELOADED = [
  'property_size',
  'max_packet_size',
  'client_max_packet_size',
  'msq_len',
  'qos_duration',
  'keepalive_backoff',
  'allow_anonymous',
];

/** The settings of `/reload`, in no section. */
export function reloadFields(settings: SettingTree): readonly SettingField[] {
  return sectionFields(settings, '')
    .filter(({ name: [section, key = ''] }) => section === 'basic' && RELOADED.includes(key))
    .map((field) => ({ ...field, name: field.name.slice(1) }));
}

function within(section: string, field: SettingField): SettingField {
  return { ...field, name: [section, ...field.name] };
}
