import { Component, type ReactNode } from 'react';
import { Empty } from './states.js';

interface Props {
  /** Where the page is: somewhere else there is another try. */
  readonly place: string;
  readonly children: ReactNode;
}

interface State {
  readonly error: Error | null;
}

/** A fault in what it holds is told in its place; all around it goes on. */
export class FaultBoundary extends Component<Props, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  override componentDidUpdate(before: Props): void {
    if (before.place !== this.props.place && this.state.error !== null) this.setState({ error: null });
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div role="alert">
        <Empty title="This page could not be shown">
          <p className="mono small">{error.message}</p>
          <div className="row">
            <button type="button" className="button primary" onClick={() => location.reload()}>
              Load it again
            </button>
            <a className="button" href="/searches">
              All searches
            </a>
          </div>
        </Empty>
      </div>
    );
  }
}
