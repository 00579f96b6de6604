import type { AdminPort, ClientCriteria, ClientView } from '@nanomq-ts/core';
import type { Response } from 'express';
import type { AdminParts } from '../admin-options.ts';
import { failure } from '../http/failure.ts';
import { answerList, inBatches, inPieces, wanted } from './answer-list.ts';
import { clientRow, protocolName } from './client-row.ts';
import { type ClientQuery, clientListReply, clientQuery } from './client-schemas.ts';
import { type Paging, pagingOf, pagingQuery } from './paging.ts';
import { readQuery } from './read-request.ts';
import { successReply } from './reply-schemas.ts';
import { pathParameter, type Route } from './route.ts';

/** Clients: who they are, and away with one. */
export function clientRoutes({ admin }: AdminParts): readonly Route[] {
  return [listClients(admin), findClient(admin), findByUsername(admin), kickClient(admin)];
}

function listClients(admin: AdminPort): Route {
  return {
    method: 'GET',
    path: '/clients',
    name: 'list_clients',
    description: 'A list of clients, offline ones with a session too',
    query: clientQuery,
    reply: { json: clientListReply },
    failures: ['PARAMETER_ERROR'],
    handle: (request, response) => {
      const query = readQuery(clientQuery, request);
      const { page: _page, limit: _limit, ...filters } = query;
      // Ten thousand views for a page of a hundred rows cost the publishers more than the page itself.
      const total = Object.keys(filters).length > 0 ? null : async () => (await admin.figures()).sessions;
      return answerClients(response, clientsFor(admin, query), pagingOf(query), total);
    },
  };
}

function findClient(admin: AdminPort): Route {
  return {
    method: 'GET',
    path: '/clients/:clientid',
    name: 'lookup_client',
    description: 'The client of this identifier, as a list of one or none',
    pathParameters: { clientid: 'client identifier' },
    query: pagingQuery,
    reply: { json: clientListReply },
    failures: ['PARAMETER_ERROR'],
    handle: (request, response) => {
      const paging = pagingOf(readQuery(pagingQuery, request));
      const clients = admin.clients({ clientId: pathParameter(request, 'clientid') });
      return answerClients(response, clients, paging);
    },
  };
}

function findByUsername(admin: AdminPort): Route {
  return {
    method: 'GET',
    path: '/clients/username/:username',
    name: 'lookup_client_via_username',
    description: 'A list of clients with this user name',
    pathParameters: { username: 'user name' },
    query: pagingQuery,
    reply: { json: clientListReply },
    failures: ['PARAMETER_ERROR'],
    handle: (request, response) => {
      const paging = pagingOf(readQuery(pagingQuery, request));
      const clients = admin.clients({ username: pathParameter(request, 'username') });
      return answerClients(response, clients, paging);
    },
  };
}

function kickClient(admin: AdminPort): Route {
  return {
    method: 'DELETE',
    path: '/clients/:clientid',
    name: 'kick_client',
    description: 'Disconnects a client (0x98, Administrative action); its session ends as its expiry says',
    pathParameters: { clientid: 'client identifier' },
    reply: { json: successReply },
    failures: ['CLIENT_OFFLINE'],
    handle: async (request, response) => {
      const outcome = await admin.kick(pathParameter(request, 'clientid'));
      if (outcome === 'unknown-client') throw failure('CLIENT_OFFLINE', 'clientid: no such client');
      if (outcome === 'offline') throw failure('CLIENT_OFFLINE', 'clientid: the client is offline');
      response.json({ code: 0 });
    },
  };
}

/** A will may be as large as a packet: a batch of them would hold the event loop up. */
function answerClients(
  response: Response,
  clients: AsyncIterable<readonly ClientView[]>,
  paging: Paging | null,
  total: (() => Promise<number>) | null = null,
): Promise<void> {
  return answerList(
    response,
    inPieces(clients, ({ will }) => will?.payload.length ?? 0),
    paging,
    clientRow,
    total,
  );
}

function clientsFor(admin: AdminPort, query: ClientQuery): AsyncIterable<readonly ClientView[]> {
  const { clientid, client_id, username, conn_state, clean_start, proto_name, proto_ver } = query;
  if (conn_state === 'idle' || (client_id !== undefined && client_id !== (clientid ?? client_id))) return inBatches([]);
  const clientId = clientid ?? client_id;
  const criteria: ClientCriteria = {
    ...(clientId === undefined ? {} : { clientId }),
    ...(username === undefined ? {} : { username }),
    ...(conn_state === undefined ? {} : { isOnline: conn_state === 'connected' }),
    ...(clean_start === undefined ? {} : { cleanStart: clean_start }),
    ...(proto_ver === undefined ? {} : { protocolVersion: proto_ver }),
  };
  const clients = admin.clients(criteria);
  return proto_name === undefined ? clients : wanted(clients, (client) => protocolName(client) === proto_name);
}
