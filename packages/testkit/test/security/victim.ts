import type { ShardOptions, ShardParts } from '@nanomq-ts/core';
import { expect } from 'vitest';
import { type RawClient, ShardHarness } from '../../src/index.ts';

/** A shard under attack and an honest pair that must not notice. */
export interface Victim {
  readonly harness: ShardHarness;
  /** Proves that the honest subscriber still gets what the honest publisher sends, and that nothing of ours failed. */
  expectUnharmed(): Promise<void>;
}

/** Opens a shard with an honest publisher and an honest subscriber of `honest`. */
export async function victim(options: Partial<ShardOptions> = {}, parts: Partial<ShardParts> = {}): Promise<Victim> {
  const harness = new ShardHarness(options, parts);
  const subscriber = await harness.client(5, { clientId: 'honest subscriber' });
  const publisher = await harness.client(4, { clientId: 'honest publisher' });
  await subscriber.subscribe('honest', 1);
  let sent = 0;
  return {
    harness,
    async expectUnharmed() {
      publisher.publish('honest', `${++sent}`, { qos: 1 });
      expect((await subscriber.next('publish')).payload.toString()).toBe(`${sent}`);
      await publisher.next('puback');
      expect(harness.logged.filter(({ level }) => level === 'error')).toEqual([]);
    },
  };
}

/** An attacker, connected. */
export async function attacker({ harness }: Victim, version: 3 | 4 | 5): Promise<RawClient> {
  return harness.client(version, { clientId: 'attacker' });
}

/** @param length  of a string, two bytes big endian in front of it */
export function text(value: string | Buffer, length?: number): Buffer {
  const bytes = Buffer.from(value as string);
  const size = length ?? bytes.length;
  return Buffer.concat([Buffer.from([size >> 8, size & 0xff]), bytes]);
}

/** A frame whose remaining length fits. */
export function frame(firstByte: number, ...parts: readonly (Buffer | readonly number[])[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (Buffer.isBuffer(part) ? part : Buffer.from(part))));
  const length: number[] = [];
  let left = body.length;
  do {
    length.push((left % 128) | (left > 127 ? 0x80 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Buffer.concat([Buffer.from([firstByte, ...length]), body]);
}

/** CONNECT of MQTT 3.1.1 or 5.0, clean, without keep alive. */
export function connectFrame(version: 4 | 5, clientId = 'attacker'): Buffer {
  return frame(0x10, text('MQTT'), [version, 2, 0, 0], version === 5 ? [0] : [], text(clientId));
}
