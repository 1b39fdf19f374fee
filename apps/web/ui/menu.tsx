import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';

/** A button with a list below it; Escape, a click elsewhere, and what is marked with `data-closes` close it. */
export function Menu({
  button,
  label,
  className = 'button tiny',
  isLeft = false,
  children,
}: {
  readonly button: ReactNode;
  /** For a button without words. */
  readonly label?: string;
  readonly className?: string;
  /** The list begins where the button does, instead of ending there. */
  readonly isLeft?: boolean;
  readonly children: ReactNode;
}) {
  const host = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = ({ target }: Event) => {
      if (host.current?.contains(target as Node) === false) host.current.open = false;
    };
    const chosen = ({ target }: Event) => {
      if (host.current?.contains(target as Node) === true && (target as Element).closest('[data-closes]') !== null) {
        host.current.open = false;
      }
    };
    document.addEventListener('pointerdown', close);
    document.addEventListener('click', chosen, true); // before what was chosen is gone from the list
    return () => {
      document.removeEventListener('pointerdown', close);
      document.removeEventListener('click', chosen, true);
    };
  }, []);
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || host.current === null) return;
    host.current.open = false;
    host.current.querySelector('summary')?.focus();
  };
  return (
    <details className="menu" ref={host} onKeyDown={onKey}>
      <summary className={className} aria-label={label} title={label}>
        {button}
      </summary>
      <div className={`menu-items ${isLeft ? 'left' : ''}`}>{children}</div>
    </details>
  );
}
