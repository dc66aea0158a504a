// The panel in which people sign in, choose a tenant, see who they are at each upstream and sign out.
import { useEffect, useId, useRef, type ReactNode, type Ref } from 'react';
import { Button, Spinner } from '@graphiql/react';
import { Problems, SignInForm, TenantForm } from './session-forms';
import type { Upstream } from './session-operations';
import { heldIn, NAMES, openIn, setAdding, signOut, useSession, type Session } from './session-store';

export function SessionPanel() {
  const session = useSession();
  return (
    <section className="session-panel" aria-label="Session" aria-busy={session.isBusy}>
      <h2 className="session-title">Session</h2>
      {session.isChecked ? <SessionBody session={session} /> : <Spinner />}
    </section>
  );
}

function SessionBody({ session }: { session: Session }) {
  const body = useRef<HTMLDivElement>(null);
  const addButton = useRef<HTMLButtonElement>(null);
  const held = heldIn(session);
  const { isAdding } = session;
  const before = useRef({ count: held.length, isAdding });
  useEffect(() => {
    // Whatever was pressed is gone, and the focus with it: what stands in its place takes it, or what is left.
    const isLess = held.length < before.current.count;
    const isClosed = before.current.isAdding && !isAdding;
    before.current = { count: held.length, isAdding };
    if ((isLess || isClosed) && document.activeElement === document.body) {
      const heading = body.current?.querySelector<HTMLElement>('.session-heading');
      ((isClosed && addButton.current) || heading)?.focus();
    }
  }, [held.length, isAdding]);
  return (
    <div ref={body}>
      {held.map((upstream) => (
        <SignedIn key={upstream} session={session} upstream={upstream} isOnly={held.length === 1} />
      ))}
      <NextStep session={session} isSignedIn={held.length > 0} addButton={addButton} />
    </div>
  );
}

interface NextStepProps {
  session: Session;
  isSignedIn: boolean;
  addButton: Ref<HTMLButtonElement>;
}

function NextStep({ session, isSignedIn, addButton }: NextStepProps) {
  const upstreams = openIn(session);
  const [other] = upstreams;
  if (session.tenants) {
    return <TenantForm session={session} tenants={session.tenants} />;
  }
  if (!isSignedIn) {
    return <SignInForm key="first" session={session} upstreams={upstreams} />;
  }
  if (other && session.isAdding) {
    return <SignInForm key="second" session={session} upstreams={upstreams} onCancel={() => setAdding(false)} />;
  }
  return (
    <>
      <Problems problems={session.problems} />
      {other && (
        <div className="session-actions">
          <Button ref={addButton} type="button" disabled={session.isBusy} onClick={() => setAdding(true)}>
            Also sign in to {NAMES[other]}
          </Button>
        </div>
      )}
    </>
  );
}

interface SignedInProps {
  session: Session;
  upstream: Upstream;
  isOnly: boolean;
}

function SignedIn({ session, upstream, isOnly }: SignedInProps) {
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // The form that had the focus is gone; without this a keyboard would start again at the top of the page.
    if (document.activeElement === document.body) {
      heading.current?.focus();
    }
  }, []);
  return (
    <div className="session-form" role="group" aria-labelledby={id}>
      <h3 ref={heading} id={id} className="session-heading" tabIndex={-1}>
        Signed in to {NAMES[upstream]}
      </h3>
      <dl className="session-facts">{upstream === 'PORTAL' ? portalFacts(session) : icwsFacts(session)}</dl>
      <div className="session-actions">
        <Button type="button" disabled={session.isBusy} onClick={() => void signOut(upstream)}>
          {isOnly ? 'Sign out' : `Sign out of ${NAMES[upstream]}`}
        </Button>
      </div>
    </div>
  );
}

function portalFacts({ portal }: Session): ReactNode {
  return (
    <>
      <dt>User</dt>
      <dd>{portal?.loginName}</dd>
      <dt>Tenant</dt>
      <dd>{portal?.tenant?.name ?? 'none'}</dd>
      <Until time={portal?.expiresAt} />
    </>
  );
}

function icwsFacts({ icws }: Session): ReactNode {
  return (
    <>
      <dt>User</dt>
      <dd>{icws?.userId}</dd>
      {icws?.name && (
        <>
          <dt>Name</dt>
          <dd>{icws.name}</dd>
        </>
      )}
      {icws?.serverName && (
        <>
          <dt>Server</dt>
          <dd>{icws.serverName}</dd>
        </>
      )}
      <Until time={icws?.expiresAt} />
    </>
  );
}

function Until({ time }: { time: string | null | undefined }) {
  if (!time) {
    return null;
  }
  return (
    <>
      <dt>Until</dt>
      <dd>
        <time dateTime={time}>{inWords(time)}</time>
      </dd>
    </>
  );
}

function inWords(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) {
    return time;
  }
  const isToday = date.toDateString() === new Date().toDateString();
  return date.toLocaleString(undefined, isToday ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' });
}
