import { z } from 'zod';
import { address } from './address.ts';
import { known, required, used } from './setting.ts';
import { bool } from './value-kinds.ts';

/** A further TCP listener: `bind` is required there. */
const namedTcp = z.object({
  bind: required(address, { meaning: 'address and port of a further TCP listener' }),
  enable: used(bool, { default: true, meaning: 'whether it listens' }),
});

const tcp = z
  .object({
    bind: used(address, {
      default: '0.0.0.0:1883',
      env: 'BROKER_URL',
      meaning:
        'address and port for MQTT over TCP, IPv6 in brackets and quotes: `"[::]:1883"`. Not opened when `listeners` has no `tcp`, or when `tcp` has only named listeners',
      differs: 'NanoMQ opens 1883 beside named listeners even when this key is not set',
    }),
    enable: used(bool, {
      default: true,
      env: 'TCP_ENABLE',
      meaning: 'whether it listens',
      differs: 'NanoMQ reads it without effect',
    }),
  })
  .catchall(namedTcp);

const tls = {
  bind: known('address', 'address and port for MQTT over TLS', { env: 'TLS_URL' }),
  enable: known('true or false', 'whether it listens', { default: 'true', env: 'TLS_ENABLE' }),
  keyfile: known('path', 'private key (PEM)', { env: 'TLS_KEY_PATH' }),
  certfile: known('path', 'certificate (PEM)', { env: 'TLS_CERT_PATH' }),
  cacertfile: known('path', 'certificates of the authorities (PEM)', { env: 'TLS_CA_CERT_PATH' }),
  key_password: known('text', 'password of the private key', { env: 'TLS_KEY_PASSWORD', secret: true }),
  verify_peer: known('true or false', 'ask the client for a certificate', { default: 'false', env: 'TLS_VERIFY_PEER' }),
  fail_if_no_peer_cert: known('true or false', 'refuse clients without certificate', {
    default: 'false',
    env: 'TLS_FAIL_IF_NO_PEER_CERT',
  }),
};

const ws = {
  bind: known('address/path', 'MQTT over WebSocket', { default: '0.0.0.0:8083/mqtt', env: 'WEBSOCKET_URL' }),
  enable: known('true or false', 'whether it listens', { env: 'WEBSOCKET_ENABLE' }),
};

const wss = {
  ...tls,
  bind: known('address/path', 'MQTT over secure WebSocket', { default: '0.0.0.0:8086/mqtt', env: 'WEBSOCKET_TLS_URL' }),
  enable: known('true or false', 'whether it listens', { env: 'WEBSOCKET_TLS_ENABLE' }),
};

/** `listeners`: present without `tcp` it opens no TCP listener, as in NanoMQ. */
export const listenersSection = z
  .object({
    tcp: tcp.optional(),
    ssl: z.object(tls).catchall(z.object(tls)).optional(),
    ws: z.object(ws).catchall(z.object(ws)).optional(),
    wss: z.object(wss).catchall(z.object(wss)).optional(),
  })
  .optional();
