import { useSyncExternalStore } from 'react';
import { connectionState, hasKey, onConnection, signOut } from '../data/session.js';
import { MoonIcon, SunIcon } from '../ui/icons.js';
import { Link, usePlace } from './router.js';
import { useTheme } from './theme.js';

const PAGES = [
  ['/searches', 'Searches'],
  ['/workers', 'Workers'],
  ['/datasets', 'Data sets'],
] as const;

const SAID = { live: 'Live', connecting: 'Connecting', lost: 'Disconnected' } as const;

export function TopBar() {
  const { path } = usePlace();
  const [theme, toggle] = useTheme();
  const connection = useSyncExternalStore(onConnection, connectionState);
  const current = `/${path[0] === 'trials' ? 'searches' : (path[0] ?? 'searches')}`;
  return (
    <>
      <header className="top">
        <Link className="brand" href="/searches" aria-label="Caviar: all searches">
          <img src="/icon.svg" alt="" width="24" height="24" />
          <span>Caviar</span>
        </Link>
        <nav aria-label="Pages">
          {PAGES.map(([href, name]) => (
            <Link key={href} href={href} aria-current={current === href ? 'page' : undefined}>
              {name}
            </Link>
          ))}
          <a href="/docs/guide">Guide</a>
          <a href="/docs">API</a>
        </nav>
        <div className="end">
          <span className={`connection ${connection}`} role="status">
            <span>{SAID[connection]}</span>
          </span>
          {hasKey() && (
            <button
              type="button"
              className="button quiet tiny"
              onClick={() => {
                signOut();
                location.reload();
              }}
            >
              Forget key
            </button>
          )}
          <button
            type="button"
            className="button quiet tiny"
            onClick={toggle}
            aria-label={theme === 'dark' ? 'Light colours' : 'Dark colours'}
          >
            {theme === 'dark' ? <SunIcon /> : <MoonIcon />}
          </button>
        </div>
      </header>
      {connection === 'lost' && (
        <div className="banner" role="alert">
          The service does not answer. What you see is what was last known; it goes on by itself when the service is
          back.
        </div>
      )}
    </>
  );
}
