import { Card } from '../../ui/parts.js';
import type { SpecState } from './spec-state.js';

/** The spec as text; it may be pasted as it stands in a terminal or a document. */
export function JsonEditor({ state }: { readonly state: SpecState }) {
  const { text, errors, setText } = state;
  return (
    <Card title="Spec" hint="as POST /v1/searches takes it">
      <textarea
        className="code"
        spellCheck={false}
        aria-label="Spec as JSON"
        aria-invalid={errors.length > 0}
        value={text}
        onChange={({ target }) => setText(target.value)}
        rows={Math.min(48, text.split('\n').length + 2)}
      />
    </Card>
  );
}
