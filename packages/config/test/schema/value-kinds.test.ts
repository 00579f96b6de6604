import { expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../../src/schema/address.ts';
import { formatDuration, parseDuration } from '../../src/schema/duration.ts';
import { formatSize, parseSize } from '../../src/schema/size.ts';
import { bool } from '../../src/schema/value-kinds.ts';

it.each<[unknown, number | undefined]>([
  ['10ms', 10],
  ['10s', 10_000],
  ['5m', 300_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['1.5s', 1500],
  ['10 s', 10_000],
  ['10S', 10_000],
  [0, 0],
  [10, undefined],
  ['10', undefined],
  ['-1s', undefined],
  ['s', undefined],
  ['10us', undefined],
  ['1m30s', undefined],
  [true, undefined],
])('duration %j is %j ms', (found, expected) => {
  expect(parseDuration(found)).toBe(expected);
});

it.each<[unknown, number | undefined]>([
  [0, 0],
  [1000, 1000],
  ['1000', 1000],
  ['1B', 1],
  ['1k', 1024],
  ['1KB', 1024],
  ['256mb', 256 * 1024 ** 2],
  ['1G', 1024 ** 3],
  ['1.5MB', 1.5 * 1024 ** 2],
  [1.5, undefined],
  [-1, undefined],
  ['-1KB', undefined],
  ['MB', undefined],
  ['1TB', undefined],
])('size %j is %j bytes', (found, expected) => {
  expect(parseSize(found)).toBe(expected);
});

it.each<[unknown, string | undefined]>([
  ['0.0.0.0:1883', '0.0.0.0:1883'],
  ['localhost:0', 'localhost:0'],
  [1883, '0.0.0.0:1883'],
  ['1883', '0.0.0.0:1883'],
  [':1883', '0.0.0.0:1883'],
  ['[::]:1883', '[::]:1883'],
  ['[fe80::1%eth0]:1883', '[fe80::1%eth0]:1883'],
  ['::1:1883', undefined],
  ['h', undefined],
  ['h:', undefined],
  ['h:65536', undefined],
  ['h:1/mqtt', undefined],
  ['a b:1', undefined],
  [-1, undefined],
  [1.5, undefined],
])('address %j is %j', (found, expected) => {
  const address = parseAddress(found);
  expect(address && formatAddress(address)).toBe(expected);
});

it.each<[unknown, boolean | undefined]>([
  [true, true],
  ['TRUE', true],
  ['yes', true],
  [false, false],
  ['no', false],
  [1, undefined],
  ['on', undefined],
  ['', undefined],
])('true or false: %j is %j', (found, expected) => {
  expect(bool.schema.safeParse(found).data).toBe(expected);
});

it.each([
  [0, '0s'],
  [10, '10ms'],
  [90_000, '90s'],
  [86_400_000, '1d'],
])('%i ms are written %s', (ms, expected) => {
  expect(formatDuration(ms)).toBe(expected);
});

it.each([
  [0, '0'],
  [1000, '1000B'],
  [65_536, '64KB'],
  [1024 ** 3, '1GB'],
])('%i bytes are written %s', (bytes, expected) => {
  expect(formatSize(bytes)).toBe(expected);
});
