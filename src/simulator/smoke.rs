//! The simulator through the portal floor's own client: every operation, every spelling, every way in.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::quirks::EXTRA_KEY;
use super::{DEMO_LOGIN, DEMO_PASSWORD, Fault, Quirks, SIZED_LOGIN_EAST, SIZED_LOGIN_WEST, Simulator, World};
use crate::config::{AuthTokenMode, Config, Encoding};
use crate::portal::access::{GetAccessSummaryByUser, GetManageableAccessCollections};
use crate::portal::agent::{GetAllAgents, GetAllAgentsForSkill};
use crate::portal::attribute::GetAllAttributes;
use crate::portal::auth::{AuthorizeUserToTenant, Login, Logout, Outcome};
use crate::portal::callback::{GetAgentDispositionStatusCodes, GetCallbackInfo, GetDialedNumberList, TestWS};
use crate::portal::precision_queue::{GetAllPrecisionQueues, GetPQByID};
use crate::portal::reference::{
    GetAllAgentDeskSettings, GetAllApmProfiles, GetAllBillingUnits, GetAllDepartments, GetAllPlatforms,
    GetAllRoles, GetAllSites,
};
use crate::portal::skill_group::{GetSkillGroups, GetSkillsForAgent};
use crate::portal::user::{GetUserByIdProgram, GetUsers};
use crate::portal::{
    AgentProfileId, CallbackId, Credentials, Operation, Portal, PortalError, PrecisionQueueId, SkillGroupId,
    TenantId, UserId, dialect,
};
use crate::upstream::Secret;

pub(super) fn client(simulator: &Simulator, mode: AuthTokenMode) -> Portal {
    let mut settings = Config::default().portal;
    settings.url = simulator.url();
    settings.callback_url = simulator.url();
    settings.auth_token_mode = mode;
    "enabled".clone_into(&mut settings.dialect.status_field);
    Portal::new(settings).expect("a client")
}

pub(super) fn login(name: &str, password: &str) -> Login {
    let encoded = |text| Some(Secret::new(dialect::encode(Encoding::Base64, text)));
    Login { username: encoded(name), password: encoded(password), ..Login::default() }
}

pub(super) async fn sign_in(portal: &Portal, (name, password): (&str, &str)) -> Credentials {
    let answer = portal.call(&login(name, password), None).await.expect("signed in");
    assert_eq!(answer.reply.outcome(), Outcome::SignedIn);
    Credentials::new(answer.cookie.expect("a cookie"), answer.reply.user_token)
}

/// What one session reads, by operation.
struct Reader<'a> {
    portal: &'a Portal,
    credentials: &'a Credentials,
    read: BTreeMap<&'static str, Value>,
}

impl Reader<'_> {
    async fn ask<O: Operation>(&mut self, ask: O) -> O::Reply
    where
        O::Reply: Serialize,
    {
        let reply = self.portal.call(&ask, Some(self.credentials)).await.expect("a reply").reply;
        let value = serde_json::to_value(&reply).expect("a value");
        self.read.insert(O::NAME, plain(value));
        reply
    }
}

/// The value without what may differ between spellings of keys the contract does not name.
fn plain(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| (name.to_lowercase(), plain(value)));
            Value::Object(members.filter(|(name, _)| *name != EXTRA_KEY.to_lowercase()).collect())
        }
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Number(number) => Value::String(number.to_string()),
        value => value,
    }
}

/// Asks all 22 reads, by the ids the lists give.
async fn read_everything(
    portal: &Portal,
    credentials: &Credentials,
    prefix: &str,
) -> BTreeMap<&'static str, Value> {
    let mut reader = Reader { portal, credentials, read: BTreeMap::new() };
    let users = reader.ask(GetUsers { page_size: Some(0), ..GetUsers::default() }).await.user_agent_info_list;
    let agent = users.iter().find(|user| user.agent_id.is_some()).expect("an agent");
    let user = agent.id_program_user;
    let groups = reader.ask(GetSkillGroups::default()).await.skill_group_list;
    let queues = reader.ask(GetAllPrecisionQueues::default()).await.precision_queues;
    reader.ask(GetUserByIdProgram { search_id: user, ..Default::default() }).await;
    let agents = reader.ask(GetAllAgents::default()).await.agents;
    assert!(agents.iter().any(|agent| agent.attributes.len() > 1), "attributes of agents are read");
    let of_group = GetAllAgentsForSkill {
        skill_target_id: groups[0].skill_target_id,
        assigned: Some(true),
        ..Default::default()
    };
    assert!(!reader.ask(of_group).await.agent_skill_info_list.is_empty());
    reader.ask(GetAllAttributes::default()).await;
    let queue = reader.ask(GetPQByID { id: queues[0].id, ..Default::default() }).await;
    let queue = queue.precision_queue_info.expect("a queue");
    assert!(queue.steps.len() > 1 && queue.steps.iter().all(|step| !step.terms.is_empty()));
    let of_agent = GetSkillsForAgent { id_program_user: user, assigned: Some(true), ..Default::default() };
    assert!(!reader.ask(of_agent).await.skill_group_list.is_empty());
    let summary = GetAccessSummaryByUser { id_program_user: user, ..Default::default() };
    assert!(!reader.ask(summary).await.list_access_group_summary.is_empty());
    let collections = GetManageableAccessCollections { id_program_user_to_clone: user, ..Default::default() };
    assert!(!reader.ask(collections).await.accessible_agent_collection_selected_list.is_empty());
    reader.ask(GetAllAgentDeskSettings::default()).await;
    reader.ask(GetAllApmProfiles::default()).await;
    reader.ask(GetAllBillingUnits::default()).await;
    reader.ask(GetAllDepartments::default()).await;
    reader.ask(GetAllPlatforms::default()).await;
    assert!(!reader.ask(GetAllRoles::default()).await.site_info_list.is_empty());
    reader.ask(GetAllSites::default()).await;
    let callback = GetCallbackInfo { cbid: Some(CallbackId(7_001)), ..Default::default() };
    assert!(reader.ask(callback).await.callback_info.is_some());
    let program_prefix = Some(prefix.to_owned());
    let queues = GetDialedNumberList { program_prefix: program_prefix.clone(), ..Default::default() };
    assert_eq!(reader.ask(queues).await.object.len(), 2);
    reader.ask(GetAgentDispositionStatusCodes { program_prefix, ..Default::default() }).await;
    portal.call(&TestWS::default(), None).await.expect("alive");
    reader.read
}

#[tokio::test]
async fn every_operation_reads_the_same_in_every_spelling() {
    let simulator = Simulator::local(World::demo()).await;
    let portal = client(&simulator, AuthTokenMode::Always);
    let credentials = sign_in(&portal, DEMO_LOGIN).await;
    let usual = read_everything(&portal, &credentials, "dmn").await;
    assert_eq!(usual.len(), 21);
    assert_eq!(simulator.journal().counts().len(), 23);
    simulator.journal().take();
    simulator.quirks(Quirks::every());
    let odd = read_everything(&portal, &credentials, "dmn").await;
    for (operation, answer) in &usual {
        assert_eq!(answer, &odd[operation], "{operation}");
    }
    let calls = simulator.journal().take();
    assert_eq!(calls.len(), 22);
    assert!(calls.iter().all(|call| !call.body.contains_key("authToken")));
    assert_eq!(calls[0].login.as_deref(), Some("admin@dmn"));
}

#[tokio::test]
async fn poorer_forms_leave_out_what_the_guide_does_not_list() {
    let simulator = Simulator::local(World::demo()).await;
    let portal = client(&simulator, AuthTokenMode::Always);
    let credentials = sign_in(&portal, DEMO_LOGIN).await;
    simulator.quirks(Quirks { simple_skill_groups: true, anonymous_agents: true, ..Quirks::default() });
    let of_agent = GetSkillsForAgent {
        id_program_user: Some(UserId(10_100_004)),
        assigned: Some(true),
        ..Default::default()
    };
    let skills = portal.call(&of_agent, Some(&credentials)).await.expect("skills").reply;
    assert_eq!((skills.simple_skill_group_list.len(), skills.skill_group_list.len()), (2, 0));
    assert_eq!(skills.simple_skill_group_list[0].peripheral_id, None);
    let agents = portal.call(&GetAllAgents::default(), Some(&credentials)).await.expect("agents").reply;
    assert!(agents.agents.iter().all(|agent| agent.agent_id.is_none() && agent.ref_url.is_none()));
    assert_eq!(simulator.journal().busiest(), 1);
}

#[tokio::test]
async fn what_is_sent_is_exact_whatever_the_token_mode() {
    for mode in [AuthTokenMode::Always, AuthTokenMode::DocumentedOnly] {
        let simulator = Simulator::local(World::demo()).await;
        simulator.settings(|settings| (settings.strict, settings.auth_token_mode) = (true, mode));
        let portal = client(&simulator, mode);
        let credentials = sign_in(&portal, DEMO_LOGIN).await;
        assert_eq!(read_everything(&portal, &credentials, "dmn").await.len(), 21);
        let other = match mode {
            AuthTokenMode::Always => AuthTokenMode::DocumentedOnly,
            AuthTokenMode::DocumentedOnly => AuthTokenMode::Always,
        };
        let refused = client(&simulator, other).call(&GetAllAgents::default(), Some(&credentials)).await;
        assert!(refused.is_err(), "the other mode does not fit");
    }
}

/// The rows of a reply, which are objects in its lists, or its one object.
fn rows(reply: &Value) -> Vec<&Value> {
    let members = reply.as_object().into_iter().flatten().filter(|(name, _)| *name != "paginginfo");
    members
        .flat_map(|(_, member)| member.as_array().map_or(std::slice::from_ref(member), Vec::as_slice))
        .filter(|row| row.is_object())
        .collect()
}

#[tokio::test]
async fn departments_that_keep_to_themselves_share_no_row() {
    let simulator = Simulator::local(World::sized(60)).await;
    let portal = client(&simulator, AuthTokenMode::Always);
    let east = sign_in(&portal, SIZED_LOGIN_EAST).await;
    let west = sign_in(&portal, SIZED_LOGIN_WEST).await;
    let east = read_everything(&portal, &east, "siz").await;
    let west = read_everything(&portal, &west, "siz").await;
    let public = ["getCallbackInfo", "getDialedNumberList", "getAgentDispositionStatusCodes"];
    for (operation, answer) in east.iter().filter(|(operation, _)| !public.contains(operation)) {
        let (east, west) = (rows(answer), rows(&west[operation]));
        assert!(!east.is_empty() && !west.is_empty(), "{operation} answers something");
        assert!(!east.iter().any(|row| west.contains(row)), "{operation} shares a row");
    }
}

#[tokio::test]
async fn a_session_needs_a_tenant_and_grows_old() {
    let simulator = Simulator::local(World::demo()).await;
    let portal = client(&simulator, AuthTokenMode::Always);
    let answer = portal.call(&login("partner@dmn", DEMO_PASSWORD), None).await.expect("signed in");
    assert_eq!(answer.reply.outcome(), Outcome::TenantSelectionRequired);
    let tenants = &answer.reply.accessible_tenants_list;
    assert_eq!(tenants.len(), 2);
    let credentials = Credentials::new(answer.cookie.expect("a cookie"), None);
    let ended = PortalError::SessionEnded { operation: GetAllSites::NAME };
    let before = portal.call(&GetAllSites::default(), Some(&credentials)).await;
    assert_eq!(before.err(), Some(ended.clone()));
    let select = AuthorizeUserToTenant {
        username: Some("partner@dmn".to_owned()),
        id_program: tenants[1].id_program,
        ..Default::default()
    };
    let entered = portal.call(&select, Some(&credentials)).await.expect("in a tenant");
    assert_eq!(entered.reply.id_program, Some(TenantId(102)));
    let credentials = credentials.renewed(entered.cookie, entered.reply.user_token);
    let mut idle = Duration::ZERO;
    while portal.call(&GetAllSites::default(), Some(&credentials)).await.is_ok() {
        simulator.advance(Duration::from_mins(29));
        idle += Duration::from_mins(29);
    }
    assert!((12..13).contains(&(idle.as_secs() / 3600)), "used every 29 minutes it ends after 12 hours");
    let credentials = sign_in(&portal, DEMO_LOGIN).await;
    simulator.advance(Duration::from_mins(30));
    assert_eq!(portal.call(&GetAllSites::default(), Some(&credentials)).await.err(), Some(ended));
    assert_eq!(simulator.sessions("admin@dmn"), 0);
    portal.call(&Logout::default(), Some(&credentials)).await.expect("signed out all the same");
}

#[tokio::test]
async fn every_login_says_its_own_constant() {
    let simulator = Simulator::local(World::demo()).await;
    let portal = client(&simulator, AuthTokenMode::Always);
    let mut said = BTreeMap::new();
    for (name, password) in [
        ("locked@dmn", DEMO_PASSWORD),
        ("disabled@dmn", DEMO_PASSWORD),
        ("expired@dmn", DEMO_PASSWORD),
        ("stale@dmn", DEMO_PASSWORD),
        ("unlisted@dmn", DEMO_PASSWORD),
        ("outsider@dmn", DEMO_PASSWORD),
        ("stranger@dmn", DEMO_PASSWORD),
        ("desktop@dmn", DEMO_PASSWORD),
        ("double@dmn", DEMO_PASSWORD),
        ("admin@dmn", "wrong"),
        ("admin", DEMO_PASSWORD),
    ] {
        match portal.call(&login(name, password), None).await {
            Err(PortalError::Refused { code_message: Some(constant), .. }) => said.insert(constant, name),
            other => panic!("{name}: {other:?}"),
        };
    }
    assert_eq!(said.len(), 11, "{said:?}");
    let newcomer = portal.call(&login("newcomer@dmn", DEMO_PASSWORD), None).await.expect("an outcome");
    assert_eq!(newcomer.reply.outcome(), Outcome::MustChangePassword);
}

#[tokio::test]
async fn what_was_planned_goes_wrong_and_nothing_else() {
    let simulator = Simulator::local(World::demo()).await;
    let portal = client(&simulator, AuthTokenMode::Always);
    let credentials = sign_in(&portal, DEMO_LOGIN).await;
    for fault in [
        Fault::Status(500),
        Fault::StatusWithRetryAfter(503, 2),
        Fault::Redirect,
        Fault::LoginPage,
        Fault::Html,
        Fault::Empty,
        Fault::NotJson,
        Fault::Truncated,
        Fault::Reset,
        Fault::RefuseWith("GET_USERS_FAILED"),
        Fault::WrongType,
        Fault::Huge(80 * 1024 * 1024),
    ] {
        simulator.faults().next(GetUsers::NAME, fault.clone(), 1);
        portal.call(&GetAllSites::default(), Some(&credentials)).await.expect("not this one");
        let answer = portal.call(&GetUsers::default(), Some(&credentials)).await;
        assert!(answer.is_err(), "{fault:?}");
        portal.call(&GetUsers::default(), Some(&credentials)).await.expect("right again");
    }
    simulator.faults().next(GetUsers::NAME, Fault::Expire, 1);
    portal.call(&GetUsers::default(), Some(&credentials)).await.expect_err("forgotten");
    portal.call(&GetAllSites::default(), Some(&credentials)).await.expect_err("still forgotten");
    simulator.stop().await;
    let lost = portal.call(&TestWS::default(), None).await.err();
    assert!(matches!(lost, Some(PortalError::Unreachable { .. })), "{lost:?}");
}

/// The constant an operation is refused with.
pub(super) async fn refusal<O: Operation>(portal: &Portal, credentials: &Credentials, ask: O) -> String {
    match portal.call(&ask, Some(credentials)).await {
        Err(PortalError::Refused { code_message: Some(constant), .. }) => constant.to_string(),
        _ => "no refusal".to_owned(),
    }
}

#[tokio::test]
async fn unknown_ids_are_refused_with_the_operations_constant() {
    let simulator = Simulator::local(World::demo()).await;
    let portal = client(&simulator, AuthTokenMode::Always);
    let credentials = sign_in(&portal, ("billing@dmn", DEMO_PASSWORD)).await;
    let hidden = Some(UserId(10_100_002));
    let user = GetUserByIdProgram { search_id: hidden, ..Default::default() };
    assert_eq!(refusal(&portal, &credentials, user).await, "GET_USERS_FAILED");
    let none = GetUserByIdProgram::default();
    assert_eq!(refusal(&portal, &credentials, none).await, "BAD_REQUEST");
    let skills = GetSkillsForAgent { id_program_user: hidden, ..Default::default() };
    assert_eq!(refusal(&portal, &credentials, skills).await, "GET_SKILLS_FOR_AGENT_FAILED");
    let agents = GetAllAgentsForSkill { skill_target_id: Some(SkillGroupId(1)), ..Default::default() };
    assert_eq!(refusal(&portal, &credentials, agents).await, "GET_AGENTS_FOR_SKILL_FAILED");
    let queue = GetPQByID { id: Some(PrecisionQueueId(1)), ..Default::default() };
    assert_eq!(refusal(&portal, &credentials, queue).await, "GET_PQ_BY_ID_FAILED");
    let callback = GetCallbackInfo { cbid: Some(CallbackId(1)), ..Default::default() };
    assert_eq!(refusal(&portal, &credentials, callback).await, "CALLBACK_ID_NOT_FOUND");
    let queues = GetDialedNumberList { program_prefix: Some("xxx".to_owned()), ..Default::default() };
    let constant = refusal(&portal, &credentials, queues).await;
    assert_eq!(constant, "GET_DIALED_NUMBER_LIST_FAILED_INVALID_PROGRAM_PREFIX");
    let profiles = simulator.world(|world| world.tenants[0].agent_profiles.clone());
    assert_eq!(profiles[0].id_profile, Some(AgentProfileId(1_010_600)));
}
