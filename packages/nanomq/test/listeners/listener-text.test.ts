import { describe, expect, it } from 'vitest';
import { addressText, listenerText } from '../../src/listeners/listener-text.ts';

describe('addressText', () => {
  it.each([
    ['0.0.0.0', 1883, '0.0.0.0:1883'],
    ['::', 1883, '[::]:1883'],
    ['localhost', 0, 'localhost:0'],
  ])('%s and %s', (host, port, expected) => {
    expect(addressText(host, port)).toBe(expected);
  });
});

describe('listenerText', () => {
  it.each([
    ['tcp', '0.0.0.0', 1883, 'MQTT on 0.0.0.0:1883'],
    ['tls', '::1', 8883, 'MQTT over TLS on [::1]:8883'],
    ['ws', '0.0.0.0', 8083, 'MQTT over WebSocket on 0.0.0.0:8083'],
    ['wss', '0.0.0.0', 8086, 'MQTT over WebSocket and TLS on 0.0.0.0:8086'],
    ['unix', '/run/m.sock', 0, 'MQTT on /run/m.sock'],
  ] as const)('%s', (kind, host, port, expected) => {
    expect(listenerText({ name: 'x', kind, host, port })).toBe(expected);
  });
});
