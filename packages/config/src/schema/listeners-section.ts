import { z } from 'zod';
import { bindAddress } from './address.ts';
import { checked, required, used } from './setting.ts';
import { bool, text } from './value-kinds.ts';
import { webSocketAddress } from './web-socket-address.ts';

const address = bindAddress('nmq-tcp');

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

const WHEN_PRESENT = 'true when the section stands in the file';

function certificateKeys(names: { readonly [key in CertificateKey]?: string }) {
  const env = (key: CertificateKey) => (names[key] === undefined ? {} : { env: names[key] });
  return {
    keyfile: checked(text, 'private key (PEM)', env('keyfile')),
    certfile: checked(text, 'certificate (PEM)', env('certfile')),
    cacertfile: checked(text, 'certificates of the authorities (PEM)', env('cacertfile')),
    key_password: checked(text, 'password of the private key', { ...env('key_password'), secret: true }),
    verify_peer: checked(bool, 'ask the client for a certificate', { default: false, ...env('verify_peer') }),
    fail_if_no_peer_cert: checked(bool, 'refuse clients without certificate', {
      default: false,
      ...env('fail_if_no_peer_cert'),
    }),
  };
}

type CertificateKey = 'keyfile' | 'certfile' | 'cacertfile' | 'key_password' | 'verify_peer' | 'fail_if_no_peer_cert';

const tlsAddress = bindAddress('tls+nmq-tcp');

const tls = z
  .object({
    bind: checked(tlsAddress, 'address and port for MQTT over TLS', { env: 'TLS_URL' }),
    enable: checked(bool, 'whether it listens', { absent: WHEN_PRESENT, env: 'TLS_ENABLE' }),
    ...certificateKeys({
      keyfile: 'TLS_KEY_PATH',
      certfile: 'TLS_CERT_PATH',
      cacertfile: 'TLS_CA_CERT_PATH',
      key_password: 'TLS_KEY_PASSWORD',
      verify_peer: 'TLS_VERIFY_PEER',
      fail_if_no_peer_cert: 'TLS_FAIL_IF_NO_PEER_CERT',
    }),
  })
  .catchall(
    z.object({
      bind: checked(tlsAddress, 'address and port for MQTT over TLS'),
      enable: checked(bool, 'whether it listens', { default: true }),
      ...certificateKeys({}),
    }),
  );

const wsAddress = webSocketAddress('nmq-ws');

const ws = z
  .object({
    bind: checked(wsAddress, 'MQTT over WebSocket', { default: '0.0.0.0:8083/mqtt', env: 'WEBSOCKET_URL' }),
    enable: checked(bool, 'whether it listens', { absent: WHEN_PRESENT, env: 'WEBSOCKET_ENABLE' }),
  })
  .catchall(
    z.object({
      bind: checked(wsAddress, 'MQTT over WebSocket'),
      enable: checked(bool, 'whether it listens', { default: true }),
    }),
  );

const wssAddress = webSocketAddress('nmq-wss');

const wss = z
  .object({
    bind: checked(wssAddress, 'MQTT over secure WebSocket', {
      default: '0.0.0.0:8086/mqtt',
      env: 'WEBSOCKET_TLS_URL',
    }),
    enable: checked(bool, 'whether it listens', { absent: WHEN_PRESENT, env: 'WEBSOCKET_TLS_ENABLE' }),
    ...certificateKeys({}),
  })
  .catchall(
    z.object({
      bind: checked(wssAddress, 'MQTT over secure WebSocket'),
      enable: checked(bool, 'whether it listens', { default: true }),
      ...certificateKeys({}),
    }),
  );

/** `listeners`: present without `tcp` it opens no TCP listener, as in NanoMQ. */
export const listenersSection = z
  .object({ tcp: tcp.optional(), ssl: tls.optional(), ws: ws.optional(), wss: wss.optional() })
  .optional();
