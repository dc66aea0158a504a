//! Deleting users: deleteUser, after which nothing refers to the user.

use std::sync::Arc;

use super::edit::Edit;
use super::routes::Answered;
use crate::portal::Envelope;
use crate::portal::access::AccessGroup;
use crate::portal::user::DeleteUser;

pub(super) fn delete(edit: &mut Edit<'_>, ask: &DeleteUser) -> Answered<Envelope> {
    let number = ask.search_id.ok_or("DELETE_USER_FAILED")?;
    let user = edit.view().searched(number).cloned().ok_or("DELETE_USER_FAILED")?;
    let id = user.id_program_user.ok_or("DELETE_USER_FAILED")?;
    let tenant = &mut *edit.tenant;
    // Kept before the row goes, so that a later user does not get the same id.
    tenant.last_user = tenant.last_user.max(tenant.users.keys().next_back().copied().unwrap_or(id));
    tenant.users.remove(&id);
    let work = tenant.agents.remove(&id).unwrap_or_default();
    tenant.barred.remove(&id);
    for row in &mut tenant.access_groups {
        if row.members.remove(&id) {
            forget(Arc::make_mut(&mut row.group), id.0);
        }
    }
    for row in &mut tenant.access_collections {
        row.members.remove(&id);
    }
    let target: Option<i64> = user.agent_id.as_deref().and_then(|target| target.parse().ok());
    for other in tenant.users.values_mut() {
        if target.is_some() && other.pri_supervisor_skill_target_id == target {
            Arc::make_mut(other).pri_supervisor_skill_target_id = None;
        }
    }
    tenant.recount_agent(&work);
    let tenant = tenant.id;
    for login in &mut *edit.logins {
        login.entries.retain(|entry| (entry.tenant, entry.user) != (tenant, id));
    }
    edit.logins.retain(|login| !login.entries.is_empty());
    Ok(Envelope::default())
}

/// Takes a user out of the objects that a group lists.
fn forget(group: &mut AccessGroup, id: i64) {
    for collection in &mut group.list_collection_info {
        let objects = &mut Arc::make_mut(collection).list_program_object_basic_info;
        objects.retain(|object| object.id_program_object != Some(id));
    }
}
