import type { Logger } from '@nanomq-ts/core';
import type { HttpAuthSettings, HttpRequestSettings } from '../auth-settings.ts';
import { VerifiedCache } from '../passwords/verified-cache.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { type PlaceholderValues, QuestionTemplate } from './http-question.ts';
import { HttpSender } from './http-sender.ts';
import { trustedAuthorities } from './trusted-authorities.ts';

/** What a server said. `unknown`: it could not be asked, or is not able to say. */
export type HttpAnswer = 'yes' | 'no' | 'unknown';

/** What asking stands on. */
export interface HttpParts {
  readonly logger: Logger;
  readonly nowMs: () => number;
}

/** Questions open at once, over all connections: a server that hangs must not gather them without end. */
const MAX_OPEN = 2000;
const ALLOWED = 200;
const FIRST_SERVER_ERROR = 500;

/** One request of `auth.http_auth` with its way to the server. */
export class HttpAuthority {
  readonly #template: QuestionTemplate;
  readonly #sender: HttpSender;
  readonly #breaker = new CircuitBreaker();
  readonly #cache: VerifiedCache;
  readonly #parts: HttpParts;
  #open = 0;
  #isRetired = false;

  /** @throws AuthError HTTP_REQUEST_INVALID */
  constructor(request: HttpRequestSettings, settings: HttpAuthSettings, parts: HttpParts) {
    const { timeoutMs, connectTimeoutMs, poolSize, cacheTtlMs } = settings;
    this.#template = new QuestionTemplate(request);
    const { certificateAuthorities: pem } = request;
    const certificateAuthorities = pem === undefined ? undefined : trustedAuthorities(pem);
    this.#sender = new HttpSender({ timeoutMs, connectTimeoutMs, poolSize, certificateAuthorities });
    this.#cache = new VerifiedCache(cacheTtlMs);
    this.#parts = parts;
  }

  get usesPassword(): boolean {
    return this.#template.usesPassword;
  }

  /** At once from the cache, which knows positive answers alone. */
  ask(values: PlaceholderValues): HttpAnswer | Promise<HttpAnswer> {
    const { c, u, P, A, t, a, p, C, d, r } = values;
    const key = this.#cache.keyOf([c, u, P, A, t, a, p, C, d, r]);
    const nowMs = this.#parts.nowMs();
    if (this.#cache.has(key, nowMs)) return 'yes';
    if (this.#open >= MAX_OPEN || !this.#breaker.mayGo(nowMs)) return 'unknown';
    return this.#send(values, key);
  }

  /** It is not asked any more: connections close when the last answer is there. */
  retire(): void {
    this.#isRetired = true;
    this.#cache.clear();
    if (this.#open === 0) this.#sender.close();
  }

  /** As `retire`, but nothing is waited for: what is open has no answer. */
  close(): void {
    this.retire();
    this.#sender.close();
  }

  async #send(values: PlaceholderValues, key: string): Promise<HttpAnswer> {
    this.#open++;
    try {
      const status = await this.#sender.send(this.#template.fill(values));
      if (status >= FIRST_SERVER_ERROR) return this.#failed(`status ${status}`);
      this.#breaker.succeeded();
      if (status !== ALLOWED) return 'no';
      this.#cache.add(key, this.#parts.nowMs());
      return 'yes';
    } catch (error) {
      // Node's own message names no more than the server's address.
      return this.#failed(error instanceof Error ? error.message : 'failed');
    } finally {
      this.#open--;
      if (this.#isRetired && this.#open === 0) this.#sender.close();
    }
  }

  #failed(cause: string): HttpAnswer {
    if (this.#isRetired) return 'unknown';
    const isOpenNow = this.#breaker.failed(this.#parts.nowMs());
    const { host } = this.#template.url;
    if (isOpenNow) this.#parts.logger.warn({ host, cause }, 'HTTP authentication does not answer; clients are refused');
    else this.#parts.logger.debug({ host, cause }, 'HTTP authentication did not answer');
    return 'unknown';
  }
}
