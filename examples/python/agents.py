"""Prints every agent of the tenant with team and skill groups, page by page."""

import argparse
import getpass
import os
from collections.abc import Iterator

from gql import Client, GraphQLRequest, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXTransport

SIGN_IN = gql("""
    mutation SignIn($username: String!, $password: String!) {
      login(input: { username: $username, password: $password }) {
        status
        sessionToken
        tenants { databaseId name }
        userErrors { code message }
      }
    }
""")

SELECT_TENANT = gql("""
    mutation SelectTenant($tenant: Int!) {
      selectTenant(input: { tenantDatabaseId: $tenant }) {
        sessionToken
        userErrors { code message }
      }
    }
""")

AGENTS = gql("""
    query Agents($first: Int!, $after: String) {
      agents(first: $first, after: $after, orderBy: { field: LAST_NAME }) {
        nodes {
          user { displayName }
          team { name }
          skillGroups { name }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
""")


def client(gateway: str, token: str | None = None) -> Client:
    """Who has no cookie sends the session's token."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    transport = HTTPXTransport(url=f"{gateway}/graphql", headers=headers, timeout=30)
    return Client(transport=transport)


def accepted(payload: dict) -> dict:
    """The payload, unless it says what its caller can mend."""
    if payload["userErrors"]:
        raise SystemExit("\n".join(f"{error['code']}: {error['message']}" for error in payload["userErrors"]))
    return payload


def sign_in(gateway: str, username: str, password: str, tenant: str | None) -> str:
    """The token of a session in the tenant that is named, or in the only one."""
    request = GraphQLRequest(SIGN_IN, variable_values={"username": username, "password": password})
    login = accepted(client(gateway).execute(request)["login"])
    if login["status"] == "SIGNED_IN":
        return login["sessionToken"]
    numbers = {each["name"]: each["databaseId"] for each in login["tenants"]}
    if tenant not in numbers:
        raise SystemExit(f"Choose one with --tenant: {', '.join(numbers)}")
    request = GraphQLRequest(SELECT_TENANT, variable_values={"tenant": numbers[tenant]})
    answer = client(gateway, login["sessionToken"]).execute(request)
    return accepted(answer["selectTenant"])["sessionToken"]


def agents(session: Client, page_size: int) -> Iterator[dict]:
    """Every agent, with one request a page."""
    after = None
    while True:
        request = GraphQLRequest(AGENTS, variable_values={"first": page_size, "after": after})
        page = session.execute(request)["agents"]
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("username")
    parser.add_argument("--gateway", default="http://127.0.0.1:4000")
    parser.add_argument("--tenant", help="for a person with several")
    parser.add_argument("--page-size", type=int, default=10)
    options = parser.parse_args()

    password = os.environ.get("PORTALGRAPH_PASSWORD") or getpass.getpass()
    try:
        token = sign_in(options.gateway, options.username, password, options.tenant)
        for agent in agents(client(options.gateway, token), options.page_size):
            team = (agent["team"] or {}).get("name", "no team")
            # Null where the portal did not tell: that is not the same as none.
            groups = agent["skillGroups"]
            names = "not known" if groups is None else ", ".join(group["name"] for group in groups)
            print(f"{agent['user']['displayName']} ({team}): {names}")
    except TransportQueryError as failed:
        for error in failed.errors or []:
            print(f"{error['extensions']['code']}: {error['message']}")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
