import { randomBytes } from 'node:crypto';
import { HashWorkers, type ScryptCost } from './hash-workers.ts';
import { formatScrypt } from './stored-password.ts';

/** 32 MiB and some 60 ms on a server of 2024; OWASP's smallest recommendation with p = 3 costs as much in all. */
const COST: ScryptCost = { costLog2: 15, blockSize: 8, parallelism: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** A password as `nanomq passwd` stores it: `$scrypt$ln=15,r=8,p=1$salt$hash`, the salt new each time. */
export async function hashPassword(password: string, workers: HashWorkers = new HashWorkers()): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await workers.scrypt(Buffer.from(password, 'utf8'), salt, HASH_BYTES, COST);
  return formatScrypt({ kind: 'scrypt', ...COST, salt, hash });
}
