import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { HashWorkers } from './hash-workers.ts';
import { derive, parseStoredPassword } from './stored-password.ts';

/** How a password stands in the file: whoever reads a hash does not know the password. */
export function passwordStorage(entry: string): 'plain' | 'hashed' {
  const stored = parseStoredPassword(entry);
  return typeof stored !== 'string' && stored.kind === 'plain' ? 'plain' : 'hashed';
}

/**
 * Whether this is the password of an entry of the password file, in a time that does not depend on where they differ.
 * An entry that is not valid has no password.
 * @throws HashQueueFull (rejects)
 */
export async function verifyPassword(entry: string, password: string, workers: HashWorkers): Promise<boolean> {
  const stored = parseStoredPassword(entry);
  if (typeof stored === 'string') return false;
  const given = Buffer.from(password, 'utf8');
  if (stored.kind === 'plain') return isSame(given, Buffer.from(stored.text, 'utf8'));
  return isSame(await derive(stored, given, workers), stored.hash);
}

function isSame(a: Buffer, b: Buffer): boolean {
  const key = randomBytes(32);
  const digest = (bytes: Buffer) => createHmac('sha256', key).update(bytes).digest();
  return timingSafeEqual(digest(a), digest(b));
}
