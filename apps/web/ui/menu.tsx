import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';

/** A button with a list below it; Escape, and a click elsewhere, close it. */
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
    document.addEventListener('pointerdown', close);
    return () => document.removeEventListener('pointerdown', close);
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
