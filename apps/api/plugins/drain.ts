import type { FastifyInstance } from 'fastify';

/**
 * Lets the server stop as soon as the last request has been answered. Node by itself would also wait for connections on
 * which nothing was ever asked, such as those that browsers open in advance, until they time out.
 */
export function drainOnClose(app: FastifyInstance): void {
  let open = 0;
  let isStopping = false;
  const closeWhenDone = () => {
    if (isStopping && open === 0) app.server.closeAllConnections();
  };
  app.server.on('request', (_request, response) => {
    open++;
    response.once('close', () => {
      open--;
      closeWhenDone();
    });
  });
  app.addHook('preClose', async () => {
    isStopping = true;
    // After the server has stopped listening, which comes next: nothing can connect in between.
    setImmediate(closeWhenDone);
  });
}
