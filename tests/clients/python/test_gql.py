"""gql: asks with documents checked against the schema it fetched itself, and the example of examples/python."""

import logging
import os
import pathlib
import subprocess
import sys
import unittest

from gql import Client, GraphQLRequest, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport, HTTPXTransport
from graphql import GraphQLError

ROOT = pathlib.Path(__file__).resolve().parents[3]
GATEWAY = os.environ["PORTALGRAPH_URL"]
URL = f"{GATEWAY}/graphql"
ACCOUNT = {"username": os.environ["PORTALGRAPH_USERNAME"], "password": os.environ["PORTALGRAPH_PASSWORD"]}

SIGN_IN = gql("mutation($input: LoginInput!) { login(input: $input) { sessionToken userErrors { code } } }")
AGENTS = gql("""
    query Agents($first: Int!, $after: String) {
      agents(first: $first, after: $after) {
        totalCount
        edges { cursor node { id user { displayName } skillGroups { id name } } }
        pageInfo { hasNextPage endCursor }
      }
    }
""")
UPDATE = gql("""
    mutation Update($input: UpdateAgentSkillGroupsInput!) {
      updateAgentSkillGroups(input: $input) { agent { skillGroups { id } } userErrors { code field } }
    }
""")

# The test runner has asyncio tell of everything that takes a moment.
logging.getLogger("asyncio").setLevel(logging.ERROR)


def asked(document: GraphQLRequest, variables: dict) -> GraphQLRequest:
    return GraphQLRequest(document, variable_values=variables)


def token() -> str:
    answer = Client(transport=HTTPXTransport(url=URL)).execute(asked(SIGN_IN, {"input": ACCOUNT}))
    return answer["login"]["sessionToken"]


class Gql(unittest.TestCase):
    def setUp(self) -> None:
        transport = HTTPXTransport(url=URL, headers={"Authorization": f"Bearer {token()}"})
        self.client = Client(transport=transport, fetch_schema_from_transport=True)

    def all_agents(self) -> list:
        edges, after = [], None
        with self.client as session:
            while True:
                page = session.execute(asked(AGENTS, {"first": 10, "after": after}))["agents"]
                edges += page["edges"]
                if not page["pageInfo"]["hasNextPage"]:
                    self.assertEqual(len(edges), page["totalCount"])
                    return [edge["node"] for edge in edges]
                after = page["pageInfo"]["endCursor"]

    def test_every_page_is_read_once(self) -> None:
        agents = self.all_agents()
        self.assertEqual(len({agent["id"] for agent in agents}), 22)
        self.assertEqual([group["name"] for group in agents[0]["skillGroups"]], ["Sales_English", "Escalations"])

    def test_a_document_that_does_not_fit_is_noticed_before_it_is_sent(self) -> None:
        with self.client as session, self.assertRaises(GraphQLError):
            session.execute(gql("{ agents(first: 1) { nothing } }"))

    def test_a_mutation_tells_what_its_caller_can_mend(self) -> None:
        agents = self.all_agents()
        clara = next(agent for agent in agents if agent["user"]["displayName"] == "Clara Cedar")
        groups = {group["name"]: group["id"] for agent in agents for group in agent["skillGroups"]}
        change = {"agentId": clara["id"], "addSkillGroupIds": [groups["Sales_Spanish"]]}
        payload = self.client.execute(asked(UPDATE, {"input": change}))["updateAgentSkillGroups"]
        self.assertEqual(payload["userErrors"], [])
        self.assertIn({"id": groups["Sales_Spanish"]}, payload["agent"]["skillGroups"])

        change["addSkillGroupIds"] = [groups["Service_English"]]
        payload = self.client.execute(asked(UPDATE, {"input": change}))["updateAgentSkillGroups"]
        error = {"code": "PLATFORM_DIFFERS", "field": ["input", "addSkillGroupIds", "0"]}
        self.assertEqual(payload, {"agent": None, "userErrors": [error]})

    def test_an_error_has_its_code_and_leaves_the_rest(self) -> None:
        with self.assertRaises(TransportQueryError) as failed:
            self.client.execute(gql("{ departments { name } agents(first: -1) { totalCount } }"))
        self.assertEqual(failed.exception.errors[0]["extensions"]["code"], "BAD_USER_INPUT")
        self.assertEqual(len(failed.exception.data["departments"]), 3)
        with self.assertRaises(TransportQueryError) as failed:
            Client(transport=HTTPXTransport(url=URL)).execute(gql("{ agents(first: 1) { totalCount } }"))
        self.assertEqual(failed.exception.errors[0]["extensions"]["code"], "UNAUTHENTICATED")


class GqlAsync(unittest.IsolatedAsyncioTestCase):
    async def test_two_questions_of_one_session(self) -> None:
        transport = HTTPXAsyncTransport(url=URL, headers={"Authorization": f"Bearer {token()}"})
        async with Client(transport=transport) as session:
            answers = [await session.execute(asked(AGENTS, {"first": first})) for first in (1, 2)]
        self.assertEqual([len(answer["agents"]["edges"]) for answer in answers], [1, 2])


class Example(unittest.TestCase):
    def run_example(self, *arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "examples/python/agents.py", "--gateway", GATEWAY, *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)

    def test_it_prints_every_agent(self) -> None:
        done = self.run_example(ACCOUNT["username"], "--page-size", "10")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual(len(set(lines)), 22)
        self.assertEqual(lines[0], "Ben Birch (Team Sales): Sales_English, Escalations")

    def test_who_has_two_tenants_names_one(self) -> None:
        done = self.run_example("partner@dmn")
        self.assertEqual(done.returncode, 1)
        self.assertIn("Demonstration North, Demonstration South", done.stderr)
        done = self.run_example("partner@dmn", "--tenant", "Demonstration South")
        self.assertEqual(len(done.stdout.splitlines()), 4, done.stderr)

    def test_what_is_refused_is_told_with_its_code(self) -> None:
        done = self.run_example(ACCOUNT["username"], "--page-size", "-1")
        self.assertEqual((done.returncode, done.stdout.partition(":")[0]), (1, "BAD_USER_INPUT"))


if __name__ == "__main__":
    unittest.main()
