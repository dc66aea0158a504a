//! The same queries without any of what the gateway is for: one call of the portal for each edge of each record, one after
//! the other, nothing kept, nothing shared, on the portal's bare JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::{BoxFuture, FutureExt as _};
use reqwest::Response;
use serde_json::{Map, Value, json};

use super::query::{Asked, Kind, Leads, USERS_BEGIN};

/// Somebody who is signed in to the portal itself.
pub struct Naive {
    http: reqwest::Client,
    url: String,
    cookie: String,
    token: String,
}

impl Naive {
    pub async fn sign_in(http: &reqwest::Client, url: &str, (name, password): (&str, &str)) -> Self {
        let body = json!({"username": STANDARD.encode(name), "password": STANDARD.encode(password)});
        let response = post(http, format!("{url}/portal/services/login/login"), "", &body).await;
        let cookie = response.headers()["set-cookie"].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let reply = read(response).await;
        let token = reply["userToken"].as_str().unwrap().to_owned();
        Self { http: http.clone(), url: url.to_owned(), cookie, token }
    }

    async fn ask(&self, operation: &str, mut body: Value) -> Value {
        body["authToken"] = self.token.clone().into();
        let url = format!("{}/portal/services/protected/{operation}", self.url);
        read(post(&self.http, url, &self.cookie, &body).await).await
    }

    /// The one list of an answer; none if the portal said no.
    async fn list(&self, operation: &str, body: Value) -> Vec<Value> {
        let answer = self.ask(operation, body).await;
        let lists = answer.as_object().unwrap().values().filter_map(Value::as_array);
        lists.flatten().cloned().collect()
    }

    async fn users(&self) -> Vec<Value> {
        self.list("users/getUsers", json!({"pageSize": 0})).await
    }

    async fn users_by(&self, field: &str, key: &Value) -> Vec<Value> {
        let users = self.users().await;
        users.into_iter().filter(|user| !key.is_null() && user[field] == *key).collect()
    }

    /// The entry of a catalogue whose `field` is this.
    async fn entry(&self, operation: &str, field: &str, key: &Value) -> Vec<Value> {
        let entries = self.list(operation, json!({"pageSize": 0})).await;
        entries.into_iter().filter(|entry| !key.is_null() && entry[field] == *key).collect()
    }

    /// The records behind an edge.
    async fn behind(&self, asked: &Asked, record: &Value) -> Vec<Value> {
        let all = json!({"pageSize": 0});
        match (asked.field.of, asked.field.name) {
            (Kind::Query, "users") => self.users().await,
            (Kind::Query, "agents") => self.users().await.into_iter().filter(is_agent).collect(),
            (Kind::Query, "user") => {
                self.list("users/getUserByIdProgram", json!({"searchId": USERS_BEGIN + asked.number})).await
            }
            (Kind::Query, "skillGroups") => self.list("skills/getSkillGroups", all).await,
            (Kind::Query, "precisionQueues") => self.list("precisionQueues/getAllPrecisionQueues", all).await,
            (Kind::Query, "attributes") => self.list("attributes/getAllAttributes", all).await,
            (Kind::Query, "departments") => self.list("departments/getAllDepartments", all).await,
            (Kind::Query, "sites") => self.list("sites/getAllSites", all).await,
            (Kind::User, "department") => {
                self.entry("departments/getAllDepartments", "id", &record["idProgramDepartment"]).await
            }
            (Kind::User, "site") => {
                self.entry("sites/getAllSites", "idProgramSite", &record["idProgramSite"]).await
            }
            (Kind::User, "roleGroup") => {
                self.entry("roles/getAllRoles", "idProgramGroup", &record["idProgramGroup"]).await
            }
            (Kind::User, "agent") => Some(record.clone()).filter(is_agent).into_iter().collect(),
            (Kind::Agent, "user") => vec![record.clone()],
            (Kind::Agent, "platform") => {
                self.entry("users/getAllPlatforms", "id", &record["platformId"]).await
            }
            (Kind::SkillGroup, "platform") => {
                self.entry("users/getAllPlatforms", "id", &record["peripheralId"]).await
            }
            (Kind::Agent, "skillGroups") => self.skill_groups_of(record).await,
            (Kind::Agent, "attributes") => self.attributes_of(record).await,
            (Kind::SkillGroup, "agents") => self.agents_of(record).await,
            (Kind::Department, "users") => self.users_by("idProgramDepartment", &record["id"]).await,
            (Kind::Site, "users") => self.users_by("idProgramSite", &record["idProgramSite"]).await,
            (Kind::RoleGroup, "users") => self.users_by("idProgramGroup", &record["idProgramGroup"]).await,
            (Kind::PrecisionQueue, "steps") => {
                let answer = self.ask("precisionQueues/getPQByID", json!({"id": record["id"]})).await;
                answer["precisionQueueInfo"]["steps"].as_array().unwrap().clone()
            }
            (Kind::Step, "terms") => record["terms"].as_array().unwrap().clone(),
            (Kind::Term | Kind::Assignment, "attribute") => {
                let name = &record["attribute"]["name"];
                self.entry("attributes/getAllAttributes", "name", name).await
            }
            (Kind::Assignment, "agent") => vec![record["agent"].clone()],
            edge => panic!("no way is known for {edge:?}"),
        }
    }

    async fn skill_groups_of(&self, agent: &Value) -> Vec<Value> {
        let body = json!({"assigned": true, "idProgramUser": agent["idProgramUser"],
            "skillTargetId": agent["agentId"].as_str().and_then(|id| id.parse::<i64>().ok()),
            "platformId": agent["platformId"], "pageSize": 0});
        let mut groups = self.list("quickskills/getSkillsForAgent", body).await;
        groups.sort_by_key(|group| group["skillTargetId"].as_i64());
        groups
    }

    async fn attributes_of(&self, agent: &Value) -> Vec<Value> {
        let agents = self.list("attributes/getAllAgents", json!({})).await;
        let ours = |other: &&Value| {
            other["agentId"] == agent["peripheralNumber"] && other["peripheral"]["id"] == agent["platformId"]
        };
        let held = agents.iter().find(ours).and_then(|other| other["attributes"].as_array());
        let mut held = held.cloned().unwrap_or_default();
        for assignment in &mut held {
            assignment["agent"] = agent.clone();
        }
        held
    }

    async fn agents_of(&self, group: &Value) -> Vec<Value> {
        let body = json!({"assigned": true, "skillTargetId": group["skillTargetId"],
            "platformId": group["peripheralId"], "pageSize": 0});
        let mut agents = Vec::new();
        for row in self.list("quickskills/getAllAgentsForSkill", body).await {
            let user = self.users_by("idProgramUser", &row["idProgramUser"]).await;
            agents.push(user.into_iter().next().unwrap());
        }
        agents
    }

    /// What a selection of a record comes to.
    pub fn select<'a>(&'a self, asked: &'a [Asked], record: &'a Value) -> BoxFuture<'a, Value> {
        let selected = async move {
            let mut object = Map::new();
            for asked in asked {
                let value = match asked.field.leads {
                    Leads::Value(wire) => record[wire].clone(),
                    Leads::One(_) | Leads::ByKey(_) => {
                        let behind = self.behind(asked, record).await;
                        self.each(asked, behind.iter().take(1)).await.pop().unwrap_or_default()
                    }
                    Leads::List(_) => {
                        let behind = self.behind(asked, record).await;
                        self.each(asked, behind.iter()).await.into()
                    }
                    Leads::Connection(_) => {
                        let behind = self.behind(asked, record).await;
                        let nodes = self.each(asked, behind.iter().take(asked.number)).await;
                        json!({"totalCount": behind.len(), "nodes": nodes})
                    }
                };
                object.insert(asked.key.clone(), value);
            }
            Value::Object(object)
        };
        selected.boxed()
    }

    async fn each(&self, asked: &Asked, records: impl Iterator<Item = &Value>) -> Vec<Value> {
        let mut selected = Vec::new();
        for record in records {
            selected.push(self.select(&asked.below, record).await);
        }
        selected
    }
}

async fn post(http: &reqwest::Client, url: String, cookie: &str, body: &Value) -> Response {
    let request = http.post(url).header("content-type", "application/json").header("cookie", cookie);
    request.body(body.to_string()).send().await.unwrap()
}

async fn read(response: Response) -> Value {
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

fn is_agent(user: &Value) -> bool {
    matches!(user["userTypeCode"].as_str(), Some("A" | "S"))
}
