import type { ListenerSpec } from './listener-spec.ts';

/** A listener could not be opened, or could not take other certificates; `cause` says why. */
export class ListenError extends Error {
  /** That of the cause: `EADDRINUSE`, `TLS_KEY_MISMATCH`, ... */
  readonly code: string;
  readonly spec: ListenerSpec;

  constructor(spec: ListenerSpec, cause: unknown) {
    super(`listener ${spec.id} cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'ListenError';
    this.code = codeOf(cause) ?? 'LISTENER_NOT_OPEN';
    this.spec = spec;
  }
}

function codeOf(cause: unknown): string | undefined {
  const isCoded = typeof cause === 'object' && cause !== null && 'code' in cause;
  return isCoded && typeof cause.code === 'string' ? cause.code : undefined;
}
