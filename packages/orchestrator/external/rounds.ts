/**
 * Does a piece of work per key one round at a time. Callers that come during a round share the next one, which begins after
 * they called, and all wait for theirs: so many callers cost at most two rounds, and each sees its effect.
 */
export function inRounds(work: (key: string) => Promise<void>): (key: string) => Promise<void> {
  interface Round {
    readonly done: Promise<void>;
    next: Promise<void> | undefined;
  }
  const rounds = new Map<string, Round>();

  function start(key: string): Promise<void> {
    const round: Round = { done: work(key), next: undefined };
    rounds.set(key, round);
    const settle = () => {
      if (round.next === undefined) rounds.delete(key);
    };
    round.done.then(settle, settle);
    return round.done;
  }

  return (key) => {
    const present = rounds.get(key);
    if (present === undefined) return start(key);
    const again = () => start(key);
    present.next ??= present.done.then(again, again);
    return present.next;
  };
}
