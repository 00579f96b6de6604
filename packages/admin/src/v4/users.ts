import { z } from 'zod';
import type { AdminParts } from '../admin-options.ts';
import { failure } from '../http/failure.ts';
import type { UserPort, UserRefusal } from '../ports/user-port.ts';
import { answerList, inBatches } from './answer-list.ts';
import { listReply, pagingOf, pagingQuery } from './paging.ts';
import { type PluginHandlers, type PluginRoute, pluginRoutes } from './plugin-routes.ts';
import { readJson, readQuery } from './read-request.ts';
import { successReply } from './reply-schemas.ts';
import { pathParameter, type Route } from './route.ts';

/** The longest password CONNECT can carry, in bytes; characters are no fewer. @see MQTT 5.0, 3.1.3.6 */
const MAX_PASSWORD = 65_535;

const pathParameters = { username: 'user name' };
const password = z.string().min(1).max(MAX_PASSWORD).describe('in the clear; it is stored hashed');
const newUser = z.strictObject({ username: z.string().min(1), password });
const otherPassword = z.strictObject({
  old_password: z.string().optional().describe('if it is given, it must be the password now'),
  password,
});
const CHANGE_FAILURES = [
  'ILLEGAL_JSON',
  'PARAMETER_MISSING',
  'PARAMETER_ERROR',
  'ILLEGAL_HOCON',
  'FILE_NOT_WRITTEN',
] as const;

const DESCRIPTIONS: readonly PluginRoute[] = [
  {
    method: 'GET',
    path: '/users',
    name: 'list_users',
    description: 'A list of users that may connect; never their passwords',
    query: pagingQuery,
    reply: {
      json: listReply(
        z.strictObject({
          username: z.string(),
          password: z.enum(['hashed', 'plain']).describe('how it is stored'),
        }),
      ),
    },
    failures: ['PARAMETER_ERROR'],
  },
  {
    method: 'POST',
    path: '/users',
    name: 'create_user',
    description: 'Adds a user',
    body: { content: { json: newUser } },
    reply: { json: successReply },
    failures: [...CHANGE_FAILURES, 'USER_EXISTS'],
  },
  {
    method: 'PUT',
    path: '/users/:username',
    name: 'update_user',
    description: 'Gives a user another password; who is connected stays so',
    pathParameters,
    body: { content: { json: otherPassword } },
    reply: { json: successReply },
    failures: [...CHANGE_FAILURES, 'USER_UNKNOWN', 'OLD_PASSWORD_WRONG'],
  },
  {
    method: 'DELETE',
    path: '/users/:username',
    name: 'delete_user',
    description: 'Deletes a user; who is connected under the name may do nothing any more',
    pathParameters,
    reply: { json: successReply },
    failures: ['ADMINISTRATOR_NOT_DELETABLE', 'USER_UNKNOWN', 'ILLEGAL_HOCON', 'FILE_NOT_WRITTEN'],
  },
];

/** `/users`: who may connect with a password. */
export function userRoutes(parts: AdminParts): readonly Route[] {
  return pluginRoutes('users', DESCRIPTIONS, parts.users === undefined ? null : userHandlers(parts, parts.users));
}

function userHandlers(parts: AdminParts, users: UserPort): PluginHandlers {
  const { logger } = parts;
  return {
    list_users: async (request, response) => {
      const paging = pagingOf(readQuery(pagingQuery, request));
      return answerList(response, inBatches(await users.users()), paging, ({ username, storage }) => ({
        username,
        password: storage,
      }));
    },
    create_user: async (request, response) => {
      const { username, password: given } = readJson(newUser, request);
      const outcome = await users.add(username, given);
      if (outcome === 'exists') throw failure('USER_EXISTS', 'username: the user exists');
      if (outcome !== 'added') throw refused(outcome);
      logger.info({ username }, 'admin API: user added');
      response.json({ code: 0 });
    },
    update_user: async (request, response) => {
      const { old_password = null, password: given } = readJson(otherPassword, request);
      const username = pathParameter(request, 'username');
      const outcome = await users.changePassword(username, given, old_password);
      if (outcome === 'unknown') throw unknownUser();
      if (outcome === 'wrong-old-password') throw failure('OLD_PASSWORD_WRONG', 'old_password: wrong');
      if (outcome !== 'changed') throw refused(outcome);
      logger.info({ username }, 'admin API: password of a user changed');
      response.json({ code: 0 });
    },
    delete_user: async (request, response) => {
      const username = pathParameter(request, 'username');
      if ((await users.delete(username)) === 'unknown') {
        if (username !== parts.options.username) throw unknownUser();
        const text = 'username: the login of this API is http_server.username and cannot be deleted';
        throw failure('ADMINISTRATOR_NOT_DELETABLE', text);
      }
      logger.info({ username }, 'admin API: user deleted');
      response.json({ code: 0 });
    },
  };
}

function unknownUser(): Error {
  return failure('USER_UNKNOWN', 'username: there is no such user');
}

function refused({ text }: UserRefusal): Error {
  return failure('PARAMETER_ERROR', text);
}
