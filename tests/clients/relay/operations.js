// What Relay is asked to do. Nothing runs this file: the compiler reads the documents out of it.
import { graphql } from 'relay-runtime';

graphql`
  query operationsUsersQuery($count: Int!, $search: UserSearch) {
    ...operationsUsers_query @arguments(count: $count, search: $search)
  }
`;

graphql`
  fragment operationsUsers_query on Query
  @argumentDefinitions(count: { type: "Int!" }, cursor: { type: "String" }, search: { type: "UserSearch" })
  @refetchable(queryName: "operationsUsersPaginationQuery") {
    users(first: $count, after: $cursor, search: $search) @connection(key: "operations_users", filters: ["search"]) {
      totalCount
      edges {
        node {
          id
          ...operationsUser_user
        }
      }
    }
  }
`;

// On a type that is a Node, so the compiler refetches it by the field `node`.
graphql`
  fragment operationsUser_user on User @refetchable(queryName: "operationsUserRefetchQuery") {
    displayName
    firstName
    department {
      name
    }
  }
`;

// A list below a Node: its next page is read by the field `node`, too.
graphql`
  query operationsSkillGroupQuery($name: String!) {
    skillGroup(by: { name: $name }) {
      ...operationsSkillGroup_group
    }
  }
`;

graphql`
  fragment operationsSkillGroup_group on SkillGroup
  @argumentDefinitions(count: { type: "Int", defaultValue: 3 }, cursor: { type: "String" })
  @refetchable(queryName: "operationsSkillGroupPaginationQuery") {
    name
    agents(first: $count, after: $cursor) @connection(key: "operations_agents") {
      edges {
        node {
          id
          agentNumber
        }
      }
    }
  }
`;

graphql`
  mutation operationsCloneMutation($input: CloneUserInput!, $connections: [ID!]!) {
    cloneUser(input: $input) {
      user @appendNode(connections: $connections, edgeTypeName: "UserEdge") {
        id
        ...operationsUser_user
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`;

graphql`
  mutation operationsDeleteMutation($input: DeleteUserInput!, $connections: [ID!]!) {
    deleteUser(input: $input) {
      deletedUserId @deleteEdge(connections: $connections) @deleteRecord
      userErrors {
        code
        field
      }
    }
  }
`;

graphql`
  mutation operationsRenameMutation($input: UpdateUserInput!) {
    updateUser(input: $input) {
      user {
        id
        firstName
        displayName
      }
      userErrors {
        code
        field
      }
    }
  }
`;

// An interface and one of its types, with the name of the fragment that is spread on it.
graphql`
  query operationsNodeQuery($id: ID!) {
    node(id: $id) {
      __typename
      id
      ...operationsUser_user @alias(as: "user")
    }
  }
`;

graphql`
  query operationsMissingQuery {
    departments {
      name
    }
    agents(first: -1) {
      totalCount
    }
  }
`;

graphql`
  query operationsCaughtQuery {
    departments {
      name
    }
    agents(first: -1) @catch(to: RESULT) {
      totalCount
    }
  }
`;
