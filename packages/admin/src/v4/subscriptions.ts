import type { SubscriptionCriteria, SubscriptionView } from '@nanomq-ts/core';
import type { AdminParts } from '../admin-options.ts';
import { answerList } from './answer-list.ts';
import { pagingOf, pagingQuery } from './paging.ts';
import { readQuery } from './read-request.ts';
import { pathParameter, type Route } from './route.ts';
import { type SubscriptionRow, subscriptionListReply, subscriptionQuery } from './subscription-schemas.ts';

/** A subscription as API v4 shows it. */
export function subscriptionRow(subscription: SubscriptionView): SubscriptionRow {
  return {
    clientid: subscription.clientId,
    topic: subscription.topicFilter,
    qos: subscription.qos,
    no_local: subscription.noLocal,
    retain_as_published: subscription.retainAsPublished,
    subscription_identifier: subscription.subscriptionIdentifier,
  };
}

/** `GET /subscriptions` and those of one client. */
export function subscriptionRoutes({ admin }: AdminParts): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/subscriptions',
      name: 'list_subscriptions',
      description: 'A list of subscriptions, one row each',
      query: subscriptionQuery,
      reply: { json: subscriptionListReply },
      failures: ['PARAMETER_ERROR'],
      handle: (request, response) => {
        const query = readQuery(subscriptionQuery, request);
        const criteria: SubscriptionCriteria = {
          ...(query.clientid === undefined ? {} : { clientId: query.clientid }),
          ...(query.topic === undefined ? {} : { topicFilter: query.topic }),
          ...(query.qos === undefined ? {} : { qos: query.qos }),
          ...(query.share === undefined ? {} : { shareName: query.share }),
        };
        const total = Object.keys(criteria).length > 0 ? null : async () => (await admin.figures()).subscriptions;
        return answerList(response, admin.subscriptions(criteria), pagingOf(query), subscriptionRow, total);
      },
    },
    {
      method: 'GET',
      path: '/subscriptions/:clientid',
      name: 'list_client_subscriptions',
      description: 'A list of subscriptions of one client; empty when it is not known',
      pathParameters: { clientid: 'client identifier' },
      query: pagingQuery,
      reply: { json: subscriptionListReply },
      failures: ['PARAMETER_ERROR'],
      handle: (request, response) => {
        const paging = pagingOf(readQuery(pagingQuery, request));
        const subscriptions = admin.subscriptions({ clientId: pathParameter(request, 'clientid') });
        return answerList(response, subscriptions, paging, subscriptionRow);
      },
    },
  ];
}
