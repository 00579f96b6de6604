import type { Store } from '../ports/store.ts';

/** Nothing outlives the process: the core's own memory is all there is, so everything is as safe as it will get. */
export class MemoryStore implements Store {
  readonly handedOver = 0;
  readonly committed = 0;
  sessionSaved(): void {}
  sessionRemoved(): void {}
  subscriptionSaved(): void {}
  subscriptionRemoved(): void {}
  messageAdded(): void {}
  messageRemoved(): void {}
  inboundIdAdded(): void {}
  inboundIdRemoved(): void {}
  retainedSaved(): void {}
  retainedRemoved(): void {}
  onCommitted(): void {}
}
