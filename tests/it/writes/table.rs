//! Every mutation that writes, with an input that the demonstration's portal carries out.

use std::collections::BTreeMap;

use portalgraph::simulator::icws;
use portalgraph::simulator::{DEMO_ICWS_LOGIN, DEMO_ICWS_PASSWORD, DEMO_LOGIN, Simulator, World};
use serde_json::{Value, json};

use crate::house::{Answer, Client, House, ICWS};

/// How many there are.
pub const COUNT: usize = 17;

/// Who sees and may do at ICWS what the demonstration's administrator there does.
pub const ICWS_PARTNER: (&str, &str) = ("icpartner", DEMO_ICWS_PASSWORD);

/// A mutation, the one operation it sends as a write, and what to ask of its payload.
pub struct Write {
    pub operation: &'static str,
    pub mutation: &'static str,
    pub input: Value,
    pub payload: &'static str,
}

/// The demonstration's world, with a second administrator of ICWS.
fn world() -> World {
    let mut world = World::demo();
    world.icws.users.push(icws::User::new(ICWS_PARTNER, "Ben Birch"));
    world
}

/// The demonstration's gateway, which has confirmed the portal's name for the status flag.
pub async fn house() -> House {
    House::with(world(), |config| config.portal.dialect.status_field.push_str("enabled")).await
}

/// The same, with so many milliseconds for a call.
pub async fn impatient_house(milliseconds: u64) -> House {
    House::with(world(), |config| {
        config.portal.dialect.status_field.push_str("enabled");
        config.portal.call_timeout_milliseconds = milliseconds;
        config.icws.call_timeout_milliseconds = milliseconds;
    })
    .await
}

/// The administrator of both upstreams.
pub async fn sign_in(house: &House) -> Client {
    house.sign_in(DEMO_LOGIN).await.entering(ICWS, DEMO_ICWS_LOGIN).await
}

/// Global ids of the demonstration's records, by type and name.
pub struct Ids(BTreeMap<(&'static str, String), String>);

impl Ids {
    /// Reads them; costs calls.
    pub async fn of(client: &Client) -> Self {
        let data = client
            .data(
                "{ users { nodes { id name: loginName agent { id } } } skillGroups { nodes { id name } }
                   attributes { nodes { id name } } precisionQueues { nodes { id name } }
                   callbackDispositions { id name } callback(databaseId: 7001) { id } }",
            )
            .await;
        let mut ids = BTreeMap::new();
        let mut add = |kind, nodes: &Value| {
            for node in nodes.as_array().unwrap() {
                let id = node["id"].as_str().unwrap().to_owned();
                ids.insert((kind, node["name"].as_str().unwrap_or_default().to_owned()), id);
            }
        };
        add("User", &data["users"]["nodes"]);
        add("SkillGroup", &data["skillGroups"]["nodes"]);
        add("Attribute", &data["attributes"]["nodes"]);
        add("PrecisionQueue", &data["precisionQueues"]["nodes"]);
        add("CallbackDisposition", &data["callbackDispositions"]);
        for node in data["users"]["nodes"].as_array().unwrap() {
            if let Some(id) = node["agent"]["id"].as_str() {
                ids.insert(("Agent", node["name"].as_str().unwrap().to_owned()), id.to_owned());
            }
        }
        ids.insert(("Callback", "7001".to_owned()), data["callback"]["id"].as_str().unwrap().to_owned());
        Self(ids)
    }

    /// The id of a record.
    pub fn get(&self, kind: &'static str, name: &str) -> &str {
        let key = (kind, name.to_owned());
        self.0.get(&key).unwrap_or_else(|| panic!("no {kind} {name} in {:?}", self.0.keys()))
    }

    /// The first id of a type.
    pub fn first(&self, kind: &str) -> &str {
        self.0.iter().find(|((of, _), _)| *of == kind).map(|(_, id)| id).unwrap()
    }
}

impl Write {
    fn new((operation, mutation): (&'static str, &'static str), input: Value, payload: &'static str) -> Self {
        Self { operation, mutation, input, payload }
    }

    /// The mutation as a document with the alias `done`.
    pub fn document(&self) -> String {
        let (name, payload) = (self.mutation, self.payload);
        let (first, rest) = name.split_at(1);
        let input = format!("{}{rest}Input", first.to_uppercase());
        format!(
            "mutation($input: {input}!) {{ done: {name}(input: $input) {{ \
             {payload} userErrors {{ code field message portalCode }} }} }}"
        )
    }

    /// Whether it is the portal's, and not a write of ICWS.
    pub fn is_of_portal(&self) -> bool {
        self.operation != "createRole"
    }

    /// Something to read of the upstream it is sent to.
    pub fn neighbour(&self) -> &'static str {
        if self.is_of_portal() { "{ users { totalCount } }" } else { "{ icws { roles { totalCount } } }" }
    }

    /// Sends it.
    pub async fn send(&self, client: &Client) -> Answer {
        client.ask_with(&self.document(), json!({"input": self.input})).await
    }
}

/// All of them.
pub fn all(ids: &Ids) -> Vec<Write> {
    let clara = ids.get("User", "clara.cedar@dmn");
    let agent = ids.get("Agent", "clara.cedar@dmn");
    let english = ids.get("SkillGroup", "Sales_English");
    let spanish = ids.get("SkillGroup", "Sales_Spanish");
    let sales = ids.get("Attribute", "Sales");
    let queue = ids.get("PrecisionQueue", "Sales in English");
    let callback = ids.get("Callback", "7001");
    vec![
        Write::new(
            ("cloneUser", "cloneUser"),
            json!({"sourceUserId": clara, "loginName": "cora.cedar@dmn", "firstName": "Cora", "lastName": "Cedar",
                   "phone": "5550199", "email": "cora.cedar@example.com", "password": "Pa55-word-1",
                   "agentNumber": "99001", "agentEnterpriseName": "Cora.Cedar"}),
            "user { loginName phone department { name } }",
        ),
        Write::new(
            ("updateUser", "updateUser"),
            json!({"userId": clara, "phone": "5550123"}),
            "user { phone }",
        ),
        Write::new(
            ("deleteUser", "deleteUser"),
            json!({"user": {"id": ids.get("User", "walter.walnut@dmn")}}),
            "deletedUserId",
        ),
        Write::new(
            ("setUserStatus", "setUserStatus"),
            json!({"userId": clara, "isActive": false}),
            "user { isActive }",
        ),
        Write::new(
            ("enableDisableUserInICM", "setUserIcmAccess"),
            json!({"userId": clara, "isActive": false}),
            "user { isActiveInIcm }",
        ),
        Write::new(
            ("enableDisableUserInPortal", "setUserPortalAccess"),
            json!({"userId": clara, "isActive": false}),
            "user { loginName }",
        ),
        Write::new(
            ("resetPassword", "resetPassword"),
            json!({"userId": clara, "newPassword": "An0ther-word"}),
            "user { loginName }",
        ),
        Write::new(
            ("saveSkillGroup", "saveSkillGroup"),
            json!({"skillGroupId": english, "description": "Sells in English", "serviceLevelThresholdSeconds": 25}),
            "skillGroup { name description serviceLevelThresholdSeconds }",
        ),
        Write::new(
            ("saveAgentsToSkill", "updateSkillGroupAgents"),
            json!({"skillGroupId": spanish, "addAgentIds": [agent]}),
            "skillGroup { agents { nodes { user { loginName } } } }",
        ),
        Write::new(
            ("saveSkillsToAgent", "updateAgentSkillGroups"),
            json!({"agentId": agent, "addSkillGroupIds": [spanish], "removeSkillGroupIds": [english]}),
            "agent { skillGroups { name } }",
        ),
        Write::new(
            ("saveAttributesToAgent", "addAttributesToAgents"),
            json!({"agentIds": [agent], "attributes": [{"attributeId": sales, "value": "10"}]}),
            "agents { attributes { attribute { name } value } }",
        ),
        Write::new(
            ("updateAgentAttributes", "removeAttributeFromAgent"),
            json!({"agentId": agent, "attributeId": sales}),
            "agent { attributes { attribute { name } value } }",
        ),
        Write::new(
            ("updatePrecisionQueue", "updatePrecisionQueue"),
            json!({"precisionQueueId": queue, "description": "For English sales", "serviceLevelThresholdSeconds": 40}),
            "precisionQueue { name description serviceLevelThresholdSeconds steps { waitSeconds } }",
        ),
        Write::new(
            ("createCallbackRequest", "createCallback"),
            json!({"phoneNumber": "5550177", "dialedNumber": dialed_number(),
                   "variables": [{"number": 2, "value": "order 12"}]}),
            "callback { phoneNumber variables { number value } }",
        ),
        Write::new(
            ("updateCallbackRequest", "updateCallback"),
            json!({"callbackId": callback, "dispositionId": ids.first("CallbackDisposition")}),
            "callback { disposition { id } }",
        ),
        Write::new(
            ("cancelCallback", "cancelCallback"),
            json!({"callbackId": callback}),
            "callback { statusCode }",
        ),
        Write::new(
            ("createRole", "createIcwsRole"),
            json!({"roleId": "NightLead", "name": "Night lead", "notes": "Leads at night.",
                   "memberIds": ["ClaraCedar"], "workgroupIds": ["Sales"],
                   "securityRights": [{"name": "followMe", "isGranted": true}]}),
            "isAccepted isVisible role { roleId name notes members { name } }",
        ),
    ]
}

fn dialed_number() -> String {
    let world = World::demo();
    world.tenants[0].callback_queues[0].program_dn.clone().unwrap()
}

/// How often an operation was called since the last look.
pub fn sent(simulator: &Simulator, operation: &str) -> usize {
    simulator.journal().take().iter().filter(|call| call.operation == operation).count()
}

/// A house with the administrator in it, the ids, and every write.
pub async fn ready(house: &House) -> (Client, Vec<Write>) {
    let client = sign_in(house).await;
    let ids = Ids::of(&client).await;
    let writes = all(&ids);
    assert_eq!(writes.len(), COUNT);
    house.simulator.journal().take();
    (client, writes)
}
