import { expect, it } from 'vitest';
import { editDistance, nearestKey } from '../src/nearest-key.ts';

it.each([
  ['', '', 0],
  ['a', '', 1],
  ['bind', 'bnid', 1],
  ['kitten', 'sitting', 3],
  ['abc', 'abc', 0],
])('the distance of "%s" and "%s" is %i', (a, b, expected) => {
  expect(editDistance(a, b)).toBe(expected);
  expect(editDistance(b, a)).toBe(expected);
});

it.each([
  ['mqtt.max_packetsize', 'mqtt.max_packet_size'],
  ['bridges.mqtt.b1.sever', 'bridges.mqtt.b1.server'],
  ['log.rotation.siz', 'log.rotation.size'],
  ['zzz', undefined],
])('the key nearest to %s is %s', (key, expected) => {
  expect(nearestKey(key.split('.'))).toBe(expected);
});
