//! The audit log: who signed in and out, what was to be changed and what became of it, and what was refused, each as one event
//! at a target of its own. It names records by their ids and people by what they sign in with, and holds nothing else that
//! clients or upstreams have written.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use async_graphql::parser::types::OperationType;
use async_graphql::{ID, PathSegment, Response, ServerError, Value};
use axum::http::StatusCode;
use axum::http::request::Parts;

use super::client;
use super::execution::Operation;
use super::refusal::{
    DOCUMENT_NOT_ALLOWED, FORBIDDEN, INTERNAL, QUERY_TOO_COSTLY, RATE_LIMITED, Refusal,
    SERVICE_ACCOUNT_READ_ONLY, UNAUTHENTICATED,
};
use super::request_id::RequestId;
use crate::config::Network;
use crate::graph::{Arrival, Code, Deed, NodeId, Visit};
use crate::session::{Principal, Realm, ServiceAccount, Session};
use crate::upstream::AUDIT;

/// The longest name of an operation or of a person that is written.
const LONGEST_NAME: usize = 128;

/// How many records of one mutation are named.
const MOST_TARGETS: usize = 50;

/// How many codes of one event are written.
const MOST_CODES: usize = 10;

/// The upstream whose users have names of any form, as `login` names it.
const ICWS: &str = "ICWS";

/// The codes that mean: not you, not this, not so much.
const REFUSALS: [Code; 6] = [
    UNAUTHENTICATED,
    FORBIDDEN,
    RATE_LIMITED,
    QUERY_TOO_COSTLY,
    SERVICE_ACCOUNT_READ_ONLY,
    DOCUMENT_NOT_ALLOWED,
];

/// A request as far as it is known, by those who write of it.
pub(super) struct Subject {
    id: RequestId,
    address: IpAddr,
    account: OnceLock<Arc<ServiceAccount>>,
    session: OnceLock<Arc<Session>>,
    operation: OnceLock<String>,
}

/// What somebody signs in with, and who that makes them at each upstream.
#[derive(Default)]
struct Who {
    tenant: Option<i64>,
    user: Option<i64>,
    login: Option<String>,
    icws: Option<String>,
    account: Option<String>,
}

/// One event.
struct Event<'a> {
    kind: &'static str,
    outcome: &'static str,
    code: String,
    operation: Option<&'a str>,
    mutation: Option<&'a str>,
    who: Who,
    targets: Vec<String>,
}

impl Subject {
    pub(super) fn of(parts: &Parts, id: &RequestId, trusted: &[Network]) -> Arc<Self> {
        Arc::new(Self {
            id: id.clone(),
            address: client::address_of(parts, trusted),
            account: OnceLock::new(),
            session: OnceLock::new(),
            operation: OnceLock::new(),
        })
    }

    /// Where it comes from.
    pub(super) fn address(&self) -> IpAddr {
        self.address
    }

    /// Notes by which service account it comes.
    pub(super) fn comes_by(&self, account: &Arc<ServiceAccount>) {
        let _ = self.account.set(Arc::clone(account));
    }

    /// Notes whose session stands behind it.
    pub(super) fn arrives(&self, arrival: &Arrival) {
        if let Some(session) = arrival.session() {
            let _ = self.session.set(Arc::clone(session));
        }
    }

    /// Notes which operation it names.
    pub(super) fn asks(&self, operation: Option<&str>) {
        if let Some(name) = operation.filter(|name| is_plain(name, "_")) {
            let _ = self.operation.set(name.to_owned());
        }
    }

    /// Writes that the request was turned away, if that is for what it is or who sends it, and not for a slip.
    pub(super) fn refused(&self, refusal: &Refusal) {
        let is_turned_away = matches!(
            refusal.status,
            StatusCode::UNAUTHORIZED
                | StatusCode::FORBIDDEN
                | StatusCode::PAYLOAD_TOO_LARGE
                | StatusCode::TOO_MANY_REQUESTS
        );
        if is_turned_away || REFUSALS.contains(&refusal.code) {
            self.write_refusal(refusal.code.as_str().to_owned());
        }
    }

    /// Writes what became of an operation: of each of its mutations, or of a query that was turned away in part. `None` is
    /// one that broke off.
    pub(super) fn executed(&self, operation: &Operation, visit: &Visit, executed: Option<&Response>) {
        let errors = executed.map(|executed| executed.errors.as_slice()).unwrap_or_default();
        let is_whole = executed.is_some_and(|executed| executed.data == Value::Null);
        if operation.kind == OperationType::Mutation && !is_whole {
            self.write_mutations(operation, visit, executed);
            return;
        }
        let mut codes: Vec<_> = errors.iter().filter_map(code).filter(|code| is_refusal(code)).collect();
        codes.sort_unstable();
        codes.dedup();
        if !codes.is_empty() {
            self.write_refusal(codes.join(","));
        }
    }

    fn write_mutations(&self, operation: &Operation, visit: &Visit, executed: Option<&Response>) {
        let deeds = visit.deeds();
        for (key, field) in operation.root_fields() {
            let error = executed.and_then(|executed| executed.errors.iter().find(|error| is_of(error, key)));
            let is_there = executed.is_none_or(|executed| match &executed.data {
                Value::Object(data) => data.contains_key(key),
                _ => false,
            });
            // Skipped by a directive: it was never begun.
            if !is_there && error.is_none() {
                continue;
            }
            let deed = deeds.iter().find(|deed| deed.key == key);
            let (outcome, code) = outcome(executed, error, deed);
            let name = field.name.node.as_str();
            let mut named = Named::default();
            for (argument, value) in operation.arguments(field) {
                named.read(argument, &value);
            }
            let session = deed.map_or_else(|| self.session.get(), |deed| deed.session.as_ref());
            let mut who = self.who(session);
            if name == "login" {
                who.login = named.login().or(who.login);
            }
            named.ids.extend(deed.and_then(|deed| deed.record).map(shown));
            let kind = match name {
                "login" => "login",
                "selectTenant" => "tenant_selection",
                name if name.starts_with("logout") => "logout",
                _ => "mutation",
            };
            let asked = operation.name().or_else(|| self.operation.get().map(String::as_str));
            let (operation, mutation) = (asked.filter(|name| is_plain(name, "_")), Some(name));
            self.write(Event { kind, outcome, code, operation, mutation, who, targets: named.ids });
        }
    }

    fn write_refusal(&self, code: String) {
        self.write(Event {
            kind: "refusal",
            outcome: "refused",
            code,
            operation: self.operation.get().map(String::as_str),
            mutation: None,
            who: self.who(self.session.get()),
            targets: Vec::new(),
        });
    }

    fn who(&self, session: Option<&Arc<Session>>) -> Who {
        let account = self.account.get().map(|account| account.name().to_owned());
        let mut who = Who { account, ..Who::default() };
        if let Some(portal) = session.and_then(|session| session.portal.as_deref()) {
            match &portal.identity {
                Some(identity) => {
                    if let Realm::Tenant(tenant) = identity.realm {
                        who.tenant = Some(tenant.0);
                    }
                    who.be(&identity.principal);
                }
                // A tenant is still to be selected: the portal has not said who it is.
                None => who.login = login_name(&portal.login_name),
            }
        }
        if let Some(icws) = session.and_then(|session| session.icws.as_deref()) {
            let mut there = Who::default();
            if let Some(identity) = &icws.identity {
                there.be(&identity.principal);
            }
            who.icws = there.login;
        }
        who
    }

    fn write(&self, event: Event<'_>) {
        let mut targets = event.targets;
        targets.sort_unstable();
        targets.dedup();
        let count = targets.len();
        targets.truncate(MOST_TARGETS);
        let who = event.who;
        tracing::info!(
            target: AUDIT,
            event = event.kind,
            outcome = event.outcome,
            code = Some(event.code.as_str()).filter(|code| !code.is_empty()),
            operation.name = event.operation,
            mutation = event.mutation,
            targets = (count > 0).then(|| targets.join(",")),
            targets.count = (count > 0).then_some(count),
            user.tenant = who.tenant,
            user.id = who.user,
            user.login = who.login,
            icws.user = who.icws,
            service.account = who.account,
            client.address = %self.address,
            request.id = %self.id,
            "audit"
        );
    }
}

impl Who {
    fn be(&mut self, principal: &Principal) {
        match principal {
            Principal::User(id) => self.user = Some(id.0),
            Principal::LoginName(name) => self.login = login_name(name),
            Principal::Service(_, inner) => self.be(inner),
        }
    }
}

/// What the arguments of a mutation name.
#[derive(Default)]
struct Named {
    ids: Vec<String>,
    username: Option<String>,
    is_of_icws: bool,
}

impl Named {
    /// Global ids wherever they stand, and keys of the portal under names that say so; of all else nothing is looked at, but
    /// the name somebody signs in with.
    fn read(&mut self, name: &str, value: &Value) {
        match value {
            Value::List(items) => items.iter().for_each(|item| self.read(name, item)),
            Value::Object(members) => {
                for (name, value) in members {
                    self.read(name.as_str(), value);
                }
            }
            Value::String(text) if name == "username" => self.username = login_name(text),
            // A literal and the value of a variable.
            Value::Enum(word) if name == "upstream" => self.is_of_icws = word == ICWS,
            Value::String(word) if name == "upstream" => self.is_of_icws = word == ICWS,
            Value::String(text) => self.ids.extend(NodeId::decode(&ID(text.clone())).map(shown)),
            Value::Number(number)
                if ["atabaseId", "atabaseIds"].iter().any(|ending| name.ends_with(ending)) =>
            {
                self.ids.push(format!("{name}:{number}"));
            }
            _ => {}
        }
    }
}

impl Named {
    /// The name somebody signs in with. Of the portal's the form is known, so that a password typed there is seldom taken for
    /// one.
    fn login(&self) -> Option<String> {
        let is_of_portal = |name: &str| {
            let tenant = name.rsplit_once('@').map(|(_, tenant)| tenant);
            tenant.is_some_and(|tenant| tenant.len() == 3 && is_plain(tenant, ""))
        };
        self.username.clone().filter(|name| self.is_of_icws || is_of_portal(name))
    }
}

/// An id as people can read it: type, tenant, key.
fn shown(id: NodeId) -> String {
    format!("{}:{}:{}", id.kind.name(), id.tenant, id.key)
}

/// A login name that can be one; what else stands in its place may be a password.
fn login_name(text: &str) -> Option<String> {
    let text = text.trim();
    is_plain(text, "_.-@+\\").then(|| text.to_owned())
}

fn is_plain(text: &str, beside: &str) -> bool {
    (1..=LONGEST_NAME).contains(&text.len())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || beside.contains(letter))
}

/// Whether an error is that of a field of the operation itself, and not of something below it.
fn is_of(error: &ServerError, key: &str) -> bool {
    matches!(error.path.as_slice(), [PathSegment::Field(name)] if name == key)
}

fn is_refusal(code: &str) -> bool {
    Code::of(code).is_some_and(|code| REFUSALS.contains(&code))
}

fn code(error: &ServerError) -> Option<&str> {
    text(error, "code")
}

fn text<'a>(error: &'a ServerError, name: &str) -> Option<&'a str> {
    match error.extensions.as_ref()?.get(name)? {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// What became of a mutation, and the code that says why.
fn outcome(
    executed: Option<&Response>,
    error: Option<&ServerError>,
    deed: Option<&Deed>,
) -> (&'static str, String) {
    if executed.is_none() {
        return ("unknown", INTERNAL.as_str().to_owned());
    }
    if let Some(error) = error {
        let code = code(error).unwrap_or(INTERNAL.as_str());
        let is_partly_done =
            error.extensions.as_ref().is_some_and(|extensions| extensions.get("mayBePartlyDone").is_some());
        let outcome = match code {
            _ if is_partly_done || text(error, "outcome") == Some("UNKNOWN") => "unknown",
            code if is_refusal(code) || code == Code::BadUserInput.as_str() => "refused",
            _ => "failed",
        };
        return (outcome, code.to_owned());
    }
    match deed {
        Some(deed) if !deed.refused.is_empty() => {
            let mut codes = deed.refused.clone();
            codes.dedup();
            codes.truncate(MOST_CODES);
            ("refused", codes.join(","))
        }
        _ => ("ok", String::new()),
    }
}
