import type { AdminParts } from '../admin-options.ts';
import { failure } from '../http/failure.ts';
import { textBody } from '../http/request-body.ts';
import { ChangeRefused } from '../ports/config-port.ts';
import { successReply } from './reply-schemas.ts';
import type { Route } from './route.ts';

/** `POST /config_update`: another configuration file in place of the one in use. */
export function configUpdateRoutes({ config, logger }: AdminParts): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/config_update',
      name: 'update_config_file',
      description:
        'Replaces the configuration file by the HOCON text in the body; it holds from a reload or restart on',
      body: { content: { text: 'text/plain' } },
      reply: { json: successReply },
      failures: ['PARAMETER_MISSING', 'PARAMETER_ERROR', 'ILLEGAL_HOCON', 'FILE_NOT_WRITTEN'],
      handle: async (request, response) => {
        const text = textBody(request);
        if (text === '') throw failure('PARAMETER_MISSING', 'body: the text of a configuration file is expected');
        try {
          await config.replaceFile(text);
        } catch (error) {
          if (!(error instanceof ChangeRefused)) throw error;
          throw failure(error.kind === 'file' ? 'FILE_NOT_WRITTEN' : 'ILLEGAL_HOCON', error.message);
        }
        logger.info({ bytes: Buffer.byteLength(text) }, 'admin API: configuration file replaced');
        response.json({ code: 0 });
      },
    },
  ];
}
