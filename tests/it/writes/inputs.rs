//! Every field of every input reaches the field of the wire that `contract/shown.yaml` says: a mutation is sent twice,
//! with one input different, and what differs in the portal's journal is looked at.

mod values;

use std::collections::{BTreeMap, BTreeSet};

use portalgraph::simulator::Fault;
use serde_json::{Value, json};

use super::table::{Ids, Write, house, ready};
use crate::contract::{guide::fate, inputs};
use crate::house::{Client, House};
use values::{Portal, changes, queue_steps};

/// Inputs that decide whether or how something is sent, and are not sent themselves.
const UNSENT: [&str; 5] = [
    "CloneUserInput.usesStandardRoleGroup",
    "DeleteUserInput.loginName",
    "UpdatePrecisionQueueInput.ifChangeStamp",
    "UpdatePrecisionQueueInput.preview",
    "UpdateUserInput.ifRevision",
];

/// Where an input goes that the contract's own tables do not tell.
const ELSEWHERE: [(&str, &str); 37] = [
    ("CallVariableInput.number", "callVariable3"),
    ("CallVariableInput.value", "callVariable2"),
    ("CancelCallbackInput.callbackId", "cbid"),
    ("CreateIcwsRoleInput.accessControlGroupId", "accessControlGroupAssignment"),
    ("CreateIcwsRoleInput.accessRights", "accessRights"),
    ("CreateIcwsRoleInput.administrativeRights", "administrativeRights"),
    ("CreateIcwsRoleInput.clientConfigurationTemplateId", "clientConfigurationTemplate"),
    ("CreateIcwsRoleInput.customAttributes", "customAttributes"),
    ("CreateIcwsRoleInput.memberIds", "users"),
    ("CreateIcwsRoleInput.name", "displayName"),
    ("CreateIcwsRoleInput.notes", "notes"),
    ("CreateIcwsRoleInput.passwordPolicyIds", "passwordPolicies"),
    ("CreateIcwsRoleInput.roleId", "id"),
    ("CreateIcwsRoleInput.securityRights", "securityRights"),
    ("CreateIcwsRoleInput.transactionId", "ININ-ICWS-Transaction-Id"),
    ("CreateIcwsRoleInput.workgroupIds", "workgroups"),
    ("DeleteUserBy.databaseId", "searchId"),
    ("DeleteUserBy.id", "searchId"),
    ("IcwsCustomAttributeInput.name", "name"),
    ("IcwsCustomAttributeInput.value", "value"),
    ("IcwsGroupedObjectInput.grouping", "grouping"),
    ("IcwsGroupedObjectInput.objectId", "id"),
    ("IcwsGroupedObjectInput.objectType", "objectType"),
    ("IcwsRightInput.isGranted", "actualValue"),
    ("IcwsRightInput.name", "forwardCalls"),
    ("IcwsRightInput.objects", "actualValue"),
    ("PrecisionQueueTermInput.attributeId", "id"),
    ("SetUserIcmAccessInput.isActive", "enabled"),
    ("SetUserIcmAccessInput.userId", "idProgramUser"),
    ("SetUserPortalAccessInput.isActive", "enabled"),
    ("SetUserPortalAccessInput.userId", "idProgramUser"),
    ("UpdatePrecisionQueueInput.agentOrdering", "agentOrdering"),
    ("UpdatePrecisionQueueInput.description", "description"),
    ("UpdatePrecisionQueueInput.name", "name"),
    ("UpdatePrecisionQueueInput.precisionQueueId", "changeStamp"),
    ("UpdatePrecisionQueueInput.serviceLevelThresholdSeconds", "serviceLevelThreshold"),
    ("UpdatePrecisionQueueInput.serviceLevelType", "serviceLevelType"),
];

/// What was sent for an input, place by place, or what was said instead.
async fn body(
    house: &House,
    client: &Client,
    write: &Write,
    patch: &Value,
) -> Result<BTreeMap<String, Value>, Value> {
    let mut input = write.input.clone();
    input.as_object_mut().unwrap().extend(patch.as_object().unwrap().clone());
    house.simulator.journal().take();
    let answer = client.ask_with(&write.document(), json!({ "input": input })).await;
    let calls = house.simulator.journal().take();
    let call = calls.into_iter().find(|call| call.operation == write.operation).ok_or(answer.body)?;
    let mut leaves = BTreeMap::new();
    collect("", &Value::Object(call.body), &mut leaves);
    leaves.extend(call.headers.into_iter().map(|(name, value)| (name.to_owned(), json!(value))));
    Ok(leaves)
}

fn collect(path: &str, value: &Value, into: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(key, value)| collect(&format!("{path}/{key}"), value, into));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(place, item)| collect(&format!("{path}/{place}"), item, into));
        }
        leaf => drop(into.insert(path.to_owned(), leaf.clone())),
    }
}

/// Every key on the way to what differs.
fn differing(one: &BTreeMap<String, Value>, other: &BTreeMap<String, Value>) -> BTreeSet<String> {
    let paths = one.keys().chain(other.keys()).filter(|path| one.get(*path) != other.get(*path));
    paths.flat_map(|path| path.split('/')).map(plain_key).collect()
}

fn plain_key(key: &str) -> String {
    key.replace('_', "").to_lowercase()
}

#[tokio::test]
async fn every_input_of_every_write_reaches_its_field_of_the_wire() {
    let (house, reached, inputs) = (house().await, fate().reached, inputs());
    let (client, mut writes) = ready(&house).await;
    let ids = Ids::of(&client).await;
    let steps = queue_steps(&ids).0["steps"].clone();
    let (mut looked_at, mut wrong) = (BTreeSet::new(), Vec::new());
    for write in &mut writes {
        // Nothing is carried out, so that every input meets the same portal.
        house.simulator.faults().always(super::leak(write.operation), Fault::RefuseWith("NOT_TODAY"));
        if write.mutation == "updatePrecisionQueue" {
            write.input["steps"] = steps.clone();
        }
        let changes = changes(&Portal { house: &house, client: &client, ids: &ids }, write.mutation).await;
        if write.mutation == "resetPassword" {
            write.input["newIcmPassword"] = json!(null);
        }
        let base = body(&house, &client, write, &json!({}))
            .await
            .unwrap_or_else(|body| panic!("{}: {body}", write.mutation));
        for (place, patches) in changes {
            let contract = reached.values().flatten().filter(|(_, on)| **on == place);
            let contract = contract.map(|(field, _)| plain_key(field));
            let here = ELSEWHERE.iter().filter(|(on, _)| *on == place).map(|(_, field)| plain_key(field));
            let expected: BTreeSet<_> = contract.chain(here).collect();
            let (mut seen, mut said) = (BTreeSet::new(), Vec::new());
            for patch in &patches {
                // A password can only be left out if there is another.
                let patch = match patch.get("newPassword") {
                    Some(Value::Null) => json!({"newPassword": null, "newIcmPassword": "0ther-Pa55"}),
                    _ => patch.clone(),
                };
                match body(&house, &client, write, &patch).await {
                    Ok(sent) => seen.extend(differing(&base, &sent)),
                    Err(body) => said.push(body),
                }
            }
            if expected.is_empty() || expected.is_disjoint(&seen) {
                wrong.push(format!("{place} is to reach {expected:?}, but {seen:?} differ; {said:?}"));
            }
            looked_at.insert(place);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let all = writes.iter().map(|write| {
        let (first, rest) = write.mutation.split_at(1);
        format!("{}{rest}Input", first.to_uppercase())
    });
    let below = [
        "AttributeValueInput",
        "CallVariableInput",
        "DeleteUserBy",
        "IcwsCustomAttributeInput",
        "IcwsGroupedObjectInput",
        "IcwsRightInput",
        "PrecisionQueueStepInput",
        "PrecisionQueueTermInput",
    ];
    let all = all.chain(below.map(ToOwned::to_owned)).flat_map(|input| {
        inputs[&input].iter().map(move |field| format!("{input}.{field}")).collect::<Vec<_>>()
    });
    let due: BTreeSet<_> = all.filter(|place| !UNSENT.contains(&place.as_str())).collect();
    assert_eq!(looked_at, due, "inputs that nobody looks at, or that there are not");
}
