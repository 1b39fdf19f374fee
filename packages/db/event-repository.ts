import type { EditEvent, EventPosition, EventStore, SearchEvent, Transition } from '@caviar/orchestrator';
import type { Measurement, Params, Round, SearchStatus, TrialStatus } from '@caviar/spec';
import type { Client } from './client.js';

/** What a newer release, whose migration is there already, tells of. */
type UnknownKind = 'unknown';

interface EventRow {
  readonly readAt: Date;
  readonly newest: bigint;
  readonly seq: bigint | null;
  readonly kind: SearchEvent['kind'] | UnknownKind;
  readonly at: Date;
  readonly trialId: string;
  readonly number: number;
  readonly attempt: number;
  readonly from: string | null;
  readonly status: string;
  readonly reason: string | null;
  readonly workerId: string | null;
  readonly value: number | null;
  readonly round: Round;
  /** What a person did. */
  readonly did: { readonly params: Params; readonly by: string };
  readonly items: unknown;
}

/** Items of measurements: pairs of trial id and step. */
type MeasuredItems = readonly (readonly [string, number])[];
type EditItems = Pick<EditEvent, 'edit' | 'state' | 'step'>;
interface ForkItems {
  readonly forkId: string;
  readonly by: string;
}

type MeasuredRow = Measurement & {
  readonly seq: bigint;
  readonly item: number;
  readonly trialId: string;
  readonly number: number;
};

/** The events that triggers write (see the migration `history`). */
export class EventRepository implements EventStore {
  constructor(private readonly client: Client) {}

  async after(searchId: string, after: EventPosition, rows: number) {
    // A row of which the reader has a part is read again.
    const seen = after.items === undefined || after.items === 0 ? after.seq : after.seq - 1;
    const found = await this.client.$read<EventRow[]>`
      SELECT clock_timestamp() AS "readAt", s.event_seq AS newest, e.* FROM searches s LEFT JOIN LATERAL (
        SELECT e.seq, e.kind, e.at, e.trial_id AS "trialId", t.number, e.attempt, e.from_status AS "from",
          e.to_status AS status, e.reason, e.worker_id AS "workerId", e.items,
          CASE WHEN e.to_status IN ('completed', 'pruned', 'infeasible', 'failed', 'cancelled') THEN t.value END AS value,
          CASE WHEN e.kind = 'round' THEN (
            SELECT json_build_object('index', r.index, 'firstNumber', r.first_number, 'endNumber', r.end_number,
              'region', r.region, 'reason', r.reason)
            FROM search_rounds r WHERE r.search_id = e.search_id AND r.index = e.items::text::int
          ) END AS round,
          CASE WHEN e.kind IN ('edit', 'rewind') THEN (
            SELECT json_build_object('params', d.params, 'by', d.actor)
            FROM trial_edits d WHERE d.trial_id = e.trial_id AND d.number = (e.items->>'edit')::int
          ) END AS did
        FROM events e LEFT JOIN trials t ON t.id = e.trial_id
        WHERE e.search_id = s.id AND e.seq > ${seen} ORDER BY e.seq LIMIT ${rows}
      ) e ON true
      WHERE s.id = ${searchId} ORDER BY e.seq`;
    const [head] = found;
    if (head === undefined) return null;
    const events = found.filter(({ seq }) => seq !== null);
    const first = events[0]?.seq ?? null;
    const newest = Number(head.newest);
    const isWhole = first === null ? seen >= newest : Number(first) === seen + 1;
    const measured = await this.#measured(events.filter(({ kind }) => kind === 'measurement'));
    const shown = events.flatMap((row) => measured.get(row.seq!) ?? toEvents(row));
    const last = events.at(-1)?.seq ?? null;
    const upTo = shown.at(-1)?.position.seq === Number(last) ? shown.at(-1)!.position : { seq: Number(last) };
    return {
      events: shown.filter(({ position }) => isAfter(position, after)),
      upTo: last === null ? after : upTo,
      readAt: head.readAt,
      newest,
      isWhole,
    };
  }

  /** The measurements that rows name, by row. */
  async #measured(rows: readonly EventRow[]): Promise<ReadonlyMap<bigint, readonly SearchEvent[]>> {
    const events = new Map<bigint, SearchEvent[]>(rows.map(({ seq }) => [seq!, []]));
    if (rows.length === 0) return events;
    const at = new Map(rows.map((row) => [row.seq!, row.at]));
    const named = rows.flatMap(({ seq, items }) =>
      (items as MeasuredItems).map(([trialId, step], i) => ({ seq, item: i + 1, trialId, step })),
    );
    const found = await this.client.$read<MeasuredRow[]>`
      SELECT n.seq, n.item, m.trial_id AS "trialId", t.number, m.step, m.metrics, m.elapsed_ms AS "elapsedMs", m.timing
      FROM unnest(
        ${named.map(({ seq }) => seq)}::bigint[], ${named.map(({ item }) => item)}::int[],
        ${named.map(({ trialId }) => trialId)}::text[], ${named.map(({ step }) => step)}::int[]
      ) AS n (seq, item, trial_id, step)
      JOIN measurements m ON m.trial_id = n.trial_id AND m.step = n.step
      JOIN trials t ON t.id = n.trial_id
      ORDER BY n.seq, n.item`;
    for (const { seq, item, trialId, number, ...measurement } of found) {
      const position = { seq: Number(seq), items: item };
      events.get(seq)?.push({ kind: 'measurement', position, at: at.get(seq)!, trialId, number, measurement });
    }
    return events;
  }

  async history(trialId: string, limit: number): Promise<readonly Transition[]> {
    const rows = await this.client.$read<Transition[]>`
      SELECT e.at, e.attempt, e.from_status AS "from", e.to_status AS status, e.reason, e.worker_id AS "workerId"
      FROM events e WHERE e.trial_id = ${trialId} AND e.kind = 'trial' ORDER BY e.seq DESC LIMIT ${limit}`;
    return rows.reverse();
  }

  async prune(olderThanMs: number, limit: number): Promise<number> {
    // The oldest first, so that what is left of a search has no gap.
    return this.client.$executeRaw`
      DELETE FROM events e USING (
        SELECT search_id, seq FROM events WHERE at < now() - ${olderThanMs}::float8 * interval '1 millisecond'
        ORDER BY at, seq LIMIT ${limit}
      ) old WHERE e.search_id = old.search_id AND e.seq = old.seq`;
  }
}

/** The event of a row that has one; none for what this release does not know. */
function toEvents(row: EventRow): readonly SearchEvent[] {
  const { kind, at, reason, trialId, number } = row;
  const fields = { position: { seq: Number(row.seq) }, at };
  switch (kind) {
    case 'round':
      return [{ kind, ...fields, round: row.round }];
    case 'search':
      return [{ kind, ...fields, from: row.from as SearchStatus | null, status: row.status as SearchStatus, reason }];
    case 'trial': {
      const { attempt, workerId, value } = row;
      const [from, status] = [row.from as TrialStatus | null, row.status as TrialStatus];
      return [{ kind, ...fields, trialId, number, attempt, from, status, reason, workerId, value }];
    }
    case 'edit': {
      const { edit, state, step } = row.items as EditItems;
      return [{ kind, ...fields, trialId, number, edit, state, step, ...row.did, reason }];
    }
    case 'rewind': {
      const { edit, step } = row.items as EditItems;
      return [{ kind, ...fields, trialId, number, edit, step: step!, by: row.did.by }];
    }
    case 'fork':
      return [{ kind, ...fields, trialId, number, ...(row.items as ForkItems) }];
    default:
      return [];
  }
}

function isAfter(position: EventPosition, after: EventPosition): boolean {
  return position.seq > after.seq || (after.items ?? 0) < (position.items ?? 0);
}
