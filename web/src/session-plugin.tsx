// The sign-in panel as a plugin of the editor, and the line above the editor that says who is signed in.
import { useEffect } from 'react';
import { UnStyledButton, useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from '@graphiql/react';
import { SessionPanel } from './session-panel';
import { heldIn, useSession, type Session } from './session-store';

const TITLE = 'Session';

function PersonIcon() {
  return (
    <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <circle cx="10" cy="6.5" r="3.75" />
      <path d="M2.75 18.25c.6-3.9 3.5-6 7.25-6s6.65 2.1 7.25 6" strokeLinecap="round" />
    </svg>
  );
}

export const SESSION_PLUGIN: GraphiQLPlugin = { title: TITLE, icon: PersonIcon, content: SessionPanel };

/** Brings the panel into view. The pane's own state is not open to plugins, so this presses its button. */
export function openSessionPanel(): void {
  const find = (verb: string) =>
    document.querySelector<HTMLButtonElement>(`.graphiql-sidebar button[aria-label="${verb} ${TITLE}"]`);
  const pane = document.querySelector('.graphiql-plugin');
  const shown = find('Hide');
  if (!shown) {
    find('Show')?.click();
  } else if (pane && pane.getBoundingClientRect().right <= 0) {
    // Dragged shut on an earlier visit: selected, yet out of sight. Off and on again shows it.
    shown.click();
    requestAnimationFrame(() => find('Show')?.click());
  }
}

export function SessionStatus() {
  const session = useSession();
  const { introspect } = useGraphiQLActions();
  const isSchemaRefused = useGraphiQL((state) => Boolean(state.fetchError));
  const kind = kindOf(session);
  const isSignedIn = kind === 'signedIn';
  useEffect(() => {
    // A gateway may show its schema to signed-in people only.
    if (isSignedIn && isSchemaRefused) {
      void introspect();
    }
    // Only the sign-in matters here; a schema that fails to load must not be asked for in a loop.
  }, [isSignedIn]);
  return (
    <UnStyledButton type="button" className="session-status" onClick={openSessionPanel}>
      <span className={`session-dot session-dot-${kind}`} aria-hidden="true" />
      <span className="session-status-text">{summary(session, kind)}</span>
    </UnStyledButton>
  );
}

type Kind = 'checking' | 'signedOut' | 'choosingTenant' | 'signedIn';

function kindOf(session: Session): Kind {
  if (!session.isChecked) {
    return 'checking';
  }
  if (session.tenants) {
    return 'choosingTenant';
  }
  return heldIn(session).length > 0 ? 'signedIn' : 'signedOut';
}

function summary({ portal, icws }: Session, kind: Kind): string {
  switch (kind) {
    case 'checking':
      return 'portalgraph';
    case 'signedOut':
      return 'Not signed in';
    case 'choosingTenant':
      return 'Choose a tenant';
    case 'signedIn': {
      const atPortal = portal?.tenant ? `${portal.loginName} in ${portal.tenant.name}` : portal?.loginName;
      const atIcws = icws ? `${icws.userId} at ICWS` : null;
      return [atPortal, atIcws].filter(Boolean).join(', ');
    }
  }
}
