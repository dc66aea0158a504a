// The panel in which people sign in, choose a tenant, see who they are and sign out.
import { useEffect, useId, useRef, type FormEvent } from 'react';
import { Button, Spinner } from '@graphiql/react';
import { selectTenant, signIn, signOut, useSession, type Problem, type Session } from './session-store';

type Of<Kind extends Session['kind']> = Extract<Session, { kind: Kind }>;

export function SessionPanel() {
  const session = useSession();
  return (
    <section className="session-panel" aria-label="Session" aria-busy={session.isBusy}>
      <h2 className="session-title">Session</h2>
      <SessionBody session={session} />
    </section>
  );
}

function SessionBody({ session }: { session: Session }) {
  switch (session.kind) {
    case 'checking':
      return <Spinner />;
    case 'signedOut':
      return <SignInForm session={session} />;
    case 'choosingTenant':
      return <TenantForm session={session} />;
    case 'signedIn':
      return <SignedIn session={session} />;
  }
}

function SignInForm({ session }: { session: Of<'signedOut'> }) {
  const id = useId();
  const usernameInput = useRef<HTMLInputElement>(null);
  const passwordInput = useRef<HTMLInputElement>(null);

  // The fields are left to the browser (uncontrolled), so the password is in no state of the page;
  // it is wiped as soon as it is sent.
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const username = usernameInput.current;
    const password = passwordInput.current;
    if (!username || !password || session.isBusy) {
      return;
    }
    const sending = signIn(username.value, password.value);
    password.value = '';
    await sending;
    // Still there only when it was refused: the next thing to do is to type the password again.
    passwordInput.current?.focus();
  }

  const problemsFor = (field: Problem['field']) => session.problems.filter((problem) => problem.field === field);
  return (
    <form className="session-form" method="post" onSubmit={submit} aria-labelledby={`${id}-heading`}>
      <h3 id={`${id}-heading`} className="session-heading">
        Sign in to the portal
      </h3>
      {session.notice && (
        <p className="session-notice" role="status">
          {session.notice}
        </p>
      )}
      <p className="session-text">
        Queries run with the rights of your own portal account. This page keeps neither your password nor a token.
      </p>
      <Problems problems={problemsFor(null)} />
      <label className="session-label" htmlFor={`${id}-username`}>
        User name
      </label>
      <input
        ref={usernameInput}
        id={`${id}-username`}
        className="session-input"
        name="username"
        type="text"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        aria-invalid={problemsFor('username').length > 0}
        aria-describedby={`${id}-username-problems`}
      />
      <Problems id={`${id}-username-problems`} problems={problemsFor('username')} />
      <label className="session-label" htmlFor={`${id}-password`}>
        Password
      </label>
      <input
        ref={passwordInput}
        id={`${id}-password`}
        className="session-input"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        aria-invalid={problemsFor('password').length > 0}
        aria-describedby={`${id}-password-problems`}
      />
      <Problems id={`${id}-password-problems`} problems={problemsFor('password')} />
      <div className="session-actions">
        <Button type="submit" className="session-primary" disabled={session.isBusy}>
          {session.isBusy ? 'Signing in…' : 'Sign in'}
        </Button>
      </div>
    </form>
  );
}

function TenantForm({ session }: { session: Of<'choosingTenant'> }) {
  const id = useId();
  const choice = useRef<HTMLSelectElement>(null);
  useEffect(() => choice.current?.focus(), []);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (choice.current && !session.isBusy) {
      void selectTenant(Number(choice.current.value));
    }
  }

  return (
    <form className="session-form" method="post" onSubmit={submit} aria-labelledby={`${id}-heading`}>
      <h3 id={`${id}-heading`} className="session-heading">
        Choose a tenant
      </h3>
      <p className="session-text">Your account belongs to several tenants. A session works in one of them.</p>
      <label className="session-label" htmlFor={`${id}-tenant`}>
        Tenant
      </label>
      <select ref={choice} id={`${id}-tenant`} className="session-input" aria-describedby={`${id}-problems`} required>
        {session.tenants.map((tenant) => (
          <option key={tenant.databaseId} value={tenant.databaseId}>
            {tenant.name}
          </option>
        ))}
      </select>
      <Problems id={`${id}-problems`} problems={session.problems} />
      <div className="session-actions">
        <Button type="submit" className="session-primary" disabled={session.isBusy}>
          Continue
        </Button>
        <Button type="button" disabled={session.isBusy} onClick={() => void signOut()}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

function SignedIn({ session }: { session: Of<'signedIn'> }) {
  const { viewer } = session;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // The form that had the focus is gone; without this a keyboard would start again at the top of the page.
    if (document.activeElement === document.body) {
      heading.current?.focus();
    }
  }, []);
  return (
    <div className="session-form">
      <h3 ref={heading} className="session-heading" tabIndex={-1}>
        Signed in
      </h3>
      <dl className="session-facts">
        <dt>User</dt>
        <dd>{viewer.loginName}</dd>
        <dt>Tenant</dt>
        <dd>{viewer.tenant?.name ?? 'none'}</dd>
        {viewer.expiresAt && (
          <>
            <dt>Until</dt>
            <dd>
              <time dateTime={viewer.expiresAt}>{inWords(viewer.expiresAt)}</time>
            </dd>
          </>
        )}
      </dl>
      <Problems problems={session.problems} />
      <div className="session-actions">
        <Button type="button" disabled={session.isBusy} onClick={() => void signOut()}>
          Sign out
        </Button>
      </div>
    </div>
  );
}

// Always rendered, even when empty: a live region is only announced when it was there before its text.
function Problems({ id, problems }: { id?: string; problems: readonly Problem[] }) {
  return (
    <div id={id} className="session-problems" role="alert">
      {problems.map((problem) => (
        <p key={problem.message}>{problem.message}</p>
      ))}
    </div>
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
