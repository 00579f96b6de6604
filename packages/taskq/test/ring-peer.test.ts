import { describePeer } from '@nanomq-ts/testkit';
import { DEFAULT_RING_BYTES } from '../src/ring.ts';
import { startRingPair } from './ring-harness.ts';

describePeer('ring', async (near, far) => startRingPair(near, far, DEFAULT_RING_BYTES));
describePeer('ring of 4096 bytes', async (near, far) => startRingPair(near, far, 4096));
