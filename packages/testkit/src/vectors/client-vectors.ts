import { acknowledgementVectors } from './acknowledgements.ts';
import { authVectors } from './auth.ts';
import { connectVectors } from './connect.ts';
import { malformedConnectVectors } from './connect-malformed.ts';
import { connectPropertyVectors } from './connect-properties.ts';
import { disconnectVectors } from './disconnect.ts';
import { fixedHeaderVectors } from './fixed-header.ts';
import { pingreqVectors } from './pingreq.ts';
import { publishVectors } from './publish.ts';
import { malformedPublishVectors } from './publish-malformed.ts';
import { subscribeVectors } from './subscribe.ts';
import { unsubscribeVectors } from './unsubscribe.ts';
import type { FrameVector } from './vector.ts';
import { wrongTypeVectors } from './wrong-type.ts';

/** Every vector, by list; the lists together have every packet type. */
export const clientVectors: Readonly<Record<string, readonly FrameVector[]>> = {
  connect: connectVectors,
  malformedConnect: malformedConnectVectors,
  connectProperties: connectPropertyVectors,
  publish: publishVectors,
  malformedPublish: malformedPublishVectors,
  acknowledgements: acknowledgementVectors,
  subscribe: subscribeVectors,
  unsubscribe: unsubscribeVectors,
  pingreq: pingreqVectors,
  disconnect: disconnectVectors,
  auth: authVectors,
  wrongType: wrongTypeVectors,
  fixedHeader: fixedHeaderVectors,
};
