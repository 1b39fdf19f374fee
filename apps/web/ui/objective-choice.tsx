import type { SearchView } from '@caviar/contracts';
import { boundsOf, constraintsOf, objectivesOf, useObjective } from '../data/objectives.js';
import { Segments } from './parts.js';

/** Which of several objectives the pictures below are about, and what bounds trials must keep; nothing for one without bounds. */
export function ObjectiveChoice({ search, onChoose }: { readonly search: SearchView; readonly onChoose?: () => void }) {
  const [objective, setObjective] = useObjective(search);
  const objectives = objectivesOf(search.spec);
  const constraints = constraintsOf(search.spec);
  if (objectives.length < 2 && constraints.length === 0) return null;
  return (
    <div className="toolbar" style={{ margin: 0 }}>
      {objectives.length > 1 && (
        <>
          <span className="label">Objective</span>
          <Segments
            label="Objective"
            value={objective.metric}
            choices={objectives.map(
              ({ metric, direction }) => [metric, `${metric} ${direction === 'minimize' ? '↓' : '↑'}`] as const,
            )}
            onChange={(metric) => {
              setObjective(metric);
              onChoose?.();
            }}
          />
        </>
      )}
      {constraints.length > 0 && (
        <>
          <span className="label">Constraints</span>
          {constraints.map((constraint) => (
            <code key={JSON.stringify(constraint)} className="bound">
              {constraint.metric} {boundsOf(constraint)}
            </code>
          ))}
        </>
      )}
    </div>
  );
}
