import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loggableFields, loggableText, SECRET_MASK, TEXT_LIMIT_CHARACTERS } from '../../src/log/loggable-fields.ts';

/** Must be found nowhere in what is written. */
const CANARY = 'canary-7f3a9';

/** As it is written: with all its members, hidden ones too. */
const written = (fields: Readonly<Record<string, unknown>>) => JSON.stringify(loggableFields(fields));

const circular: Record<string, unknown> = { name: 'loop', password: CANARY };
circular.self = circular;

const failure = Object.assign(new Error(`login failed for mqtt://joe:${CANARY}@host`), {
  code: 'E_LOGIN',
  password: CANARY,
  options: { password: CANARY },
  cause: Object.assign(new Error('inner'), { token: CANARY }),
});

describe('loggableFields hides secrets', () => {
  it.each<[string, Record<string, unknown>]>([
    ['password', { password: CANARY }],
    ['password as bytes', { password: Buffer.from(CANARY) }],
    ['password as a number', { pwd: 12_345, note: 'x' }],
    ['passwd, passphrase, pwd', { passwd: CANARY, passphrase: CANARY, pwd: CANARY }],
    ['any spelling', { PassWord: CANARY, user_password: CANARY, keyPassword: CANARY, keypass: CANARY }],
    ['token, secret, authorization', { accessToken: CANARY, client_secret: CANARY, Authorization: `Basic ${CANARY}` }],
    ['authentication data of MQTT 5', { authenticationData: CANARY, authentication_data: CANARY }],
    ['a whole CONNECT packet', { packet: { cmd: 'connect', username: 'joe', password: Buffer.from(CANARY) } }],
    ['deep inside', { a: { b: [{ c: { password: CANARY } }] } }],
    ['a list of secrets', { passwords: [CANARY, CANARY] }],
    ['a map of users', { users: new Map([['password', CANARY]]) }],
    ['a set', { users: new Set([{ password: CANARY }]) }],
    ['an error with members and a cause', { err: failure }],
    ['an error of many', { err: new AggregateError([failure, failure], 'many') }],
    ['a circular value', circular],
    ['a login in a URL', { url: `nmq-tcp://joe:${CANARY}@127.0.0.1:1883` }],
    ['a URL object', { url: new URL(`http://joe:${CANARY}@127.0.0.1/`) }],
    ['a query in a text', { request: `GET /auth?user=joe&password=${CANARY}&x=1` }],
    ['quoted JSON', { body: JSON.stringify({ username: 'joe', password: CANARY }) }],
    ['payload bytes under any name', { data: Buffer.from(CANARY), view: new Uint8Array(Buffer.from(CANARY)) }],
    ['a payload that is text', { payload: CANARY }],
  ])('%s', (_, fields) => {
    expect(written(fields)).not.toContain(CANARY);
    expect(written(fields)).not.toContain('12345');
  });

  it.each([
    ['the user name', { username: 'joe' }],
    ['a client identifier', { clientId: 'sensor-1' }],
    ['whether there is a password', { password: true, hasPassword: false }],
    ['an absent password', { password: null }],
    ['numbers and texts', { packetId: 7, topicFilter: 'a/+/#', list: [1, 'b', null] }],
  ])('but shows %s', (_, fields) => {
    expect(JSON.parse(written(fields))).toEqual(fields);
  });

  it('wherever a secret stands', () => {
    const place = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.constant({ password: CANARY }),
        fc.record({ inner: tie('tree'), name: fc.string() }),
        fc.tuple(tie('tree'), tie('tree')),
      ),
    })).tree;
    fc.assert(fc.property(place, (value) => !written({ value }).includes(CANARY)));
  });
});

describe('loggableFields', () => {
  it('shows what an error says, with its cause', () => {
    const { err } = JSON.parse(written({ err: failure }));
    expect(err).toMatchObject({ type: 'Error', code: 'E_LOGIN', password: SECRET_MASK, cause: { message: 'inner' } });
    expect(err.message).toBe(`login failed for mqtt://${SECRET_MASK}@host`);
    expect(err.stack).toContain('loggable-fields.test.ts');
  });

  it.each([
    ['bytes as their count', { data: new Uint8Array(5) }, { data: '[5 bytes]' }],
    ['a bigint', { n: 12n }, { n: '12' }],
    ['a function', { f: () => 1 }, { f: '[function]' }],
    [
      'a circle',
      circular,
      { name: 'loop', password: SECRET_MASK, self: { name: 'loop', password: SECRET_MASK, self: '[circular]' } },
    ],
    ['names of the record itself', { level: 2, time: 1, msg: 3 }, { level_: 2, time_: 1, msg_: 3 }],
    [
      'a getter that throws',
      {
        a: {
          get b() {
            throw new Error('no');
          },
        },
      },
      { a: { b: '[unreadable]' } },
    ],
    ['a name of the prototype', JSON.parse('{"__proto__": {"x": 1}}'), JSON.parse('{"__proto__": {"x": 1}}')],
  ])('writes %s', (_, fields, expected) => {
    expect(written(fields)).toBe(JSON.stringify(expected));
  });

  it('bounds depth, width and length', () => {
    let deep: unknown = 'bottom';
    for (let level = 0; level < 5_000; level += 1) deep = { deep };
    const fields = { deep, wide: Array.from({ length: 100_000 }, () => 0), long: 'x'.repeat(1_000_000) };
    expect(written(fields).length).toBeLessThan(TEXT_LIMIT_CHARACTERS + 1_000);
  });
});

describe('loggableText', () => {
  it.each([
    ['a text without secrets', 'user name or password refused', 'user name or password refused'],
    ['a login', 'bridge to mqtt://u:p@h', `bridge to mqtt://${SECRET_MASK}@h`],
    ['a pair', 'found password = hunter2, done', `found password = ${SECRET_MASK}, done`],
  ])('%s', (_, text, expected) => {
    expect(loggableText(text)).toBe(expected);
  });

  it('does not let a crafted text take long', () => {
    const crafted = 'password'.repeat(8_192);
    expect(loggableText(crafted)).toHaveLength(TEXT_LIMIT_CHARACTERS + '...(61440 more)'.length);
  });
});
