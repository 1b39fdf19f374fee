import { spawn } from 'node:child_process';
import { judgedByObjectives } from '@caviar/orchestrator';
import { fitText, type Measurement, type Metrics, type Program } from '@caviar/spec';
import type { ThreadTask } from '../trainer/protocol.js';
import type { ThreadResult } from '../trainer/training-thread.js';
import { groupMemory, signalGroup } from './group.js';
import { eachLine } from './lines.js';
import { readLine } from './output.js';
import { type Exit, exitOf } from './program-exit.js';
import type { ProgramInput } from './program-input.js';

const KILL_AFTER_MS = 3_000;
const MEMORY_LOOK_MS = 500;
/** Programs keep what they need to go on by themselves: what we keep is that they may. */
const OWN_CHECKPOINT = new Uint8Array();

export interface ProgramRunOptions {
  readonly program: Program;
  readonly input: ProgramInput;
  readonly task: ThreadTask;
  readonly onMeasured: (measurements: readonly Measurement[]) => void;
  /** A line of the program that is not for us. */
  readonly onNoise: (line: string) => void;
}

/** A program at work on one trial. */
export interface ProgramRun {
  readonly result: Promise<ThreadResult>;
  /** Has it stop: a line on its input, then SIGTERM, then SIGKILL, to all that it has started. */
  stop(how: 'checkpointAndStop' | 'stop'): void;
  kill(reason: string): void;
}

export function startProgram({ program, input, task, onMeasured, onNoise }: ProgramRunOptions): ProgramRun {
  const startedAt = performance.now();
  const elapsedMs = () => Math.round((task.checkpoint?.elapsedMs ?? 0) + performance.now() - startedAt);
  const firstStep = task.checkpoint?.step ?? 0;
  const child = spawn(input.file, [...input.args], {
    cwd: program.cwd,
    env: input.env,
    detached: process.platform !== 'win32', // a process group of its own, which ends as a whole
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  let step = firstStep;
  let metrics: Metrics = {};
  let end: Extract<ReturnType<typeof readLine>, { kind: 'end' }> | undefined;
  let lastError = '';
  let wanted: 'goOn' | 'arrived' | 'checkpointAndStop' | 'stop' = 'goOn';
  let fault: { readonly reason: string; readonly retry: boolean } | undefined;
  const timers = new Set<NodeJS.Timeout>();
  const after = (ms: number, then: () => void) => timers.add(setTimeout(then, ms));
  const signal = (name: NodeJS.Signals) => child.pid !== undefined && signalGroup(child.pid, name);

  function giveUp(reason: string, retry: boolean): void {
    fault ??= { reason, retry };
    signal('SIGKILL');
  }

  function askToStop(reason: string): void {
    if (input.line !== null) child.stdin.end(`${JSON.stringify({ stop: reason })}\n`);
    after(input.line === null ? 0 : program.stopGraceMs, () => {
      signal('SIGTERM');
      after(KILL_AFTER_MS, () => signal('SIGKILL'));
    });
  }

  function take(line: string): void {
    const said = readLine(line);
    if (said.kind === 'other') onNoise(line);
    else if (said.kind === 'wrong') giveUp(`it printed a measurement that makes no sense: ${said.message}`, false);
    else if (wanted === 'arrived')
      return; // what comes after the step it was to come to belongs to the next attempt
    else if (said.kind === 'end') end = said;
    else measure(said.step ?? step + 1, said.metrics);
  }

  function measure(at: number, measured: Metrics): void {
    if (at <= step) return; // a program that began again comes past what is known already
    step = at;
    metrics = measured;
    onMeasured([{ step, metrics, elapsedMs: elapsedMs() }]);
    if (task.targetStep === null || step < task.targetStep || wanted !== 'goOn') return;
    wanted = 'arrived';
    askToStop('it has come to the step at which trials are compared');
  }

  eachLine(child.stdout, take, () => giveUp('it printed a line without end', false));
  eachLine(
    child.stderr,
    (line) => {
      if (line.trim() !== '') lastError = fitText(line.trim(), 500);
      onNoise(line);
    },
    () => {},
  );
  child.stdin.on('error', () => {}); // a program need not read
  if (input.line === null) child.stdin.end();
  else child.stdin.write(`${input.line}\n`);

  after(program.timeLimitMs, () => giveUp(`it took longer than its ${program.timeLimitMs} ms`, false));
  const { memoryLimitMb } = program;
  const look = memoryLimitMb === undefined ? undefined : setInterval(checkMemory, MEMORY_LOOK_MS, memoryLimitMb);
  function checkMemory(limitMb: number): void {
    const bytes = child.pid === undefined ? null : groupMemory(child.pid);
    if (bytes !== null && bytes > limitMb * 2 ** 20) giveUp(`it took more memory than its ${limitMb} MB`, false);
  }

  function resultOf({ code, how }: Exit): ThreadResult {
    const state = { step, metrics, elapsedMs: elapsedMs(), measurements: [] };
    if (fault !== undefined) return { kind: 'failed', ...fault };
    if (wanted === 'stop') return { kind: 'stopped', checkpoint: null, ...state };
    if (wanted === 'arrived') return { kind: 'arrived', checkpoint: OWN_CHECKPOINT, ...state };
    if (wanted === 'checkpointAndStop' && end === undefined) {
      return { kind: 'stopped', checkpoint: OWN_CHECKPOINT, ...state };
    }
    if (code !== 0) return { kind: 'failed', reason: lastError === '' ? how : `${how}: ${lastError}`, retry: true };
    return endOf({ ...state, metrics: end?.metrics ?? metrics });
  }

  function endOf(state: {
    step: number;
    metrics: Metrics;
    elapsedMs: number;
    measurements: readonly Measurement[];
  }): ThreadResult {
    const { objectives } = task;
    if (end?.status === 'infeasible') return { kind: 'ended', status: end.status, reason: end.reason, ...state };
    const missing = objectives.find((metric) => !Object.hasOwn(state.metrics, metric));
    if (missing !== undefined) {
      const names = Object.keys(state.metrics).join(', ');
      const reason = `it ended without the objective "${missing}"; it reported ${names === '' ? 'nothing' : names}`;
      return { kind: 'failed', reason, retry: false };
    }
    const ending = { status: 'completed', reason: end?.reason ?? null, metrics: state.metrics } as const;
    return { kind: 'ended', ...judgedByObjectives(objectives, ending), ...state };
  }

  return {
    result: exitOf(child).then((exit) => {
      for (const timer of timers) clearTimeout(timer);
      clearInterval(look);
      return resultOf(exit);
    }),
    stop(how) {
      if (wanted === 'stop' || wanted === how) return;
      const isTold = wanted !== 'goOn';
      if (wanted !== 'arrived' || how === 'stop') wanted = how;
      if (!isTold) askToStop(how === 'stop' ? 'the trial is stopped' : 'the trial is paused');
    },
    kill: (reason) => giveUp(reason, true),
  };
}
