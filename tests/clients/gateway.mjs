// The running gateway that every client asks, and a way to count what it is asked.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const gateway = process.env.PORTALGRAPH_URL;
export const url = `${gateway}/graphql`;
export const account = { username: process.env.PORTALGRAPH_USERNAME, password: process.env.PORTALGRAPH_PASSWORD };
assert.ok(gateway && account.username && account.password, 'Set PORTALGRAPH_URL, _USERNAME and _PASSWORD.');

/** Asks without any client, and wants no errors. */
export async function ask(query, variables, token) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}

/** The token of a session of its own. */
export async function signIn() {
  const query = 'mutation($input: LoginInput!) { login(input: $input) { sessionToken userErrors { code } } }';
  const { login } = await ask(query, { input: account });
  assert.deepEqual(login.userErrors, []);
  return login.sessionToken;
}

/** A `fetch` with a session that counts in `asked` how often it was used. */
export async function countingFetch() {
  const token = await signIn();
  const counting = (address, options = {}) => {
    counting.asked += 1;
    const headers = new Headers(options.headers);
    headers.set('authorization', `Bearer ${token}`);
    return fetch(address, { ...options, headers });
  };
  counting.asked = 0;
  counting.token = token;
  return counting;
}

/** What the tests want to know of the demonstration before they begin, by the names of its people and groups. */
export async function world() {
  const token = await signIn();
  const { agents, skillGroups, users } = await ask(
    `{
      agents(first: 100) { nodes { id user { displayName } skillGroups { id } } }
      skillGroups(first: 100) { nodes { id name } }
      users(first: 100) { nodes { id displayName } }
    }`,
    {},
    token,
  );
  return {
    agent: (name) => agents.nodes.find(({ user }) => user.displayName === name),
    group: (name) => skillGroups.nodes.find((group) => group.name === name),
    user: (name) => users.nodes.find(({ displayName }) => displayName === name),
  };
}

const here = fileURLToPath(new URL('.', import.meta.url));

/** Runs a program in this folder to its end and answers what it printed; anything but success is a failure. */
export function run(program, args, { environment = {}, folder = here } = {}) {
  const env = { ...process.env, ...environment };
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: folder, env, encoding: 'utf8' });
  assert.equal(status, 0, `${program} ${args.join(' ')}\n${error ?? ''}${stdout ?? ''}${stderr ?? ''}`);
  return stdout;
}
