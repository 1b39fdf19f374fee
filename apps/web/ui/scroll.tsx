import { type CSSProperties, type ReactNode, useEffect, useRef, useState } from 'react';

/** What may be wider than its place: where it is, it scrolls, and the keyboard reaches it. */
export function Scroll({
  label,
  style,
  children,
}: {
  readonly label: string;
  readonly style?: CSSProperties;
  readonly children: ReactNode;
}) {
  const host = useRef<HTMLDivElement>(null);
  const [isWide, setWide] = useState(false);
  useEffect(() => {
    const { current } = host;
    if (current === null) return;
    const look = () =>
      setWide(current.scrollWidth > current.clientWidth || current.scrollHeight > current.clientHeight);
    const observer = new ResizeObserver(look);
    observer.observe(current);
    for (const child of current.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);
  const reachable = isWide ? ({ role: 'group', 'aria-label': label, tabIndex: 0 } as const) : {};
  return (
    <div ref={host} className="table-scroll" style={style} {...reachable}>
      {children}
    </div>
  );
}
