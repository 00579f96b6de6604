/** What `Authorization` holds: nothing of use for the scheme asked for, something unreadable, or credentials. */
export type Authorization<T> =
  | { readonly kind: 'absent' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'given'; readonly credentials: T };

/** User and password of a Basic header. */
export interface BasicCredentials {
  readonly username: string;
  readonly password: string;
}

/**
 * Reads a Basic header. The password may hold colons. Absent: no header, another scheme, an empty user or password.
 * @see RFC 7617, 2 (the scheme is matched without regard to case; NanoMQ wants `Basic`)
 */
export function readBasic(header: string | undefined): Authorization<BasicCredentials> {
  const token = tokenOf(header, 'basic');
  if (token === '') return { kind: 'absent' };
  const text = Buffer.from(token, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return { kind: 'malformed' };
  const credentials = { username: text.slice(0, colon), password: text.slice(colon + 1) };
  if (credentials.username === '' || credentials.password === '') return { kind: 'absent' };
  return { kind: 'given', credentials };
}

/** Reads a Bearer header. Absent: no header, another scheme, no token. @see RFC 6750, 2.1 */
export function readBearer(header: string | undefined): Authorization<string> {
  const token = tokenOf(header, 'bearer');
  return token === '' ? { kind: 'absent' } : { kind: 'given', credentials: token };
}

/** What stands after the scheme; '' when the scheme is another or nothing follows. */
function tokenOf(header: string | undefined, scheme: string): string {
  if (header === undefined || header.slice(0, scheme.length).toLowerCase() !== scheme) return '';
  const rest = header.slice(scheme.length);
  return rest.startsWith(' ') ? rest.trim() : '';
}
