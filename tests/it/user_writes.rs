//! Making, changing and deleting users, and resetting their passwords.

mod change;
mod clone;
mod delete;
mod partly;
mod password;
mod violations;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portalgraph::portal::UserId;
use portalgraph::portal::user::User;
use portalgraph::simulator::{DEMO_LOGIN, Fault, World};
use serde_json::{Value, json};

use crate::house::{Answer, Client, House};

/// The demonstration's administrator, who is no agent; a supervisor; and an agent.
pub const ADA: i64 = 10_100_001;
pub const BEN: i64 = 10_100_002;
pub const CLARA: i64 = 10_100_003;

/// A demonstration and its administrator.
pub struct Scene {
    pub house: House,
    pub client: Client,
}

impl Scene {
    pub async fn open() -> Self {
        let house = House::over(World::demo()).await;
        let client = house.sign_in(DEMO_LOGIN).await;
        Self { house, client }
    }

    /// One field of a user.
    pub async fn of(&self, key: i64, field: &str) -> Value {
        let data = self.client.data(&format!("{{ user(by: {{databaseId: {key}}}) {{ {field} }} }}")).await;
        data["user"][field].clone()
    }

    /// A user's record as the portal has it.
    pub fn record(&self, key: i64) -> User {
        self.house.simulator.world(|world| User::clone(&world.tenants[0].users[&UserId(key)]))
    }

    /// Changes a user's record behind the gateway's back.
    pub fn alter(&self, key: i64, change: impl FnOnce(&mut User)) {
        self.house.simulator.world(|world| {
            change(Arc::make_mut(world.tenants[0].users.get_mut(&UserId(key)).unwrap()));
        });
    }

    /// The bodies that an operation was called with since the last look.
    pub fn bodies(&self, operation: &str) -> Vec<Value> {
        let calls = self.house.simulator.journal().take().into_iter();
        calls.filter(|call| call.operation == operation).map(|call| Value::Object(call.body)).collect()
    }

    /// Carries out a mutation, with everything that tells whether it was.
    pub async fn try_mutation(&self, name: &str, shown: &str, input: Value) -> Answer {
        let kind = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        let query = format!(
            "mutation($input: {kind}Input!) {{
                {name}(input: $input) {{ {shown} userErrors {{ code field message portalCode }} }} }}"
        );
        self.client.ask_with(&query, json!({ "input": input })).await
    }

    /// Its payload; the mutation must not fail.
    pub async fn mutation(&self, name: &str, shown: &str, input: Value) -> Value {
        let answer = self.try_mutation(name, shown, input).await;
        assert!(answer.body.get("errors").is_none(), "{name}: {}", answer.body);
        answer.body["data"][name].clone()
    }
}

/// The global id of a record of the first tenant.
pub fn id(kind: &str, key: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("portal:101:{kind}:{key}"))
}

/// The global id of a user.
pub fn user(key: i64) -> String {
    id("User", key)
}

/// An input that each mutation accepts.
pub fn fine_input(name: &str) -> Value {
    let clara = user(CLARA);
    match name {
        "cloneUser" => json!({
            "sourceUserId": clara, "loginName": "clara.second@dmn", "firstName": "Clara", "lastName": "Second",
            "phone": "5550001", "agentNumber": "81003",
        }),
        "updateUser" => json!({"userId": clara, "phone": "5550002"}),
        "deleteUser" => json!({"user": {"id": clara}}),
        _ => json!({"userId": clara, "newPassword": "a-new-password"}),
    }
}

/// The codes of the user errors with the places they are about.
pub fn told(payload: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let errors = payload["userErrors"].as_array().unwrap_or_else(|| panic!("{payload}"));
    let told = errors.iter().map(|error| {
        assert!(error["message"].as_str().unwrap().len() > 10, "{error}");
        let path = error["field"].as_array().map(|path| path.iter().map(text).collect::<Vec<_>>().join("."));
        (text(&error["code"]), path.unwrap_or_default())
    });
    told.collect()
}

/// The same, as written in a test.
pub fn expected(errors: &[(&str, &str)]) -> Vec<(String, String)> {
    errors.iter().map(|(code, path)| ((*code).to_owned(), (*path).to_owned())).collect()
}

#[tokio::test]
async fn a_read_that_the_portal_refuses_is_no_reason_of_the_mutation() {
    let scene = Scene::open().await;
    for operation in ["getUserByIdProgram", "getUsers"] {
        scene.house.simulator.faults().always(operation, Fault::RefuseWith("GET_USERS_FAILED"));
    }
    for (name, shown) in [
        ("cloneUser", "user { id }"),
        ("updateUser", "user { id }"),
        ("deleteUser", "deletedUserId"),
        ("resetPassword", "user { id }"),
    ] {
        let answer = scene.try_mutation(name, shown, fine_input(name)).await;
        assert_eq!(answer.body["data"][name], Value::Null, "{name}");
        assert_eq!(answer.codes(), ["PORTAL_REFUSED"], "{name}: {}", answer.body);
        assert_eq!(scene.house.calls().get(name), None, "{name} was called");
    }
}
