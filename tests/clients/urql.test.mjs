// urql with graphcache, which knows the schema by asking for it: records by id, pages as one list, errors beside data.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Client, fetchExchange, gql } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { getIntrospectionQuery } from 'graphql';
import { ask, countingFetch, url, world } from './gateway.mjs';

let client;
let counted;
let people;
const complaints = [];

before(async () => {
  const schema = await ask(getIntrospectionQuery({ inputValueDeprecation: true }));
  // What has no id is part of what it is read with.
  const embedded = schema.__schema.types.filter(
    ({ kind, fields }) => kind === 'OBJECT' && !fields.some(({ name }) => name === 'id'),
  );
  people = await world();
  counted = await countingFetch();
  client = new Client({
    url,
    fetch: counted,
    exchanges: [
      cacheExchange({
        schema,
        keys: Object.fromEntries(embedded.map(({ name }) => [name, () => null])),
        resolvers: { Query: { agents: relayPagination() } },
        logger: (severity, message) => severity !== 'debug' && complaints.push(message),
      }),
      fetchExchange,
    ],
  });
});

const AGENTS = gql`
  query Agents($first: Int!, $after: String) {
    agents(first: $first, after: $after) {
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
        startCursor
        endCursor
        hasNextPage
        hasPreviousPage
      }
    }
  }
`;

test('pages grow into one list, and each asks once', async () => {
  let after = null;
  let answer;
  let pages = 0;
  do {
    answer = await client.query(AGENTS, { first: 10, after }).toPromise();
    assert.equal(answer.error, undefined);
    after = answer.data.agents.pageInfo.endCursor;
    pages += 1;
    assert.equal(counted.asked, pages);
  } while (answer.data.agents.pageInfo.hasNextPage);
  const { edges, totalCount } = answer.data.agents;
  assert.equal(pages, 3);
  assert.equal(edges.length, totalCount);
  assert.equal(new Set(edges.map(({ node }) => node.id)).size, totalCount);
});

const GROUPS = gql`
  query Groups($id: ID!) {
    agent(by: { id: $id }) {
      id
      skillGroups {
        id
        name
      }
    }
  }
`;

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
      }
    }
  }
`;

async function groupsOf(agent) {
  const { data, error } = await client.query(GROUPS, { id: agent.id }).toPromise();
  assert.equal(error, undefined);
  return data.agent.skillGroups.map(({ name }) => name);
}

test('what a mutation reads back is seen by a query that was answered before, without asking', async () => {
  const agent = people.agent('David Dogwood');
  const group = people.group('Escalations');
  assert.ok(!(await groupsOf(agent)).includes(group.name));
  const input = { agentId: agent.id, addSkillGroupIds: [group.id] };
  const { data } = await client.mutation(UPDATE, { input }).toPromise();
  assert.deepEqual(data.updateAgentSkillGroups.userErrors, []);
  const before = counted.asked;
  assert.ok((await groupsOf(agent)).includes(group.name));
  assert.equal(counted.asked, before);
});

test('what the caller can mend comes with its code, and changes nothing that was kept', async () => {
  const agent = people.agent('David Dogwood');
  const groups = await groupsOf(agent);
  const input = { agentId: agent.id, addSkillGroupIds: [people.group('Service_English').id] };
  const { data } = await client.mutation(UPDATE, { input }).toPromise();
  assert.equal(data.updateAgentSkillGroups.agent, null);
  assert.equal(data.updateAgentSkillGroups.userErrors[0].code, 'PLATFORM_DIFFERS');
  assert.deepEqual(await groupsOf(agent), groups);
});

test('a field that fails leaves the others, and its error has a code and a path', async () => {
  const query = gql`{ departments { id name } agents(first: -1) { totalCount } }`;
  const { data, error } = await client.query(query, {}).toPromise();
  assert.ok(data.departments.length > 0);
  assert.equal(data.agents, null);
  const told = error.graphQLErrors.map(({ path, extensions }) => [path, extensions.code]);
  assert.deepEqual(told, [[['agents'], 'BAD_USER_INPUT']]);
});

test('nobody signed in is an error of GraphQL and not of the network', async () => {
  const stranger = new Client({ url, exchanges: [fetchExchange] });
  const { error } = await stranger.query(gql`{ agents(first: 1) { totalCount } }`, {}).toPromise();
  assert.equal(error.networkError, undefined);
  assert.equal(error.graphQLErrors[0].extensions.code, 'UNAUTHENTICATED');
});

test('the cache had nothing to complain about', () => {
  assert.deepEqual(complaints, []);
});
