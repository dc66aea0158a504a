//! Q1 to Q6 by hand: of each answer of the portal only the fields that are shown, borrowed, written at once.

use std::collections::HashMap;

use bytes::Bytes;
use futures_util::future::{join, join_all, join3, join4};
use serde::{Deserialize, Serialize};

use super::portal::{Session, Text, read};
use super::queue::Queue;

const USERS: &str = "users/getUsers";
const ALL: &str = ",\"pageSize\":0";

/// What a client gets.
#[derive(Serialize)]
struct Answer<T> {
    data: T,
}

#[derive(Serialize)]
struct Nodes<T> {
    nodes: Vec<T>,
}

#[derive(Clone, Copy, Serialize)]
struct Named<'a> {
    name: &'a Option<Text<'a>>,
}

fn write(data: impl Serialize) -> Vec<u8> {
    serde_json::to_vec(&Answer { data }).unwrap()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rows<T> {
    #[serde(alias = "skillGroupList", alias = "agentSkillInfoList", alias = "precisionQueues")]
    #[serde(alias = "basicRefInfo", alias = "siteInfoList")]
    user_agent_info_list: Vec<T>,
}

/// The six fields of Q1 and Q4, as they are read and as they are shown.
#[derive(Deserialize, Serialize)]
struct Person<'a> {
    #[serde(borrow, rename(deserialize = "loginNm", serialize = "loginName"))]
    login_name: Option<Text<'a>>,
    #[serde(borrow, rename(deserialize = "firstNm", serialize = "firstName"))]
    first_name: Option<Text<'a>>,
    #[serde(borrow, rename(deserialize = "lastNm", serialize = "lastName"))]
    last_name: Option<Text<'a>>,
    #[serde(borrow)]
    email: Option<Text<'a>>,
    #[serde(borrow)]
    phone: Option<Text<'a>>,
    #[serde(rename(deserialize = "status", serialize = "isActive"))]
    is_active: Option<bool>,
}

#[derive(Serialize)]
struct Users<T> {
    users: Nodes<T>,
}

#[derive(Serialize)]
struct User<T> {
    user: Option<T>,
}

pub(super) async fn users(session: &Session) -> Vec<u8> {
    let answer = session.ask(USERS, ALL).await;
    let mut rows: Rows<Person<'_>> = read(&answer);
    rows.user_agent_info_list.truncate(100);
    write(Users { users: Nodes { nodes: rows.user_agent_info_list } })
}

pub(super) async fn user(session: &Session, id: i64) -> Vec<u8> {
    let answer = session.ask("users/getUserByIdProgram", &format!(",\"searchId\":{id}")).await;
    let rows: Rows<Person<'_>> = read(&answer);
    write(User { user: rows.user_agent_info_list.into_iter().next() })
}

/// An entry of a catalogue.
#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(alias = "idProgramSite", alias = "idProgramGroup")]
    id: i64,
    #[serde(borrow, alias = "programSiteNm", alias = "programGroupNm")]
    name: Option<Text<'a>>,
}

type Catalogue<'a> = HashMap<i64, Entry<'a>>;

fn catalogue(answer: &Bytes) -> Catalogue<'_> {
    let rows: Rows<Entry<'_>> = read(answer);
    rows.user_agent_info_list.into_iter().map(|entry| (entry.id, entry)).collect()
}

fn named<'a>(catalogue: &'a Catalogue<'a>, id: Option<i64>) -> Option<Named<'a>> {
    catalogue.get(&id?).map(|entry| Named { name: &entry.name })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Member<'a> {
    id_program_user: i64,
    #[serde(borrow)]
    login_nm: Option<Text<'a>>,
    #[serde(borrow)]
    first_nm: Option<Text<'a>>,
    #[serde(borrow)]
    last_nm: Option<Text<'a>>,
    #[serde(borrow)]
    peripheral_number: Option<Text<'a>>,
    #[serde(borrow)]
    user_type_code: Option<Text<'a>>,
    id_program_department: Option<i64>,
    id_program_site: Option<i64>,
    id_program_group: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Placed<'a, N> {
    #[serde(flatten)]
    name: N,
    department: Option<Named<'a>>,
    site: Option<Named<'a>>,
    role_group: Option<Named<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LoginName<'a> {
    login_name: &'a Option<Text<'a>>,
}

async fn places(session: &Session) -> (Bytes, Bytes, Bytes, Bytes) {
    join4(
        session.ask(USERS, ALL),
        session.ask("departments/getAllDepartments", ""),
        session.ask("sites/getAllSites", ""),
        session.ask("roles/getAllRoles", ""),
    )
    .await
}

fn place<'a, N>(
    name: N,
    row: &Member<'a>,
    (departments, sites, groups): (&'a Catalogue<'a>, &'a Catalogue<'a>, &'a Catalogue<'a>),
) -> Placed<'a, N> {
    Placed {
        name,
        department: named(departments, row.id_program_department),
        site: named(sites, row.id_program_site),
        role_group: named(groups, row.id_program_group),
    }
}

pub(super) async fn placed(session: &Session) -> Vec<u8> {
    let (users, departments, sites, groups) = places(session).await;
    let rows: Rows<Member<'_>> = read(&users);
    let (departments, sites, groups) = (catalogue(&departments), catalogue(&sites), catalogue(&groups));
    let catalogues = (&departments, &sites, &groups);
    let first = rows.user_agent_info_list.iter().take(100);
    let nodes = first.map(|row| place(LoginName { login_name: &row.login_nm }, row, catalogues)).collect();
    write(Users { users: Nodes { nodes } })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group<'a> {
    skill_target_id: i64,
    peripheral_id: i64,
    #[serde(borrow)]
    skill_name: Option<Text<'a>>,
    total_assigned_users: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InGroup {
    id_program_user: i64,
}

/// Who is in each group, in the groups' order.
async fn members(session: &Session, groups: &[Group<'_>]) -> Vec<Vec<InGroup>> {
    let ask = |group: &Group<'_>| {
        let (id, platform) = (group.skill_target_id, group.peripheral_id);
        let fields = format!(",\"assigned\":true,\"skillTargetId\":{id},\"platformId\":{platform}{ALL}");
        async move { session.ask("quickskills/getAllAgentsForSkill", &fields).await }
    };
    let answers = join_all(groups.iter().map(ask)).await;
    answers.iter().map(|answer| read::<Rows<InGroup>>(answer).user_agent_info_list).collect()
}

#[derive(Serialize)]
struct Agents<T> {
    agents: Nodes<T>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Skilled<'a> {
    agent_number: &'a Option<Text<'a>>,
    skill_groups: Vec<Named<'a>>,
}

pub(super) async fn skills(session: &Session) -> Vec<u8> {
    let (users, groups) = join(session.ask(USERS, ALL), session.ask("skills/getSkillGroups", ALL)).await;
    let groups: Rows<Group<'_>> = read(&groups);
    let users: Rows<Member<'_>> = read(&users);
    let mut of: HashMap<i64, Vec<Named<'_>>> = HashMap::new();
    let members = members(session, &groups.user_agent_info_list).await;
    for (group, members) in groups.user_agent_info_list.iter().zip(&members) {
        for member in members {
            of.entry(member.id_program_user).or_default().push(Named { name: &group.skill_name });
        }
    }
    let agents = users
        .user_agent_info_list
        .iter()
        .filter(|user| user.user_type_code.as_ref().is_some_and(|code| matches!(code.0.as_ref(), "A" | "S")));
    let nodes = agents.take(100).map(|agent| Skilled {
        agent_number: &agent.peripheral_number,
        skill_groups: of.remove(&agent.id_program_user).unwrap_or_default(),
    });
    write(Agents { agents: Nodes { nodes: nodes.collect() } })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Groups<T> {
    skill_groups: Nodes<T>,
}

#[derive(Serialize)]
struct Staffed<'a> {
    name: &'a Option<Text<'a>>,
    agents: Nodes<Staff<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Staff<'a> {
    agent_number: &'a Option<Text<'a>>,
    user: Home<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Home<'a> {
    login_name: &'a Option<Text<'a>>,
    department: Option<Named<'a>>,
}

pub(super) async fn groups(session: &Session) -> Vec<u8> {
    let (users, departments, groups) = join3(
        session.ask(USERS, ALL),
        session.ask("departments/getAllDepartments", ""),
        session.ask("skills/getSkillGroups", ALL),
    )
    .await;
    let groups: Rows<Group<'_>> = read(&groups);
    let members = members(session, &groups.user_agent_info_list).await;
    let users: Rows<Member<'_>> = read(&users);
    let users: HashMap<i64, &Member<'_>> =
        users.user_agent_info_list.iter().map(|user| (user.id_program_user, user)).collect();
    let departments = catalogue(&departments);
    let staff = |member: &InGroup| {
        let user = users[&member.id_program_user];
        let department = named(&departments, user.id_program_department);
        let user_of = Home { login_name: &user.login_nm, department };
        Staff { agent_number: &user.peripheral_number, user: user_of }
    };
    let nodes = groups.user_agent_info_list.iter().zip(&members).map(|(group, members)| Staffed {
        name: &group.skill_name,
        agents: Nodes { nodes: members.iter().map(staff).collect() },
    });
    write(Groups { skill_groups: Nodes { nodes: nodes.collect() } })
}

#[derive(Deserialize)]
struct Key {
    id: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dashboard<'a> {
    skill_groups: Nodes<Counted<'a>>,
    precision_queues: Nodes<Queue<'a>>,
    users: Nodes<Placed<'a, DisplayName>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Counted<'a> {
    name: &'a Option<Text<'a>>,
    agent_count: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DisplayName {
    display_name: String,
}

async fn queues(session: &Session) -> Vec<Bytes> {
    let list = session.ask("precisionQueues/getAllPrecisionQueues", ALL).await;
    let keys: Rows<Key> = read(&list);
    let ask =
        |Key { id }| async move { session.ask("precisionQueues/getPQByID", &format!(",\"id\":{id}")).await };
    join_all(keys.user_agent_info_list.into_iter().map(ask)).await
}

pub(super) async fn dashboard(session: &Session) -> Vec<u8> {
    let ((users, departments, sites, roles), groups, queues) =
        join3(places(session), session.ask("skills/getSkillGroups", ALL), queues(session)).await;
    let groups: Rows<Group<'_>> = read(&groups);
    let users: Rows<Member<'_>> = read(&users);
    let (departments, sites, roles) = (catalogue(&departments), catalogue(&sites), catalogue(&roles));
    let catalogues = (&departments, &sites, &roles);
    let skill_groups = groups
        .user_agent_info_list
        .iter()
        .map(|group| Counted { name: &group.skill_name, agent_count: group.total_assigned_users })
        .collect();
    let text = |text: &Option<Text<'_>>| text.as_ref().map_or_else(String::new, |text| text.0.to_string());
    let nodes = users.user_agent_info_list.iter().take(20).map(|row| {
        let display_name = format!("{} {}", text(&row.first_nm), text(&row.last_nm));
        place(DisplayName { display_name }, row, catalogues)
    });
    write(Dashboard {
        skill_groups: Nodes { nodes: skill_groups },
        precision_queues: Nodes { nodes: queues.iter().map(Queue::of).collect() },
        users: Nodes { nodes: nodes.collect() },
    })
}
