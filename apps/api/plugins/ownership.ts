import type { Orchestrator } from '@caviar/orchestrator';
import type { FastifyRequest } from 'fastify';
import { HttpProblem } from '../http/http-problem.js';
import { isId } from '../http/id.js';

type Kind = 'search' | 'trial' | 'webhook';

/** Searches whose project an instance keeps in mind; it never changes. */
const KEPT = 10_000;

/** Makes the check that a request names nothing of another project: to such a caller it is not there. */
export function checkOwner(orchestrator: Pick<Orchestrator, 'projectOf'>): (request: FastifyRequest) => Promise<void> {
  const known = new Map<string, string>();

  async function projectOf(kind: Kind, id: string): Promise<string | null> {
    const name = `${kind} ${id}`;
    const project = known.get(name) ?? (await orchestrator.projectOf(kind, id));
    if (project === null || known.has(name)) return project;
    const [oldest] = known.keys();
    if (known.size >= KEPT && oldest !== undefined) known.delete(oldest);
    known.set(name, project);
    return project;
  }

  return async (request) => {
    const { role, project } = request.principal;
    const { id } = request.params as { readonly id?: string };
    const [, kind] = /^\/v1\/(search|trial|webhook)[a-z]*\/:id/.exec(request.routeOptions.url ?? '') ?? [];
    // What cannot be an id is refused by the call itself.
    if (role === 'admin' || id === undefined || kind === undefined || !isId(id)) return;
    if ((await projectOf(kind as Kind, id)) === project) return;
    throw new HttpProblem(`${kind as Kind}-not-found`, `There is no ${kind} ${id}.`);
  };
}
