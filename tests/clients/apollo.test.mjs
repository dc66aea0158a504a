// Apollo Client: one record an id, types of an interface, pages that grow into one list, errors beside data.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { ask, countingFetch, url, world } from './gateway.mjs';

let possibleTypes;
let people;
let client;
let counted;

before(async () => {
  const { __schema } = await ask('{ __schema { types { kind name possibleTypes { name } } } }');
  const abstract = __schema.types.filter(({ kind }) => kind === 'INTERFACE' || kind === 'UNION');
  possibleTypes = Object.fromEntries(abstract.map((type) => [type.name, type.possibleTypes.map(({ name }) => name)]));
  people = await world();
  counted = await countingFetch();
  client = new ApolloClient({
    link: new HttpLink({ uri: url, fetch: counted }),
    cache: new InMemoryCache({
      possibleTypes,
      typePolicies: {
        Query: { fields: { agents: relayStylePagination(['filter', 'search', 'orderBy']) } },
        Agent: { fields: { skillGroups: { merge: false } } },
      },
    }),
  });
});

const AGENTS = gql`
  query Agents($first: Int!, $after: String) {
    agents(first: $first, after: $after, orderBy: { field: LAST_NAME }) {
      totalCount
      edges {
        node {
          id
          user {
            id
            displayName
          }
          skillGroups {
            id
            name
          }
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`;

test('pages grow into one list, and each asks once', async () => {
  const before = counted.asked;
  await client.query({ query: AGENTS, variables: { first: 10 } });
  const list = client.watchQuery({ query: AGENTS, variables: { first: 10 } });
  const subscription = list.subscribe(() => {});
  let { pageInfo } = list.getCurrentResult().data.agents;
  for (let page = 1; pageInfo.hasNextPage; page++) {
    const { data } = await list.fetchMore({ variables: { after: pageInfo.endCursor } });
    ({ pageInfo } = data.agents);
    assert.equal(counted.asked - before, page + 1);
  }
  // The client tells its readers a moment later.
  await new Promise((resolve) => setTimeout(resolve));
  subscription.unsubscribe();
  const { edges, totalCount } = list.getCurrentResult().data.agents;
  assert.equal(edges.length, totalCount);
  assert.equal(new Set(edges.map(({ node }) => node.id)).size, totalCount);
});

test('a record is one record, whichever way it was read', async () => {
  const group = people.group('Sales_English');
  const query = gql`
    query Group($id: ID!) {
      skillGroup(by: { id: $id }) {
        id
        agents(first: 100) {
          nodes {
            id
            skillGroups {
              id
              name
            }
          }
        }
      }
    }
  `;
  const { data } = await client.query({ query, variables: { id: group.id } });
  const cache = client.cache.extract();
  for (const { id } of data.skillGroup.agents.nodes) {
    const record = cache[`Agent:${id}`];
    // What only the list of agents asked for is in the same record as what only the group asked for.
    assert.ok(record.user.__ref.startsWith('User:'), id);
    assert.ok(record.skillGroups.some(({ __ref }) => __ref === `SkillGroup:${group.id}`), id);
  }
});

test('a fragment on an interface fits its types, and what was read is read again from the cache', async () => {
  const { id } = people.agent('Clara Cedar');
  const query = gql`
    query Record($id: ID!) {
      node(id: $id) {
        ...Identified
        ... on Agent {
          user {
            id
            displayName
          }
        }
      }
    }
    fragment Identified on Node {
      id
    }
  `;
  const { data } = await client.query({ query, variables: { id } });
  assert.equal(data.node.id, id);
  assert.equal(data.node.user.displayName, 'Clara Cedar');
  const before = counted.asked;
  assert.deepEqual((await client.query({ query, variables: { id } })).data, data);
  assert.equal(counted.asked, before);
});

const UPDATE = gql`
  mutation Update($input: UpdateAgentSkillGroupsInput!) {
    updateAgentSkillGroups(input: $input) {
      agent {
        id
        skillGroups {
          id
          name
        }
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`;

/** What everybody who looks at the agent sees, one after the other, while it is changed. */
async function seenWhileAdding(agent, group) {
  const fragment = gql`
    fragment Groups on Agent {
      id
      skillGroups {
        id
        name
      }
    }
  `;
  const seen = [];
  const from = { __typename: 'Agent', id: agent.id };
  const subscription = client.watchFragment({ fragment, from }).subscribe(({ data }) => {
    seen.push(data.skillGroups.map(({ id }) => id).includes(group.id));
  });
  const held = client.cache.readFragment({ id: `Agent:${agent.id}`, fragment });
  const added = { __typename: 'SkillGroup', id: group.id, name: group.name };
  const { data } = await client.mutate({
    mutation: UPDATE,
    variables: { input: { agentId: agent.id, addSkillGroupIds: [group.id] } },
    optimisticResponse: {
      updateAgentSkillGroups: {
        __typename: 'UpdateAgentSkillGroupsPayload',
        agent: { ...held, skillGroups: [...held.skillGroups, added] },
        userErrors: [],
      },
    },
  });
  await new Promise((resolve) => setTimeout(resolve));
  subscription.unsubscribe();
  return { seen, payload: data.updateAgentSkillGroups };
}

test('an optimistic answer is seen at once and stays when it was right', async () => {
  const { seen, payload } = await seenWhileAdding(people.agent('Clara Cedar'), people.group('Sales_Spanish'));
  assert.deepEqual(payload.userErrors, []);
  assert.equal(seen[0], false);
  assert.equal(seen.at(-1), true);
  assert.ok(seen.slice(1).every(Boolean), String(seen));
});

test('an optimistic answer is taken back when the mutation tells what its caller can mend', async () => {
  const { seen, payload } = await seenWhileAdding(people.agent('Clara Cedar'), people.group('Service_English'));
  assert.equal(payload.agent, null);
  assert.deepEqual(payload.userErrors[0].code, 'PLATFORM_DIFFERS');
  assert.deepEqual(payload.userErrors[0].field, ['input', 'addSkillGroupIds', '0']);
  assert.deepEqual(seen, [false, true, false]);
});

test('a field that fails leaves the others, and its error has a code and a path', async () => {
  const query = gql`
    query Partly {
      departments {
        id
        name
      }
      agents(first: -1) {
        totalCount
      }
    }
  `;
  const { data, error } = await client.query({ query, errorPolicy: 'all', fetchPolicy: 'no-cache' });
  assert.ok(data.departments.length > 0);
  assert.equal(data.agents, null);
  assert.ok(CombinedGraphQLErrors.is(error));
  const told = error.errors.map(({ path, extensions }) => [path, extensions.code]);
  assert.deepEqual(told, [[['agents'], 'BAD_USER_INPUT']]);
});

test('a document that does not fit, and nobody signed in, are errors of GraphQL and not of the network', async () => {
  const stranger = new ApolloClient({ link: new HttpLink({ uri: url }), cache: new InMemoryCache() });
  for (const [query, code] of [
    [gql`{ nothing }`, 'GRAPHQL_VALIDATION_FAILED'],
    [gql`{ agents(first: 1) { totalCount } }`, 'UNAUTHENTICATED'],
  ]) {
    const { error } = await stranger.query({ query, errorPolicy: 'all' });
    assert.ok(CombinedGraphQLErrors.is(error), String(error));
    assert.equal(error.errors[0].extensions.code, code);
  }
});
