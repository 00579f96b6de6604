import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_ALIAS, TopicAliasesOut } from '../../src/topics/topic-aliases-out.ts';

const alone = (alias: number) => alias * 2;
const withTopic = (alias: number) => alias * 2 + 1;

describe('TopicAliasesOut', () => {
  it('gives no alias to a client that takes none [MQTT-3.1.2-27]', () => {
    const aliases = new TopicAliasesOut(0);
    expect(aliases.aliasFor('a')).toBe(NO_ALIAS);
    expect(aliases.aliasFor('a')).toBe(NO_ALIAS);
  });

  it('sends the topic name along the first time only, aliases in the order topics come [MQTT-3.3.2-8]', () => {
    const aliases = new TopicAliasesOut(10);
    expect(['a', 'b', 'a', 'b', 'c'].map((topic) => aliases.aliasFor(topic))).toEqual([
      withTopic(1),
      withTopic(2),
      alone(1),
      alone(2),
      withTopic(3),
    ]);
  });

  it('gives no alias to a name of more than 1,024 bytes, which it would have to keep', () => {
    const aliases = new TopicAliasesOut(10);
    const names = ['x'.repeat(1025), 'x'.repeat(1024), 'x'.repeat(1025), 'x'.repeat(1024)];
    expect(names.map((name) => aliases.aliasFor(name))).toEqual([NO_ALIAS, withTopic(1), NO_ALIAS, alone(1)]);
  });

  it('keeps to one alias when the client takes one [MQTT-3.3.2-11]', () => {
    const aliases = new TopicAliasesOut(1);
    expect(['a', 'a', 'b', 'b', 'a'].map((topic) => aliases.aliasFor(topic))).toEqual([
      withTopic(1),
      alone(1),
      withTopic(1),
      alone(1),
      withTopic(1),
    ]);
  });

  it('takes over the alias that was not used lately', () => {
    const aliases = new TopicAliasesOut(3);
    for (const topic of ['a', 'b', 'c', 'a', 'c']) aliases.aliasFor(topic);
    expect(aliases.aliasFor('d')).toBe(withTopic(2)); // b was the only one not used again
    expect(aliases.aliasFor('a')).toBe(alone(1));
    expect(aliases.aliasFor('c')).toBe(alone(3));
    expect(aliases.aliasFor('d')).toBe(alone(2));
  });

  it('finds one to take over when all were used lately', () => {
    const aliases = new TopicAliasesOut(2);
    for (const topic of ['a', 'b', 'a', 'b']) aliases.aliasFor(topic);
    expect(aliases.aliasFor('c')).toBe(withTopic(1));
    expect(aliases.aliasFor('b')).toBe(alone(2));
  });

  it('never misleads the client, and keeps within its maximum [MQTT-3.1.2-26] [MQTT-3.3.2-11]', () => {
    const topics = fc.array(fc.constantFrom(...'abcdefgh'), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), topics, (maximum, sent) => {
        const aliases = new TopicAliasesOut(maximum);
        const client = new Map<number, string>();
        for (const topic of sent) {
          const answer = aliases.aliasFor(topic);
          const alias = answer >> 1;
          expect(alias).toBeGreaterThanOrEqual(1);
          expect(alias).toBeLessThanOrEqual(maximum);
          if ((answer & 1) === 1) client.set(alias, topic);
          else expect(client.get(alias)).toBe(topic);
        }
      }),
    );
  });
});
