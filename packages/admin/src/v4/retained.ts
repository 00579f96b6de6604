import { isUtf8 } from 'node:buffer';
import type { AdminPort, RetainedView } from '@nanomq-ts/core';
import type { Request } from 'express';
import type { AdminParts } from '../admin-options.ts';
import { failure } from '../http/failure.ts';
import { answerList } from './answer-list.ts';
import { pagingOf } from './paging.ts';
import { readQuery } from './read-request.ts';
import { isoTime } from './reply-schemas.ts';
import {
  type RetainedRow,
  retainedDeletedReply,
  retainedDeleteQuery,
  retainedListReply,
  retainedQuery,
  retainedReply,
} from './retained-schemas.ts';
import type { Route } from './route.ts';

const ONE = '/retained/*topic';
const pathParameters = { topic: 'topic name; its `/` may stand as they are or as `%2F`' };

/** Retained messages: list, read, delete one or by filter. */
export function retainedRoutes({ admin }: AdminParts): readonly Route[] {
  return [listRetained(admin), readRetained(admin), deleteByFilter(admin), deleteOne(admin)];
}

function listRetained(admin: AdminPort): Route {
  return {
    method: 'GET',
    path: '/retained',
    name: 'list_retained',
    description: 'A list of retained messages, without their payloads',
    query: retainedQuery,
    reply: { json: retainedListReply },
    failures: ['PARAMETER_ERROR', 'ILLEGAL_SUBJECT'],
    handle: (request, response) => {
      const query = readQuery(retainedQuery, request);
      return answerList(response, admin.retained(query.topic), pagingOf(query), retainedRow);
    },
  };
}

function readRetained(admin: AdminPort): Route {
  return {
    method: 'GET',
    path: ONE,
    name: 'lookup_retained',
    description: 'The retained message of a topic, with its payload',
    pathParameters,
    reply: { json: retainedReply },
    failures: ['UNKNOWN_SUBJECT'],
    handle: async (request, response) => {
      const message = await retainedOf(admin, topicIn(request));
      const { payload } = message;
      const payload_text = isUtf8(payload) ? payload.toString('utf8') : null;
      const data = { ...retainedRow(message), payload: payload.toString('base64'), payload_text };
      response.json({ code: 0, data });
    },
  };
}

function deleteByFilter(admin: AdminPort): Route {
  return {
    method: 'DELETE',
    path: '/retained',
    name: 'delete_retained_by_filter',
    description: 'Deletes the retained messages a topic filter matches',
    query: retainedDeleteQuery,
    reply: { json: retainedDeletedReply },
    failures: ['PARAMETER_MISSING', 'PARAMETER_ERROR', 'ILLEGAL_SUBJECT'],
    handle: async (request, response) => {
      const { topic } = readQuery(retainedDeleteQuery, request);
      response.json({ code: 0, data: { deleted: await admin.deleteRetained(topic) } });
    },
  };
}

function deleteOne(admin: AdminPort): Route {
  return {
    method: 'DELETE',
    path: ONE,
    name: 'delete_retained',
    description: 'Deletes the retained message of a topic',
    pathParameters,
    reply: { json: retainedDeletedReply },
    failures: ['UNKNOWN_SUBJECT'],
    handle: async (request, response) => {
      // Only names have a message, so a filter in the path never comes to be used as one.
      const { topicName } = await retainedOf(admin, topicIn(request));
      response.json({ code: 0, data: { deleted: await admin.deleteRetained(topicName) } });
    },
  };
}

async function retainedOf(admin: AdminPort, topicName: string): Promise<RetainedView> {
  const message = await admin.retainedMessage(topicName);
  if (message === undefined) throw failure('UNKNOWN_SUBJECT', 'topic: no retained message');
  return message;
}

/** All that follows in the path: an empty level at either end belongs to the topic name. */
function topicIn(request: Request): string {
  return decodeURIComponent(request.path.slice('/retained/'.length));
}

function retainedRow({ topicName, qos, payload, expiresAtMs }: RetainedView): RetainedRow {
  return { topic: topicName, qos, payload_bytes: payload.length, expires_at: isoTime(expiresAtMs) };
}
