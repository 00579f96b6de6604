import type { Request } from 'express';
import { BasicStrategy } from 'passport-http';
import { readBasic } from './authorization-header.ts';

/** Whether user and password are those of the administrator. */
export type BasicCheck = (username: string, password: string) => boolean;

/** passport-http cuts a password at its first colon; this one gives it whole to `check`. */
export class WholePasswordStrategy extends BasicStrategy {
  // passport puts these on the copy of the strategy it makes for each request (Object.create: no #private survives that).
  declare readonly success: (user: object) => void;
  declare readonly fail: (challenge: string) => void;
  protected readonly check: BasicCheck;

  constructor(check: BasicCheck) {
    super((_username, _password, done) => done(null, false));
    this.check = check;
  }

  override authenticate(request: Request): void {
    const header = readBasic(request.headers.authorization);
    if (header.kind !== 'given') {
      this.fail(header.kind);
      return;
    }
    const { username, password } = header.credentials;
    if (this.check(username, password)) this.success({ username });
    else this.fail('wrong');
  }
}
