//! Creating a role: who may, whether it is right, and when it can be seen.

use std::sync::PoisonError;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::answer::{Answer, Answered, CONFIGURATION};
use super::draft::Draft;
use super::role::{Reference, Role};
use super::serving::Admitted;
use super::session::Missing;
use super::settings::Verdict;
use super::validation::{Check, Problem};
use crate::simulator::Shared;

/// `POST /icws/{session}/configuration/roles`.
pub(super) fn create(shared: &Shared, asked: &Admitted) -> Answered {
    if !asked.says_json() {
        return Err(Answer::common(415, "error.request.unsupportedMediaType", "The body must be JSON."));
    }
    let body = asked.body.clone().map_err(Answer::malformed)?;
    let draft: Draft = serde_json::from_value(Value::Object(body))
        .map_err(|_| Answer::malformed("The body is no representation of a role."))?;
    let mut world = shared.world.write().unwrap_or_else(PoisonError::into_inner);
    let user = world.icws.user(&asked.user).ok_or_else(|| Answer::unauthorized(Missing::Session))?;
    if !user.may_create {
        // The status is the contract's; its error id is not printed anywhere.
        return Err(Answer::common(403, "error.request.accessDenied", "Roles may not be created."));
    }
    let mut settings = shared.settings.write().unwrap_or_else(PoisonError::into_inner);
    let warnings = match settings.icws.verdicts.pop_front() {
        Some(Verdict::Refused { validation, licenses }) => return Err(refused(&validation, &licenses)),
        Some(Verdict::Warned { licenses }) => licenses,
        None => Vec::new(),
    };
    drop(settings);
    let mut check = Check::new(&world.icws, &asked.settings);
    let role = check.role(draft).map_err(|_| Answer::malformed("A right has the wrong shape."))?;
    if !check.problems.is_empty() {
        return Err(refused(&check.problems, &[]));
    }
    let now = Some(Timestamp::now());
    let visible_from = shared.clock.now() + asked.settings.appears_after;
    let role = Role { created: now, modified: now, visible_from, ..role };
    let mut result = Map::new();
    result.insert("id".to_owned(), json!(role.identity.id));
    result.insert("uri".to_owned(), json!(role.identity.uri));
    if !warnings.is_empty() {
        result.insert("licenseProblems".to_owned(), license_errors(&warnings));
    }
    world.icws.add(role, &asked.user);
    Ok(Answer::new(201, &result))
}

fn refused(validation: &[Problem], licenses: &[(u64, String)]) -> Answer {
    let mut more = Map::new();
    if !validation.is_empty() {
        let error = |(kind, name, value): &Problem| json!({ "validationErrorType": kind, "propertyName": name, "propertyValue": value });
        more.insert("validationErrors".to_owned(), validation.iter().map(error).collect());
    }
    if !licenses.is_empty() {
        more.insert("licenseErrors".to_owned(), license_errors(licenses));
    }
    let said = ("error.request.configuration.update", "The role was not created.");
    Answer::error(400, CONFIGURATION, said, Value::Object(more))
}

fn license_errors(licenses: &[(u64, String)]) -> Value {
    let error = |(kind, id): &(u64, String)| {
        let license = Reference::new("licenses", id, id);
        let license = json!({ "id": license.id, "displayName": license.display_name, "uri": license.uri });
        json!({ "licenseErrorType": kind, "license": license })
    };
    licenses.iter().map(error).collect()
}
