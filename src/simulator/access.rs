//! Access: getAccessSummaryByUser, getManageableAccessCollectionsForCloneUserObjectsByCriteria.

use std::sync::Arc;

use super::listing::listing;
use super::routes::Answered;
use super::view::View;
use super::world::{CollectionMembership, Thing};
use crate::portal::access::{
    AccessCollection, GetAccessSummaryByUser, GetAccessSummaryByUserReply, GetManageableAccessCollections,
    GetManageableAccessCollectionsReply,
};

pub(super) fn summary(
    view: &View<'_>,
    ask: &GetAccessSummaryByUser,
) -> Answered<GetAccessSummaryByUserReply> {
    let user = ask.id_program_user.filter(|id| view.user(*id).is_some());
    let user = user.ok_or("GET_ACCESS_SUMMARY_BY_USER_FAILED_PROGRAM_USER_NOT_FOUND")?;
    let groups = view.tenant.access_groups.iter();
    let groups =
        groups.filter(|group| group.members.contains(&user) && view.sees(Thing::AccessGroup(group.id)));
    Ok(GetAccessSummaryByUserReply {
        list_access_group_summary: groups.map(|group| group.group.clone()).collect(),
        ..GetAccessSummaryByUserReply::default()
    })
}

pub(super) fn manageable(
    view: &View<'_>,
    ask: &GetManageableAccessCollections,
) -> Answered<GetManageableAccessCollectionsReply> {
    // The guide lists no constants here, so a refusal has none.
    let source = ask.id_program_user_to_clone.filter(|id| view.user(*id).is_some()).ok_or("")?;
    let seen = |row: &&CollectionMembership| {
        row.collection.id_program_collection.is_some_and(|id| view.sees(Thing::AccessCollection(id)))
    };
    let ticked = |row: &CollectionMembership| {
        let checked = Some(row.members.contains(&source));
        let id_program_user = Some(source);
        Arc::new(AccessCollection { id_program_user, checked, ..AccessCollection::clone(&row.collection) })
    };
    let rows = view.tenant.access_collections.iter().filter(seen).map(ticked).collect();
    let (rows, paging_info) = listing!(ask).page(rows);
    let mut reply = GetManageableAccessCollectionsReply { paging_info, ..Default::default() };
    for row in rows {
        let of_agents = view.tenant.access_collections.iter().any(|membership| {
            membership.of_agents && membership.collection.id_program_collection == row.id_program_collection
        });
        let list = match (of_agents, row.checked == Some(true)) {
            (false, false) => &mut reply.accessible_user_collection_not_selected_list,
            (false, true) => &mut reply.accessible_user_collection_selected_list,
            (true, false) => &mut reply.accessible_agent_collection_not_selected_list,
            (true, true) => &mut reply.accessible_agent_collection_selected_list,
        };
        list.push(row);
    }
    Ok(reply)
}
