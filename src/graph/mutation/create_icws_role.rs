//! `createIcwsRole`: a new role of ICWS, acknowledged first and there a little later.

use std::collections::{BTreeMap, HashSet};

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};

use super::create_icws_role_error::CreateIcwsRoleErrorCode as Code;
use super::refusal::{Refusal, UserError, Violations};
use crate::caller::CallerError;
use crate::graph::context::ContextExt as _;
use crate::graph::error::{GraphError, Nullable};
use crate::graph::icws_right::{IcwsGrouping, IcwsObjectType, shown};
use crate::graph::icws_role::{IcwsObject, IcwsRole};
use crate::graph::icws_role_list::role_of_id;
use crate::graph::level::Item;
use crate::graph::list::List;
use crate::icws::code::{Code as _, Coded, Grouping, LicenseErrorType, ObjectType};
use crate::icws::{
    ConfigurationId, CreateRole, CustomAttribute, ErrorType, IcwsError, NewGroup, NewRight, NewRole, Problem,
    UpdateOperationResult,
};

/// Creates records of ICWS.
#[derive(Default)]
pub struct IcwsRoleMutation;

/// A role to create.
#[derive(InputObject)]
pub struct CreateIcwsRoleInput {
    /// The id, by which ICWS names the role from then on.
    role_id: String,
    /// The name to show; the id where it is left out.
    name: Option<String>,
    /// What administrators should know.
    notes: Option<String>,
    /// Names and values of your own.
    #[graphql(default)]
    custom_attributes: Vec<IcwsCustomAttributeInput>,
    /// The id of the access control group to put it in.
    access_control_group_id: Option<String>,
    /// The id of the template of its holders' clients.
    client_configuration_template_id: Option<String>,
    /// The ids of its holders' password policies.
    #[graphql(default)]
    password_policy_ids: Vec<String>,
    /// The ids of the users who are to hold it.
    #[graphql(default)]
    member_ids: Vec<String>,
    /// The ids of the workgroups that are to hold it.
    #[graphql(default)]
    workgroup_ids: Vec<String>,
    /// What its holders may do.
    #[graphql(default)]
    security_rights: Vec<IcwsRightInput>,
    /// Which objects its holders may reach.
    #[graphql(default)]
    access_rights: Vec<IcwsRightInput>,
    /// What its holders may administer.
    #[graphql(default)]
    administrative_rights: Vec<IcwsRightInput>,
    /// Give several mutations the same, and ICWS works out the rights once for all of them.
    transaction_id: Option<String>,
}

/// A name and a value of your own.
#[derive(InputObject)]
pub struct IcwsCustomAttributeInput {
    /// The key of the pair.
    name: String,
    /// The value of the pair.
    value: Option<String>,
}

/// A right to give: as a flag, or over objects.
#[derive(InputObject)]
pub struct IcwsRightInput {
    /// The name of the right, as `IcwsRole` shows it on other roles.
    name: String,
    /// Whether it is held, for rights that are flags.
    is_granted: Option<bool>,
    /// Over which objects it is held, for rights that are not.
    objects: Option<Vec<IcwsGroupedObjectInput>>,
}

/// One object, the members of one, or all of a type.
#[derive(InputObject)]
pub struct IcwsGroupedObjectInput {
    /// The object's id; left out where all are meant.
    object_id: Option<String>,
    /// What the object is.
    object_type: IcwsObjectType,
    /// How wide it reaches.
    grouping: IcwsGrouping,
}

shown! {
    /// What is wrong with a licence.
    IcwsLicenseProblemType of LicenseErrorType {
        /// Nothing: it was set.
        Set = SetOk,
        /// It is over its threshold, and was set all the same.
        OverThreshold = SetWarningExceedsThreshold,
        /// It would be over its threshold, and was not set.
        ThresholdExceeded = SetErrorExceedsThreshold,
        /// It lacked media types, which were set to their defaults.
        QualifiersMissing = SetWarningMissingQualifiers,
    }
}

/// A licence that ICWS warns of, although it did what was asked.
#[derive(Clone, SimpleObject)]
pub struct IcwsLicenseProblem {
    /// What is wrong.
    problem_type: IcwsLicenseProblemType,
    /// The licence.
    license: Option<IcwsObject>,
}

impl Item for IcwsLicenseProblem {}

/// What creating a role came to.
pub struct CreateIcwsRolePayload {
    created: Option<Created>,
    errors: Vec<UserError<Code>>,
}

struct Created {
    id: String,
    is_visible: bool,
    accepted: UpdateOperationResult,
}

/// What creating a role came to.
#[Object]
impl CreateIcwsRolePayload {
    /// The role as it now is, read back from ICWS; null if none was created, or if it cannot be read yet.
    async fn role(&self, ctx: &Context<'_>) -> Nullable<IcwsRole> {
        let created = self.created.as_ref().filter(|created| created.is_visible)?;
        role_of_id(ctx, &created.id).await.transpose()
    }

    /// The id that ICWS has accepted; null if it has not.
    async fn role_id(&self) -> Option<&str> {
        self.created.as_ref().map(|created| created.id.as_str())
    }

    /// Whether ICWS has accepted the role.
    async fn is_accepted(&self) -> bool {
        self.created.is_some()
    }

    /// Whether the role can be read by now. ICWS acknowledges a role before it is there: false beside `isAccepted` true
    /// means that it appears later, and that it must not be created again.
    async fn is_visible(&self) -> bool {
        self.created.as_ref().is_some_and(|created| created.is_visible)
    }

    /// Licences that ICWS warns of, although it has accepted the role.
    async fn license_problems(&self) -> List<IcwsLicenseProblem> {
        let problems = self.created.iter().flat_map(|created| &created.accepted.license_problems);
        let shown = problems.map(|problem| IcwsLicenseProblem {
            problem_type: IcwsLicenseProblemType::from(&problem.error_type),
            license: problem.license.as_ref().map(IcwsObject::from),
        });
        shown.collect()
    }

    /// Why no role was created; empty if one was.
    async fn user_errors(&self) -> List<UserError<Code>> {
        List(self.errors.clone())
    }
}

/// A text that can stand in a header: ICWS takes the transaction's id as one.
fn is_header_text(text: &str) -> bool {
    !text.is_empty() && text.len() <= 200 && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

fn object_type(shown: IcwsObjectType) -> Option<ObjectType> {
    ObjectType::ALL
        .iter()
        .map(|(known, ..)| *known)
        .find(|known| IcwsObjectType::from(&Coded::Known(*known)) == shown)
}

fn grouping(shown: IcwsGrouping) -> Option<Grouping> {
    Grouping::ALL
        .iter()
        .map(|(known, ..)| *known)
        .find(|known| IcwsGrouping::from(&Coded::Known(*known)) == shown)
}

fn group(input: IcwsGroupedObjectInput) -> Option<NewGroup> {
    let (object_type, grouping) = (object_type(input.object_type)?, grouping(input.grouping)?);
    let id = input.object_id.filter(|id| !id.trim().is_empty());
    (id.is_none() == (grouping == Grouping::All)).then_some(NewGroup { id, object_type, grouping })
}

/// The rights of one of the three lists; every violation is noted at its place.
fn rights(
    list: &str,
    inputs: Vec<IcwsRightInput>,
    violations: &mut Violations<Code>,
) -> BTreeMap<String, NewRight> {
    let mut rights = BTreeMap::new();
    for (place, input) in inputs.into_iter().enumerate() {
        let mut add = |code: Code, below: &[&str]| {
            let path = [list.to_owned(), place.to_string()]
                .into_iter()
                .chain(below.iter().map(|&step| step.to_owned()));
            violations.add_at(code, path, code_message(code));
        };
        if input.name.trim().is_empty() || rights.contains_key(&input.name) {
            add(Code::InvalidRightName, &["name"]);
        }
        let right = match (input.is_granted, input.objects) {
            (Some(flag), None) => Some(NewRight::Flag(flag)),
            (None, Some(objects)) => {
                let mut groups = Vec::new();
                for (at, object) in objects.into_iter().enumerate() {
                    match group(object) {
                        Some(group) => groups.push(group),
                        None => add(Code::InvalidGroupedObject, &["objects", &at.to_string()]),
                    }
                }
                Some(NewRight::Grouped(groups))
            }
            _ => {
                add(Code::RightValueMissing, &[]);
                None
            }
        };
        rights.extend(right.map(|right| (input.name, right)));
    }
    rights
}

fn code_message(code: Code) -> String {
    use super::refusal::UserErrorCode as _;
    code.message()
}

fn ids(ids: Vec<String>) -> Vec<ConfigurationId> {
    ids.into_iter().map(ConfigurationId::new).collect()
}

fn operation(input: CreateIcwsRoleInput) -> Result<CreateRole, Refusal<Code>> {
    let mut violations = Violations::new();
    if input.role_id.trim().is_empty() {
        violations.add(Code::RoleIdMissing);
    } else if input.role_id.chars().any(char::is_control) {
        violations.add(Code::InvalidRoleId);
    }
    if input.transaction_id.as_deref().is_some_and(|id| !is_header_text(id)) {
        violations.add(Code::InvalidTransactionId);
    }
    let mut named = HashSet::new();
    for (place, pair) in input.custom_attributes.iter().enumerate() {
        if pair.name.trim().is_empty() || !named.insert(pair.name.as_str()) {
            let path = ["customAttributes".to_owned(), place.to_string(), "name".to_owned()];
            violations.add_at(
                Code::InvalidCustomAttributeName,
                path,
                code_message(Code::InvalidCustomAttributeName),
            );
        }
    }
    let role = NewRole {
        configuration_id: ConfigurationId {
            display_name: input.name,
            ..ConfigurationId::new(input.role_id.clone())
        },
        notes: input.notes,
        security_rights: rights("securityRights", input.security_rights, &mut violations),
        access_rights: rights("accessRights", input.access_rights, &mut violations),
        administrative_rights: rights("administrativeRights", input.administrative_rights, &mut violations),
        custom_attributes: input
            .custom_attributes
            .into_iter()
            .map(|pair| CustomAttribute { name: pair.name, value: pair.value })
            .collect(),
        access_control_group_assignment: input.access_control_group_id.map(ConfigurationId::new),
        client_configuration_template: input.client_configuration_template_id.map(ConfigurationId::new),
        password_policies: ids(input.password_policy_ids),
        users: ids(input.member_ids),
        workgroups: ids(input.workgroup_ids),
    };
    violations.check()?;
    Ok(CreateRole { role, transaction_id: input.transaction_id })
}

/// The field of the input that a property of ICWS comes from.
fn field_of(property: &str) -> Vec<String> {
    let field = match property {
        "configurationId" | "configurationId.id" | "id" => "roleId",
        "configurationId.displayName" | "displayName" => "name",
        "accessControlGroupAssignment" => "accessControlGroupId",
        "clientConfigurationTemplate" => "clientConfigurationTemplateId",
        "passwordPolicies" => "passwordPolicyIds",
        "users" => "memberIds",
        "workgroups" => "workgroupIds",
        own @ ("notes" | "customAttributes" | "securityRights" | "accessRights" | "administrativeRights") => {
            own
        }
        other => match other.split_once('.') {
            Some((first, _)) if first != "configurationId" => return field_of(first),
            _ => return Vec::new(),
        },
    };
    vec![field.to_owned()]
}

fn told(status: u16, error_id: Option<&str>, problem: &Problem) -> Refusal<Code> {
    let mut violations = Violations::new();
    for error in &problem.validation_errors {
        let property = error.property_name.as_deref().unwrap_or_default();
        let kind = error.error_type.name().map_or_else(
            || error.error_type.number().map(|number| number.to_string()).unwrap_or_default(),
            str::to_owned,
        );
        violations.add_said(&kind, field_of(property), property);
    }
    for error in &problem.license_errors {
        let kind = error.error_type.name().unwrap_or_default();
        let license = error.license.as_ref();
        let name = license.map(|license| license.display_name.as_deref().unwrap_or(&license.id));
        violations.add_said(kind, Vec::new(), name.unwrap_or_default());
    }
    if violations.is_empty() {
        let property = problem.property_name.as_deref().unwrap_or_default();
        let typed = problem
            .error_type
            .filter(|known| matches!(known, ErrorType::MissingProperty | ErrorType::InvalidProperty));
        let urn = typed.and_then(|typed| ErrorType::ALL.iter().find(|(known, _)| *known == typed));
        match urn {
            Some((_, urn)) => violations.add_said(urn, field_of(property), property),
            None if status == 403 => violations.add_said("FORBIDDEN", Vec::new(), ""),
            None => violations.add_said(error_id.unwrap_or_default(), Vec::new(), ""),
        }
    }
    violations.refusal()
}

async fn create(ctx: &Context<'_>, input: CreateIcwsRoleInput) -> Result<Created, Refusal<Code>> {
    let caller = ctx.caller()?;
    // Before the input is looked at: who is not signed in is told that first.
    caller.identity::<crate::icws::Icws>()?;
    let operation = operation(input)?;
    let asked_for = operation.role.configuration_id.id.clone();
    let accepted = match caller.create_icws_role(operation).await {
        Ok(accepted) => accepted,
        Err(CallerError::Icws(IcwsError::Refused { status, error_id, problem, .. }))
            // A status without a reason is nothing a caller could mend.
            if status < 500 && (status == 403 || error_id.is_some() || problem.is_typed()) =>
        {
            return Err(told(status, error_id.as_deref(), &problem));
        }
        Err(error) => return Err(Refusal::of_write(error)),
    };
    let id = if accepted.id.is_empty() { asked_for } else { accepted.id.clone() };
    // It was accepted: whatever becomes of looking at it, that must be told.
    let is_visible = caller.await_icws_role(&id).await.unwrap_or(false);
    Ok(Created { id, is_visible, accepted })
}

// Nullable, like every mutation: one that fails does not take the others of its request with it.
#[Object]
impl IcwsRoleMutation {
    /// Creates a role of ICWS. It is sent once; ICWS acknowledges it before it can be read, so the answer waits a moment
    /// for it and says whether it is there.
    async fn create_icws_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The role.")] input: CreateIcwsRoleInput,
    ) -> Nullable<CreateIcwsRolePayload> {
        let settled: Result<_, GraphError> = Refusal::settle(ctx, create(ctx, input).await);
        Some(settled.map(|(created, errors)| CreateIcwsRolePayload { created, errors }))
    }
}
