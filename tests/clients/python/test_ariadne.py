"""ariadne-codegen: a client made from the schema, with a class for every answer, asks and is answered."""

import datetime
import logging
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
GENERATED = ROOT / "tests/clients/generated"
URL = os.environ["PORTALGRAPH_URL"] + "/graphql"

# The test runner has asyncio tell of everything that takes a moment.
logging.getLogger("asyncio").setLevel(logging.ERROR)


class GeneratedClient(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls) -> None:
        shutil.rmtree(GENERATED / "generated_client", ignore_errors=True)
        GENERATED.mkdir(exist_ok=True)
        generate = [sys.executable, "-m", "ariadne_codegen", "--config", "tests/clients/python/ariadne.toml"]
        subprocess.run(generate, cwd=ROOT, check=True, capture_output=True)
        sys.path.insert(0, str(GENERATED))

    async def asyncSetUp(self) -> None:
        import generated_client as made

        self.made = made
        username, password = os.environ["PORTALGRAPH_USERNAME"], os.environ["PORTALGRAPH_PASSWORD"]
        account = made.LoginInput(username=username, password=password)
        login = (await self.opened().sign_in(input=account)).login
        self.assertEqual(login.user_errors, [])
        self.client = self.opened({"Authorization": f"Bearer {login.session_token}"})

    def opened(self, headers: dict | None = None):
        client = self.made.Client(url=URL, headers=headers)
        self.addAsyncCleanup(client.http_client.aclose)
        return client

    async def all_agents(self) -> list:
        agents, after = [], None
        while True:
            order = self.made.UserOrder(field=self.made.UserOrderField.LAST_NAME)
            page = (await self.client.agents(first=10, after=after, order=order)).agents
            agents += page.nodes
            if not page.page_info.has_next_page:
                self.assertEqual(len(agents), page.total_count)
                return agents
            after = page.page_info.end_cursor

    async def test_every_page_is_read_once(self) -> None:
        agents = await self.all_agents()
        self.assertEqual(len({agent.id for agent in agents}), 22)
        self.assertEqual(agents[0].user.display_name, "Ben Birch")
        self.assertEqual([group.name for group in agents[0].skill_groups], ["Sales_English", "Escalations"])

    async def test_a_time_is_a_time(self) -> None:
        viewer = (await self.client.who_am_i()).viewer
        self.assertGreater(viewer.expires_at, datetime.datetime.now(datetime.timezone.utc))

    async def test_a_node_is_of_the_class_of_its_type(self) -> None:
        agent = (await self.all_agents())[0]
        record = (await self.client.record(id=agent.id)).node
        self.assertEqual(record.typename__, "Agent")
        self.assertTrue(record.agent_number)
        group = (await self.client.record(id=agent.skill_groups[0].id)).node
        self.assertEqual((group.typename__, group.name), ("SkillGroup", "Sales_English"))

    async def test_one_of_several_ways_to_name_a_queue(self) -> None:
        queue = (await self.client.queue(by=self.made.NamedBy(name="Sales in English"))).precision_queue
        self.assertEqual(queue.agent_ordering, self.made.AgentOrdering.LONGEST_AVAILABLE)
        self.assertEqual(len(queue.eligible_agents.nodes), 3)
        self.assertEqual(queue.eligible_agents.nodes[0].step_number, 1)

    async def test_a_mutation_tells_what_its_caller_can_mend(self) -> None:
        agents = await self.all_agents()
        clara = next(agent for agent in agents if agent.user.display_name == "Clara Cedar")
        group = next(group.id for agent in agents for group in agent.skill_groups if group.name == "Sales_Spanish")
        change = self.made.UpdateAgentSkillGroupsInput(agent_id=clara.id, add_skill_group_ids=[group])
        payload = (await self.client.update_skills(input=change)).update_agent_skill_groups
        self.assertEqual(payload.user_errors, [])
        self.assertIn(group, [each.id for each in payload.agent.skill_groups])

        nothing = self.made.UpdateAgentSkillGroupsInput(agent_id=clara.id)
        payload = (await self.client.update_skills(input=nothing)).update_agent_skill_groups
        self.assertIsNone(payload.agent)
        self.assertEqual(payload.user_errors[0].code, self.made.UpdateAgentSkillGroupsErrorCode.NOTHING_TO_CHANGE)

    async def test_an_error_has_its_code_and_leaves_the_rest(self) -> None:
        with self.assertRaises(self.made.GraphQLClientGraphQLMultiError) as failed:
            await self.client.agents(first=-1)
        self.assertEqual(failed.exception.errors[0].extensions["code"], "BAD_USER_INPUT")
        self.assertEqual(failed.exception.data, {"agents": None})
        with self.assertRaises(self.made.GraphQLClientGraphQLMultiError) as failed:
            await self.opened().agents(first=1)
        self.assertEqual(failed.exception.errors[0].extensions["code"], "UNAUTHENTICATED")


if __name__ == "__main__":
    unittest.main()
