export { Bell, type BellMemory, createBell, createRing, DEFAULT_RING_BYTES, type RingMemory } from './ring.ts';
export { RingLink, type RingLinkOptions } from './ring-link.ts';
