/** The HTTP API could not be opened; `cause` says why. */
export class HttpListenError extends Error {
  readonly code = 'HTTP_API_NOT_OPEN';
  /** As configured. */
  readonly address: { readonly host: string; readonly port: number };

  constructor({ host, port }: { readonly host: string; readonly port: number }, cause: unknown) {
    super('the HTTP API cannot be opened', { cause });
    this.name = 'HttpListenError';
    this.address = { host, port };
  }
}
