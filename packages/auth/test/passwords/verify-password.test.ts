import { expect, it } from 'vitest';
import { hashPassword } from '../../src/passwords/hash-password.ts';
import { HashWorkers } from '../../src/passwords/hash-workers.ts';
import { passwordStorage, verifyPassword } from '../../src/passwords/verify-password.ts';

const workers = new HashWorkers();
const PBKDF2 =
  '$7$101$AAECAwQFBgcICQoL$7n5ATZAnLpZ3ASbeQc8m2DaYlXSPqmXYtFJ0MVHSEJHEGjhjMTVrMtDGMk1QyVqP1RPwKcnmXrxz2VGVXzRdRw==';

it.each([
  ['plain', 'plain'],
  ['p$x', 'plain'],
  [PBKDF2, 'hashed'],
  ['$bcrypt$x$y', 'hashed'],
])('%s is %s', (entry, storage) => expect(passwordStorage(entry)).toBe(storage));

it('knows the password of a hashed and of a plain entry, and no other', async () => {
  const hashed = await hashPassword('pässword');
  expect(passwordStorage(hashed)).toBe('hashed');
  for (const entry of [hashed, 'pässword']) {
    expect(await verifyPassword(entry, 'pässword', workers)).toBe(true);
    for (const wrong of ['', 'pässwor', 'pässword ', hashed]) {
      expect(await verifyPassword(entry, wrong, workers)).toBe(false);
    }
  }
});

it('an entry that is not valid has no password', async () => {
  expect(await verifyPassword('$bcrypt$x$y', '$bcrypt$x$y', workers)).toBe(false);
  expect(await verifyPassword('', '', workers)).toBe(false);
});
