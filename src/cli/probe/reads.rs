//! Every read of the contract, once, one at a time; what a later one needs is taken from an earlier answer.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::door::Door;
use super::recording::Recording;
use super::report::{Asked, Row};
use crate::cli::failure::Failure;
use crate::config::{AuthTokenMode, UserIdKind};
use crate::portal::access::{GetAccessSummaryByUser, GetManageableAccessCollections};
use crate::portal::agent::{GetAllAgents, GetAllAgentsForSkill};
use crate::portal::attribute::GetAllAttributes;
use crate::portal::callback::{GetAgentDispositionStatusCodes, GetCallbackInfo, GetDialedNumberList, TestWS};
use crate::portal::precision_queue::{GetAllPrecisionQueues, GetPQByID};
use crate::portal::reference::{
    GetAllAgentDeskSettings, GetAllApmProfiles, GetAllBillingUnits, GetAllDepartments, GetAllPlatforms,
    GetAllRoles, GetAllSites,
};
use crate::portal::skill_group::{GetSkillGroups, GetSkillsForAgent};
use crate::portal::user::{GetUserByIdProgram, GetUsers, User};
use crate::portal::{
    Authentication, Base, CallbackId, Observation, Operation, PortalError, Reply as _, UserId,
};

/// How many reads the contract has.
const READS: usize = 22;

/// Why the reads after a session's end are not put.
const ENDED: &str = "the portal had ended the session";

/// What the reads go by, beside each other's answers.
pub(super) struct Given {
    pub(super) pause: Duration,
    pub(super) has_callbacks: bool,
    pub(super) callback: Option<CallbackId>,
    pub(super) prefix: Option<String>,
    pub(super) user: Option<UserId>,
}

/// The reads so far, and what was learnt from them.
pub(super) struct Reads<'a> {
    door: &'a mut Door,
    given: Given,
    pub(super) rows: Vec<Row>,
    pub(super) recording: Option<Recording>,
    pub(super) learnt: Learnt,
    /// Whether the portal has ended the session, after which nothing is asked.
    has_ended: bool,
}

/// What the answers say of the portal's dialect.
#[derive(Default)]
pub(super) struct Learnt {
    /// Why the token is not sent where the contract does not ask for it.
    pub(super) refused_token: Option<(&'static str, u16)>,
    /// The forms of `supervisorAgent`.
    pub(super) supervisor_forms: BTreeSet<&'static str>,
    /// Whether the callback service writes seconds.
    pub(super) has_seconds: bool,
    /// A list that holds fewer rows than there are although all were asked for.
    pub(super) short: Option<(&'static str, usize, i64)>,
}

impl<'a> Reads<'a> {
    pub(super) fn new(door: &'a mut Door, given: Given, recording: Option<Recording>) -> Self {
        Self { door, given, rows: Vec::new(), recording, learnt: Learnt::default(), has_ended: false }
    }

    /// Asks everything.
    pub(super) async fn all(&mut self) -> Result<(), Failure> {
        // First what asks for nothing, so that a refused token is not taken for a refused question.
        self.ask(Ok(GetAllDepartments::default())).await?;
        self.ask(Ok(GetAllSites::default())).await?;
        self.ask(Ok(GetAllBillingUnits::default())).await?;
        self.ask(Ok(GetAllRoles::default())).await?;
        self.ask(Ok(GetAllPlatforms::default())).await?;
        self.ask(Ok(GetAllApmProfiles::default())).await?;
        self.ask(Ok(GetAllAgentDeskSettings::default())).await?;
        self.users().await?;
        self.skills().await?;
        self.callbacks().await
    }

    async fn users(&mut self) -> Result<(), Failure> {
        let all = GetUsers { page_size: Some(0), ..GetUsers::default() };
        let users = self.ask(Ok(all)).await?.map(|reply| {
            let lists = [
                reply.user_agent_info_list,
                reply.basic_user_agent_info_list,
                reply.user_mobile_agent_info_list,
            ];
            lists.into_iter().find(|list| !list.is_empty()).unwrap_or_default()
        });
        let users = users.unwrap_or_default();
        self.learnt.supervisor_forms.extend(users.iter().filter_map(|user| supervisor_form(user)));
        let is_at_work = |user: &&Arc<User>| {
            user.is_agent() && user.id_program_user.is_some() && user.total_assigned_skills > Some(0)
        };
        let agent = users.iter().find(is_at_work).or_else(|| users.iter().find(|user| user.is_agent()));
        let agent_id = agent.and_then(|agent| agent.id_program_user);
        let first = users.iter().find_map(|user| user.id_program_user);
        let user = agent_id.or(self.given.user).or(first).ok_or("no user was listed");
        let one = user.and_then(|id| {
            let record = users.iter().find(|user| user.id_program_user == Some(id));
            // Whoever is in no list is known by the one id alone.
            let search_id = match self.door.user_search_id() {
                UserIdKind::ProgramUserId => Some(id),
                kind @ UserIdKind::AccountId => record.and_then(|user| user.search_id(kind)),
            };
            let search_id =
                search_id.ok_or("no list tells the id that portal.dialect.user_search_id names")?;
            Ok(GetUserByIdProgram { search_id: Some(search_id), ..GetUserByIdProgram::default() })
        });
        self.ask(one).await?;
        let summary = user.map(|id| GetAccessSummaryByUser {
            id_program_user: Some(id),
            ..GetAccessSummaryByUser::default()
        });
        self.ask(summary).await?;
        let collections = user.map(|id| GetManageableAccessCollections {
            id_program_user_to_clone: Some(id),
            page_size: Some(0),
            ..GetManageableAccessCollections::default()
        });
        self.ask(collections).await?;
        let groups = agent_id.ok_or("no agent was listed").map(|id| GetSkillsForAgent {
            id_program_user: Some(id),
            platform_id: agent.and_then(|agent| agent.platform_id),
            assigned: Some(true),
            page_size: Some(0),
            ..GetSkillsForAgent::default()
        });
        self.ask(groups).await?;
        Ok(())
    }

    async fn skills(&mut self) -> Result<(), Failure> {
        self.ask(Ok(GetAllAgents::default())).await?;
        let all = GetSkillGroups { page_size: Some(0), ..GetSkillGroups::default() };
        let groups = self.ask(Ok(all)).await?.map(|reply| {
            let lists = [reply.skill_group_list, reply.basic_skill_group_list];
            lists.into_iter().find(|list| !list.is_empty()).unwrap_or_default()
        });
        let groups = groups.unwrap_or_default();
        let staffed = groups.iter().find(|group| group.total_assigned_users > Some(0));
        let group = staffed.or(groups.first()).filter(|group| group.skill_target_id.is_some());
        let agents = group.ok_or("no skill group was listed").map(|group| GetAllAgentsForSkill {
            skill_target_id: group.skill_target_id,
            platform_id: group.peripheral_id,
            assigned: Some(true),
            page_size: Some(0),
            ..GetAllAgentsForSkill::default()
        });
        if let Some(reply) = self.ask(agents).await? {
            let agents = reply.agent_skill_info_list.iter().chain(&reply.basic_agent_skill_info_list);
            self.learnt.supervisor_forms.extend(agents.filter_map(|agent| supervisor_form(agent)));
        }
        let all = GetAllAttributes { page_size: Some(0), ..GetAllAttributes::default() };
        self.ask(Ok(all)).await?;
        let all = GetAllPrecisionQueues { page_size: Some(0), ..GetAllPrecisionQueues::default() };
        let queues = self.ask(Ok(all)).await?.map(|reply| reply.precision_queues).unwrap_or_default();
        let staffed = queues.iter().find(|queue| queue.agent_count > Some(0));
        let queue = staffed.or(queues.first()).and_then(|queue| queue.id);
        let one = queue.ok_or("no precision queue was listed");
        self.ask(one.map(|id| GetPQByID { id: Some(id), ..GetPQByID::default() })).await?;
        Ok(())
    }

    async fn callbacks(&mut self) -> Result<(), Failure> {
        let prefix = self.given.prefix.clone().ok_or("the portal told no tenant prefix");
        let program_prefix = prefix.clone().ok();
        let queues = GetDialedNumberList { program_prefix, ..GetDialedNumberList::default() };
        self.ask(prefix.clone().map(|_| queues)).await?;
        let program_prefix = prefix.clone().ok();
        let dispositions =
            GetAgentDispositionStatusCodes { program_prefix, ..GetAgentDispositionStatusCodes::default() };
        self.ask(prefix.map(|_| dispositions)).await?;
        let callback = self.given.callback.ok_or("no callback id given");
        let one = callback.map(|id| GetCallbackInfo { cbid: Some(id), ..GetCallbackInfo::default() });
        self.ask(one).await?;
        self.ask(Ok(TestWS::default())).await?;
        Ok(())
    }

    /// Puts a question, or notes why it is not put; answers the reply if the gateway could use it.
    async fn ask<O: Operation>(
        &mut self,
        question: Result<O, &'static str>,
    ) -> Result<Option<O::Reply>, Failure> {
        let question = match question {
            _ if self.has_ended => Err(ENDED),
            _ if O::BASE == Base::Callback && !self.given.has_callbacks => Err("no --callback-url was given"),
            question => question,
        };
        let question = match question {
            Ok(question) => question,
            Err(reason) => {
                if !self.has_ended {
                    self.announce(O::NAME);
                    eprintln!("{reason}");
                }
                self.rows.push(Row { operation: O::NAME, asked: Asked::Not(reason) });
                return Ok(None);
            }
        };
        if self.rows.iter().any(|row| !matches!(row.asked, Asked::Not(_))) {
            self.door.pause(self.given.pause).await?;
        }
        self.announce(O::NAME);
        let observed = self.look(&question).await.inspect_err(|_| eprintln!("stopped"))?;
        match observed {
            Err(error) => {
                eprintln!("no answer");
                self.rows.push(Row { operation: O::NAME, asked: Asked::InVain(error) });
                Ok(None)
            }
            Ok(observed) => {
                if O::NAME == GetCallbackInfo::NAME {
                    self.learnt.has_seconds = observed.json.as_ref().is_some_and(are_seconds);
                }
                if let (Some(recording), Some(json)) = (&mut self.recording, &observed.json) {
                    recording.keep(O::NAME, O::Reply::spellings(), json);
                }
                let (rows, asks_for_all) = (observed.spelt.rows, O::FIELDS.contains(&"pageSize"));
                let total = observed.spelt.total.filter(|_| asks_for_all && observed.outcome.is_ok());
                let short = total.filter(|total| usize::try_from(*total).is_ok_and(|total| total > rows));
                self.learnt.short = self.learnt.short.or(short.map(|total| (O::NAME, rows, total)));
                eprintln!("{} ms", observed.elapsed.as_millis());
                let (reply, problem) = match observed.outcome {
                    Ok(reply) => (Some(reply), None),
                    Err(error) => (None, Some(error)),
                };
                if matches!(problem, Some(PortalError::SessionEnded { .. })) {
                    self.has_ended = true;
                    eprintln!("the portal has ended the session; nothing more is asked");
                }
                let asked = Asked::Answered {
                    status: observed.status,
                    code: observed.code,
                    constant: observed.constant,
                    elapsed: observed.elapsed,
                    spelt: observed.spelt,
                    problem,
                };
                self.rows.push(Row { operation: O::NAME, asked });
                Ok(reply)
            }
        }
    }

    /// Says what comes next, before it is asked: what takes long should have a name.
    fn announce(&self, operation: &str) {
        eprint!("{:>2} of {READS} {operation} … ", self.rows.len() + 1);
    }

    async fn look<O: Operation>(
        &mut self,
        question: &O,
    ) -> Result<Result<Observation<O::Reply>, PortalError>, Failure> {
        let first = self.door.look(question).await?;
        self.again_without_token(question, first).await
    }

    /// A read that may be refused for a token it does not document is put once more without; that decides for all.
    async fn again_without_token<O: Operation>(
        &mut self,
        question: &O,
        first: Result<Observation<O::Reply>, PortalError>,
    ) -> Result<Result<Observation<O::Reply>, PortalError>, Failure> {
        let status = match &first {
            Ok(observed) if matches!(observed.status, 400 | 500) => observed.status,
            _ => return Ok(first),
        };
        let is_suspect = O::AUTHENTICATION == Authentication::CookieAndToken { documented: false };
        let is_open = self.door.mode() == AuthTokenMode::Always && !self.has_tried_without();
        if !(is_suspect && is_open) {
            return Ok(first);
        }
        self.door.pause(self.given.pause).await?;
        self.door.switch(AuthTokenMode::DocumentedOnly);
        self.learnt.refused_token = Some((O::NAME, status));
        match self.door.look(question).await? {
            Ok(again) if (200..300).contains(&again.status) => Ok(Ok(again)),
            _ => {
                self.door.switch(AuthTokenMode::Always);
                Ok(first)
            }
        }
    }

    fn has_tried_without(&self) -> bool {
        self.learnt.refused_token.is_some()
    }

    /// Which calls carry the token, as far as the reads found out.
    pub(super) fn mode(&self) -> AuthTokenMode {
        self.door.mode()
    }
}

/// Whether a callback's times are written as seconds: as milliseconds, those of this century would be days early in 1970.
/// A reader takes either for what it is, so what matters is how they are written.
fn are_seconds(callback: &Value) -> bool {
    let mut times = Vec::new();
    collect_times(callback, &mut times);
    times.retain(|time| *time > 0);
    !times.is_empty() && times.iter().all(|time| *time < 100_000_000_000)
}

fn collect_times(value: &Value, into: &mut Vec<i64>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_times(item, into)),
        Value::Object(members) => {
            for (name, value) in members {
                let name = name.to_ascii_lowercase().replace(['_', '-'], "");
                if ["createtime", "scheduletime", "statustime"].contains(&name.as_str()) {
                    let text = value.as_str().and_then(|text| text.trim().parse().ok());
                    into.extend(value.as_i64().or(text));
                }
                collect_times(value, into);
            }
        }
        _ => {}
    }
}

fn supervisor_form(user: &User) -> Option<&'static str> {
    Some(match user.supervisor_agent.as_deref()?.trim() {
        "Y" | "N" => "Y and N",
        "Yes" | "No" => "Yes and No",
        "true" | "false" => "true and false",
        _ => "other words",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_told_from_milliseconds_by_the_century() {
        let are = |times: &[i64]| {
            let of = |time: &i64| serde_json::json!({"Create_Time": time, "scheduleTime": time.to_string()});
            are_seconds(&serde_json::json!({"callbackInfo": times.iter().map(of).collect::<Vec<_>>()}))
        };
        assert!(are(&[1_767_268_800, 0, 1_767_268_860]));
        assert!(!are(&[1_767_268_800_123]));
        assert!(!are(&[1_767_268_800, 1_767_268_800_123]));
        assert!(!are(&[]) && !are(&[0]));
    }
}
