//! What everybody changes while the others read: every write there is, each of records of one's own.

use serde_json::{Value, json};

use super::person::Person;
use crate::house::{Answer, Client};
use crate::writes::table::Write;

/// The records of one's own that are written to.
pub struct Own {
    user: String,
    agent: String,
    groups: [String; 2],
    attribute: String,
    queue: String,
    callback: String,
    disposition: String,
    number: String,
    login_suffix: String,
}

impl Own {
    /// Finds some.
    pub async fn of(client: &Client) -> Self {
        let data = client
            .data(
                "{ agents(first: 1) { nodes { id user { id loginName } skillGroups { id } availableSkillGroups { id } } }
                   attributes(first: 1) { nodes { id } } precisionQueues(first: 1) { nodes { id } }
                   callbackDispositions { id } callbackQueues { dialedNumber }
                   a: callback(databaseId: 7001) { id } b: callback(databaseId: 7101) { id } }",
            )
            .await;
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{data}")).to_owned();
        let agent = &data["agents"]["nodes"][0];
        let groups =
            ["skillGroups", "availableSkillGroups"].map(|name| agent[name].as_array().unwrap().as_slice());
        let groups = groups.concat();
        let login = text(&agent["user"]["loginName"]);
        Self {
            user: text(&agent["user"]["id"]),
            agent: text(&agent["id"]),
            groups: [groups.first(), groups.last()].map(|group| text(&group.unwrap()["id"])),
            attribute: text(&data["attributes"]["nodes"][0]["id"]),
            queue: text(&data["precisionQueues"]["nodes"][0]["id"]),
            callback: text(if data["a"].is_null() { &data["b"]["id"] } else { &data["a"]["id"] }),
            disposition: text(&data["callbackDispositions"][0]["id"]),
            number: text(&data["callbackQueues"][0]["dialedNumber"]),
            login_suffix: login.split_once('@').unwrap().1.to_owned(),
        }
    }

    /// Carries out one's next write, and what belongs to it.
    pub async fn write(&self, client: &Client, person: &Person, turn: usize) -> Vec<Answer> {
        let mut writes = self.all(person, turn);
        let write = writes.swap_remove(turn % writes.len());
        let mut answers = vec![write.send(client).await];
        let made = answers[0].body["data"]["done"]["user"]["id"].as_str().map(ToOwned::to_owned);
        if let Some(id) = made.filter(|_| write.mutation == "cloneUser") {
            let input = json!({"user": {"id": id}});
            answers.push(of("deleteUser", input, "deletedUserId").send(client).await);
        }
        answers
    }

    /// Every write but the one that deletes what another made. Some undo in the next round what they did in this.
    fn all(&self, person: &Person, turn: usize) -> Vec<Write> {
        let Self { user, agent, groups: [group, other], attribute, queue, callback, .. } = self;
        let said = format!("{}{turn}", person.mark);
        let add = (turn / 16).is_multiple_of(2);
        let (added, removed) = if add { ("add", "remove") } else { ("remove", "add") };
        let login = format!("{said}@{}", self.login_suffix);
        let mut writes = vec![
            of(
                "cloneUser",
                json!({"sourceUserId": user, "loginName": login, "firstName": said, "lastName": said,
                       "phone": "5550199", "email": format!("{said}@example.com"), "password": "Pa55-word-1",
                       "agentNumber": format!("7{}{turn:05}", person.mark.as_bytes()[1]), "agentEnterpriseName": said}),
                "user { id loginName lastName }",
            ),
            of(
                "updateUser",
                json!({"userId": user, "email": format!("{said}@example.com")}),
                "user { id email }",
            ),
            of("setUserStatus", json!({"userId": user, "isActive": !add}), "user { id }"),
            of("setUserIcmAccess", json!({"userId": user, "isActive": !add}), "user { id }"),
            of("setUserPortalAccess", json!({"userId": user, "isActive": !add}), "user { id }"),
            of("resetPassword", json!({"userId": user, "newPassword": "An0ther-word"}), "user { id }"),
            of(
                "saveSkillGroup",
                json!({"skillGroupId": group, "description": said}),
                "skillGroup { id description }",
            ),
            of(
                "updateSkillGroupAgents",
                json!({"skillGroupId": other, format!("{added}AgentIds"): [agent]}),
                "skillGroup { id agents(first: 2) { nodes { id } } }",
            ),
            of(
                "updateAgentSkillGroups",
                json!({"agentId": agent, format!("{removed}SkillGroupIds"): [group]}),
                "agent { id skillGroups { id name } }",
            ),
            of(
                "addAttributesToAgents",
                json!({"agentIds": [agent], "attributes": [{"attributeId": attribute, "value": add.to_string()}]}),
                "agents { id attributes { attribute { id name } } }",
            ),
            of(
                "removeAttributeFromAgent",
                json!({"agentId": agent, "attributeId": attribute}),
                "agent { id attributes { attribute { id name } } }",
            ),
            of(
                "updatePrecisionQueue",
                json!({"precisionQueueId": queue, "description": said}),
                "precisionQueue { id description }",
            ),
            of(
                "createCallback",
                json!({"phoneNumber": "5550177", "dialedNumber": self.number}),
                "callback { id phoneNumber }",
            ),
            of(
                "updateCallback",
                json!({"callbackId": callback, "dispositionId": self.disposition}),
                "callback { id disposition { id } }",
            ),
            of("cancelCallback", json!({"callbackId": callback}), "callback { id }"),
        ];
        if person.icws.is_some() {
            let input = json!({"roleId": said, "name": said});
            writes.push(of("createIcwsRole", input, "role { id name }"));
        }
        writes
    }
}

fn of(mutation: &'static str, input: Value, payload: &'static str) -> Write {
    Write { operation: "", mutation, input, payload }
}
