// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of rules look so
import { describe, expect, it } from 'vitest';
import { parseTopicEntry } from '../../src/acl/topic-entry.ts';

describe('an entry of topics', () => {
  it('is taken apart into levels', () => {
    expect(parseTopicEntry('a/+/c/#')).toEqual({
      isExact: false,
      levels: [['a'], ['+'], ['c'], ['#']],
      placeholders: new Set(),
      beginsWith: null,
    });
  });

  it('keeps empty levels', () => {
    expect(parseTopicEntry('/a//')).toMatchObject({ levels: [[''], ['a'], [''], ['']] });
  });

  it('with @ is one text, in which wildcards mean nothing', () => {
    expect(parseTopicEntry('@a/#/b+')).toMatchObject({ isExact: true, levels: [['a/#/b+']] });
    expect(parseTopicEntry('@@')).toMatchObject({ isExact: true, levels: [['@']] });
  });

  it('knows its placeholders and where it begins with one', () => {
    expect(parseTopicEntry('dev-${clientid}-x/${username}')).toEqual({
      isExact: false,
      levels: [['dev-', { placeholder: 'clientid' }, '-x'], [{ placeholder: 'username' }]],
      placeholders: new Set(['clientid', 'username']),
      beginsWith: null,
    });
    expect(parseTopicEntry('${username}/#')).toMatchObject({ beginsWith: 'username' });
    expect(parseTopicEntry('$share/g/${username}/#')).toMatchObject({ beginsWith: 'username' });
    expect(parseTopicEntry('@$share/${clientid}/${username}')).toMatchObject({ beginsWith: 'username' });
    expect(parseTopicEntry('$share/${clientid}/a')).toMatchObject({ beginsWith: null });
    expect(parseTopicEntry('@${clientid}')).toMatchObject({ beginsWith: 'clientid', isExact: true });
  });

  it.each([
    ['', 'is empty'],
    ['@', 'is empty'],
    ['a\0b', 'has U+0000'],
    ['a/#/b', '# must be the whole last level'],
    ['a#', '# must be the whole last level'],
    ['#${clientid}', '# must be the whole last level'],
    ['a+/b', '+ must be a whole level'],
    ['+${username}', '+ must be a whole level'],
    ['${clientId}', 'has a placeholder other than ${clientid} and ${username}'],
    ['@${ip}', 'has a placeholder other than ${clientid} and ${username}'],
    ['a/${clientid', 'has a placeholder other than ${clientid} and ${username}'],
    ['${client/id}', 'has a placeholder other than ${clientid} and ${username}'],
    ['x'.repeat(65_536), 'is longer than 65535 bytes'],
  ])('%j is refused', (text, fault) => {
    expect(parseTopicEntry(text)).toBe(fault);
  });

  it('may be as long as a topic filter', () => {
    expect(parseTopicEntry('x'.repeat(65_535))).toMatchObject({ isExact: false });
  });
});
