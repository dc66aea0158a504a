//! Writes of skill groups, attributes and precision queues through the client: what changes, and what is refused.

use std::sync::Arc;

use super::smoke::{client, refusal, sign_in};
use super::{DEMO_LOGIN, DEMO_PASSWORD, Simulator, Tenant, World};
use crate::config::{AgentIdKind, AuthTokenMode};
use crate::portal::attribute::{Attribute, SaveAttributesToAgent, UpdateAgentAttributes};
use crate::portal::precision_queue::{GetPQByID, PrecisionQueue, Step, Term, UpdatePrecisionQueue};
use crate::portal::skill_group::{SaveAgentsToSkill, SaveSkillGroup, SaveSkillsToAgent};
use crate::portal::user::User;
use crate::portal::{
    AttributeId, Credentials, Operation, PlatformId, Portal, PrecisionQueueId, SkillGroupId, UserId,
};

/// A simulated portal and somebody signed in to it.
pub(super) struct Desk {
    pub(super) simulator: Simulator,
    pub(super) portal: Portal,
    pub(super) credentials: Credentials,
}

impl Desk {
    /// Signed in to the demonstration.
    pub(super) async fn of(login: (&str, &str)) -> Self {
        let simulator = Simulator::local(World::demo()).await;
        simulator.settings(|settings| settings.strict = true);
        let portal = client(&simulator, AuthTokenMode::Always);
        let credentials = sign_in(&portal, login).await;
        Self { simulator, portal, credentials }
    }

    /// Calls an operation that must succeed.
    pub(super) async fn done<O: Operation>(&self, ask: O) -> O::Reply {
        let answer = self.portal.call(&ask, Some(&self.credentials)).await;
        answer.unwrap_or_else(|error| panic!("{}: {error:?}", O::NAME)).reply
    }

    /// The constant an operation is refused with.
    pub(super) async fn refused<O: Operation>(&self, ask: O) -> String {
        refusal(&self.portal, &self.credentials, ask).await
    }

    /// Looks at the first tenant.
    pub(super) fn tenant<T>(&self, look: impl FnOnce(&mut Tenant) -> T) -> T {
        self.simulator.world(|world| look(&mut world.tenants[0]))
    }

    /// A user of the first tenant, by number.
    pub(super) fn user(&self, number: i64) -> Arc<User> {
        self.tenant(|tenant| Arc::clone(&tenant.users[&id(number)]))
    }
}

pub(super) fn id(number: i64) -> UserId {
    UserId(10_100_000 + number)
}

#[expect(clippy::unnecessary_wraps, reason = "fields of requests are optional")]
pub(super) fn text<T: for<'a> From<&'a str>>(text: &str) -> Option<T> {
    Some(text.into())
}

const SPANISH: SkillGroupId = SkillGroupId(1_011_001);
const ENGLISH: SkillGroupId = SkillGroupId(1_011_000);
const BILLING: SkillGroupId = SkillGroupId(1_011_004);
const VOICE_1: PlatformId = PlatformId(1_010_500);

#[tokio::test]
async fn a_skill_group_is_replaced_or_the_call_says_what_is_missing() {
    let desk = Desk::of(DEMO_LOGIN).await;
    let whole = SaveSkillGroup {
        peripheral_id: Some(VOICE_1),
        skill_group_peripheral_name: text("Sales_Castilian"),
        skill_group_skill_target_id: Some(SPANISH),
        service_level_threshold: Some(-1),
        ..Default::default()
    };
    let group = desk.done(whole.clone()).await.skill_group_info.expect("the group");
    assert_eq!((group.skill_name.as_deref(), &group.description), (Some("Sales_Castilian"), &None));
    assert_eq!(group.service_level_threshold, Some(-1));
    assert_eq!(group.peripheral_name.as_deref(), Some("Voice Platform 1"));
    for (ask, constant) in [
        (
            SaveSkillGroup { skill_group_skill_target_id: None, ..whole.clone() },
            "BAD_REQUEST_SKILL_GROUP_ID_REQUIRED",
        ),
        (
            SaveSkillGroup { skill_group_peripheral_name: None, ..whole.clone() },
            "BAD_REQUEST_SKILL_GROUP_NAME_REQUIRED",
        ),
        (SaveSkillGroup { peripheral_id: None, ..whole.clone() }, "BAD_REQUEST_PERIPHERAL_ID_REQUIRED"),
        (
            SaveSkillGroup { service_level_threshold: None, ..whole.clone() },
            "BAD_REQUEST_SERVICE_THRESHOLD_LEVEL_REQUIRED",
        ),
        (
            SaveSkillGroup { skill_group_skill_target_id: Some(SkillGroupId(1)), ..whole.clone() },
            "SKILL_GROUP_NOT_FOUND_ERROR",
        ),
        (
            SaveSkillGroup { skill_group_peripheral_name: text("sales_english"), ..whole.clone() },
            "SKILL_GROUPS_ALREADY_EXISTS_ERROR",
        ),
    ] {
        assert_eq!(desk.refused(ask).await, constant);
    }
}

#[tokio::test]
async fn agents_join_and_leave_skill_groups_from_either_side() {
    let desk = Desk::of(DEMO_LOGIN).await;
    let clara = id(3);
    let of_agent = SaveSkillsToAgent {
        added_skill_group_skill_target_ids: vec![SPANISH],
        removed_skill_group_skill_target_ids: vec![ENGLISH],
        agent_id_program_user: Some(clara),
        ..Default::default()
    };
    let before = desk.tenant(|tenant| tenant.skill_groups[1].total_assigned_users);
    desk.done(of_agent.clone()).await;
    assert_eq!(desk.tenant(|tenant| tenant.agents[&clara].skill_groups.clone()), [SPANISH].into());
    let after = desk.tenant(|tenant| tenant.skill_groups[1].total_assigned_users);
    assert_eq!(after, before.map(|before| before + 1));
    let nobody = SaveSkillsToAgent { agent_id_program_user: None, ..of_agent.clone() };
    assert_eq!(desk.refused(nobody).await, "BAD_REQUEST_AGENT_ID_REQD");
    let no_agent = SaveSkillsToAgent { agent_id_program_user: Some(id(1)), ..of_agent.clone() };
    assert_eq!(desk.refused(no_agent).await, "SAVE_SKILLS_TO_AGENT_FAILED");
    let elsewhere = SaveSkillsToAgent {
        added_skill_group_skill_target_ids: vec![SPANISH],
        agent_id_program_user: Some(id(11)),
        ..Default::default()
    };
    assert_eq!(desk.refused(elsewhere).await, "CONAPI_ERROR_UNABLE_TO_UPDATE_ICM");

    let of_group = SaveAgentsToSkill {
        peripheral_id: Some(VOICE_1),
        added_agent_ids: vec![10_150_004],
        removed_agent_ids: vec![10_150_003],
        skill_group_skill_target_id: Some(SPANISH),
        ..Default::default()
    };
    let reply = desk.done(of_group.clone()).await.basic_skill_group_info.expect("the group");
    assert_eq!((reply.total_assigned_users, &reply.description), (before, &None));
    assert!(desk.tenant(|tenant| tenant.agents[&clara].skill_groups.is_empty()));
    assert_eq!(desk.user(3).total_assigned_skills, Some(0));
    desk.simulator.settings(|settings| settings.skill_group_agent_id = AgentIdKind::AgentNumber);
    assert_eq!(desk.refused(of_group.clone()).await, "SAVE_SKILL_GROUP_FAILED");
    desk.done(SaveAgentsToSkill {
        added_agent_ids: vec![80_003],
        removed_agent_ids: vec![],
        ..of_group.clone()
    })
    .await;
    assert!(desk.tenant(|tenant| tenant.agents[&clara].skill_groups.contains(&SPANISH)));
    let no_group = SaveAgentsToSkill { skill_group_skill_target_id: None, ..of_group.clone() };
    assert_eq!(desk.refused(no_group).await, "BAD_REQUEST_SKILL_GROUP_ID_REQUIRED");
    let no_platform = SaveAgentsToSkill { peripheral_id: None, ..of_group };
    assert_eq!(desk.refused(no_platform).await, "BAD_REQUEST_PERIPHERAL_ID_REQUIRED");
}

fn gift(attribute: i64, value: &str) -> SaveAttributesToAgent {
    let attribute = Attribute {
        id: Some(AttributeId(1_012_000 + attribute)),
        default_value: Some(value.to_owned()).filter(|value| !value.is_empty()),
        ..Attribute::default()
    };
    SaveAttributesToAgent {
        agents_ids: vec!["10150003".to_owned(), "10150004".to_owned()],
        attributes_info: vec![Arc::new(attribute)],
        ..Default::default()
    }
}

#[tokio::test]
async fn attributes_are_given_and_taken_and_queues_count_again() {
    let desk = Desk::of(DEMO_LOGIN).await;
    let stamp = |desk: &Desk| desk.tenant(|tenant| tenant.attributes[2].change_stamp);
    desk.done(gift(2, "10")).await;
    let values = desk.tenant(|tenant| {
        [3, 4].map(|number| tenant.agents[&id(number)].attributes[&AttributeId(1_012_002)].clone())
    });
    assert_eq!(values, ["10", "10"]);
    assert_eq!(stamp(&desk), Some(2));
    desk.done(gift(2, "10")).await;
    assert_eq!(stamp(&desk), Some(2), "nothing changed");
    for (ask, constant) in [
        (gift(2, "11"), "SAVE_ATTRIBUTE_CC_API_FAILURE"),
        (gift(0, "maybe"), "SAVE_ATTRIBUTE_CC_API_FAILURE"),
        (gift(2, ""), "SAVE_ATTR_TO_AGENT_FAILED"),
        (gift(99, "1"), "SAVE_ATTR_TO_AGENT_FAILED"),
        (
            SaveAttributesToAgent { agents_ids: vec!["80003".to_owned()], ..gift(2, "1") },
            "SAVE_ATTR_TO_AGENT_FAILED",
        ),
    ] {
        assert_eq!(desk.refused(ask).await, constant);
    }
    let take = UpdateAgentAttributes {
        agent_id: Some("10150003".to_owned()),
        attribute_id: Some("1012002".to_owned()),
        ..Default::default()
    };
    let reached = |desk: &Desk| desk.tenant(|tenant| tenant.precision_queues[1].steps[1].agent_count);
    let before = reached(&desk);
    desk.done(take.clone()).await;
    assert_eq!(reached(&desk), before.map(|before| before - 1));
    assert_eq!(desk.refused(take.clone()).await, "UPDATE_AGENT_ATTRIBUTES_FAILED");
    desk.simulator.settings(|settings| settings.attribute_agent_id = AgentIdKind::ProgramUserId);
    desk.done(UpdateAgentAttributes { agent_id: Some("10100004".to_owned()), ..take }).await;
    let left = desk.tenant(|tenant| tenant.agents[&id(4)].attributes.clone());
    assert!(!left.contains_key(&AttributeId(1_012_002)));
}

#[tokio::test]
async fn a_precision_queue_is_replaced_as_a_whole_and_once_a_stamp() {
    let desk = Desk::of(DEMO_LOGIN).await;
    let ask = GetPQByID { id: Some(PrecisionQueueId(1_013_001)), ..Default::default() };
    let read = desk.done(ask.clone()).await.precision_queue_info.expect("a queue");
    let update = |queue: PrecisionQueue| UpdatePrecisionQueue {
        precision_queue: Some(Arc::new(queue)),
        ..Default::default()
    };
    let changed = PrecisionQueue {
        description: None,
        agent_ordering: Some(3),
        steps: vec![read.steps[1].clone()],
        ..PrecisionQueue::clone(&read)
    };
    desk.done(update(changed.clone())).await;
    let now = desk.done(ask.clone()).await.precision_queue_info.expect("a queue");
    assert_eq!((now.change_stamp, &now.description), (Some(4), &None));
    assert_eq!(now.agent_ordering_string.as_deref(), Some("Least Skilled Agent"));
    assert_eq!((now.agent_count, now.steps.len()), (read.steps[1].agent_count, 1));
    let again = PrecisionQueue { change_stamp: Some(4), ..changed.clone() };
    let step = |change: fn(&mut Term)| {
        let mut term = Term::clone(&read.steps[1].terms[0]);
        change(&mut term);
        let terms = vec![Arc::new(term)];
        PrecisionQueue { steps: vec![Arc::new(Step { terms, ..Step::default() })], ..again.clone() }
    };
    for wrong in [
        changed.clone(),
        PrecisionQueue { change_stamp: None, ..changed },
        PrecisionQueue { id: Some(PrecisionQueueId(1)), ..again.clone() },
        PrecisionQueue { name: None, ..again.clone() },
        PrecisionQueue { name: text("Service first"), ..again.clone() },
        PrecisionQueue { agent_ordering: Some(9), ..again.clone() },
        PrecisionQueue { steps: Vec::new(), ..again.clone() },
        PrecisionQueue { steps: vec![read.steps[1].clone(); 11], ..again.clone() },
        step(|term| term.paren_count = Some(1)),
        step(|term| term.term_relation = Some(1)),
        step(|term| term.attribute_relation = Some(7)),
        step(|term| term.attribute = None),
    ] {
        assert_eq!(desk.refused(update(wrong)).await, "UPDATE_PQ_FAILED");
    }
    assert_eq!(desk.refused(UpdatePrecisionQueue::default()).await, "UPDATE_PQ_FAILED");
    assert_eq!(desk.done(ask).await.precision_queue_info.as_ref(), Some(&now), "nothing was overwritten");
}

#[tokio::test]
async fn what_a_login_may_not_see_is_not_there_to_change() {
    let desk = Desk::of(("billing@dmn", DEMO_PASSWORD)).await;
    let before = desk.simulator.world(|world| world.tenants[0].agents.clone());
    let queue = desk.tenant(|tenant| tenant.precision_queues[0].clone());
    let ask = UpdatePrecisionQueue { precision_queue: Some(queue), ..Default::default() };
    assert_eq!(desk.refused(ask).await, "UPDATE_PQ_FAILED");
    assert_eq!(desk.refused(gift(2, "5")).await, "SAVE_ATTR_TO_AGENT_FAILED");
    let own = vec!["10150019".to_owned()];
    let hidden = SaveAttributesToAgent { agents_ids: own.clone(), ..gift(2, "5") };
    assert_eq!(desk.refused(hidden).await, "SAVE_ATTR_TO_AGENT_FAILED");
    let of_agent = SaveSkillsToAgent {
        added_skill_group_skill_target_ids: vec![ENGLISH],
        agent_id_program_user: Some(id(19)),
        ..Default::default()
    };
    assert_eq!(desk.refused(of_agent).await, "SAVE_SKILLS_TO_AGENT_FAILED");
    let of_group = SaveAgentsToSkill {
        peripheral_id: Some(VOICE_1),
        added_agent_ids: vec![10_150_003],
        skill_group_skill_target_id: Some(BILLING),
        ..Default::default()
    };
    assert_eq!(desk.refused(of_group).await, "SAVE_SKILL_GROUP_FAILED");
    let same = desk.simulator.world(|world| {
        let after = &world.tenants[0].agents;
        after.iter().all(|(id, work)| work.skill_groups == before[id].skill_groups)
    });
    assert!(same);
    desk.done(SaveAttributesToAgent { agents_ids: own, ..gift(4, "5") }).await;
}
