import { naiveMatch } from '@nanomq-ts/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RetainedTree } from '../../src/retained/retained-tree.ts';
import { hasWildcard, topicFilterArbitrary, topicNameArbitrary } from '../topics/topic-arbitrary.ts';

function treeOf(...topicNames: string[]): RetainedTree<string> {
  const tree = new RetainedTree<string>();
  for (const topicName of topicNames) tree.set(topicName, `value of ${topicName}`);
  return tree;
}

function matched(tree: RetainedTree<string>, filter: string): string[] {
  const names: string[] = [];
  tree.match(filter, hasWildcard(filter), (topicName, value) => {
    expect(value).toBe(`value of ${topicName}`);
    names.push(topicName);
  });
  return names.sort();
}

/** As `matched`, one level at a time. */
function walked(tree: RetainedTree<string>, filter: string): string[] {
  const names: string[] = [];
  const walk = tree.walk(filter, hasWildcard(filter));
  while (walk.advance(1, (topicName, value) => names.push(value === undefined ? `${topicName}?` : topicName)));
  return names.sort();
}

describe('RetainedTree', () => {
  it('keeps one value per topic name and gives back the former one [MQTT-3.3.1-5]', () => {
    const tree = new RetainedTree<number>();
    expect(tree.set('a/b', 1)).toBeUndefined();
    expect(tree.set('a/b', 2)).toBe(1);
    expect(tree.get('a/b')).toBe(2);
    expect(tree.size).toBe(1);
    expect(tree.delete('a/b')).toBe(2);
    expect(tree.delete('a/b')).toBeUndefined();
    expect(tree.get('a/b')).toBeUndefined();
    expect(tree.size).toBe(0);
  });

  it('tells nothing of a level that is only on the way', () => {
    const tree = treeOf('a/b/c');
    expect(tree.get('a/b')).toBeUndefined();
    expect(tree.delete('a/b')).toBeUndefined();
    expect(matched(tree, 'a/b')).toEqual([]);
    expect(matched(tree, 'a/b/c')).toEqual(['a/b/c']);
  });

  it('lists its entries in the order the names came', () => {
    const tree = new RetainedTree<number>();
    tree.set('b', 1);
    tree.set('a', 2);
    tree.set('b', 3);
    expect([...tree.entries()]).toEqual([
      ['b', 3],
      ['a', 2],
    ]);
  });

  const names = ['a', 'a/b', 'a/b/c', 'a/', '/a', '/', 'b/b', 'A/b', '$SYS/a', '$SYS', 'a/$SYS', 'sport/tennis'];
  it.each<[behaviour: string, filter: string, found: string[]]>([
    ['a filter without wildcard finds its name alone [MQTT-4.7.3-4]', 'a/b', ['a/b']],
    ['# finds all but system topics [MQTT-4.7.2-1]', '#', names.filter((name) => !name.startsWith('$'))],
    ['+ finds one level but no system topic [MQTT-4.7.2-1]', '+', ['a']],
    ['a first + spares system topics below it [MQTT-4.7.2-1]', '+/a', ['/a']],
    ['$SYS/# finds system topics and their parent', '$SYS/#', ['$SYS', '$SYS/a']],
    ['$SYS/+ finds system topics', '$SYS/+', ['$SYS/a']],
    ['$ counts at the first level only', 'a/+', ['a/', 'a/$SYS', 'a/b']],
    ['a/# finds a itself, section 4.7.1.2', 'a/#', ['a', 'a/', 'a/$SYS', 'a/b', 'a/b/c']],
    ['a/+/# does not find a', 'a/+/#', ['a/', 'a/$SYS', 'a/b', 'a/b/c']],
    ['+ takes an empty level', '+/+', ['/', '/a', 'A/b', 'a/', 'a/$SYS', 'a/b', 'b/b', 'sport/tennis']],
    ['an empty first level is a level', '/+', ['/', '/a']],
    ['+ in the middle takes one level', 'a/+/c', ['a/b/c']],
    ['nothing is found below a leaf', 'sport/tennis/+', []],
  ])('%s', (_, filter, found) => {
    expect(matched(treeOf(...names), filter)).toEqual([...found].sort());
  });

  it('lets a visit delete what it visits, and the rest is still visited', () => {
    const tree = treeOf('a', 'a/b', 'a/c', 'b', 'b/c/d');
    const visited: string[] = [];
    tree.match('#', true, (topicName) => {
      visited.push(topicName);
      tree.delete(topicName);
    });
    expect(visited.sort()).toEqual(['a', 'a/b', 'a/c', 'b', 'b/c/d']);
    expect(tree.size).toBe(0);
    expect(matched(tree, '#')).toEqual([]);
  });

  it('can be walked in pieces while names come and go', () => {
    const tree = treeOf('a', 'a/b', 'a/c', 'a/d', 'b');
    const walk = tree.walk('#', true);
    const visited: string[] = [];
    const visit = (topicName: string) => visited.push(topicName);
    expect(walk.advance(2, visit)).toBe(true);
    for (const topicName of visited) {
      tree.delete(topicName);
      tree.set(topicName, 'again');
    }
    const gone = ['a/b', 'a/c', 'a/d'].filter((topicName) => !visited.includes(topicName))[0] as string;
    tree.delete(gone);
    while (walk.advance(1, visit));
    expect(new Set(visited).size).toBe(visited.length);
    expect(visited).not.toContain(gone);
    expect(visited).toContain('b');
  });

  it('leaves out of a walk what comes after it began, and visits no name twice that goes and comes again', () => {
    const tree = treeOf('a/1', 'a/2', 'a/3', 'b');
    const walk = tree.walk('#', true);
    const visited: string[] = [];
    const visit = (topicName: string) => {
      visited.push(topicName);
      tree.delete(topicName);
      for (const again of [topicName, `${topicName}/new`, `new/${topicName}`]) tree.set(again, 'again');
    };
    while (walk.advance(1, visit));
    expect(visited.sort()).toEqual(['a/1', 'a/2', 'a/3', 'b']);
  });

  it('lets a visit match again', () => {
    const tree = treeOf('a/b', 'a/c');
    let inner = 0;
    tree.match('a/+', true, () => tree.match('#', true, () => inner++));
    expect(inner).toBe(4);
  });

  it('walks 65,535 levels without a stack', () => {
    const deep = '/'.repeat(65_534);
    const tree = treeOf(deep, `${deep}a`);
    expect(matched(tree, '#')).toEqual([deep, `${deep}a`]);
    expect(matched(tree, `${'+/'.repeat(65_534)}+`)).toEqual([deep, `${deep}a`]);
    tree.delete(deep);
    tree.delete(`${deep}a`);
    expect(matched(tree, '#')).toEqual([]);
  });

  it('finds what a naive matcher finds, whatever was set and deleted before', () => {
    const change = fc.record({ topicName: topicNameArbitrary, isSet: fc.boolean() });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), fc.array(topicFilterArbitrary), (changes, filters) => {
        const tree = new RetainedTree<string>();
        const model = new Map<string, string>();
        for (const { topicName, isSet } of changes) {
          const value = `value of ${topicName}`;
          const former = isSet ? tree.set(topicName, value) : tree.delete(topicName);
          expect(former).toBe(model.get(topicName));
          if (isSet) model.set(topicName, value);
          else model.delete(topicName);
          expect(tree.get(topicName)).toBe(model.get(topicName));
        }
        expect(tree.size).toBe(model.size);
        expect(new Map(tree.entries())).toEqual(model);
        for (const filter of filters) {
          expect(matched(tree, filter)).toEqual([...model.keys()].filter((name) => naiveMatch(filter, name)).sort());
          expect(walked(tree, filter)).toEqual(matched(tree, filter));
        }
        for (const topicName of model.keys()) tree.delete(topicName);
        expect(matched(tree, '#')).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
