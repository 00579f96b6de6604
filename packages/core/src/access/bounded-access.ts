import type { Access, Admission, AuthenticationRequest, Principal } from '../ports/access.ts';

/** An answer of the Access port. */
type Answer<T> = T | Promise<T>;

/**
 * Lets an Access have only so many answers open at once; what is asked beyond that is asked when one has come, in order.
 * Answers that come at once go through. What is never open (`receive` and its like) is handed on as it is.
 */
export class BoundedAccess implements Access {
  readonly #access: Access;
  readonly #mostOpen: number;
  #open = 0;
  /** Who waits to ask, oldest first; what lies before `#next` has asked. */
  #waiting: (() => void)[] = [];
  #next = 0;

  /** @param mostOpen  answers open at once, at least 1 */
  constructor(access: Access, mostOpen: number) {
    this.#access = access;
    this.#mostOpen = mostOpen;
  }

  get checksPublish(): boolean {
    return this.#access.checksPublish;
  }

  get decisionsHold(): boolean {
    return this.#access.decisionsHold === true;
  }

  get denyAction(): 'ignore' | 'disconnect' {
    return this.#access.denyAction ?? 'ignore';
  }

  get checksResume(): boolean {
    return this.#access.checksResume === true;
  }

  get checksReceive(): boolean {
    return this.#access.checksReceive === true;
  }

  get checksRetainedPublisher(): boolean {
    return this.#access.checksRetainedPublisher === true;
  }

  /** Answers that are open. */
  get openCount(): number {
    return this.#open;
  }

  authenticate(request: AuthenticationRequest): Answer<number | Admission> {
    return this.#ask(() => this.#access.authenticate(request));
  }

  publish(principal: Principal, topicName: string, retain: boolean): Answer<number> {
    return this.#ask(() => this.#access.publish(principal, topicName, retain));
  }

  subscribe(principal: Principal, topicFilter: string): Answer<number> {
    return this.#ask(() => this.#access.subscribe(principal, topicFilter));
  }

  receive(principal: Principal, topicName: string): boolean {
    return this.#access.receive?.(principal, topicName) === true;
  }

  takeOver(principal: Principal, holder: Principal): boolean {
    return this.#access.takeOver?.(principal, holder) !== false;
  }

  mayStillPublish(publisher: Principal, topicName: string): boolean {
    return this.#access.mayStillPublish?.(publisher, topicName) === true;
  }

  onChanged(listener: () => void): void {
    this.#access.onChanged?.(listener);
  }

  #ask<T>(question: () => Answer<T>): Answer<T> {
    if (this.#open < this.#mostOpen && this.#next === this.#waiting.length) {
      this.#open++;
      return this.#answerTo(question);
    }
    return new Promise<void>((resolve) => this.#waiting.push(resolve)).then(() => this.#answerTo(question));
  }

  /** Its place among those that are open is taken already. */
  #answerTo<T>(question: () => Answer<T>): Answer<T> {
    let answer: Answer<T>;
    try {
      answer = question();
    } catch (error) {
      this.#answered();
      throw error;
    }
    if (answer instanceof Promise) return answer.finally(() => this.#answered());
    this.#answered();
    return answer;
  }

  #answered(): void {
    this.#open--;
    while (this.#open < this.#mostOpen && this.#next < this.#waiting.length) {
      this.#open++;
      const ask = this.#waiting[this.#next++] as () => void;
      ask();
    }
    if (this.#next < this.#waiting.length) return;
    this.#waiting = [];
    this.#next = 0;
  }
}
