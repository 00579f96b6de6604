import type { HashWorkers } from './hash-workers.ts';

/** How a password is kept. */
export type StoredPassword =
  | { readonly kind: 'plain'; readonly text: string }
  | {
      readonly kind: 'scrypt';
      /** Base-2 logarithm of the cost N. */
      readonly costLog2: number;
      readonly blockSize: number;
      readonly parallelism: number;
      readonly salt: Buffer;
      readonly hash: Buffer;
    }
  | {
      /** PBKDF2 with HMAC-SHA-512, as `mosquitto_passwd` writes it. */
      readonly kind: 'pbkdf2';
      readonly iterations: number;
      readonly salt: Buffer;
      readonly hash: Buffer;
    };

/** Beyond these an entry would cost seconds or gigabytes at each CONNECT: more likely a mistake than a wish. */
const MAX_COST_LOG2 = 20;
const MAX_BLOCK_SIZE = 32;
const MAX_PARALLELISM = 16;
const MAX_SCRYPT_BYTES = 512 * 1024 * 1024;
const MAX_ITERATIONS = 10_000_000;
const MIN_HASH_BYTES = 16;
const MAX_HASH_BYTES = 128;
const MIN_SALT_BYTES = 8;

/**
 * Reads the password of a user as it stands in the file:
 * `$scrypt$ln=15,r=8,p=1$salt$hash`, `$7$iterations$salt$hash` (Base64 both), else the password itself. What looks like
 * a hash and is none that is known is no password: taken as one, whoever read the file could enter with the hash.
 * @returns the password, or a text that names the fault and does not quote it
 */
export function parseStoredPassword(text: string): StoredPassword | string {
  if (text === '') return 'the password is empty';
  const [before, scheme, ...fields] = text.split('$');
  if (before !== '' || scheme === undefined || fields.length === 0) return { kind: 'plain', text };
  if (scheme === 'scrypt') return parseScrypt(fields);
  if (scheme === '7') return parsePbkdf2(fields);
  const isScheme = /^[A-Za-z0-9-]{1,32}$/.test(scheme) && fields.length >= 2;
  return isScheme ? 'the password is hashed in a way that is not known' : { kind: 'plain', text };
}

/** The text that `parseStoredPassword` reads. */
export function formatScrypt(stored: Extract<StoredPassword, { kind: 'scrypt' }>): string {
  const { costLog2, blockSize, parallelism, salt, hash } = stored;
  const parameters = `ln=${costLog2},r=${blockSize},p=${parallelism}`;
  return `$scrypt$${parameters}$${salt.toString('base64')}$${hash.toString('base64')}`;
}

/** Derives the key that the entry's hash is compared with. */
export function derive(
  stored: Exclude<StoredPassword, { kind: 'plain' }>,
  password: Buffer,
  workers: HashWorkers,
): Promise<Buffer> {
  const { salt, hash } = stored;
  if (stored.kind === 'pbkdf2') return workers.pbkdf2(password, salt, stored.iterations, hash.length);
  const { costLog2, blockSize, parallelism } = stored;
  return workers.scrypt(password, salt, hash.length, { costLog2, blockSize, parallelism });
}

function parseScrypt(fields: readonly string[]): StoredPassword | string {
  const [parameters = '', salt, hash, ...more] = fields;
  const found = /^ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})$/.exec(parameters);
  if (found === null || more.length > 0) return 'the scrypt entry is not of the form $scrypt$ln=,r=,p=$salt$hash';
  const [costLog2, blockSize, parallelism] = found.slice(1).map(Number) as [number, number, number];
  const isWithin =
    within(costLog2, 1, MAX_COST_LOG2) &&
    within(blockSize, 1, MAX_BLOCK_SIZE) &&
    within(parallelism, 1, MAX_PARALLELISM);
  if (!isWithin || 128 * 2 ** costLog2 * blockSize > MAX_SCRYPT_BYTES) return 'the scrypt parameters are out of range';
  const bytes = bytesOf(salt, hash);
  return bytes === null
    ? 'salt or hash of the scrypt entry is not valid'
    : { kind: 'scrypt', costLog2, blockSize, parallelism, ...bytes };
}

function parsePbkdf2(fields: readonly string[]): StoredPassword | string {
  const [iterationsText = '', salt, hash, ...more] = fields;
  if (!/^\d{1,8}$/.test(iterationsText) || more.length > 0) {
    return 'the PBKDF2 entry is not of the form $7$iterations$salt$hash';
  }
  const iterations = Number(iterationsText);
  if (!within(iterations, 1, MAX_ITERATIONS)) return 'the PBKDF2 iterations are out of range';
  const bytes = bytesOf(salt, hash);
  return bytes === null ? 'salt or hash of the PBKDF2 entry is not valid' : { kind: 'pbkdf2', iterations, ...bytes };
}

function bytesOf(saltText = '', hashText = ''): { salt: Buffer; hash: Buffer } | null {
  const salt = base64(saltText);
  const hash = base64(hashText);
  if (salt === null || hash === null || salt.length < MIN_SALT_BYTES) return null;
  return within(hash.length, MIN_HASH_BYTES, MAX_HASH_BYTES) ? { salt, hash } : null;
}

/** Node skips what is no Base64; a truncated or damaged entry must not become a shorter one. */
function base64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  const withoutPadding = (encoded: string) => encoded.replace(/={1,2}$/, '');
  return text !== '' && withoutPadding(bytes.toString('base64')) === withoutPadding(text) ? bytes : null;
}

function within(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}
