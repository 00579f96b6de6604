import { listenTcp } from '../src/tcp-listener.ts';
import { ListenerHarness, tcpClient } from './listener-harness.ts';
import { StreamPeer } from './stream-peer.ts';

/** Starts a TCP listener on a free port for the contract suite. */
export async function tcpHarness(sharedRead: boolean): Promise<ListenerHarness<StreamPeer>> {
  return ListenerHarness.start({
    listenerName: 'tcp:contract',
    listen: async (accept) => {
      const name = 'tcp:contract';
      const listener = await listenTcp({ host: '127.0.0.1', port: 0, name, sharedRead, accept });
      if (listener.sharedRead !== sharedRead) throw new Error('this Node has no handle to share reads with');
      return listener;
    },
    connect: async (listener) => new StreamPeer(await tcpClient(listener)),
  });
}
