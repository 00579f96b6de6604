// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are HOCON, whose substitutions look so
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadHocon } from '../../src/hocon/load-hocon.ts';
import { valuesOf } from './hocon-helper.ts';

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** Texts that other readers evaluate, cut short or misread. */
const evilText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '${process.exit()}',
    '${a}',
    '${?a}',
    '"',
    '\\',
    '\\n',
    '\n',
    "'",
    '"""',
    '#',
    '//',
    '$',
    '{}',
    '%0041',
  ),
  fc.string().map((text) => `\${${text}}`),
);
const key = evilText.filter((text) => !FORBIDDEN.has(text));
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    evilText,
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(key, tie('json'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const section = fc.dictionary(key, json, { maxKeys: 5, noNullPrototype: true });

/** JSON written the HOCON way: `=` or `:`, no outer braces, new lines for commas, comments, trailing commas. */
function asHocon(value: unknown, style: number, isRoot = false): string {
  const separator = ['\n', ',', ',\n', ' # c\n', '\n, // c\n'][style % 5] ?? '\n';
  if (Array.isArray(value))
    return `[${value.map((item) => asHocon(item, style)).join(separator)}${style % 2 ? '' : '\n'}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, member]) => {
    const isSection = typeof member === 'object' && member !== null && !Array.isArray(member);
    const sign = isSection && style % 3 === 0 ? ' ' : ['=', ' : ', '\n= \n'][style % 3];
    return `${JSON.stringify(name)}${sign}${asHocon(member, style)}`;
  });
  return isRoot && style % 2 === 0 ? fields.join(separator) : `{${fields.join(separator)}\n}`;
}

it('any JSON, written as JSON, comes back the same', () => {
  fc.assert(
    fc.property(section, (value) => {
      expect(valuesOf(JSON.stringify(value, null, 1))).toEqual(value);
    }),
  );
});

it('any JSON, written the HOCON way, comes back the same', () => {
  fc.assert(
    fc.property(section, fc.nat(30), (value, style) => {
      expect(valuesOf(asHocon(value, style, true))).toEqual(value);
    }),
  );
});

it('any text comes back verbatim and is never evaluated', () => {
  fc.assert(
    fc.property(evilText, (text) => {
      expect(valuesOf(`a = ${JSON.stringify(text)}\nb = \${a}\nc = \${TEXT}`, { TEXT: text })).toEqual({
        a: text,
        b: text,
        c: text,
      });
    }),
  );
});

it('any text at all either loads or ends in a ConfigError', () => {
  const piece = fc.constantFrom(
    ...'a.b"{}[]=:,+#/$?\\\n \t1-'.split(''),
    'include "x"',
    '${',
    '"""',
    '//',
    '+=',
    'null',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      try {
        valuesOf(pieces.join(''));
      } catch (error) {
        expect(error).toHaveProperty('name', 'ConfigError');
      }
    }),
    { numRuns: 2000 },
  );
});

it('evaluates nothing', () => {
  const marks = globalThis as { evaluated?: boolean };
  const code = '${constructor.constructor("globalThis.evaluated = true")()}';
  expect(valuesOf(`a = ${JSON.stringify(code)}\nb = [${JSON.stringify(code)}]`)).toEqual({ a: code, b: [code] });
  expect(marks.evaluated).toBeUndefined();
});

it('tells the place and the written text of every value', () => {
  const document = loadHocon(
    { text: '# c\nmqtt {\n  a = 007\n}\nl = [x,\n {b = 1}]\n', name: 'n.conf' },
    { cwd: '/', env: {} },
  );
  const at = (line: number, column: number) => ({ file: 'n.conf', line, column });
  expect(Object.fromEntries(document.written)).toMatchObject({
    mqtt: { at: at(2, 1) },
    'mqtt.a': { at: at(3, 7), text: '007' },
    l: { at: at(5, 5) },
    'l.0': { at: at(5, 6), text: 'x' },
    'l.1.b': { at: at(6, 7), text: '1' },
  });
});

it('does not touch Object.prototype', () => {
  valuesOf('toString { x = 1 }, valueOf.y = 2');
  expect(({} as { x?: unknown; y?: unknown }).x).toBeUndefined();
  expect(Object.prototype.toString).toBeTypeOf('function');
  expect(Object.hasOwn(Object.prototype.toString, 'x')).toBe(false);
});
