export { listenTcp, type TcpListener, type TcpListenerOptions } from './tcp-listener.ts';
