// The forms of the session panel: where and as whom to sign in, and in which tenant.
import { useEffect, useId, useRef, useState, type ChangeEvent, type FormEvent } from 'react';
import { Button } from '@graphiql/react';
import { lastUpstream } from './browser-storage';
import type { TenantChoice, Upstream } from './session-operations';
import type { Problem } from './session-problems';
import { NAMES, selectTenant, signIn, signOut, type Session } from './session-store';

interface SignInFormProps {
  session: Session;
  /** Where one can sign in with it; with more than one, the form asks. */
  upstreams: readonly Upstream[];
  onCancel?: () => void;
}

export function SignInForm({ session, upstreams, onCancel }: SignInFormProps) {
  const id = useId();
  const [chosen, setChosen] = useState(lastUpstream);
  const upstream = upstreams.find((each) => each === chosen) ?? upstreams[0] ?? 'PORTAL';
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
    const sending = signIn(upstream, username.value, password.value);
    password.value = '';
    await sending;
    // Still there only when it was refused: the next thing to do is to type the password again.
    passwordInput.current?.focus();
  }

  function choose(event: ChangeEvent<HTMLSelectElement>) {
    setChosen(event.target.value);
    // The password for one upstream must not reach the other by mistake.
    if (passwordInput.current) {
      passwordInput.current.value = '';
    }
  }

  useEffect(() => {
    // Opened by a button that is gone now. Where a query brought the form up, its author stays in the editor.
    if (onCancel && document.activeElement === document.body) {
      usernameInput.current?.focus();
    }
  }, []);

  const problemsFor = (field: Problem['field']) => session.problems.filter((problem) => problem.field === field);
  return (
    <form className="session-form" method="post" onSubmit={submit} aria-labelledby={`${id}-heading`}>
      <h3 id={`${id}-heading`} className="session-heading" tabIndex={-1}>
        Sign in to {NAMES[upstream]}
      </h3>
      {session.notice && (
        <p className="session-notice" role="status">
          {session.notice}
        </p>
      )}
      <p className="session-text">
        Queries run with the rights of your own {upstream === 'ICWS' ? 'ICWS' : 'portal'} account. This page keeps neither your password nor a token.
      </p>
      <Problems problems={problemsFor(null)} />
      {upstreams.length > 1 && (
        <>
          <label className="session-label" htmlFor={`${id}-upstream`}>
            Where
          </label>
          <select id={`${id}-upstream`} className="session-input" value={upstream} onChange={choose}>
            {upstreams.map((each) => (
              <option key={each} value={each}>
                {each === 'ICWS' ? 'ICWS' : 'Portal'}
              </option>
            ))}
          </select>
        </>
      )}
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
        {onCancel && (
          <Button type="button" disabled={session.isBusy} onClick={onCancel}>
            Cancel
          </Button>
        )}
      </div>
    </form>
  );
}

interface TenantFormProps {
  session: Session;
  tenants: readonly TenantChoice[];
}

export function TenantForm({ session, tenants }: TenantFormProps) {
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
        {tenants.map((tenant) => (
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
        <Button type="button" disabled={session.isBusy} onClick={() => void signOut('PORTAL')}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

// Always rendered, even when empty: a live region is only announced when it was there before its text.
export function Problems({ id, problems }: { id?: string; problems: readonly Problem[] }) {
  return (
    <div id={id} className="session-problems" role="alert">
      {problems.map((problem) => (
        <p key={problem.message}>{problem.message}</p>
      ))}
    </div>
  );
}
