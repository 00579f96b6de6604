// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are HOCON, whose substitutions look so
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config-error.ts';
import { editConfigText, type TextChange } from '../../src/edit/edit-config-text.ts';
import type { EffectiveValue } from '../../src/effective-tree.ts';

const NOWHERE = { cwd: '/nonexistent', env: {} };
const change = (key: string, value: EffectiveValue | undefined): TextChange => ({ path: key.split('.'), value });
const edit = (text: string, key: string, value: EffectiveValue | undefined) =>
  editConfigText(text, [change(key, value)], NOWHERE);

describe('a key that stands there', () => {
  it.each<[string, string, string, EffectiveValue, string]>([
    ['dotted, comment kept', '# a\nmqtt.x = 1 # b\nc = 2', 'mqtt.x', 5, '# a\nmqtt.x = 5 # b\nc = 2'],
    ['in a section', 'mqtt {\n  x : 1, y = 2\n}', 'mqtt.x', 5, 'mqtt {\n  x : 5, y = 2\n}'],
    [
      'in nested sections',
      'log { rotation { size = 1MB } }',
      'log.rotation.size',
      2048,
      'log { rotation { size = 2KB } }',
    ],
    ['half dotted', 'log.rotation { count = 1 }', 'log.rotation.count', 2, 'log.rotation { count = 2 }'],
    ['in another case', 'MQTT.Max_Mqueue_Len = 1', 'mqtt.max_mqueue_len', 2, 'MQTT.Max_Mqueue_Len = 2'],
    ['a quoted key', '"mqtt"."x" = 1', 'mqtt.x', 2, '"mqtt"."x" = 2'],
    ['the last of two', 'a.x = 1\na.x = 2\n', 'a.x', 3, 'a.x = 1\na.x = 3\n'],
    ['the last of two sections', 'a { x = 1 }\na { x = 2 }', 'a.x', 3, 'a { x = 1 }\na { x = 3 }'],
    ['text over several lines', 'a.x = """1\n2"""\nb = 1', 'a.x', 'v', 'a.x = "v"\nb = 1'],
    ['words without quotes', 'a.x = one two // c', 'a.x', 'v', 'a.x = "v" // c'],
    ['a list over several lines', 'a.x = [\n 1 # one\n 2\n]\nb = 1', 'a.x', ['v', 1], 'a.x = ["v", 1]\nb = 1'],
    ['a list that grew', 'a.x = [1]\na.x += 2', 'a.x', [3], 'a.x = [1]\na.x = [3]'],
    ['a section in the place of a value', 'a.x { y = 1 }', 'a.x', 3, 'a.x = 3'],
    ['a substitution', 'b = 1\na.x = ${b}', 'a.x', 3, 'b = 1\na.x = 3'],
    ['JSON', '{"a": {"x": 1, "y": 2}}', 'a.x', 'v', '{"a": {"x": "v", "y": 2}}'],
    ['value on the next line', 'a.x =\n  1\n', 'a.x', 2, 'a.x =\n  2\n'],
    ['line ends of Windows', '# c\r\na.x = 1\r\nb = 2\r\n', 'a.x', 2, '# c\r\na.x = 2\r\nb = 2\r\n'],
    ['mixed line ends', 'c = 1\na.x = 1\r\nb = 2\n', 'a.x', 2, 'c = 1\na.x = 2\r\nb = 2\n'],
    ['a byte order mark', '\ufeffa.x = 1', 'a.x', 2, '\ufeffa.x = 2'],
    ['null', 'a.x = null', 'a.x', 2, 'a.x = 2'],
  ])('gets its value in its place: %s', (_, text, key, value, expected) => {
    expect(edit(text, key, value)).toBe(expected);
  });
});

describe('a new key', () => {
  it.each<[string, string, string, EffectiveValue, string]>([
    ['into its section', 'mqtt {\n  # c\n  x = 1 # d\n}\n', 'mqtt.y', 5, 'mqtt {\n  # c\n  x = 1 # d\n  y = 5\n}\n'],
    ['a section in one line', 'mqtt { x = 1 }', 'mqtt.y', 5, 'mqtt { x = 1, y = 5 }'],
    ['after a comma', 'mqtt { x = 1, }', 'mqtt.y', 5, 'mqtt { x = 1, y = 5 }'],
    ['an empty section', 'mqtt {}', 'mqtt.y', 5, 'mqtt { y = 5 }'],
    ['an empty section of two lines', 'mqtt {\n}', 'mqtt.y', 5, 'mqtt {\n  y = 5\n}'],
    ['the bracket behind the last entry', 'mqtt {\n\tx = 1 }', 'mqtt.y', 5, 'mqtt {\n\tx = 1, y = 5 }'],
    [
      'the indentation of the others',
      'a {\n\tb {\n\t\tx = 1\n\t}\n}',
      'a.b.y',
      5,
      'a {\n\tb {\n\t\tx = 1\n\t\ty = 5\n\t}\n}',
    ],
    ['the last of two sections', 'a { x = 1 }\na { z = 1 }', 'a.y', 5, 'a { x = 1 }\na { z = 1, y = 5 }'],
    ['the innermost section', 'a { b { x = 1 } }', 'a.b.y', 5, 'a { b { x = 1, y = 5 } }'],
    ['a deeper path in a section', 'a { x = 1 }', 'a.b.c', 5, 'a { x = 1, b.c = 5 }'],
    ['at the end when there is no section', '# c', 'mqtt.y', 5, '# c\nmqtt.y = 5\n'],
    ['at the end of dotted keys', 'mqtt.x = 1\n', 'mqtt.y', 5, 'mqtt.x = 1\nmqtt.y = 5\n'],
    ['into an empty file', '', 'mqtt.y', 5, 'mqtt.y = 5\n'],
    ['into outer braces', '{\n  a = 1\n}\n', 'mqtt.y', 5, '{\n  a = 1\n  mqtt.y = 5\n}\n'],
    ['into JSON', '{\n  "a": 1\n}', 'mqtt.retry_interval', 1000, '{\n  "a": 1,\n  "mqtt": {"retry_interval": "1s"}\n}'],
    ['into a section of JSON', '{"a": {"x": 1}}', 'a.b.c', true, '{"a": {"x": 1, "b": {"c": true}}}'],
    ['into empty JSON', '{}', 'a', 1, '{ "a": 1 }'],
    ['line ends of Windows', 'a {\r\n  x = 1\r\n}\r\n', 'a.y', 5, 'a {\r\n  x = 1\r\n  y = 5\r\n}\r\n'],
    [
      'a name that needs quotes',
      'auth.password { "a.b" = x }',
      'auth.password.include',
      'p',
      'auth.password { "a.b" = x, "include" = "p" }',
    ],
  ])('goes %s', (_, text, key, value, expected) => {
    expect(edit(text, key, value)).toBe(expected);
  });

  it('of a named user goes under its whole name', () => {
    const text = editConfigText('', [{ path: ['auth', 'password', 'a.b c'], value: 'p' }], NOWHERE);
    expect(text).toBe('auth.password."a.b c" = "p"\n');
  });
});

describe('what comes from elsewhere is overridden at the end', () => {
  it.each<[string, string, string, EffectiveValue | undefined, string]>([
    ['a section from a substitution', 'b { x = 1 }\na = ${b}', 'a.x', 5, 'b { x = 1 }\na = ${b}\na.x = 5\n'],
    ['sections side by side', 'a = { x = 1 } { y = 2 }', 'a.x', 5, 'a = { x = 1 } { y = 2 }\na.x = 5\n'],
    [
      'a value that a later section hides',
      'a.x = 1\na = null\na = ${b}\nb { x = 2 }',
      'a.x',
      5,
      'a.x = 1\na = null\na = ${b}\nb { x = 2 }\na.x = 5\n',
    ],
    ['removed from a substitution', 'b { x = 1 }\na = ${b}', 'a.x', undefined, 'b { x = 1 }\na = ${b}\na.x = null\n'],
  ])('%s', (_, text, key, value, expected) => {
    expect(edit(text, key, value)).toBe(expected);
  });

  it('a value of an include, whether the include stands before or after', () => {
    const cwd = mkdtempSync(join(tmpdir(), 'nanomq-edit-'));
    try {
      writeFileSync(join(cwd, 'inc.conf'), 'max_mqueue_len = 7');
      const here = { cwd, env: {} };
      for (const text of ['mqtt { include "inc.conf" }\n', 'mqtt.max_mqueue_len = 1\nmqtt { include "inc.conf" }\n']) {
        const changed = editConfigText(text, [change('mqtt.max_mqueue_len', 9)], here);
        expect(changed).toBe(`${text}mqtt.max_mqueue_len = 9\n`);
        expect(editConfigText(changed, [change('mqtt.max_mqueue_len', undefined)], here)).toContain('= null\n');
      }
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });

  it('includes are found beside the file the text stands for', () => {
    const cwd = mkdtempSync(join(tmpdir(), 'nanomq-edit-'));
    try {
      writeFileSync(join(cwd, 'inc.conf'), 'max_mqueue_len = 7');
      const text = 'mqtt { include "inc.conf" }';
      const here = { cwd: '/', env: {}, file: join(cwd, 'main.conf') };
      expect(editConfigText(text, [change('mqtt.x', 9)], here)).toBe('mqtt { include "inc.conf", x = 9 }');
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });
});

describe('removing a key', () => {
  it.each<[string, string, string, string]>([
    ['takes its line', 'a.x = 1\nb = 2\n', 'a.x', 'b = 2\n'],
    ['keeps the comment behind it', '  a.x = 1 # c\nb = 2', 'a.x', '  # c\nb = 2'],
    ['keeps comments around it', '# 1\na.x = 1\n# 2\n', 'a.x', '# 1\n# 2\n'],
    ['takes the comma behind it', 'a { x = 1, y = 2 }', 'a.x', 'a { y = 2 }'],
    ['in the middle of a line', 'a { x = 1, y = 2, z = 3 }', 'a.y', 'a { x = 1, z = 3 }'],
    ['at the end of a line', 'a { x = 1, y = 2 }', 'a.y', 'a { x = 1 }'],
    ['the only one', 'a { x = 1 }', 'a.x', 'a { }'],
    ['the last line without end', 'b = 1\na.x = 1', 'a.x', 'b = 1\n'],
    ['all its definitions', 'a.x = 1\na { x = 2, y = 3 }\na.x = 4\n', 'a.x', 'a { y = 3 }\n'],
    ['two in one line', 'b = 1, a.x = 1, a.x = 2', 'a.x', 'b = 1'],
    ['a whole section', 'a { x = 1 }\na.y = 2\nb = 1\n', 'a', 'b = 1\n'],
    ['the last of JSON keeps it JSON', '{\n  "b": 1,\n  "a": 2\n}', 'a', '{\n  "b": 1\n}'],
    ['the first of JSON', '{\n  "a": 1,\n  "b": 2\n}', 'a', '{\n  "b": 2\n}'],
    ['one that is not there changes nothing', 'b = 1', 'a.x', 'b = 1'],
    ['line ends of Windows', 'a.x = 1\r\nb = 2\r\n', 'a.x', 'b = 2\r\n'],
    [
      'a comma on the next line: overridden instead',
      'a {\n x = 1\n , y = 2\n}',
      'a.x',
      'a {\n x = 1\n , y = 2\n}\na.x = null\n',
    ],
  ])('%s', (_, text, key, expected) => {
    expect(edit(text, key, undefined)).toBe(expected);
    expect(edit(text, key, null)).toBe(expected);
  });
});

describe('a section as a value', () => {
  it.each<[string, string, string]>([
    ['a new one', 'b = 1\n', 'b = 1\nwebhook.ssl = { "k": "v" }\n'],
    ['in place of another', 'webhook.ssl { a = 1 }\nb = 1\n', 'b = 1\nwebhook.ssl = { "k": "v" }\n'],
    [
      'in the section it stood in',
      'webhook {\n  ssl { a = 1 }\n  url = u\n}',
      'webhook {\n  url = u\n  ssl = { "k": "v" }\n}',
    ],
    [
      'in place of one from elsewhere',
      'b { a = 1 }\nwebhook.ssl = ${b}\nwebhook.ssl { c = 1 }\n',
      'b { a = 1 }\nwebhook.ssl = { "k": "v" }\n',
    ],
  ])('%s', (_, text, expected) => {
    expect(edit(text, 'webhook.ssl', { k: 'v' })).toBe(expected);
  });
});

it('a key that refers to the changed one follows it', () => {
  expect(edit('mqtt.max_mqueue_len = 1\nb = ${mqtt.max_mqueue_len}', 'mqtt.max_mqueue_len', 2)).toBe(
    'mqtt.max_mqueue_len = 2\nb = ${mqtt.max_mqueue_len}',
  );
});

it('units: durations and sizes get theirs, 0 needs none', () => {
  const text = editConfigText(
    '',
    [
      change('mqtt.retry_interval', 90_000),
      change('mqtt.max_packet_size', 1_048_576),
      change('mqtt.max_retained_bytes', 0),
      change('listeners.tcp.bind', '[::]:1883'),
    ],
    NOWHERE,
  );
  expect(text).toBe(
    'mqtt.retry_interval = 90s\nmqtt.max_packet_size = 1MB\nmqtt.max_retained_bytes = 0\nlisteners.tcp.bind = "[::]:1883"\n',
  );
});

it.each<[string, string, string, EffectiveValue, string]>([
  ['a name that is refused', 'a = 1', 'auth.__proto__', 1, 'KEY_FORBIDDEN'],
  ['a refused name inside a value', 'a = 1', 'webhook.ssl', { constructor: 1 } as never, 'KEY_FORBIDDEN'],
  ['a number that is none', 'a = 1', 'mqtt.x', Number.NaN, 'VALUE_INVALID'],
  ['a text with a fault of its own', 'a = {', 'mqtt.x', 1, 'SYNTAX_UNEXPECTED'],
])('refuses %s', (_, text, key, value, code) => {
  expect(() => edit(text, key, value)).toThrow(expect.objectContaining({ name: 'ConfigError', code }));
});

it('refuses what is nested too deep', () => {
  let value: EffectiveValue = 1;
  for (let i = 0; i < 100_000; i++) value = [value];
  expect(() => edit('', 'webhook.ssl', value)).toThrow(ConfigError);
});

it('refuses a change that no edit of this text can make, naming the key (CHANGE_UNSAFE)', () => {
  // The text that refers to it cannot be joined with a list.
  const text = 'mqtt.x = 1\nb = ${mqtt.x} and more';
  expect(() => edit(text, 'mqtt.x', [1])).toThrow(/^requested change: mqtt\.x: .*CHANGE_UNSAFE/);
});
