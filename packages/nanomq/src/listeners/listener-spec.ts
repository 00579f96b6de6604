import type {
  ListenersConfig,
  TcpListenerConfig,
  TlsListenerConfig,
  UnixListenerConfig,
  WsListenerConfig,
  WssListenerConfig,
} from '@nanomq-ts/config';

/** One listener of the configuration that is to be open. */
export type ListenerSpec = { readonly id: string } & (
  | { readonly section: 'tcp'; readonly config: TcpListenerConfig }
  | { readonly section: 'ssl'; readonly config: TlsListenerConfig }
  | { readonly section: 'ws'; readonly config: WsListenerConfig }
  | { readonly section: 'wss'; readonly config: WssListenerConfig }
  | { readonly section: 'unix'; readonly config: UnixListenerConfig }
);

/** Every enabled listener, in the order they are opened. `id` is its section and name: `tcp:default`, `ssl:internal`. */
export function enabledListeners({ tcp, ssl, ws, wss, unix }: ListenersConfig): readonly ListenerSpec[] {
  const specs: ListenerSpec[] = [
    ...tcp.map((config) => ({ section: 'tcp', id: `tcp:${config.name}`, config }) as const),
    ...ssl.map((config) => ({ section: 'ssl', id: `ssl:${config.name}`, config }) as const),
    ...ws.map((config) => ({ section: 'ws', id: `ws:${config.name}`, config }) as const),
    ...wss.map((config) => ({ section: 'wss', id: `wss:${config.name}`, config }) as const),
    ...unix.map((config) => ({ section: 'unix', id: `unix:${config.name}`, config }) as const),
  ];
  return specs.filter(({ config }) => config.enable);
}
