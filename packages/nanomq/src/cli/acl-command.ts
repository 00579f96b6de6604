import { AccessRules, AuthError, OPEN_SETTINGS } from '@nanomq-ts/auth';
import type { AuthConfig } from '@nanomq-ts/config';
import { escapeControls } from '../log/control-characters.ts';
import { silentLogger } from '../silent-logger.ts';
import type { AclWords } from './acl-words.ts';
import { CommandFailure } from './command-failure.ts';
import { loadConfiguration } from './configuration.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * `nanomq acl explain`: says whether somebody may do something by the rules of the configuration, and which rule of
 * which line decides.
 * @returns exit code 0, whatever the answer is
 * @throws ConfigError with every problem; CommandFailure when a rule is not good
 */
export function explainAcl(words: AclWords, surroundings: Pick<Surroundings, 'env' | 'cwd' | 'stdout'>): number {
  const { auth } = loadConfiguration({ conf: words.conf, urls: [] }, surroundings).config;
  const { client: clientId, user: username, address: remoteAddress, action, topic } = words;
  const { text } = rulesOf(auth).explain({ clientId, username, remoteAddress, action, topic });
  for (const line of [text, ...asideOf(auth)]) surroundings.stdout.write(`${escapeControls(line)}\n`);
  return 0;
}

/** The rules alone: whether users and keys are good is another question. */
function rulesOf({ acl, noMatch }: AuthConfig): AccessRules {
  try {
    return new AccessRules({ ...OPEN_SETTINGS, acl, noMatch }, { logger: silentLogger, nowMs: () => 0 });
  } catch (error) {
    throw error instanceof AuthError ? new CommandFailure(error.message, { cause: error }) : error;
  }
}

/** Who else decides. */
function asideOf({ jwt, http }: AuthConfig): string[] {
  return [
    ...(jwt === null ? [] : [`a token with the claim ${jwt.aclClaim} decides in place of the rules (auth.jwt)`]),
    ...(http?.aclRequest == null ? [] : ['what the rules allow, the server of auth.http_auth may still refuse']),
  ];
}
