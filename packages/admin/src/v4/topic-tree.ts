import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TopicTreeNode } from '@nanomq-ts/core';
import { z } from 'zod';
import type { AdminParts } from '../admin-options.ts';
import { ROWS_PER_TURN } from './answer-list.ts';
import { count, dataReply } from './reply-schemas.ts';
import type { Route } from './route.ts';

const nodeSchema = z.strictObject({
  topic: z.string().describe('level of a topic filter'),
  cld_cnt: count.describe('levels below it'),
  clientid: z.array(z.string()).min(1).optional().describe('whose filter ends here'),
});

/** `GET /topic-tree`: the levels of all topic filters from the root down. */
export function topicTreeRoutes({ admin }: AdminParts): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/topic-tree',
      name: 'list_topic_tree',
      description: 'The tree of topic filters, level by level; the first holds the root',
      reply: { json: dataReply(z.array(z.array(nodeSchema))) },
      failures: [],
      handle: async (_request, response) => {
        const levels = await admin.topicTree();
        response.setHeader('Content-Type', 'application/json; charset=utf-8');
        try {
          await pipeline(Readable.from(treeText(levels)), response);
        } catch (error) {
          // The caller left: nobody is to be answered.
          if (!response.closed) throw error;
        }
      },
    },
  ];
}

/** The reply in pieces: a single level may hold a node for every client. */
async function* treeText(levels: readonly (readonly TopicTreeNode[])[]): AsyncGenerator<string, void, undefined> {
  let before = '{"code":0,"data":[[';
  for (const nodes of levels) {
    for (let at = 0; at < nodes.length; at += ROWS_PER_TURN) {
      const rows = nodes.slice(at, at + ROWS_PER_TURN).map((node) => JSON.stringify(treeNode(node)));
      yield before + rows.join(',');
      before = ',';
      await nextTurn();
    }
    before = before === ',' ? '],[' : `${before}],[`;
  }
  yield levels.length === 0 ? '{"code":0,"data":[]}' : `${before.slice(0, -2)}]}`;
}

function treeNode({ level, childCount, clientIds }: TopicTreeNode): z.infer<typeof nodeSchema> {
  return { topic: level, cld_cnt: childCount, ...(clientIds.length === 0 ? {} : { clientid: [...clientIds] }) };
}
