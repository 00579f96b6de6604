import { naiveMatch } from '@nanomq-ts/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TopicTrie, type TrieEntry } from '../../src/topics/topic-trie.ts';
import { hasWildcard, topicFilterArbitrary, topicNameArbitrary } from './topic-arbitrary.ts';

class Entry implements TrieEntry {
  slot = -1;
  readonly filter: string;

  constructor(filter: string) {
    this.filter = filter;
  }
}

function add(trie: TopicTrie<Entry>, filter: string): Entry {
  const entry = new Entry(filter);
  trie.add(filter, hasWildcard(filter), entry);
  return entry;
}

function remove(trie: TopicTrie<Entry>, entry: Entry): void {
  trie.remove(entry.filter, hasWildcard(entry.filter), entry);
}

function matched(trie: TopicTrie<Entry>, topicName: string): Entry[] {
  const lists: (readonly Entry[])[] = [];
  trie.match(topicName, lists);
  for (const list of lists) expect(list.length).toBeGreaterThan(0);
  return lists.flat();
}

describe('TopicTrie', () => {
  it.each<[behaviour: string, filter: string, taken: string[], passedBy: string[]]>([
    ['an exact filter takes its own name alone', 'a/b', ['a/b'], ['a', 'a/b/', '/a/b', 'a/b/c', 'b/a']],
    ['letters differ by case [MQTT-4.7.3-4]', 'ACCOUNTS', ['ACCOUNTS'], ['Accounts']],
    ['a leading separator makes a name different [MQTT-4.7.3-4]', '/finance', ['/finance'], ['finance', 'finance/']],
    ['# takes the parent and every level below, section 4.7.1.2', 'a/b/#', ['a/b', 'a/b/', 'a/b/c/d'], ['a', 'a/bb']],
    ['# alone takes everything but $ [MQTT-4.7.2-1]', '#', ['a', '/', 'a/$b'], ['$SYS', '$SYS/a']],
    ['+ takes one level', 'a/+', ['a/b', 'a/'], ['a', 'a/b/c']],
    ['+ alone takes one level but no $ [MQTT-4.7.2-1]', '+', ['a'], ['/a', 'a/', '$SYS']],
    ['+/+ and /+ take /finance, section 4.7.1.3', '/+', ['/finance', '/'], ['finance', '/finance/a']],
    [
      '+ at the first level takes no $ [MQTT-4.7.2-1]',
      '+/monitor/Clients',
      ['a/monitor/Clients'],
      ['$SYS/monitor/Clients'],
    ],
    ['+/# takes no $ [MQTT-4.7.2-1]', '+/#', ['a', 'a/b/c', '/'], ['$SYS', '$SYS/a']],
    ['$SYS/# takes what begins with $SYS/', '$SYS/#', ['$SYS', '$SYS/a/b'], ['a', '$SYSTEM']],
    ['$ counts at the first level only', 'a/+', ['a/$b'], []],
    ['wildcards mix', '+/tennis/#', ['sport/tennis', 'sport/tennis/a/b'], ['sport/golf/tennis', 'tennis']],
  ])('%s', (_, filter, taken, passedBy) => {
    const trie = new TopicTrie<Entry>();
    const entry = add(trie, filter);
    for (const topicName of taken) expect([topicName, matched(trie, topicName)]).toEqual([topicName, [entry]]);
    for (const topicName of passedBy) expect([topicName, matched(trie, topicName)]).toEqual([topicName, []]);
    remove(trie, entry);
    for (const topicName of taken) expect([topicName, matched(trie, topicName)]).toEqual([topicName, []]);
  });

  it('keeps several entries of one filter apart', () => {
    for (const filter of ['a', 'a/+', 'a/#', '#', '+']) {
      const trie = new TopicTrie<Entry>();
      const topicName = filter === 'a/+' ? 'a/b' : 'a';
      const [first, second, third] = [add(trie, filter), add(trie, filter), add(trie, filter)];
      remove(trie, first);
      expect(new Set(matched(trie, topicName))).toEqual(new Set([second, third]));
      remove(trie, third);
      expect(matched(trie, topicName)).toEqual([second]);
      expect(trie.size).toBe(1);
    }
  });

  it('finds the same after the second child of a level has come and gone', () => {
    const trie = new TopicTrie<Entry>();
    const first = add(trie, 'a/+');
    const second = add(trie, 'b/+');
    expect(matched(trie, 'a/x')).toEqual([first]);
    expect(matched(trie, 'b/x')).toEqual([second]);
    remove(trie, first);
    expect(matched(trie, 'b/x')).toEqual([second]);
    remove(trie, second);
    const third = add(trie, 'c/+');
    expect(matched(trie, 'c/x')).toEqual([third]);
  });

  it('walks 65,535 levels without a stack', () => {
    const trie = new TopicTrie<Entry>();
    const slashes = '/'.repeat(65_534);
    const filters = [slashes, `${slashes}+`, `${slashes}#`, `${'+/'.repeat(65_534)}+`, `${'+/'.repeat(65_534)}#`, '#'];
    const entries = filters.map((filter) => add(trie, filter));
    expect(new Set(matched(trie, slashes))).toEqual(new Set(entries));
    expect(matched(trie, 'a')).toEqual([entries[5]]);
    for (const entry of entries) remove(trie, entry);
    expect(trie.size).toBe(0);
    expect(matched(trie, slashes)).toEqual([]);
  });

  it('finds what a naive matcher finds, whatever was added and removed before', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: topicFilterArbitrary.map((filter) => ({ add: filter, removeAt: -1 })) },
      { weight: 2, arbitrary: fc.nat().map((removeAt) => ({ add: '', removeAt })) },
    );
    const steps = fc.array(step, { maxLength: 60 });
    const names = fc.array(topicNameArbitrary, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(steps, names, (changes, topicNames) => {
        const trie = new TopicTrie<Entry>();
        const model: Entry[] = [];
        const expectSame = () => {
          expect(trie.size).toBe(model.length);
          expect(trie.filterCount).toBe(new Set(model.map(({ filter }) => filter)).size);
          for (const topicName of topicNames) {
            const found = matched(trie, topicName);
            expect(new Set(found)).toEqual(new Set(model.filter((entry) => naiveMatch(entry.filter, topicName))));
            expect(found.length).toBe(new Set(found).size);
          }
        };
        for (const change of changes) {
          if (change.removeAt < 0) model.push(add(trie, change.add));
          else if (model.length > 0) remove(trie, model.splice(change.removeAt % model.length, 1)[0] as Entry);
          expectSame();
        }
        for (const entry of model.splice(0)) remove(trie, entry);
        expectSame();
      }),
      { numRuns: 200 },
    );
  });
});
