import { AuthError } from '../auth-error.ts';
import type { HttpRequestSettings } from '../auth-settings.ts';

/** Letters of the placeholders `%u`, `%c` and so on; `%m` never has a value. */
const PLACEHOLDERS = 'ucPapmCdrAt';
type Letter = 'u' | 'c' | 'P' | 'a' | 'p' | 'm' | 'C' | 'd' | 'r' | 'A' | 't';

/** What placeholders stand for; what is undefined leaves its parameter out. */
export type PlaceholderValues = Readonly<Partial<Record<Letter, string | Buffer | undefined>>>;

type Part = string | { readonly letter: Letter };

/** A request ready to go out. */
export interface HttpQuestion {
  readonly url: URL;
  readonly method: 'POST' | 'GET';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** One of the three requests, checked and taken apart once. */
export class QuestionTemplate {
  readonly url: URL;
  readonly #method: 'POST' | 'GET';
  readonly #headers: Readonly<Record<string, string>>;
  readonly #isJson: boolean;
  readonly #params: readonly (readonly [string, readonly Part[]])[];

  /** @throws AuthError HTTP_REQUEST_INVALID */
  constructor(settings: HttpRequestSettings) {
    const { url, method, headers, params } = settings;
    if (!URL.canParse(url)) throw new AuthError('HTTP_REQUEST_INVALID', 'the URL is not valid');
    this.url = new URL(url);
    if (this.url.protocol !== 'http:' && this.url.protocol !== 'https:') {
      throw new AuthError('HTTP_REQUEST_INVALID', 'the URL is neither http nor https');
    }
    this.#method = method;
    const contentType = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
    this.#isJson = contentType.split(';')[0]?.trim().toLowerCase() === 'application/json';
    this.#headers = withContentType(headers, contentType, method);
    this.#params = Object.entries(params).map(([name, value]) => [name, partsOf(name, value)] as const);
  }

  /** Whether it sends the client's password, which must then be kept for as long as it may be asked. */
  get usesPassword(): boolean {
    return this.#params.some(([, parts]) => parts.some((part) => typeof part !== 'string' && part.letter === 'P'));
  }

  /** Values are encoded, so that none can become a second parameter. */
  fill(values: PlaceholderValues): HttpQuestion {
    const filled: [string, string][] = [];
    for (const [name, parts] of this.#params) {
      const text = textOf(parts, values);
      if (text !== null) filled.push([name, text]);
    }
    const method = this.#method;
    if (method === 'GET') {
      const url = new URL(this.url);
      for (const [name, text] of filled) url.searchParams.append(name, text);
      return { url, method, headers: this.#headers, body: null };
    }
    const body = this.#isJson ? JSON.stringify(Object.fromEntries(filled)) : new URLSearchParams(filled).toString();
    return { url: this.url, method, headers: this.#headers, body };
  }
}

function withContentType(
  headers: Readonly<Record<string, string>>,
  contentType: string,
  method: 'POST' | 'GET',
): Readonly<Record<string, string>> {
  const isComplete = contentType !== '' || method === 'GET';
  return isComplete ? headers : { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
}

function partsOf(name: string, value: string): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (let percent = value.indexOf('%'); percent >= 0; percent = value.indexOf('%', at)) {
    const letter = value[percent + 1];
    if (letter === undefined || !PLACEHOLDERS.includes(letter)) {
      throw new AuthError(
        'HTTP_REQUEST_INVALID',
        `parameter ${JSON.stringify(name)} has a placeholder that is not known`,
      );
    }
    if (percent > at) parts.push(value.slice(at, percent));
    parts.push({ letter: letter as Letter });
    at = percent + 2;
  }
  if (at < value.length || parts.length === 0) parts.push(value.slice(at));
  return parts;
}

/** null: one of its values is not known. */
function textOf(parts: readonly Part[], values: PlaceholderValues): string | null {
  let text = '';
  for (const part of parts) {
    const value = typeof part === 'string' ? part : values[part.letter];
    if (value === undefined) return null;
    text += typeof value === 'string' ? value : value.toString('utf8');
  }
  return text;
}
