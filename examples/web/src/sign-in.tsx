// The two forms before everything else: who one is, and in which tenant.
import { useId, useState, type FormEvent } from 'react';
import { Problems, type Problem } from './problems';
import { selectTenant, signIn, type TenantChoice } from './session';

interface Busy {
  isBusy: boolean;
  run: (work: () => Promise<void>) => void;
}

function useBusy(): Busy {
  const [isBusy, setIsBusy] = useState(false);
  const run = (work: () => Promise<void>): void => {
    setIsBusy(true);
    void work().finally(() => setIsBusy(false));
  };
  return { isBusy, run };
}

export function SignIn({ notice, problems }: { notice?: string | undefined; problems: readonly Problem[] }) {
  const id = useId();
  const { isBusy, run } = useBusy();

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = new FormData(form);
    run(() => signIn(String(fields.get('username')), String(fields.get('password'))));
    form.querySelector<HTMLInputElement>('[name=password]')!.value = '';
  }

  return (
    <main className="narrow">
      <h1>Sign in</h1>
      {notice && <p role="status">{notice}</p>}
      <Problems problems={problems} />
      <form onSubmit={submit}>
        <label htmlFor={`${id}-username`}>User name</label>
        <input id={`${id}-username`} name="username" autoComplete="username" required />
        <label htmlFor={`${id}-password`}>Password</label>
        <input id={`${id}-password`} name="password" type="password" autoComplete="current-password" required />
        <button className="primary" disabled={isBusy}>
          Sign in
        </button>
      </form>
    </main>
  );
}

interface ChooseTenantProperties {
  tenants: readonly TenantChoice[];
  problems: readonly Problem[];
}

export function ChooseTenant({ tenants, problems }: ChooseTenantProperties) {
  const id = useId();
  const { isBusy, run } = useBusy();

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const chosen = Number(new FormData(event.currentTarget).get('tenant'));
    run(() => selectTenant(chosen));
  }

  return (
    <main className="narrow">
      <h1>Choose a tenant</h1>
      <Problems problems={problems} />
      <form onSubmit={submit}>
        <label htmlFor={id}>Tenant</label>
        <select id={id} name="tenant" autoFocus>
          {tenants.map(({ databaseId, name }) => (
            <option key={databaseId} value={databaseId}>
              {name}
            </option>
          ))}
        </select>
        <button className="primary" disabled={isBusy}>
          Continue
        </button>
      </form>
    </main>
  );
}
