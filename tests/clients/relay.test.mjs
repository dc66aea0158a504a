// Relay: its compiler takes the schema; its runtime reads by `node`, pages connections, and edits them after mutations.
import assert from 'node:assert/strict';
import { writeFileSync, rmSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { before, test } from 'node:test';
import relay from 'relay-runtime';
import { countingFetch, run, url, world } from './gateway.mjs';

const { Environment, Network, Store, RecordSource, ROOT_ID } = relay;
const { commitMutation, createOperationDescriptor, fetchQuery, getRequest, getSingularSelector } = relay;
const require = createRequire(import.meta.url);
const artifact = (name) => require(`./generated/relay/${name}.graphql.js`);

let environment;
let counted;
let people;

before(async () => {
  rmSync(new URL('generated/relay', import.meta.url), { recursive: true, force: true });
  mkdirSync(new URL('generated/relay', import.meta.url), { recursive: true });
  // The artifacts are CommonJS.
  writeFileSync(new URL('generated/relay/package.json', import.meta.url), '{ "type": "commonjs" }\n');
  run('node_modules/.bin/relay-compiler', ['relay.config.json']);
  people = await world();
  counted = await countingFetch();
  const network = Network.create(async ({ text }, variables) => {
    const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
    const response = await counted(url, { method: 'POST', headers, body: JSON.stringify({ query: text, variables }) });
    return response.json();
  });
  environment = new Environment({ network, store: new Store(new RecordSource()) });
});

const descriptor = (name, variables) => createOperationDescriptor(getRequest(artifact(name)), variables);

/** Asks, keeps the answer from being collected, and answers the fragment references of the query. */
async function load(name, variables) {
  const operation = descriptor(name, variables);
  environment.retain(operation);
  await fetchQuery(environment, artifact(name), variables).toPromise();
  return environment.lookup(operation.fragment).data;
}

const read = (name, reference) => environment.lookup(getSingularSelector(artifact(name), reference)).data;

const mutate = (name, variables) =>
  new Promise((resolve, reject) =>
    commitMutation(environment, {
      mutation: artifact(name),
      variables,
      onCompleted: (data, errors) => (errors ? reject(errors) : resolve(data)),
      onError: reject,
    }),
  );

test('a connection at the root is paged by the query that the compiler made of its fragment', async () => {
  const search = { term: 'a', field: 'LAST_NAME' };
  const query = await load('operationsUsersQuery', { count: 4, search });
  const page = () => read('operationsUsers_query', query).users;
  assert.equal(page().edges.length, 4);
  const asked = counted.asked;
  for (let pages = 1; page().pageInfo.hasNextPage; pages++) {
    await load('operationsUsersPaginationQuery', { count: 4, cursor: page().pageInfo.endCursor, search });
    assert.equal(counted.asked, asked + pages);
  }
  assert.equal(page().edges.length, page().totalCount);
  assert.equal(new Set(page().edges.map(({ node }) => node.id)).size, page().totalCount);
});

test('a connection below a record is paged by the field node', async () => {
  const { skillGroup } = await load('operationsSkillGroupQuery', { name: 'Service_English' });
  const page = () => read('operationsSkillGroup_group', skillGroup).agents;
  assert.equal(page().edges.length, 3);
  const { refetch, connection } = artifact('operationsSkillGroup_group').metadata;
  assert.deepEqual(refetch.identifierInfo, { identifierField: 'id', identifierQueryVariableName: 'id' });
  assert.ok(connection);
  const { id } = people.group('Service_English');
  while (page().pageInfo.hasNextPage) {
    await load('operationsSkillGroupPaginationQuery', { count: 3, cursor: page().pageInfo.endCursor, id });
  }
  assert.equal(page().edges.length, 6);
  assert.equal(new Set(page().edges.map(({ node }) => node.agentNumber)).size, 6);
});

test('a fragment is refetched by the id of its record', async () => {
  const { id } = people.user('Elena Elm');
  const { node } = await load('operationsNodeQuery', { id });
  assert.equal(node.__typename, 'User');
  assert.equal(read('operationsUser_user', node.user).displayName, 'Elena Elm');
  const again = await load('operationsUserRefetchQuery', { id });
  assert.deepEqual(read('operationsUser_user', again.node), read('operationsUser_user', node.user));
});

test('a fragment of another type is null, not wrong', async () => {
  const { node } = await load('operationsNodeQuery', { id: people.group('Escalations').id });
  assert.deepEqual([node.__typename, node.user], ['SkillGroup', null]);
});

test('a mutation reads back what it changed, and the store shows it to who looks at the record', async () => {
  const { id } = people.user('Felix Fir');
  const { node } = await load('operationsNodeQuery', { id });
  const { updateUser } = await mutate('operationsRenameMutation', { input: { userId: id, firstName: 'Felicitas' } });
  assert.deepEqual(updateUser.userErrors, []);
  assert.equal(read('operationsUser_user', node.user).displayName, 'Felicitas Fir');
});

test('a mutation adds its record to connections and takes it out again, as its directives say', async () => {
  const search = { term: 'Newling', field: 'LAST_NAME' };
  const query = await load('operationsUsersQuery', { count: 5, search });
  const edges = () => read('operationsUsers_query', query).users.edges;
  const names = () => edges().map(({ node }) => read('operationsUser_user', node).displayName);
  assert.deepEqual(names(), []);
  const connections = [relay.ConnectionHandler.getConnectionID(ROOT_ID, 'operations_users', { search })];

  const input = {
    sourceUserId: people.user('Xenia Xylosma').id,
    firstName: 'Nora',
    lastName: 'Newling',
    loginName: 'nora.newling@dmn',
    phone: '5550100042',
    userType: 'NON_CONTACT_CENTER',
  };
  const refused = await mutate('operationsCloneMutation', { input: { ...input, phone: 'none' }, connections });
  assert.equal(refused.cloneUser.user, null);
  assert.deepEqual(refused.cloneUser.userErrors[0].field, ['input', 'phone']);
  assert.deepEqual(names(), []);

  const { cloneUser } = await mutate('operationsCloneMutation', { input, connections });
  assert.deepEqual(cloneUser.userErrors, []);
  const asked = counted.asked;
  assert.deepEqual(names(), ['Nora Newling']);
  assert.equal(counted.asked, asked);

  const user = { id: cloneUser.user.id };
  const { deleteUser } = await mutate('operationsDeleteMutation', { input: { user }, connections });
  assert.deepEqual(deleteUser, { deletedUserId: user.id, userErrors: [] });
  assert.deepEqual(names(), []);
});

test('a field that fails leaves the others, and its error is caught where the document says so', async () => {
  const { departments, agents } = await load('operationsMissingQuery', {});
  assert.ok(departments.length > 0);
  assert.equal(agents, null);
  const caught = await load('operationsCaughtQuery', {});
  assert.equal(caught.agents.ok, false);
  assert.equal(caught.agents.errors[0].extensions.code, 'BAD_USER_INPUT');
});
