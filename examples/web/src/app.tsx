// Which screen is shown: by the session first, then by the hash of the address.
import { useReactiveVar } from '@apollo/client/react';
import { useEffect, useRef, useSyncExternalStore, type ReactNode } from 'react';
import { AgentSkills } from './agent-skills';
import { Agents } from './agents';
import { Callbacks } from './callbacks';
import { PrecisionQueues } from './precision-queues';
import { findOut, session, signOut } from './session';
import { ChooseTenant, SignIn } from './sign-in';

const SCREENS = [
  { path: 'agents', name: 'Agents' },
  { path: 'queues', name: 'Precision queues' },
  { path: 'callbacks', name: 'Callbacks' },
];

function onHashChange(act: () => void): () => void {
  addEventListener('hashchange', act);
  return () => removeEventListener('hashchange', act);
}

/** The parts of the address behind `#/`. */
const usePath = (): string[] => {
  const hash = useSyncExternalStore(onHashChange, () => location.hash);
  return hash.replace(/^#\//, '').split('/').map(decodeURIComponent);
};

function screenOf([screen, id]: string[]): ReactNode {
  switch (screen) {
    case 'queues':
      return <PrecisionQueues />;
    case 'callbacks':
      return <Callbacks />;
    default:
      return id ? <AgentSkills key={id} agentId={id} /> : <Agents />;
  }
}

export function App() {
  const now = useReactiveVar(session);
  const path = usePath();
  const main = useRef<HTMLElement>(null);
  const place = path.join('/');

  useEffect(() => void findOut(), []);
  // Whoever does not see the screen change hears it: the focus goes to what has changed.
  useEffect(() => main.current?.focus(), [place]);

  switch (now.stage) {
    case 'unknown':
      return <p role="status">One moment…</p>;
    case 'signed out':
      return <SignIn notice={now.notice} problems={now.problems} />;
    case 'choosing':
      return <ChooseTenant tenants={now.tenants} problems={now.problems} />;
  }
  const current = SCREENS.find((screen) => screen.path === path[0]) ?? SCREENS[0];
  return (
    <>
      <header>
        <nav aria-label="Screens">
          {SCREENS.map((screen) => (
            <a key={screen.path} href={`#/${screen.path}`} aria-current={screen === current ? 'page' : undefined}>
              {screen.name}
            </a>
          ))}
        </nav>
        <p>
          {now.viewer.loginName} at {now.viewer.tenant.name}
        </p>
        <button type="button" onClick={() => void signOut()}>
          Sign out
        </button>
      </header>
      <main ref={main} tabIndex={-1}>
        {screenOf(path)}
      </main>
    </>
  );
}
