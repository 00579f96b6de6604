/** A way to a broker. */
export interface ServerAddress {
  /** As configured, without user name and password. */
  readonly url: string;
  readonly kind: 'tcp' | 'ws';
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
  /** WebSocket alone. */
  readonly path: string;
}

const SCHEMES: Readonly<
  Record<string, { readonly kind: 'tcp' | 'ws'; readonly isTls: boolean; readonly port: number }>
> = {
  'mqtt-tcp': { kind: 'tcp', isTls: false, port: 1883 },
  'tls+mqtt-tcp': { kind: 'tcp', isTls: true, port: 8883 },
  ws: { kind: 'ws', isTls: false, port: 80 },
  wss: { kind: 'ws', isTls: true, port: 443 },
};

const FORM = /^([a-z][a-z0-9+.-]*):\/\/(?:\[([^\]]+)\]|([^/:?#\s[\]@]+))(?::(\d{1,5}))?(\/\S*)?$/i;

/** @returns null when it is no URL that a bridge can connect to */
export function parseServerUrl(url: string): ServerAddress | null {
  const [, scheme = '', ipv6, name, port, path = ''] = FORM.exec(url) ?? [];
  const facts = Object.hasOwn(SCHEMES, scheme.toLowerCase()) ? SCHEMES[scheme.toLowerCase()] : undefined;
  const host = ipv6 ?? name;
  if (facts === undefined || host === undefined) return null;
  const number = port === undefined ? facts.port : Number(port);
  if (number < 1 || number > 65_535 || (facts.kind === 'tcp' && path !== '' && path !== '/')) return null;
  return { url, kind: facts.kind, isTls: facts.isTls, host, port: number, path: path === '' ? '/mqtt' : path };
}
