import { describe, expect, it } from 'vitest';
import { HashWorkers } from '../../src/passwords/hash-workers.ts';
import { derive, formatScrypt, parseStoredPassword, type StoredPassword } from '../../src/passwords/stored-password.ts';
import { MOSQUITTO_LINES, SCRYPT_VECTOR } from './known-hashes.ts';

const workers = new HashWorkers();

async function isFor(entry: string, password: string): Promise<boolean> {
  const stored = parseStoredPassword(entry);
  if (typeof stored === 'string' || stored.kind === 'plain') throw new Error('not hashed');
  return (await derive(stored, Buffer.from(password), workers)).equals(stored.hash);
}

describe('a stored password', () => {
  it.each(['public', 'x', ' ', '$', '$a', '$a$b', 'a$b$c$d', '$$', '$ä$b$c', '$7', '$scrypt'])(
    '%j is plain',
    (text) => {
      expect(parseStoredPassword(text)).toEqual({ kind: 'plain', text });
    },
  );

  it.each(MOSQUITTO_LINES)('of mosquitto_passwd (%s) is for its password alone', async (user, password, line) => {
    const entry = line.slice(user.length + 1);
    expect(await isFor(entry, password)).toBe(true);
    expect(await isFor(entry, `${password} `)).toBe(false);
  });

  it('of RFC 7914 is for its password alone', async () => {
    expect(await isFor(SCRYPT_VECTOR, 'pleaseletmein')).toBe(true);
    expect(await isFor(SCRYPT_VECTOR, 'pleaseletmeiN')).toBe(false);
  });

  it('is written as it was read', () => {
    const stored = parseStoredPassword(SCRYPT_VECTOR) as Extract<StoredPassword, { kind: 'scrypt' }>;
    expect(stored).toMatchObject({ kind: 'scrypt', costLog2: 14, blockSize: 8, parallelism: 1 });
    expect(formatScrypt(stored)).toBe(SCRYPT_VECTOR);
  });

  const SALT = 'c2FsdHNhbHRzYWx0';
  const HASH = Buffer.alloc(32, 7).toString('base64');
  it.each([
    ['nothing', '', 'the password is empty'],
    ['a scheme that is not known', `$6$${SALT}$${HASH}`, 'the password is hashed in a way that is not known'],
    [
      'another one',
      '$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA',
      'the password is hashed in a way that is not known',
    ],
    ['bcrypt', '$2b$12$saltandhash$', 'the password is hashed in a way that is not known'],
    ['PBKDF2 without a hash', `$7$101$${SALT}`, 'salt or hash of the PBKDF2 entry is not valid'],
    ['PBKDF2 with an empty hash', `$7$101$${SALT}$`, 'salt or hash of the PBKDF2 entry is not valid'],
    [
      'PBKDF2 with a hash cut short',
      `$7$101$${SALT}$${HASH.slice(0, 16)}`,
      'salt or hash of the PBKDF2 entry is not valid',
    ],
    ['a hash that is no Base64', `$7$101$${SALT}$!${HASH}`, 'salt or hash of the PBKDF2 entry is not valid'],
    ['a short salt', `$7$101$c2FsdA==$${HASH}`, 'salt or hash of the PBKDF2 entry is not valid'],
    ['no iterations', `$7$0$${SALT}$${HASH}`, 'the PBKDF2 iterations are out of range'],
    ['endless iterations', `$7$10000001$${SALT}$${HASH}`, 'the PBKDF2 iterations are out of range'],
    ['something behind', `$7$101$${SALT}$${HASH}$x`, 'the PBKDF2 entry is not of the form $7$iterations$salt$hash'],
    ['negative iterations', `$7$-1$${SALT}$${HASH}`, 'the PBKDF2 entry is not of the form $7$iterations$salt$hash'],
    [
      'scrypt without parameters',
      `$scrypt$${SALT}$${HASH}`,
      'the scrypt entry is not of the form $scrypt$ln=,r=,p=$salt$hash',
    ],
    [
      'scrypt with a cost of an hour',
      `$scrypt$ln=30,r=8,p=1$${SALT}$${HASH}`,
      'the scrypt parameters are out of range',
    ],
    ['scrypt with 1 GiB', `$scrypt$ln=20,r=8,p=1$${SALT}$${HASH}`, 'the scrypt parameters are out of range'],
    ['scrypt with no cost', `$scrypt$ln=0,r=8,p=1$${SALT}$${HASH}`, 'the scrypt parameters are out of range'],
    ['scrypt without a hash', `$scrypt$ln=14,r=8,p=1$${SALT}`, 'salt or hash of the scrypt entry is not valid'],
  ])('%s is no password', (_, entry, fault) => {
    expect(parseStoredPassword(entry)).toBe(fault);
  });
});
