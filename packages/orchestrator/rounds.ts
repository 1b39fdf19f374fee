/**
 * Does a piece of work per key one round at a time. Callers that come during a round share the next one, which begins after
 * they called, and all wait for theirs: so many callers cost at most two rounds, and each sees its effect, or, where the work is
 * to read, sees all that was written before the call.
 */
export function inRounds<Subject, Result = void>(
  work: (subject: Subject) => Promise<Result>,
  keyOf: (subject: Subject) => string = String,
): (subject: Subject) => Promise<Result> {
  interface Round {
    readonly done: Promise<Result>;
    next: Promise<Result> | undefined;
  }
  const rounds = new Map<string, Round>();

  function start(key: string, subject: Subject): Promise<Result> {
    const round: Round = { done: work(subject), next: undefined };
    rounds.set(key, round);
    const settle = () => {
      if (round.next === undefined) rounds.delete(key);
    };
    round.done.then(settle, settle);
    return round.done;
  }

  return (subject) => {
    const key = keyOf(subject);
    const present = rounds.get(key);
    if (present === undefined) return start(key, subject);
    const again = () => start(key, subject);
    present.next ??= present.done.then(again, again);
    return present.next;
  };
}
