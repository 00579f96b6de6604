// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are HOCON, whose substitutions look so
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editConfigText } from '../../src/edit/edit-config-text.ts';
import { encodeText } from '../../src/edit/encode-value.ts';
import { type EffectiveValue, effectiveAt } from '../../src/effective-tree.ts';
import { loadHocon } from '../../src/hocon/load-hocon.ts';
import { loadConfig } from '../../src/load-config.ts';

const NOWHERE = { cwd: '/nonexistent', env: { HOME: 'never', x: 'never' } };

/** Pieces that mean something to some reader of HOCON, JSON or JavaScript. */
const HOSTILE = [
  '${HOME}',
  '${?HOME}',
  '${process.exit()}',
  '$',
  '{',
  '}',
  '[',
  ']',
  '"',
  '"""',
  '\\',
  '\\"',
  '\\u0022',
  "'",
  '`',
  '\n',
  '\r\n',
  '\r',
  '\t',
  '\0',
  '\u0085',
  '\u2028',
  '\u2029',
  '\ufeff',
  '\u202e',
  '\ud800',
  '\udc00',
  '#',
  '//',
  ',',
  '=',
  ':',
  '+=',
  'include "/etc/passwd"',
  'include file("x")',
  'null',
  'true',
  '10s',
  '007',
  'ä€😀',
  '__proto__',
];

const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ maxLength: 3 }))).map((parts) => parts.join('')),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);

const BASES = [
  '',
  '# nothing\n',
  'log.file = old # c\nlog.dir = "d"\nauth.password { admin = p }\n',
  'log {\n  file = "old"\n  # c\n  level = info\n}\r\nauth {\n  password { "admin" : "p" }\n}',
  'log { dir = d, rotation { size = 1MB } }\nauth.password.bob = x\nbridges.mqtt.b { server = "mqtt-tcp://h:1" }',
  '{"log": {"file": "old"}, "auth": {"password": {"admin": "p"}}}',
  '{\n  log.file = """old\n"""\n}\n',
  '\ufefflog.file = ${?HOME}\nlog.file = old',
  'base { file = old, dir = d }\nlog = ${base}\n',
];

const load = (text: string) => loadConfig({ text, file: 'c', env: {}, flags: {}, cwd: '/nonexistent' }).effective;

/** Loaded once each: what `load` gives is frozen. */
const LOADED_BASES = new Map(BASES.map((base) => [base, load(base)]));
const loadBase = (base: string) => LOADED_BASES.get(base) ?? load(base);

/** As the file system gives the text back. */
const throughFile = (text: string) => Buffer.from(text, 'utf8').toString('utf8');

describe('a text written into a configuration', () => {
  it('is read as exactly this text, whatever it is, and nothing else changes', () => {
    const keys = [
      ['log', 'file'],
      ['log', 'dir'],
      ['auth', 'password', 'admin'],
      ['bridges', 'mqtt', 'b', 'clientid'],
    ];
    fc.assert(
      fc.property(fc.constantFrom(...BASES), fc.constantFrom(...keys), hostileText, (base, path, value) => {
        fc.pre(path[0] !== 'auth' || value !== '');
        const text = throughFile(editConfigText(base, [{ path, value }], NOWHERE));
        const before = loadBase(base);
        const after = load(text);
        expect(effectiveAt(after, path)).toBe(value);
        // A new bridge brings its defaults, and a first user turns the list of users on.
        const written = path[0] === 'bridges' ? ['bridges'] : path;
        const others = (tree: object) => without(without(tree, written), ['auth', 'enable']);
        expect(others(after)).toEqual(others(before));
        const restored = load(editConfigText(text, [{ path, value: effectiveAt(before, path) }], NOWHERE));
        if (effectiveAt(before, path) !== undefined) expect(restored).toEqual(before);
      }),
      { numRuns: 1000 },
    );
  }, 120_000);

  it('may be the name of a user as well', () => {
    const passwords = hostileText.filter((value) => value !== '');
    const names = hostileText.filter((name) => !['__proto__', 'constructor', 'prototype'].includes(name));
    fc.assert(
      fc.property(fc.constantFrom(...BASES), names, passwords, (base, name, value) => {
        const text = throughFile(editConfigText(base, [{ path: ['auth', 'password', name], value }], NOWHERE));
        const users = { ...(effectiveAt(loadBase(base), ['auth', 'password']) as object), [name]: value };
        expect(effectiveAt(load(text), ['auth', 'password'])).toEqual(users);
      }),
      { numRuns: 500 },
    );
  });

  it('may stand in the list of a bridge', () => {
    const path = ['bridges', 'mqtt', 'b', 'forwards'];
    fc.assert(
      fc.property(fc.constantFrom(...BASES), fc.array(hostileText, { maxLength: 3 }), (base, topics) => {
        const value = topics.map((topic) => ({ local_topic: topic, remote_topic: '', qos: 1 }));
        const text = throughFile(editConfigText(base, [{ path, value }], NOWHERE));
        expect(effectiveAt(load(text), path)).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  it('holds no character, outside a pair of quotes, that another reader could act on', () => {
    fc.assert(
      fc.property(hostileText, (value) => {
        const written = encodeText(value);
        expect(JSON.parse(written)).toBe(value);
        expect(written).toMatch(/^"(?:[^"\\\p{Cc}\u2028\u2029]|\\.)*"$/u);
        expect(written).not.toContain('${');
      }),
    );
  });
});

function without(tree: object, [first = '', ...rest]: readonly string[]): object {
  const { [first]: member, ...others } = tree as Record<string, object>;
  const left = rest.length === 0 || member === undefined ? {} : without(member, rest);
  return Object.keys(left).length === 0 ? others : { ...others, [first]: left };
}

type Scalars = ReadonlyMap<string, string | number>;

const KEYS = ['a.x', 'a.y', 'a.b.x', 'a.b.y', 'c', 'd.x'];
const scalar = fc.oneof(fc.integer({ min: -1000, max: 1000 }), hostileText);

/** One way to write an entry: dotted, in a section, with or without a comment or comma. */
const entryStyle = fc.constantFrom(
  (path: string[], value: string, n: number) => `${path.join('.')} = ${value} # c${n}\n`,
  (path: string[], value: string, n: number) => `# c${n}\n"${path.join('"."')}" : ${value}\n`,
  (path: string[], value: string, n: number) =>
    `${path.reduceRight((v, name) => `{ ${name} = ${v} }`, value)}`
      .replace(/^\{(.*)\}$/s, '$1')
      .trim()
      .concat(`\n// c${n}\r\n`),
  (path: string[], value: string, n: number) =>
    `${path
      .slice(0, -1)
      .map((name) => `${name} {\n`)
      .join('')}  ${path.at(-1)} = ${value}, # c${n}\n${'}\n'.repeat(path.length - 1)}`,
);

const document = fc.array(fc.tuple(fc.constantFrom(...KEYS), scalar, entryStyle), { maxLength: 8 }).map((entries) => ({
  text: entries
    .map(([key, value, style], n) =>
      style(key.split('.'), typeof value === 'number' ? String(value) : encodeText(value), n),
    )
    .join(''),
  values: new Map(entries.map(([key, value]) => [key, value])) as Scalars,
  comments: entries.length,
}));

const edits = fc.array(fc.tuple(fc.constantFrom(...KEYS), fc.option(scalar, { nil: undefined })), { maxLength: 6 });

describe('a row of edits', () => {
  it('gives what a plain map gives, keeps every comment, and leaves a text that can be edited again', () => {
    fc.assert(
      fc.property(document, edits, ({ text, values, comments }, changes) => {
        const model = new Map<string, EffectiveValue>(values);
        let edited = text;
        for (const [key, value] of changes) {
          edited = throughFile(editConfigText(edited, [{ path: key.split('.'), value }], NOWHERE));
          if (value === undefined) model.delete(key);
          else model.set(key, value);
          expect(scalarsIn(edited)).toEqual(new Map([...model].toSorted()));
        }
        for (let n = 0; n < comments; n++) expect(edited).toContain(` c${n}`);
      }),
      { numRuns: 500 },
    );
  });
});

function scalarsIn(text: string): Scalars {
  const found: [string, string | number][] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) walk(member, path === '' ? name : `${path}.${name}`);
    } else if (value !== null) found.push([path, value as string | number]);
  };
  walk(loadHocon({ text, name: 't' }, NOWHERE).root, '');
  return new Map(found.toSorted());
}
