/** Stands where a secret was. */
export const SECRET_MASK = '******';

/** Longest text kept of one value: a client identifier or a topic name may have 65,535 bytes. */
export const TEXT_LIMIT_CHARACTERS = 4096;

const DEPTH_LIMIT = 6;
const MEMBERS_LIMIT = 100;

/** Members whose value is never shown. A user name is no secret; a boolean (`password: true`) tells none. */
const SECRET_NAME =
  /pass|pwd|secret|token|authori[sz]ation|credential|cookie|private.?key|api.?key|auth.?data|authentication.?data|^payload$/i;
/** `name=value` and `"name":"value"` inside a text, such as a query string or a request quoted by an error. */
const SECRET_IN_TEXT =
  /((?:passw|passphrase|pwd|secret|token|api_?key)\w{0,32}(?:"\s*:|\s*=)\s*)("[^"]*"|[^\s",;&}]+)/gi;
const URL_LOGIN = /(\w:\/\/)[^/@\s]+@/g;

/** pino's own members: a field of that name would be a second key of the same object. */
const TAKEN_NAMES = new Set(['level', 'time', 'msg']);

/**
 * A copy of `fields` that is safe to write: secrets masked by name at any depth and in texts, bytes shown as their
 * count only, errors with code, stack and cause, long texts cut, deep, wide and circular values bounded.
 * A field with a name of pino's gets a `_` behind it.
 * @returns a new object; never throws, whatever a getter does
 */
export function loggableFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const copy = loggableMembers(Object.keys(fields), fields, []);
  for (const name of TAKEN_NAMES) {
    if (!(name in copy)) continue;
    copy[`${name}_`] = copy[name];
    delete copy[name];
  }
  return copy;
}

/** A text without logins in URLs and without values behind names of secrets, cut after 4,096 characters. */
export function loggableText(text: string): string {
  // Cut first: the time of the expressions below then has a bound whatever a client sends.
  const rest = text.length - TEXT_LIMIT_CHARACTERS;
  const kept = rest > 0 ? `${text.slice(0, TEXT_LIMIT_CHARACTERS)}...(${rest} more)` : text;
  return kept.replace(URL_LOGIN, `$1${SECRET_MASK}@`).replace(SECRET_IN_TEXT, `$1${SECRET_MASK}`);
}

function loggable(value: unknown, above: readonly object[]): unknown {
  switch (typeof value) {
    case 'string':
      return loggableText(value);
    case 'bigint':
    case 'symbol':
      return String(value);
    case 'function':
      return '[function]';
    case 'object':
      return value === null ? null : loggableObject(value, above);
    default:
      return value;
  }
}

function loggableObject(value: object, above: readonly object[]): unknown {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Date || value instanceof URL) return loggableText(String(value));
  if (above.includes(value)) return '[circular]';
  if (above.length >= DEPTH_LIMIT) return '[deeper]';
  const path = [...above, value];
  if (value instanceof Error) return loggableError(value, path);
  if (value instanceof Map) return loggableMembers([...value.keys()].map(String), Object.fromEntries(value), path);
  const list = value instanceof Set ? [...value] : value;
  if (!Array.isArray(list)) return loggableMembers(Object.keys(list), list, path);
  const shown = list.slice(0, MEMBERS_LIMIT).map((member) => loggable(member, path));
  return list.length > shown.length ? [...shown, `[${list.length - shown.length} more]`] : shown;
}

/** `type`, `message` and `stack`, then what the error carries besides; `cause` and `errors` are not enumerable. */
function loggableError(error: Error, path: readonly object[]): Record<string, unknown> {
  const hidden = ['cause', 'errors'].filter((name) => Object.hasOwn(error, name));
  const names = new Set(['message', 'stack', ...hidden, ...Object.keys(error)]);
  return { type: loggableText(String(error.name)), ...loggableMembers([...names], error, path) };
}

function loggableMembers(names: readonly string[], from: object, path: readonly object[]): Record<string, unknown> {
  const copy: Record<string, unknown> = Object.create(null);
  for (const name of names.slice(0, MEMBERS_LIMIT)) copy[name] = loggableMember(name, from, path);
  if (names.length > MEMBERS_LIMIT) copy['...'] = `${names.length - MEMBERS_LIMIT} more`;
  return copy;
}

function loggableMember(name: string, from: object, path: readonly object[]): unknown {
  try {
    const value: unknown = Reflect.get(from, name);
    const isSecret = SECRET_NAME.test(name) && typeof value !== 'boolean' && value !== undefined && value !== null;
    return isSecret ? SECRET_MASK : loggable(value, path);
  } catch {
    return '[unreadable]';
  }
}
