import type { SearchPreviewView } from '@caviar/contracts';
import { formatNumber, formatParam } from '../../format/number.js';

type Parameter = SearchPreviewView['parameters'][number];

const [WIDTH, HEIGHT] = [190, 64];
const MOST_NAMED = 4;

/** What would be drawn for a parameter: 1,000 draws, even on its own scale. */
export function Histogram({ parameter }: { readonly parameter: Parameter }) {
  const { histogram, name, activeShare } = parameter;
  const { counts } = histogram;
  const labels =
    histogram.kind === 'bins'
      ? [formatNumber(histogram.edges[0], 3), formatNumber(histogram.edges.at(-1), 4)]
      : histogram.values.length <= MOST_NAMED
        ? histogram.values.map(formatParam)
        : [formatParam(histogram.values[0]), `${histogram.values.length} values`, formatParam(histogram.values.at(-1))];
  return (
    <div>
      <svg
        className="histogram"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Draws of ${name}, from ${labels[0]} to ${labels.at(-1)}`}
      >
        <path d={bars(counts)} />
      </svg>
      <div className="histogram-labels">
        {[...new Set(labels)].map((label) => (
          <span key={label}>{label}</span>
        ))}
      </div>
      {activeShare < 1 && <div className="small muted">in {Math.round(100 * activeShare)} % of the draws</div>}
    </div>
  );
}

/** The bars as one path. */
function bars(counts: readonly number[]): string {
  const most = Math.max(1, ...counts);
  const width = WIDTH / Math.max(1, counts.length);
  return counts
    .map((count, i) => {
      const height = (count / most) * (HEIGHT - 2);
      return `M${i * width + 0.5} ${HEIGHT}v${-height}h${Math.max(0.5, width - 1)}v${height}z`;
    })
    .join('');
}
