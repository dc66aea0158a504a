// What a newcomer finds in the editor: a query worth running, and what to do first.
export const DEFAULT_QUERY = `# 1. Sign in first: panel on the left.
# 2. Run this query: Ctrl-Enter.
# 3. Ctrl-Space offers more fields.

query AgentsAndSkills {
  agents(first: 10) {
    nodes {
      user {
        displayName
        department {
          name
        }
      }
      skillGroups {
        name
      }
      attributes {
        attribute {
          name
        }
        value
      }
      precisionQueues {
        name
      }
    }
  }
}

# Roles, for whoever signs in to ICWS:
#
# query Roles {
#   icws {
#     roles(first: 10) {
#       nodes {
#         name
#         members {
#           name
#         }
#       }
#     }
#   }
# }
`;
