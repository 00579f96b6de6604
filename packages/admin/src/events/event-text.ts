import type { AdminEvent } from '@nanomq-ts/core';
import { clientRow } from '../v4/client-row.ts';
import { isoTime } from '../v4/reply-schemas.ts';
import { subscriptionRow } from '../v4/subscriptions.ts';
import type { EventQuery } from './event-schemas.ts';

/** An event as a reader gets it. JSON holds no line end, so `data` is one line. */
export function eventText(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** `data` of an event. */
export function eventData(event: AdminEvent): object {
  const at = isoTime(event.atMs);
  switch (event.type) {
    case 'connected':
      return { at, client: clientRow(event.client) };
    case 'disconnected':
      return { at, clientid: event.clientId, reason_code: event.reasonCode };
    case 'subscribed':
      return { at, ...subscriptionRow(event.subscription) };
    case 'unsubscribed':
      return { at, clientid: event.clientId, topic: event.topicFilter };
    case 'dropped':
      return { at, reason: event.reason, count: event.count };
    default:
      return event satisfies never;
  }
}

/** Whether a reader asked for an event. */
export function isAskedFor(event: AdminEvent, { type, clientid }: EventQuery): boolean {
  if (type !== undefined && !type.has(event.type)) return false;
  return clientid === undefined || clientid === clientIdOf(event);
}

function clientIdOf(event: AdminEvent): string | null {
  switch (event.type) {
    case 'connected':
      return event.client.clientId;
    case 'subscribed':
      return event.subscription.clientId;
    case 'dropped':
      return null;
    default:
      return event.clientId;
  }
}
