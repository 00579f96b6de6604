import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { attacker, frame, text, victim } from './victim.ts';

/** As many levels as a string can have. */
const DEEPEST = '/'.repeat(65_535);
const WILD = `${'+/'.repeat(32_767)}#`;

describe.each([
  ['with the default limit of 128 levels', 128],
  ['where all levels are allowed', 65_536],
] as const)('65,535 levels %s', (_, maxTopicLevels) => {
  const options = { maxTopicLevels, maxPacketBytes: 1024 * 1024, maxConnectPacketBytes: 1024 * 1024 };
  const isAllowed = maxTopicLevels > 65_535;

  it('CVE-2019-11779 CVE-2026-95844: in filters and topic names overflow no stack', async () => {
    const at = await victim(options);
    for (const topicFilter of [DEEPEST, WILD, `$share/g/${DEEPEST.slice(9)}`]) {
      const client = await attacker(at, 5);
      client.link.send(frame(0x82, [0, 1, 0], text(topicFilter), [0]));
      at.harness.clock.runTurn();
      expect(((client.takeNow('suback')?.granted[0] as number | undefined) ?? 0x8f) < 0x80).toBe(isAllowed);
      for (const topicName of [DEEPEST, `${'a/'.repeat(32_767)}b`]) {
        const other = await at.harness.client(4);
        other.link.send(frame(0x31, text(topicName), Buffer.from('x')));
        at.harness.clock.runTurn();
        other.destroy();
      }
      await at.expectUnharmed();
      if (isAllowed && !topicFilter.startsWith('$share')) expect(client.takeNow('publish')).toBeDefined();
      client.destroy();
    }
    if (isAllowed) {
      // Both were retained: replay walks the retained tree as deep, and a session's end takes the filters out again.
      const reader = await at.harness.client(5);
      reader.link.send(frame(0x82, [0, 1, 0], text(WILD), [0]));
      at.harness.clock.runTurn();
      expect(reader.takeNow('publish')).toBeDefined();
      expect(at.harness.shard.retained.size).toBe(2);
    }
  });

  it('CVE-2019-11779: in the topic of a will', async () => {
    const at = await victim(options);
    const { client } = at.harness.open(4);
    client.link.send(frame(0x10, text('MQTT'), [4, 6, 0, 0], text('attacker'), text(DEEPEST), text('bye')));
    at.harness.clock.runTurn();
    expect(client.takeNow('connack')?.returnCode === 0).toBe(isAllowed);
    client.destroy();
    await at.expectUnharmed();
  });
});

describe('user properties', () => {
  const COUNT = 60_000;
  const many = (last: Buffer) => {
    const properties = Buffer.concat([Buffer.alloc(COUNT * 7), last]);
    for (let i = 0; i < COUNT; i++) properties.set([0x26, 0, 1, 0x6b, 0, 1, 0x76], i * 7);
    return properties;
  };
  const withLength = (properties: Buffer) => frame(0, properties).subarray(1);

  it('CVE-2021-41039: 60,000 of them are refused at the first too many, the rest is not even looked at', async () => {
    // The last one is malformed: who had read that far would say so.
    const properties = withLength(many(Buffer.from([0xff])));
    const at = await victim();
    const client = await attacker(at, 5);
    client.link.send(frame(0x30, text('t'), properties));
    expect((await client.next('disconnect')).reasonCode).toBe(0x97);
    await client.expectClosed();
    expect(at.harness.shard.counters.failedByCode.get('TOO_MANY_USER_PROPERTIES')).toBe(1);
    await at.expectUnharmed();
  });

  it('CVE-2021-41039: in CONNECT they are above what a packet may have before it is accepted', async () => {
    const at = await victim();
    const { client } = at.harness.open(5);
    client.link.send(frame(0x10, text('MQTT'), [5, 2, 0, 0], withLength(many(Buffer.alloc(0))), text('a')));
    await client.expectClosed();
    expect(at.harness.shard.counters.failedByCode.get('PACKET_TOO_LARGE')).toBe(1);
    await at.expectUnharmed();
  });
});

it('GHSA-wqg7-vrj7-v82h: no regular expression is made from a variable, so none from what a client sends', () => {
  const packages = new URL('../../../', import.meta.url).pathname;
  const made: string[] = [];
  for (const name of ['codec', 'core', 'listeners', 'auth']) {
    const folder = join(packages, name, 'src');
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      if (/\bRegExp\(/.test(readFileSync(join(folder, file), 'utf8'))) made.push(`${name}/src/${file}`);
    }
  }
  expect(made).toEqual([]);
});
