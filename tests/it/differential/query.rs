//! Made-up queries over the part of the schema that the naive executor knows, as data: written down for the gateway, and
//! walked through by the executor.

use std::fmt::Write as _;

use crate::everything::Draw;

/// A type of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Query,
    User,
    Agent,
    SkillGroup,
    Department,
    Site,
    RoleGroup,
    Platform,
    PrecisionQueue,
    Step,
    Term,
    Assignment,
    Attribute,
}

/// What a field leads to.
#[derive(Clone, Copy, Debug)]
pub enum Leads {
    /// A value, under this name in the portal's record.
    Value(&'static str),
    /// One record, or none.
    One(Kind),
    /// One record, by a number.
    ByKey(Kind),
    /// All of them.
    List(Kind),
    /// The first of them, and how many there are.
    Connection(Kind),
}

/// A field of the graph.
#[derive(Debug)]
pub struct Field {
    pub of: Kind,
    pub name: &'static str,
    pub leads: Leads,
}

const fn field(of: Kind, name: &'static str, leads: Leads) -> Field {
    Field { of, name, leads }
}

use Kind::{
    Agent, Assignment, Attribute, Department, Platform, PrecisionQueue, Query, RoleGroup, Site, SkillGroup,
    Step, Term, User,
};
use Leads::{ByKey, Connection, List, One, Value};

/// The fields the executor knows.
pub static FIELDS: [Field; 68] = [
    field(Query, "users", Connection(User)),
    field(Query, "agents", Connection(Agent)),
    field(Query, "user", ByKey(User)),
    field(Query, "skillGroups", Connection(SkillGroup)),
    field(Query, "precisionQueues", Connection(PrecisionQueue)),
    field(Query, "attributes", Connection(Attribute)),
    field(Query, "departments", List(Department)),
    field(Query, "sites", List(Site)),
    field(User, "databaseId", Value("idProgramUser")),
    field(User, "accountDatabaseId", Value("idUser")),
    field(User, "loginName", Value("loginNm")),
    field(User, "firstName", Value("firstNm")),
    field(User, "lastName", Value("lastNm")),
    field(User, "email", Value("email")),
    field(User, "isActive", Value("status")),
    field(User, "userTypeCode", Value("userTypeCode")),
    field(User, "createdAtText", Value("createDateStr")),
    field(User, "department", One(Department)),
    field(User, "site", One(Site)),
    field(User, "roleGroup", One(RoleGroup)),
    field(User, "agent", One(Agent)),
    field(Agent, "databaseId", Value("idProgramUser")),
    field(Agent, "agentNumber", Value("peripheralNumber")),
    field(Agent, "enterpriseName", Value("agentEnterpriseName")),
    field(Agent, "skillGroupCount", Value("totalAssignedSkills")),
    field(Agent, "user", One(User)),
    field(Agent, "platform", One(Platform)),
    field(Agent, "skillGroups", List(SkillGroup)),
    field(Agent, "attributes", List(Assignment)),
    field(SkillGroup, "databaseId", Value("skillTargetId")),
    field(SkillGroup, "name", Value("skillName")),
    field(SkillGroup, "enterpriseName", Value("enterpriseName")),
    field(SkillGroup, "transferNumber", Value("transferNumber")),
    field(SkillGroup, "platform", One(Platform)),
    field(SkillGroup, "agents", Connection(Agent)),
    field(Department, "databaseId", Value("id")),
    field(Department, "code", Value("code")),
    field(Department, "name", Value("name")),
    field(Department, "users", Connection(User)),
    field(Site, "databaseId", Value("idProgramSite")),
    field(Site, "name", Value("programSiteNm")),
    field(Site, "city", Value("programSiteCity")),
    field(Site, "isInternal", Value("isInternal")),
    field(Site, "users", Connection(User)),
    field(RoleGroup, "databaseId", Value("idProgramGroup")),
    field(RoleGroup, "name", Value("programGroupNm")),
    field(RoleGroup, "users", Connection(User)),
    field(Platform, "databaseId", Value("id")),
    field(Platform, "name", Value("name")),
    field(PrecisionQueue, "databaseId", Value("id")),
    field(PrecisionQueue, "name", Value("name")),
    field(PrecisionQueue, "agentCount", Value("agentCount")),
    field(PrecisionQueue, "agentOrderingCode", Value("agentOrdering")),
    field(PrecisionQueue, "serviceLevelThresholdSeconds", Value("serviceLevelThreshold")),
    field(PrecisionQueue, "steps", List(Step)),
    field(Step, "waitSeconds", Value("waitTime")),
    field(Step, "agentCount", Value("agentCount")),
    field(Step, "considerIf", Value("considerIf")),
    field(Step, "terms", List(Term)),
    field(Term, "value", Value("value1")),
    field(Term, "attributeRelationCode", Value("attributeRelation")),
    field(Term, "attribute", One(Attribute)),
    field(Assignment, "value", Value("attributeValue")),
    field(Assignment, "attribute", One(Attribute)),
    field(Assignment, "agent", One(Agent)),
    field(Attribute, "name", Value("name")),
    field(Attribute, "description", Value("description")),
    field(Attribute, "defaultValue", Value("defaultValue")),
];

/// A field as a query asks for it.
#[derive(Debug)]
pub struct Asked {
    /// Under which name its value is wanted.
    pub key: String,
    pub field: &'static Field,
    /// How many records of a connection, or the number of the one that is wanted.
    pub number: usize,
    pub below: Vec<Asked>,
}

/// Some fields of a type, with as many edges one below another as `depth` allows.
pub fn draw(of: Kind, depth: usize, draw_from: &mut Draw) -> Vec<Asked> {
    let fits = |field: &&Field| field.of == of && (depth > 0 || matches!(field.leads, Value(_)));
    let fields: Vec<&Field> = FIELDS.iter().filter(fits).collect();
    let wanted = 1 + draw_from.below(if of == Query { 2 } else { 4 });
    let asked = (0..wanted).map(|nth| {
        let field = fields[draw_from.below(fields.len())];
        let below = match field.leads {
            Value(_) => Vec::new(),
            One(kind) | ByKey(kind) | List(kind) | Connection(kind) => draw(kind, depth - 1, draw_from),
        };
        // Below zero there is nobody.
        let number = draw_from.below(if matches!(field.leads, ByKey(_)) { 40 } else { 4 });
        Asked { key: format!("{}{nth}", field.name), field, number, below }
    });
    asked.collect()
}

/// The number of the first user of a sized world, before whom there is nobody.
pub const USERS_BEGIN: usize = 10_300_001;

/// The selection as text.
pub fn written(asked: &[Asked]) -> String {
    let mut text = String::from("{");
    for Asked { key, field, number, below } in asked {
        let name = field.name;
        write!(text, " {key}: {name}").unwrap();
        match field.leads {
            Value(_) => {}
            One(_) | List(_) => write!(text, " {}", written(below)).unwrap(),
            ByKey(_) => {
                let key = USERS_BEGIN + number;
                write!(text, "(by: {{ databaseId: {key} }}) {}", written(below)).unwrap();
            }
            Connection(_) => {
                write!(text, "(first: {number}) {{ totalCount nodes {} }}", written(below)).unwrap();
            }
        }
    }
    text + " }"
}
