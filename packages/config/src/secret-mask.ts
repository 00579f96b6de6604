/** What is shown in the place of a secret. */
export const SECRET_MASK = '******';

const SECRET_NAME = /pass|secret|token|authorization|credential/i;
const URL_LOGIN = /(\w:\/\/)[^/@\s]+@/g;

/** Is this a URL with a login in it? */
export function hasLogin(value: unknown): boolean {
  return typeof value === 'string' && value.replace(URL_LOGIN, '') !== value;
}

/** A value as JSON in which members with the name of a secret and logins in URLs are masked. */
export function maskSecrets(value: unknown): string {
  const text = JSON.stringify(value, (name, member: unknown) => (SECRET_NAME.test(name) ? SECRET_MASK : member));
  return text.replace(URL_LOGIN, `$1${SECRET_MASK}@`);
}
