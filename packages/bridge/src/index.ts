export type { Bridge } from './bridge.ts';
export type {
  BridgeOptions,
  BridgeTcp,
  BridgeTls,
  BridgeWill,
  ForwardRule,
  SubscriptionRule,
} from './bridge-options.ts';
export type { BridgeSeat } from './bridge-seat.ts';
export { type BridgeSwitch, Bridges } from './bridges.ts';
export { openStream } from './remote/open-stream.ts';
export type { OpenStream, RemoteStream, RemoteStreamEvents, StreamTarget } from './remote/remote-stream.ts';
export { parseServerUrl } from './remote/server-url.ts';
export type { RequestProperties } from './remote/subscriber.ts';
