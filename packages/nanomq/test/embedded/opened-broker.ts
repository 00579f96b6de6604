import { RawClient, type RawConnectOptions, TcpLink } from '@nanomq-ts/testkit';
import { onTestFinished } from 'vitest';
import { type Broker, type BrokerOptions, createBroker } from '../../src/index.ts';

/** Any free port of this machine alone, and no statistics that would come between messages. */
export const LOOPBACK_CONFIG = 'listeners.tcp.bind = "127.0.0.1:0"\nmqtt.sys_interval = 0s';

/** A broker that listens on loopback, and clients of it; all of it goes away with the test. */
export interface OpenedBroker {
  readonly broker: Broker;
  readonly port: number;
  /** A client that has not sent anything yet. */
  open(protocolVersion?: 3 | 4 | 5): Promise<{ client: RawClient; link: TcpLink }>;
  /** A connected client. */
  connect(clientId: string, protocolVersion?: 3 | 4 | 5, options?: RawConnectOptions): Promise<RawClient>;
}

export async function openBroker(options: BrokerOptions = {}): Promise<OpenedBroker> {
  const broker = await createBroker({ config: LOOPBACK_CONFIG, ...options });
  onTestFinished(() => broker.close());
  const [address] = await broker.listen();
  const port = address?.port ?? 0;
  const open = async (protocolVersion: 3 | 4 | 5 = 5) => {
    const link = await TcpLink.open(port);
    onTestFinished(() => link.destroy());
    return { client: new RawClient(link, protocolVersion), link };
  };
  const connect = async (clientId: string, protocolVersion: 3 | 4 | 5 = 5, connectOptions: RawConnectOptions = {}) => {
    const { client } = await open(protocolVersion);
    await client.connect({ clientId, ...connectOptions });
    return client;
  };
  return { broker, port, open, connect };
}
