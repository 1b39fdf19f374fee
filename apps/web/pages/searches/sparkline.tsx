import type { BestSoFarView, SearchView } from '@caviar/contracts';
import { useEffect, useRef, useState } from 'react';
import { api } from '../../data/session.js';
import { useLoad } from '../../data/use-load.js';
import { formatMetric } from '../../format/number.js';

const [WIDTH, HEIGHT, PAD] = [96, 24, 3];

/** How the best value fell, for a row in sight; drawn anew when there is another best. */
export function Sparkline({ search }: { readonly search: SearchView }) {
  const host = useRef<HTMLDivElement>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (host.current === null) return;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting === true) setSeen(true);
    });
    observer.observe(host.current);
    return () => observer.disconnect();
  }, []);
  const { best, id, progress, spec } = search;
  const { value } = useLoad(`sparkline ${id}`, (signal) => api().bestSoFar(id, { maxPoints: 40, signal }), {
    tick: best?.trialId ?? '',
    isOff: !isSeen || best === null,
  });
  const { metric } = spec.objective;
  const items = value?.items ?? [];
  const [first, last] = [items[0], items.at(-1)];
  return (
    <div ref={host} style={{ width: WIDTH, height: HEIGHT }}>
      {first !== undefined && last !== undefined && (
        <svg
          className="sparkline"
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          role="img"
          aria-label={`From ${formatMetric(metric, first.value)} to ${formatMetric(metric, last.value)}`}
        >
          <Line items={items} total={Math.max(progress.total, last.number + 1)} />
        </svg>
      )}
    </div>
  );
}

function Line({ items, total }: { readonly items: BestSoFarView['items']; readonly total: number }) {
  const values = items.map((item) => transform(item.value, items));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (number: number) => PAD + ((WIDTH - 2 * PAD) * number) / Math.max(1, total - 1);
  const y = (value: number) =>
    high === low ? HEIGHT / 2 : HEIGHT - PAD - ((HEIGHT - 2 * PAD) * (value - low)) / (high - low);
  let path = '';
  items.forEach(({ number }, i) => {
    const at = values[i] ?? 0;
    path += path === '' ? `M${x(number)} ${y(at)}` : `H${x(number)}V${y(at)}`;
  });
  const end = values.at(-1) ?? 0;
  return (
    <>
      <path d={`${path}H${x(total - 1)}`} />
      <circle cx={x(items.at(-1)?.number ?? 0)} cy={y(end)} r="2.2" />
    </>
  );
}

/** Errors fall by factors: where all values are above 0, the picture is of their logarithms. */
function transform(value: number, items: BestSoFarView['items']): number {
  return items.every((item) => item.value > 0) ? Math.log(value) : value;
}
