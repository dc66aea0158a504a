// Fits only if the generated types say what the gateway answers; compiled as strictly as there is, and then run.
import { print } from 'graphql';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { CodegenAgentsDocument, CodegenNodeDocument, CodegenUpdateDocument } from '../generated/codegen/graphql.js';
import type { CodegenUpdateMutationVariables } from '../generated/codegen/graphql.js';

declare const process: { argv: string[]; stdout: { write(text: string): void } };

const [url, token] = process.argv.slice(2);
if (!url || !token) {
  throw new Error('Give the address and a token.');
}
const address: string = url;

async function ask<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const body = JSON.stringify({ query: print(document), variables });
  const response = await fetch(address, { method: 'POST', headers, body });
  const answer = (await response.json()) as { data: Data; errors?: unknown };
  if (answer.errors) {
    throw new Error(JSON.stringify(answer.errors));
  }
  return answer.data;
}

const { agents } = await ask(CodegenAgentsDocument, {
  first: 2,
  filter: { isActive: true, userTypes: ['AGENT'] },
  order: { field: 'LAST_NAME' },
});
// A field that costs a call of the portal is nullable, and the compiler insists that somebody looks.
const names: string[] = agents?.nodes.map(({ user }) => user.displayName) ?? [];
type Kind = 'AGENT' | 'SUPERVISOR' | 'NON_CONTACT_CENTER' | 'UNKNOWN';
const kinds: Kind[] = agents?.nodes.map(({ user }) => user.userType) ?? [];
// @ts-expect-error: a list that may be null has no length until that is known.
agents?.nodes[0]?.skillGroups.length;

const first = agents?.nodes[0];
if (!first) {
  throw new Error('There are no agents.');
}
const { node } = await ask(CodegenNodeDocument, { id: first.id });
if (node?.__typename !== 'Agent') {
  throw new Error('The type of a node is told.');
}
const agentNumber: string | null | undefined = node.agentNumber;

const nothing: CodegenUpdateMutationVariables = { input: { agentId: first.id } };
const { updateAgentSkillGroups } = await ask(CodegenUpdateDocument, nothing);
const codes = updateAgentSkillGroups?.userErrors.map(({ code }) => code) ?? [];

// @ts-expect-error: an order is one of those there are.
void (() => ask(CodegenAgentsDocument, { first: 1, order: { field: 'AGE' } }));

process.stdout.write(JSON.stringify({ names, kinds, hasNumber: Boolean(agentNumber), codes }));
