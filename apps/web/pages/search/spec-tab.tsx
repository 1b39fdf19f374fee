import { Link } from '../../app/router.js';
import { formatTime } from '../../format/time.js';
import { CopyButton } from '../../ui/copy-button.js';
import { Card, Pairs } from '../../ui/parts.js';
import type { TabProps } from './tab-props.js';

/** The spec as it is stored, every default filled in. */
export function SpecTab({ search }: TabProps) {
  const text = JSON.stringify(search.spec, null, 2);
  return (
    <div className="grid">
      <div className="two-thirds">
        <Card
          title="Spec"
          hint={search.spaceVersion > 1 ? `version ${search.spaceVersion} of the space` : undefined}
          actions={
            <>
              <CopyButton text={text} what="spec" />
              <Link className="button tiny" href={`/searches/new?from=${search.id}`}>
                Duplicate
              </Link>
            </>
          }
        >
          <section
            className="spec"
            aria-label="Spec as JSON"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
            tabIndex={0}
          >
            <pre className="mono">{text}</pre>
          </section>
        </Card>
      </div>
      <div className="third">
        <Card title="About">
          <Pairs
            items={[
              ['Id', <code key="id">{search.id}</code>],
              ['Seed', <code key="seed">{search.seed}</code>],
              ['Created', formatTime(search.createdAt)],
              ['Started', formatTime(search.startedAt)],
              ['Ended', formatTime(search.endedAt)],
              ['Reproducibility', search.spec.reproducibility],
              ['Parallelism', search.spec.parallelism],
              ['Notes', search.notes ?? '–'],
            ]}
          />
        </Card>
      </div>
    </div>
  );
}
