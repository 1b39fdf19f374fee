import { OPERATIONS } from '@caviar/contracts';
import type { Orchestrator } from '@caviar/orchestrator';
import type { FastifyInstance } from 'fastify';
import { boardTag, noneMatch } from '../http/entity-tag.js';
import { route } from '../http/route.js';
import type { Holds } from '../plugins/holds.js';
import { writeLeaderboard } from '../presenters/present-search.js';

/**
 * The board, made cheap to poll: asking for it costs one question, which reads rows only where the reader's page may be another
 * than this process has. Who would rather wait is held until there is another board.
 */
export function leaderboardRoute(app: FastifyInstance, orchestrator: Orchestrator, holds: Holds): void {
  route(app, OPERATIONS.getLeaderboard, async ({ id, query, headers, reply }) => {
    const { limit, cursor, waitMs } = query;
    const page = { limit, cursor };
    const ifNoneMatch = headers['If-None-Match'];
    const isKnown = noneMatch(ifNoneMatch);
    reply.header('Cache-Control', 'private, no-cache');

    if (waitMs > 0 && ifNoneMatch?.trim() !== '*') {
      const present = await orchestrator.boardVersion(id);
      // Held: a reader who has the present board, or who has named none and so waits for a change from now on.
      if (ifNoneMatch === undefined || isKnown(boardTag(present, page))) {
        const version = await holds.during(reply, (signal) =>
          orchestrator.waitForBoard(id, present, { waitMs, signal }),
        );
        const tag = boardTag(version, page);
        if (isKnown(tag)) return reply.code(304).header('ETag', tag).send();
      }
    }

    const board = await orchestrator.leaderboard(id, page);
    const tag = boardTag(board.version, page);
    reply.header('ETag', tag);
    if (isKnown(tag)) return reply.code(304).send();
    return reply.type('application/json; charset=utf-8').send(writeLeaderboard(board));
  });
}
