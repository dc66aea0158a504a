// graphql-ws and graphql-sse: what changes is told as it changes, and what cannot be asked is an error with a code.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { ask, signIn, url, world } from './gateway.mjs';

const CHANGES = `subscription($name: String!) {
  precisionQueue(by: { name: $name }) {
    isSnapshot
    entered { stepNumber agent { id user { displayName } } }
    changed { agent { id } }
    left
  }
}`;

const GIVE = `mutation($input: AddAttributesToAgentsInput!) {
  addAttributesToAgents(input: $input) { userErrors { code } }
}`;

const TAKE = `mutation($input: RemoveAttributeFromAgentInput!) {
  removeAttributeFromAgent(input: $input) { userErrors { code } }
}`;

let token;
let attributeId;
let agentId;

before(async () => {
  token = await signIn();
  const { attributes } = await ask('{ attributes(first: 100) { nodes { id name } } }', {}, token);
  attributeId = attributes.nodes.find(({ name }) => name === 'Billing').id;
  agentId = (await world()).agent('Ines Ironwood').id;
});

function overWebSocket() {
  class Signed extends WebSocket {
    constructor(address, protocols) {
      super(address, protocols, { headers: { authorization: `Bearer ${token}` } });
    }
  }
  return createWsClient({ url: url.replace(/^http/, 'ws'), webSocketImpl: Signed, retryAttempts: 0 });
}

/** What an operation was refused with: by a message of the protocol, or by the status and the body of the answer. */
const errorsOf = async (thrown) => (Array.isArray(thrown) ? thrown : (await thrown.response.json()).errors);

const overEvents = () => createSseClient({ url, headers: { authorization: `Bearer ${token}` }, retryAttempts: 0 });

for (const [name, connect] of [
  ['graphql-ws', overWebSocket],
  ['graphql-sse', overEvents],
]) {
  test(`${name}: a query is answered as over HTTP`, async () => {
    const client = connect();
    const answers = client.iterate({ query: '{ viewer { loginName } agents(first: -1) { totalCount } }' });
    const { value } = await answers.next();
    assert.equal(value.data.viewer.loginName, process.env.PORTALGRAPH_USERNAME);
    assert.equal(value.errors[0].extensions.code, 'BAD_USER_INPUT');
    assert.equal((await answers.next()).done, true);
    await client.dispose();
  });

  test(`${name}: a queue's agents are told at once, and then who enters and who leaves`, async () => {
    const client = connect();
    const changes = client.iterate({ query: CHANGES, variables: { name: 'Billing expert' } });
    const next = async () => {
      const { value } = await changes.next();
      assert.equal(value.errors, undefined, JSON.stringify(value.errors));
      return value.data.precisionQueue;
    };
    const snapshot = await next();
    assert.equal(snapshot.isSnapshot, true);
    assert.equal(snapshot.entered.length, 6);
    assert.ok(!snapshot.entered.some(({ agent }) => agent.id === agentId));

    await ask(GIVE, { input: { agentIds: [agentId], attributes: [{ attributeId, value: '9' }] } }, token);
    const entered = await next();
    assert.equal(entered.isSnapshot, false);
    assert.deepEqual(entered.entered.map(({ agent }) => agent.user.displayName), ['Ines Ironwood']);

    await ask(TAKE, { input: { agentId, attributeId } }, token);
    assert.deepEqual((await next()).left, [agentId]);
    await changes.return();
    await client.dispose();
  });

  test(`${name}: a subscription that does not fit the schema is refused with a code`, async () => {
    const client = connect();
    const refused = await client
      .iterate({ query: 'subscription { nothing }' })
      .next()
      .then(({ value }) => value.errors, errorsOf);
    assert.equal(refused[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
    await client.dispose();
  });
}
