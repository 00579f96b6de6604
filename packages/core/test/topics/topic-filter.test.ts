import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTopicFilter, topicNameFault } from '../../src/topics/topic-filter.ts';
import { topicKeyOf } from '../../src/topics/topic-key.ts';
import { hasWildcard, topicFilterArbitrary, topicNameArbitrary } from './topic-arbitrary.ts';

const LEVELS = 128;

describe('parseTopicFilter', () => {
  it.each<[behaviour: string, topicFilter: string, filter: string, shareName: string, hasWildcard: boolean]>([
    ['a filter without wildcard', 'sport/tennis/player1', 'sport/tennis/player1', '', false],
    ['# alone [MQTT-4.7.1-1]', '#', '#', '', true],
    ['# after a separator [MQTT-4.7.1-1]', 'sport/tennis/#', 'sport/tennis/#', '', true],
    ['# after an empty level [MQTT-4.7.1-1]', '/#', '/#', '', true],
    ['+ alone [MQTT-4.7.1-2]', '+', '+', '', true],
    ['+ at the first level [MQTT-4.7.1-2]', '+/tennis', '+/tennis', '', true],
    ['+ at the last level [MQTT-4.7.1-2]', 'sport/+', 'sport/+', '', true],
    ['+ in the middle [MQTT-4.7.1-2]', 'sport/+/player1', 'sport/+/player1', '', true],
    ['+ with # [MQTT-4.7.1-2]', '+/tennis/#', '+/tennis/#', '', true],
    ['+ at every level [MQTT-4.7.1-2]', '+/+/+', '+/+/+', '', true],
    ['a separator alone: two empty levels', '/', '/', '', false],
    ['empty levels stay [MQTT-4.7.3-4]', '//a//', '//a//', '', false],
    ['blanks and case stay [MQTT-4.7.3-4]', ' Accounts payable ', ' Accounts payable ', '', false],
    ['one character [MQTT-4.7.3-1]', 'a', 'a', '', false],
    ['a system filter', '$SYS/#', '$SYS/#', '', true],
    ['a shared filter [MQTT-4.8.2-1]', '$share/consumer1/sport/tennis/+', 'sport/tennis/+', 'consumer1', true],
    ['a shared filter without wildcard [MQTT-4.8.2-1]', '$share/g/a', 'a', 'g', false],
    [
      'a shared filter that begins with a separator [MQTT-4.8.2-2]',
      '$share/consumer1//finance',
      '/finance',
      'consumer1',
      false,
    ],
    ['a shared # [MQTT-4.8.2-2]', '$share/g/#', '#', 'g', true],
    ['a share name of one character with $ [MQTT-4.8.2-1]', '$share/$/a', 'a', '$', false],
    ['$shared is no shared filter [MQTT-4.8.2-1]', '$shared/g/a', '$shared/g/a', '', false],
    ['$SHARE is no shared filter [MQTT-4.7.3-4]', '$SHARE/g/a', '$SHARE/g/a', '', false],
    ['$share at a later level is a level like others', 'a/$share/g', 'a/$share/g', '', false],
  ])('takes %s', (_, topicFilter, filter, shareName, hasWildcard) => {
    expect(parseTopicFilter(topicFilter, LEVELS)).toEqual({ filter, shareName, hasWildcard });
  });

  it.each<[behaviour: string, topicFilter: string, fault: string]>([
    ['an empty filter [MQTT-4.7.3-1]', '', 'filter is empty'],
    ['# beside other characters [MQTT-4.7.1-1]', 'sport/tennis#', '# must be the whole last level'],
    ['# before the last level [MQTT-4.7.1-1]', 'sport/tennis/#/ranking', '# must be the whole last level'],
    ['# before other characters [MQTT-4.7.1-1]', 'sport/#tennis', '# must be the whole last level'],
    ['# with a separator after it [MQTT-4.7.1-1]', '#/', '# must be the whole last level'],
    ['# twice [MQTT-4.7.1-1]', '##', '# must be the whole last level'],
    ['# after + in one level [MQTT-4.7.1-1] [MQTT-4.7.1-2]', '+#', '+ must be a whole level'],
    ['+ after other characters [MQTT-4.7.1-2]', 'sport+', '+ must be a whole level'],
    ['+ before other characters [MQTT-4.7.1-2]', 'sport/+tennis', '+ must be a whole level'],
    ['+ twice in one level [MQTT-4.7.1-2]', '++', '+ must be a whole level'],
    ['$share alone [MQTT-4.8.2-1]', '$share', 'shared subscription has no filter'],
    ['$share with nothing after it [MQTT-4.8.2-1]', '$share/', 'shared subscription has no filter'],
    ['a share name without filter [MQTT-4.8.2-2]', '$share/g', 'shared subscription has no filter'],
    ['a share name with an empty filter [MQTT-4.8.2-2]', '$share/g/', 'filter is empty'],
    ['an empty share name [MQTT-4.8.2-1]', '$share//a', 'share name is not valid'],
    ['a share name with + [MQTT-4.8.2-2]', '$share/a+b/a', 'share name is not valid'],
    ['a share name that is + [MQTT-4.8.2-2]', '$share/+/a', 'share name is not valid'],
    ['a share name with # [MQTT-4.8.2-2]', '$share/#/a', 'share name is not valid'],
    ['a shared filter that is not valid [MQTT-4.7.1-1]', '$share/g/a#', '# must be the whole last level'],
  ])('refuses %s', (_, topicFilter, fault) => {
    expect(parseTopicFilter(topicFilter, LEVELS)).toBe(fault);
  });

  it.each<[behaviour: string, topicFilter: string, isTaken: boolean]>([
    ['as many levels as allowed', 'a/b/c', true],
    ['one level more', 'a/b/c/d', false],
    ['one empty level more', 'a/b/c/', false],
    ['one level more through a wildcard', 'a/b/c/#', false],
    ['as many levels beside the share name', '$share/g/a/b/c', true],
    ['one level more beside the share name', '$share/g/a/b/c/d', false],
  ])('counts levels: %s', (_, topicFilter, isTaken) => {
    expect(typeof parseTopicFilter(topicFilter, 3)).toBe(isTaken ? 'object' : 'string');
  });

  it('takes every valid filter, shared or not, as text and as key alike', () => {
    const shareName = fc.constantFrom('', 'g', 'a name', 'é');
    fc.assert(
      fc.property(topicFilterArbitrary, shareName, (filter, name) => {
        fc.pre(!filter.startsWith('$share'));
        const shared = name === '' ? filter : `$share/${name}/${filter}`;
        const parsed = { filter, shareName: name, hasWildcard: hasWildcard(filter) };
        expect(parseTopicFilter(shared, LEVELS)).toEqual(parsed);
        expect(parseTopicFilter(topicKeyOf(shared), LEVELS)).toEqual({ ...parsed, shareName: topicKeyOf(name) });
      }),
    );
  });

  it('refuses exactly what breaks the rules on wildcards [MQTT-4.7.1-1] [MQTT-4.7.1-2]', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '/', '+', '#'), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(text, (filter) => {
        const levels = filter.split('/');
        const isValid = levels.every((level, i) => {
          if (level.includes('#')) return level === '#' && i === levels.length - 1;
          return !level.includes('+') || level === '+';
        });
        expect(typeof parseTopicFilter(filter, LEVELS) === 'object').toBe(isValid);
      }),
      { numRuns: 500 },
    );
  });
});

describe('topicNameFault', () => {
  it.each<[behaviour: string, topicName: string, fault: string]>([
    ['takes a name', 'sport/tennis', ''],
    ['takes a separator alone', '/', ''],
    ['takes a system name', '$SYS/a', ''],
    ['takes as many levels as allowed', 'a/b/c/d', ''],
    ['refuses an empty name [MQTT-4.7.3-1]', '', 'topic name is empty'],
    ['refuses + [MQTT-3.3.2-2] [MQTT-4.7.0-1]', 'sport/+', 'topic name has a wildcard'],
    ['refuses + inside a level [MQTT-3.3.2-2] [MQTT-4.7.0-1]', 'a+b', 'topic name has a wildcard'],
    ['refuses # [MQTT-3.3.2-2] [MQTT-4.7.0-1]', 'sport/#', 'topic name has a wildcard'],
    ['refuses # inside a level [MQTT-3.3.2-2] [MQTT-4.7.0-1]', 'a#', 'topic name has a wildcard'],
    ['refuses U+0000 [MQTT-4.7.3-2]', 'a\u0000b', 'topic name has U+0000'],
    ['refuses one level more than allowed', 'a/b/c/d/', 'more than 4 levels'],
  ])('%s', (_, topicName, fault) => {
    expect(topicNameFault(topicName, 4)).toBe(fault);
  });

  it('takes every valid name, as text and as key alike', () => {
    fc.assert(
      fc.property(topicNameArbitrary, (topicName) => {
        expect(topicNameFault(topicName, LEVELS)).toBe('');
        expect(topicNameFault(topicKeyOf(`${topicName}é`), LEVELS)).toBe('');
      }),
    );
  });
});
