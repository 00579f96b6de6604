import { expect, it } from 'vitest';
import { hashPassword } from '../../src/passwords/hash-password.ts';
import { HashWorkers } from '../../src/passwords/hash-workers.ts';
import { derive, parseStoredPassword } from '../../src/passwords/stored-password.ts';

it('a password is hashed with a salt of its own each time, and checks', async () => {
  const [one, other] = await Promise.all([hashPassword('s3cret'), hashPassword('s3cret')]);
  expect(one).toMatch(/^\$scrypt\$ln=15,r=8,p=1\$[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=$/);
  expect(one).not.toBe(other);
  const stored = parseStoredPassword(one);
  if (typeof stored === 'string' || stored.kind === 'plain') throw new Error('not hashed');
  expect(await derive(stored, Buffer.from('s3cret'), new HashWorkers())).toEqual(stored.hash);
});
