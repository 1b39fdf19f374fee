import { OPERATIONS } from '@caviar/contracts';
import type { Orchestrator } from '@caviar/orchestrator';
import type { FastifyInstance } from 'fastify';
import { boardTag, noneMatch } from '../http/entity-tag.js';
import { route } from '../http/route.js';
import type { Holds } from '../plugins/holds.js';
import { presentLeaderboard } from '../presenters/present-search.js';

/**
 * The board, made cheap to poll: a reader who has the present one is told so from its version alone, without the board
 * being read, and one who would rather wait is held until there is another.
 */
export function leaderboardRoute(app: FastifyInstance, orchestrator: Orchestrator, holds: Holds): void {
  route(app, OPERATIONS.getLeaderboard, async ({ id, query, headers, reply }) => {
    const { limit, cursor, waitMs } = query;
    const page = { limit, cursor };
    const ifNoneMatch = headers['If-None-Match'];
    const isKnown = noneMatch(ifNoneMatch);
    reply.header('Cache-Control', 'private, no-cache');

    if (ifNoneMatch !== undefined || waitMs > 0) {
      let version = await orchestrator.boardVersion(id);
      // Held: a reader who has the present board, or who has named none and so waits for a change from now on.
      const waits = waitMs > 0 && (ifNoneMatch === undefined || isKnown(boardTag(version, page)));
      if (waits && ifNoneMatch?.trim() !== '*') {
        const present = version;
        version = await holds.during(reply, (signal) => orchestrator.waitForBoard(id, present, { waitMs, signal }));
      }
      const tag = boardTag(version, page);
      if (isKnown(tag)) return reply.code(304).header('ETag', tag).send();
    }

    const board = await orchestrator.leaderboard(id, page);
    reply.header('ETag', boardTag(board.version, page));
    return presentLeaderboard(board);
  });
}
