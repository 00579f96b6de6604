import { describe, expect, it } from 'vitest';
import { HashWorkers } from '../../src/passwords/hash-workers.ts';
import { PasswordAuthenticator } from '../../src/passwords/password-authenticator.ts';
import { userListOf } from '../../src/passwords/user-list.ts';
import { VerifiedCache } from '../../src/passwords/verified-cache.ts';
import { type ConnectFacts, connectRequest } from '../connect-request.ts';
import { CHEAP_HASH } from './known-hashes.ts';

/** Counts what it derives. */
class CountingWorkers extends HashWorkers {
  derived = 0;

  override pbkdf2(...given: Parameters<HashWorkers['pbkdf2']>): Promise<Buffer> {
    this.derived++;
    return super.pbkdf2(...given);
  }
}

function setUp(users: Readonly<Record<string, string>>, workers: HashWorkers = new HashWorkers()) {
  const at = { nowMs: 0 };
  const cache = new VerifiedCache(1000);
  const list = userListOf(Object.entries(users).map(([username, password]) => ({ username, password })));
  const authenticator = new PasswordAuthenticator(list, { workers, cache, nowMs: () => at.nowMs });
  return { at, ask: async (facts: ConnectFacts) => authenticator.authenticate(connectRequest(facts)) };
}

const LIST = { plain: 'good', hashed: CHEAP_HASH };

describe('the list of users', () => {
  it.each(['plain', 'hashed'])('admits who has the password, %s', async (username) => {
    expect(await setUp(LIST).ask({ username, password: 'good' })).toEqual({ kind: 'admit', username, isListed: true });
  });

  it.each([
    ['another password', 'Good', 5, 0x86],
    ['another password, 3.1.1', 'Good', 4, 0x87],
    ['a longer one', 'good ', 5, 0x86],
    ['a shorter one', 'goo', 5, 0x86],
    ['bytes that are no text', Buffer.from([0xff, 0xfe]), 5, 0x86],
    ['the entry of the file', CHEAP_HASH, 5, 0x86],
  ] as const)('refuses %s', async (_, password, protocolVersion, reasonCode) => {
    for (const username of ['plain', 'hashed']) {
      const verdict = await setUp(LIST).ask({ username, password, protocolVersion });
      expect(verdict).toEqual({ kind: 'refuse', reasonCode });
    }
  });

  it('CVE-2016-9877: a user name without a password, or with an empty one, is refused', async () => {
    for (const username of ['plain', 'hashed']) {
      for (const protocolVersion of [4, 5] as const) {
        const absent = await setUp(LIST).ask({ username, protocolVersion });
        expect(absent).toEqual({ kind: 'refuse', reasonCode: 0x86 });
        const empty = await setUp(LIST).ask({ username, password: '', protocolVersion });
        expect(empty).toEqual({ kind: 'refuse', reasonCode: protocolVersion === 5 ? 0x86 : 0x87 });
      }
    }
  });

  it.each([
    ['a user who is not in it', { username: 'nobody', password: 'good' }],
    ['the same without a password', { username: 'nobody' }],
    ['the same with an empty one', { username: 'nobody', password: '' }],
    ['no user name', { password: 'good' }],
    ['nothing', {}],
    ['the name in other letters', { username: 'Plain', password: 'good' }],
    ['a name that objects have', { username: 'constructor', password: 'good' }],
  ])('leaves %s to the next', async (_, facts) => {
    expect(await setUp(LIST).ask(facts)).toEqual({ kind: 'ignore' });
    expect(await setUp({}).ask(facts)).toEqual({ kind: 'ignore' });
  });

  it('checks a password of any bytes', async () => {
    expect(
      await setUp({ u: 'pässwörd\u0000x' }).ask({ username: 'u', password: Buffer.from('pässwörd\u0000x') }),
    ).toMatchObject({
      kind: 'admit',
    });
  });

  it('does not derive a good password twice in a while, and a bad one each time', async () => {
    const workers = new CountingWorkers();
    const { ask, at } = setUp(LIST, workers);
    for (let i = 0; i < 3; i++)
      expect(await ask({ username: 'hashed', password: 'good' })).toMatchObject({ kind: 'admit' });
    expect(workers.derived).toBe(1);
    for (let i = 0; i < 3; i++)
      expect(await ask({ username: 'hashed', password: 'bad' })).toMatchObject({ kind: 'refuse' });
    expect(workers.derived).toBe(4);
    at.nowMs = 1000;
    await ask({ username: 'hashed', password: 'good' });
    expect(workers.derived).toBe(5);
  });

  it('does the same work for a user who is not in it, each time, also with a password that is somebody’s', async () => {
    const workers = new CountingWorkers();
    const { ask } = setUp({ hashed: CHEAP_HASH }, workers);
    await ask({ username: 'hashed', password: 'good' });
    for (let i = 0; i < 3; i++) expect(await ask({ username: 'nobody', password: 'good' })).toEqual({ kind: 'ignore' });
    expect(workers.derived).toBe(4);
  });

  it('says that it is busy when too many wait', async () => {
    const { ask } = setUp(LIST, new HashWorkers(1, 0));
    const [first, second] = await Promise.all([
      ask({ username: 'hashed', password: 'good' }),
      ask({ username: 'hashed', password: 'bad' }),
    ]);
    expect([first, second]).toMatchObject([{ kind: 'admit' }, { kind: 'refuse', reasonCode: 0x89 }]);
  });
});
