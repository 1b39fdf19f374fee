import { setImmediate } from 'node:timers/promises';
import {
  decideRound,
  exploreParams,
  plannedRoundOf,
  prepareSearch,
  type Suggestion,
  suggest,
  suggestNext,
} from '@caviar/search';
import type { Deps } from '../deps.js';
import { newId } from '../ids.js';
import { toTrialRecord } from '../objective-value.js';
import type { ScheduledTrial } from '../ports/rung-store.js';
import type { SearchForAdvance } from '../ports/search-store.js';
import { type DispatchOptions, dispatchOrLeave } from './dispatch.js';
import { endSearch, searchEnd } from './end-search.js';
import { begin, type CreateCommand, commandsOf, decide, isToMake, keepParams } from './flow-batch.js';
import { dropFlow, feedFlow, inTurn, isOpen, leadKeyOf, openFlow } from './flow-context.js';
import { type Led, lead, leaveToLeader, leaveToWorkers } from './flow-lead.js';
import { Batch, type FlowContext } from './flow-state.js';
import type { PreparedSearch } from './prepared-search.js';

/** Commands that are taken before other work of the process goes on. */
const COMMANDS_AT_ONCE = 4096;

interface Work {
  readonly state: SearchForAdvance;
  readonly plan: PreparedSearch['plan'];
  readonly options: DispatchOptions;
  /** Takes the search as far as it can go, later. */
  readonly again: (options: DispatchOptions) => Promise<void>;
}

/**
 * Takes a search with a scheduler as far as it can go now: follows its flow over what has come of its trials, and does
 * what it says. Like `advanceSearch` it needs no lock: the flow is a function of what is stored, its commands are
 * conditional statements, and to carry one out that another process has carried out changes nothing.
 */
export function advanceFlow(deps: Deps, work: Work): Promise<void> {
  const { state } = work;
  return inTurn(state.search.id, async () => {
    const led = leadOf(work);
    if (led === null && leadKeyOf(state) !== null && !isOpen(state)) return leaveToWorkers(deps, state.search.id);
    try {
      const context = await openFlow(deps, state, { plan: work.plan, mayLead: led !== null });
      if (context === null) return leaveToLeader(deps, state.search.id);
      await new FlowFollower(deps, work, context).follow();
      if (led !== null) await lead(deps, led);
    } catch (error) {
      dropFlow(state);
      throw error;
    }
  });
}

/**
 * What this search is led by, where this process may lead it: to build the flow of many trials takes a second, and every process that
 * follows it does the same work, so others leave it to one that does. That is a worker whose own trials end, since it knows how trials
 * are handed out best.
 */
function leadOf({ state, options, again }: Work): Led | null {
  const { trialsPerJob, mayLead = trialsPerJob !== undefined } = options;
  const key = mayLead ? leadKeyOf(state) : null;
  return key === null ? null : { searchId: state.search.id, key, options, advance: again };
}

class FlowFollower {
  private readonly searchId: string;

  constructor(
    private readonly deps: Deps,
    private readonly work: Work,
    private readonly context: FlowContext,
  ) {
    this.searchId = work.state.search.id;
  }

  async follow(): Promise<void> {
    const { deps, context, searchId } = this;
    const { state } = this.work;
    const strict = state.search.spec.reproducibility === 'strict';
    for (;;) {
      await feedFlow(deps, searchId, { context, strict });
      const commands = commandsOf(context);
      for (let i = 0; i < commands.length; i++) {
        const command = commands[i]!;
        if (isToMake(context, command)) await this.create(command);
        else decide(context, command);
        // Of a flow that was built from many trials: others have their turn in between.
        if (i % COMMANDS_AT_ONCE === COMMANDS_AT_ONCE - 1) await setImmediate();
      }
      const { batch } = context;
      context.batch = new Batch();
      context.ahead.clear();
      if (commands.length === 0 && batch.isEmpty) break;
      if (!(await this.carryOut(batch))) return dropFlow(state);
    }
    if (context.flow.running().length === 0) await this.end();
  }

  /** The flow has come to its end: so has the search. */
  private async end(): Promise<void> {
    const { deps, searchId } = this;
    // What still waits does so because the spec was changed on the way: nothing will ever ask for it.
    await deps.rungs.pruneWaiting(searchId, 'the scheduler has come to its end');
    const now = await deps.searches.getForAdvance(searchId);
    if (now === null || now.search.status !== 'running') return;
    const end = searchEnd(now, now.nextNumber);
    if (end !== null) await endSearch(deps, searchId, end);
  }

  /** Takes the command to make a trial that is not there. */
  private async create(command: CreateCommand): Promise<void> {
    const { context } = this;
    const { number } = command;
    begin(context, number);
    const trial = await this.make(command);
    keepParams(context, number, trial.params);
    context.batch.made.push(trial);
  }

  private async make({ number, toStep: targetStep, from }: CreateCommand): Promise<ScheduledTrial> {
    const id = newId('trl');
    const suggestion = from === undefined ? await this.propose(number) : this.explore(from.number, number);
    return { id, basis: null, ...suggestion, targetStep, parent: from ?? null };
  }

  private explore(parent: number, number: number): Suggestion {
    const params = this.context.params.get(parent) ?? {};
    return exploreParams(this.work.state.search.spec, { number: parent, params }, number);
  }

  private async propose(number: number): Promise<Suggestion> {
    const { context } = this;
    const { search, spaces } = this.work.state;
    if (context.learning !== null) {
      const pending = [...context.unobserved]
        .filter((one) => one < number)
        .map((one) => ({ number: one, params: context.params.get(one)! }));
      return suggestNext(context.learning, number, pending);
    }
    const spaceFirstNumber = spaces.at(-1)?.firstNumber ?? 0;
    await this.decideRoundOf(number, spaceFirstNumber);
    context.draw ??= prepareSearch(search.spec, { rounds: context.rounds, spaceFirstNumber });
    return suggest(context.draw, number, number + 1)[0]!;
  }

  private async decideRoundOf(number: number, spaceFirstNumber: number): Promise<void> {
    const { deps, context, searchId } = this;
    const { spec } = this.work.state.search;
    const planned = plannedRoundOf(this.work.plan, number);
    if (planned === null || context.rounds.length > planned.index) return;
    const stored = await deps.trials.records(searchId, { from: 0, below: planned.firstNumber });
    const history = stored.map((trial) => toTrialRecord(spec, trial));
    const question = { index: planned.index, history, rounds: context.rounds, spaceFirstNumber };
    const round = decideRound(spec, this.work.plan, question);
    await deps.searches.addRound(searchId, round);
    deps.logger.info({ searchId, round: round.index, reason: round.reason }, 'round decided');
    context.rounds = [...context.rounds, round];
    context.draw = null;
  }

  /** Stores what was decided and hands it to the queue; false when the search is not what it was any more. */
  private async carryOut({ made, goOn, stopped }: Batch): Promise<boolean> {
    const { deps, searchId, context } = this;
    const { spaceVersion } = this.work.state.search;
    const added = await deps.rungs.addScheduled(searchId, spaceVersion, made);
    if (added.length < made.length) {
      const ids = new Set(added.map(({ id }) => id));
      const others = new Map(made.filter(({ id }) => !ids.has(id)).map((trial) => [trial.number, trial]));
      const records = await deps.rungs.rungRecords(searchId, { numbers: [...others.keys()], from: 2 ** 31 - 1 });
      if (records.length < others.size) return false;
      // Somebody else was first: another process with the same params, or a person with a trial of their own.
      for (const { number, params, status, targetStep } of records) {
        keepParams(context, number, params);
        if (status === 'paused' && targetStep === 0) {
          goOn.push({ number, targetStep: others.get(number)!.targetStep });
        }
      }
    }
    const queued = await deps.rungs.goOn(searchId, goOn);
    await deps.rungs.prune(searchId, stopped);
    if (added.length + queued.length + stopped.length > 0) deps.signals.publish(searchId);
    await dispatchOrLeave(deps, [...added, ...queued], this.work.options);
    return true;
  }
}
