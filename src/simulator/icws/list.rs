//! Listing roles: what the user may see, narrowed, sorted, cut to a range, and written.

use std::cmp::Ordering;
use std::sync::PoisonError;

use axum::http::header::CONTENT_RANGE;

use super::answer::{Answer, Answered};
use super::query::{Column, Condition, Operator, Query};
use super::role::Role;
use super::serving::Admitted;
use super::session::Missing;
use super::settings::ContentRange;
use super::world::User;
use crate::simulator::Shared;

/// How many rows come at most once properties are selected.
const MOST: usize = 200;

/// `GET /icws/{session}/configuration/roles`.
pub(super) fn roles(shared: &Shared, asked: &Admitted) -> Answered {
    let query = Query::read(asked)?;
    let now = shared.clock.now();
    let world = shared.world.read().unwrap_or_else(PoisonError::into_inner);
    let user = world.icws.user(&asked.user).ok_or_else(|| Answer::unauthorized(Missing::Session))?;
    let exact = asked.settings.exact_case;
    let visible = world.icws.roles.iter().map(AsRef::as_ref).filter(|role| role.visible_from <= now);
    let mut rows: Vec<&Role> = visible
        .filter(|role| reaches(user, role, query.administered))
        .filter(|role| query.conditions.iter().all(|condition| holds(condition, role, exact)))
        .collect();
    let (column, descending) = query.order;
    rows.sort_by(|left, right| {
        let order = compare(column, (left, right), exact);
        if descending { order.reverse() } else { order }
    });
    let total = rows.len();
    let (first, last) = query.range.unwrap_or((0, None));
    let end = last.map_or(total, |last| last.saturating_add(1)).min(total);
    let most = if query.select.is_some() { MOST } else { usize::MAX };
    let page = rows.get(first..end).unwrap_or_default();
    let page = &page[..page.len().min(most)];
    let properties = query.select.as_deref().unwrap_or_default();
    let answer = Answer::of(200, shared.icws_written.list(page, properties, query.form));
    let of =
        if asked.settings.content_range == ContentRange::Full { total.to_string() } else { "*".to_owned() };
    // The form of a range without rows is not in the contract; this is HTTP's own.
    let range = match page.len().checked_sub(1) {
        Some(more) => {
            let first = first + asked.settings.first_item;
            format!("items {first}-{}/{of}", first + more)
        }
        None => format!("items */{total}"),
    };
    Ok(match asked.settings.content_range {
        ContentRange::Absent => answer,
        ContentRange::Full | ContentRange::WithoutTotal => answer.with(CONTENT_RANGE, range),
    })
}

/// Whether a user holds the right that the filter asks for; who administers may also view.
fn reaches(user: &User, role: &Role, administered: bool) -> bool {
    let id = &role.identity.id;
    user.administers.covers(id) || (!administered && user.views.covers(id))
}

fn text(role: &Role, column: Column) -> Option<&str> {
    match column {
        Column::DisplayName => role.identity.display_name.as_deref(),
        Column::Id => Some(&role.identity.id),
        Column::Notes => role.notes.as_deref(),
    }
}

fn holds(condition: &Condition, role: &Role, exact: bool) -> bool {
    let fold = |text: &str| if exact { text.to_owned() } else { text.to_lowercase() };
    let value = fold(&condition.value);
    text(role, condition.column).map(fold).is_some_and(|text| match condition.operator {
        Operator::Equals => text == value,
        Operator::StartsWith => text.starts_with(&value),
        Operator::Contains => text.contains(&value),
    })
}

fn compare(column: Column, (left, right): (&Role, &Role), exact: bool) -> Ordering {
    let (a, b) = (text(left, column).unwrap_or_default(), text(right, column).unwrap_or_default());
    let folded = if exact { Ordering::Equal } else { a.to_lowercase().cmp(&b.to_lowercase()) };
    folded.then_with(|| a.cmp(b)).then_with(|| left.identity.id.cmp(&right.identity.id))
}
