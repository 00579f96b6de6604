import type { AdminPort, ClientCriteria, ClientView } from '@nanomq-ts/core';
import type { AdminParts } from '../admin-options.ts';
import { failure } from '../http/failure.ts';
import { answerList, inBatches, wanted } from './answer-list.ts';
import { clientRow, protocolName } from './client-row.ts';
import { type ClientQuery, clientListReply, clientQuery } from './client-schemas.ts';
import { pagingOf, pagingQuery } from './paging.ts';
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
      return answerList(response, clientsFor(admin, query), pagingOf(query), clientRow);
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
      return answerList(response, clients, paging, clientRow);
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
      return answerList(response, clients, paging, clientRow);
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
