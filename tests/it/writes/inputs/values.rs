//! What each input of each mutation is changed to, from what the table of writes sends.

use serde_json::{Value, json};

use super::super::table::Ids;
use crate::house::{Client, House};
use crate::user_writes::id;

/// Whom the changes are made for.
#[derive(Clone, Copy)]
pub struct Portal<'a> {
    pub house: &'a House,
    pub client: &'a Client,
    pub ids: &'a Ids,
}

/// A field of an input, and what it is set to; one value at least must be another than the portal has.
pub type Change = (String, Vec<Value>);

fn change(place: &str, patches: impl IntoIterator<Item = Value>) -> Change {
    (place.to_owned(), patches.into_iter().collect())
}

/// Each field given a value of its own; a password is left out, because the journal tells only that there is one.
fn plain(input: &str, fields: &Value) -> Vec<Change> {
    let fields = fields.as_object().unwrap().iter();
    fields.map(|(field, value)| change(&format!("{input}.{field}"), [json!({field: value})])).collect()
}

/// The first and the last of each catalogue, of which one is another than a user has.
async fn catalogues(client: &Client, input: &str) -> Vec<Change> {
    let data = client
        .data(
            "{ departmentId: departments { id } siteId: sites { id } billingUnitId: billingUnits { id }
               roleGroupId: roleGroups { id } profileId: agentProfiles { id } deskSettingsId: agentDeskSettings { id } }",
        )
        .await;
    let lists = data.as_object().unwrap().iter();
    lists
        .map(|(field, list)| {
            let list = list.as_array().unwrap();
            let ends = [list.first().unwrap(), list.last().unwrap()];
            change(&format!("{input}.{field}"), ends.map(|entry| json!({field: entry["id"]})))
        })
        .collect()
}

/// Two steps, and each of their inputs changed.
pub fn queue_steps(ids: &Ids) -> (Value, Vec<Change>) {
    let (sales, english) = (ids.get("Attribute", "Sales"), ids.get("Attribute", "Service"));
    let term = json!({"attributeId": sales, "attributeRelation": "GREATER_THAN", "termRelation": "NONE", "value": "3"});
    let second =
        json!({"attributeId": sales, "attributeRelation": "LESS_THAN", "termRelation": "AND", "value": "9"});
    let steps = |first: Value, second: Value, more: &Value| {
        let mut step = json!({"terms": [first, second], "waitSeconds": 11});
        step.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"steps": [step, {"terms": [term.clone()]}]})
    };
    let with = |term: &Value, patch: Value| {
        let mut term = term.clone();
        term.as_object_mut().unwrap().extend(patch.as_object().unwrap().clone());
        term
    };
    let nothing = json!({});
    let base = steps(term.clone(), second.clone(), &nothing);
    let of_term = |patch: Value| steps(with(&term, patch), second.clone(), &nothing);
    let changes = vec![
        change(
            "PrecisionQueueStepInput.considerIf",
            [steps(term.clone(), second.clone(), &json!({"considerIf": "1 > 0"}))],
        ),
        change(
            "PrecisionQueueStepInput.waitSeconds",
            [steps(term.clone(), second.clone(), &json!({"waitSeconds": 17}))],
        ),
        change("PrecisionQueueStepInput.terms", [of_term(json!({"value": "4"}))]),
        change("PrecisionQueueTermInput.attributeId", [of_term(json!({"attributeId": english}))]),
        change("PrecisionQueueTermInput.attributeRelation", [of_term(json!({"attributeRelation": "EQUAL"}))]),
        change("PrecisionQueueTermInput.value", [of_term(json!({"value": "4"}))]),
        change(
            "PrecisionQueueTermInput.termRelation",
            [steps(term.clone(), with(&second, json!({"termRelation": "OR"})), &nothing)],
        ),
        change(
            "PrecisionQueueTermInput.parenthesisCount",
            [steps(
                with(&term, json!({"parenthesisCount": 1})),
                with(&second, json!({"parenthesisCount": -1})),
                &nothing,
            )],
        ),
    ];
    (base, changes)
}

/// The global id of a user's team.
fn team_of(house: &House, name: &str) -> String {
    let key = house.simulator.world(|world| {
        let mut users = world.tenants[0].users.values();
        users.find(|user| user.login_nm.as_deref() == Some(name)).unwrap().agent_team_id.unwrap()
    });
    id("AgentTeam", key.0)
}

/// What each mutation's input is changed to.
pub async fn changes(portal: &Portal<'_>, mutation: &str) -> Vec<Change> {
    match mutation {
        "cloneUser" => of_clone(portal).await,
        "updateUser" => of_update(portal).await,
        "updatePrecisionQueue" => of_queue(portal.ids),
        "createCallback" => of_callback(portal.client).await,
        "createIcwsRole" => of_role(),
        _ => of_others(portal, mutation).await,
    }
}
async fn of_clone(portal: &Portal<'_>) -> Vec<Change> {
    let Portal { house, client, ids } = *portal;
    let collections = client
        .data(
            "{ user(by: {loginName: \"clara.cedar@dmn\"}) { cloneOptions {
                       otherUserCollections { databaseId } selectedUserCollections { databaseId }
                       otherAgentCollections { databaseId } selectedAgentCollections { databaseId } } } }",
        )
        .await["user"]["cloneOptions"]
        .clone();
    let either = |of: &str| {
        let lists = ["other", "selected"].map(|which| collections[format!("{which}{of}Collections")].clone());
        let all = lists.into_iter().flat_map(|list| list.as_array().unwrap().clone());
        all.map(|entry| entry["databaseId"].clone()).next().unwrap()
    };
    let mut changes = plain(
        "CloneUserInput",
        &json!({
            "sourceUserId": ids.get("User", "grace.ginkgo@dmn"), "loginName": "zoe@dmn", "firstName": "Zoe",
            "lastName": "Zinnia", "phone": "5550987", "email": "zoe@example.com", "password": null,
            "agentNumber": "98765", "agentEnterpriseName": "Zoe.Z", "agentDescription": "the last",
            "userType": "SUPERVISOR", "usesSingleSignOn": true, "reusesDirectoryUser": true,
            "reusesAgentNumber": true, "skipsVoicemailUser": true, "teamId": team_of(house, "rosa.rowan@dmn"),
            "agentCollectionDatabaseIds": [either("Agent")], "userCollectionDatabaseIds": [either("User")],
        }),
    );
    changes.extend(catalogues(client, "CloneUserInput").await);
    changes
}

async fn of_update(portal: &Portal<'_>) -> Vec<Change> {
    let Portal { house, client, ids } = *portal;
    let walter = json!(ids.get("User", "walter.walnut@dmn"));
    let mut changes = plain(
        "UpdateUserInput",
        &json!({
            "userId": walter, "loginName": "zoe@dmn", "firstName": "Zoe", "lastName": "Zinnia",
            "phone": "5550987", "email": "zoe@example.com", "agentNumber": "98765", "agentEnterpriseName": "Zoe.Z",
            "agentDescription": "the last", "userType": "SUPERVISOR", "isActive": false, "isManager": true,
            "isSupervisor": true, "usesSingleSignOn": true, "reusesAgentNumber": true, "skipsVoicemailUser": true,
            "contactCenterStatusDatabaseId": 77, "teamId": team_of(house, "rosa.rowan@dmn"),
        }),
    );
    changes.extend(catalogues(client, "UpdateUserInput").await);
    let platforms = client.data("{ platforms { id } }").await["platforms"].clone();
    let platforms = platforms.as_array().unwrap().iter().map(|entry| json!({"platformId": entry["id"]}));
    changes.push(change("UpdateUserInput.platformId", platforms));
    changes
}

fn of_queue(ids: &Ids) -> Vec<Change> {
    let (steps, mut changes) = queue_steps(ids);
    changes.extend(plain("UpdatePrecisionQueueInput", &json!({
                "precisionQueueId": ids.get("PrecisionQueue", "Sales in Spanish"), "name": "Renamed",
                "description": "Described", "agentOrdering": "LEAST_SKILLED", "serviceLevelThresholdSeconds": 71,
                "serviceLevelType": "ABANDONED_POSITIVE"})));
    changes.push(change("UpdatePrecisionQueueInput.steps", [json!({"steps": [steps["steps"][1]]})]));
    changes
}

async fn of_callback(client: &Client) -> Vec<Change> {
    let times = json!({"callbackAt": "2031-01-01T00:00:00Z", "customerTimeAt": "2031-01-01T00:00:00Z"});
    let queues = client.data("{ callbackQueues { dialedNumber } }").await["callbackQueues"].clone();
    let numbers =
        queues.as_array().unwrap().iter().map(|queue| json!({"dialedNumber": queue["dialedNumber"]}));
    let mut changes = plain(
        "CreateCallbackInput",
        &json!({
                "phoneNumber": "5550987", "callerEnteredDigits": "4711", "routerCallKey": 815,
                "voiceMessageFileName": "zoe.wav", "voiceMessageSeconds": 23,
                "variables": [{"number": 10, "value": "ten"}]}),
    );
    changes.extend([
        change("CreateCallbackInput.dialedNumber", numbers),
        change("CreateCallbackInput.callbackAt", [times.clone()]),
        change("CreateCallbackInput.customerTimeAt", [times]),
        change("CallVariableInput.number", [json!({"variables": [{"number": 3, "value": "order 12"}]})]),
        change("CallVariableInput.value", [json!({"variables": [{"number": 2, "value": "order 13"}]})]),
    ]);
    changes
}

async fn of_others(portal: &Portal<'_>, mutation: &str) -> Vec<Change> {
    let Portal { client, ids, .. } = *portal;
    let walter = json!(ids.get("User", "walter.walnut@dmn"));
    let grace = json!(ids.get("Agent", "grace.ginkgo@dmn"));
    let ines = json!(ids.get("Agent", "ines.ironwood@dmn"));
    let group = |name: &str| json!(ids.get("SkillGroup", name));
    match mutation {
        "deleteUser" => vec![
            change("DeleteUserInput.user", [json!({"user": {"id": grace}})]),
            change("DeleteUserBy.id", [json!({"user": {"id": ines}})]),
            change("DeleteUserBy.databaseId", [json!({"user": {"databaseId": 10_100_005}})]),
        ],
        "setUserStatus" | "setUserIcmAccess" | "setUserPortalAccess" => {
            let input = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
            plain(&input, &json!({"userId": walter, "isActive": true}))
        }
        "resetPassword" => {
            let input = json!({
                "userId": walter, "newIcmPassword": "0ther-Pa55", "changesCallManagerPassword": true,
                "mustChangeAtNextLogon": true, "newPassword": null,
            });
            let mut changes = plain("ResetPasswordInput", &input);
            // A password must become that of something.
            let elsewhere = json!({"changesPortalPassword": false, "changesCallManagerPassword": true});
            changes.push(change("ResetPasswordInput.changesPortalPassword", [elsewhere]));
            changes
        }
        "saveSkillGroup" => plain(
            "SaveSkillGroupInput",
            &json!({
                "skillGroupId": group("Sales_Spanish"), "name": "Sales_Other", "description": "Sells otherwise",
                "serviceLevelThresholdSeconds": 71,
            }),
        ),
        "updateSkillGroupAgents" => {
            let elena = ids.get("Agent", "elena.elm@dmn");
            plain(
                "UpdateSkillGroupAgentsInput",
                &json!({
                "skillGroupId": group("Sales_English"), "addAgentIds": [ines], "removeAgentIds": [elena]}),
            )
        }
        "updateAgentSkillGroups" => plain(
            "UpdateAgentSkillGroupsInput",
            &json!({
            "agentId": ids.get("Agent", "felix.fir@dmn"), "addSkillGroupIds": [], "removeSkillGroupIds": []}),
        ),
        "addAttributesToAgents" => {
            let (sales, service) = (ids.get("Attribute", "Sales"), ids.get("Attribute", "Service"));
            vec![
                change("AddAttributesToAgentsInput.agentIds", [json!({"agentIds": [grace]})]),
                change(
                    "AddAttributesToAgentsInput.attributes",
                    [json!({"attributes": [{"attributeId": sales, "value": "2"}]})],
                ),
                change(
                    "AttributeValueInput.value",
                    [json!({"attributes": [{"attributeId": sales, "value": "7"}]})],
                ),
                change(
                    "AttributeValueInput.attributeId",
                    [json!({"attributes": [{"attributeId": service, "value": "10"}]})],
                ),
            ]
        }
        "removeAttributeFromAgent" => plain(
            "RemoveAttributeFromAgentInput",
            &json!({
            "agentId": grace, "attributeId": ids.get("Attribute", "English")}),
        ),
        "updateCallback" => {
            let all = client.data("{ callbackDispositions { id } }").await["callbackDispositions"].clone();
            let all = all.as_array().unwrap().iter().map(|entry| json!({"dispositionId": entry["id"]}));
            vec![
                change("UpdateCallbackInput.callbackId", [json!({"callbackId": id("Callback", 7_002)})]),
                change("UpdateCallbackInput.dispositionId", all),
            ]
        }
        "cancelCallback" => {
            vec![change("CancelCallbackInput.callbackId", [json!({"callbackId": id("Callback", 7_002)})])]
        }
        other => panic!("nothing is known of {other}"),
    }
}

/// A role of ICWS, and what stands in its lists changed piece by piece.
fn of_role() -> Vec<Change> {
    let plainly = plain(
        "CreateIcwsRoleInput",
        &json!({
            "roleId": "DayLead", "name": "Day lead", "notes": "Leads at day.", "transactionId": "t 1",
            "accessControlGroupId": "Headquarters", "clientConfigurationTemplateId": "Plaindesktop",
            "passwordPolicyIds": ["Defaultpolicy"], "memberIds": ["AdaAlder"], "workgroupIds": ["Service"],
            "customAttributes": [{"name": "a", "value": "1"}],
            "securityRights": [{"name": "followMe", "isGranted": false}],
            "accessRights": [{"name": "viewReport", "objects": [{"objectType": "NONE", "grouping": "ALL"}]}],
            "administrativeRights": [{"name": "collective", "isGranted": true}],
        }),
    );
    let object = |id: &str, kind: &str, grouping: &str| {
        let objects = json!([{"objectId": id, "objectType": kind, "grouping": grouping}]);
        json!({"accessRights": [{"name": "viewReport", "objects": objects}]})
    };
    let pairs = |name: &str, value: &str| json!({"customAttributes": [{"name": name, "value": value}]});
    let right =
        |name: &str, is_granted: bool| json!({"securityRights": [{"name": name, "isGranted": is_granted}]});
    let inside = [
        change("IcwsCustomAttributeInput.name", [pairs("b", "2")]),
        change("IcwsCustomAttributeInput.value", [pairs("a", "2")]),
        change("IcwsGroupedObjectInput.objectId", [object("x", "WORKGROUP", "SINGLE")]),
        change("IcwsGroupedObjectInput.objectType", [object("x", "LINE_GROUP", "SINGLE")]),
        change("IcwsGroupedObjectInput.grouping", [object("x", "WORKGROUP", "GROUP")]),
        change("IcwsRightInput.name", [right("forwardCalls", true)]),
        change("IcwsRightInput.isGranted", [right("followMe", false)]),
        change("IcwsRightInput.objects", [object("y", "WORKGROUP", "SINGLE")]),
    ];
    plainly.into_iter().chain(inside).collect()
}
