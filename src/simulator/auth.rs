//! Signing in and out, with every constant the guide lists.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use serde_json::{Map, Value};

use super::Shared;
use super::login::{Entry, Login, LoginState, Visibility};
use super::server::{self, Admitted, Endpoint};
use super::settings::Settings;
use super::world::World;
use crate::portal::auth::{LoggedUser, LoginReply, Tenant};
use crate::portal::{Envelope, TenantId, dialect};
use crate::upstream::Secret;

const SIGNED_IN: &str = "USER_AUTHENTICATED_SUCCESSFULLY";

/// The login name in the body of a call that signs in.
pub(super) fn name_in(body: &Map<String, Value>, settings: &Settings) -> Option<String> {
    let name = body.get("username")?.as_str()?;
    dialect::decode(settings.login_encoding, name)
}

pub(super) fn login(shared: &Shared, endpoint: Endpoint, admitted: &Admitted) -> Response {
    let settings = server::copy(&shared.settings);
    let world = shared.world.read().unwrap_or_else(PoisonError::into_inner);
    let (reply, cookie) = match recognise(&world, &settings, &admitted.body) {
        Err(constant) => (said(-1, constant), None),
        Ok(login) => {
            let begin = || shared.sessions.begin(&login.name, &settings, shared.clock.now());
            let open = world.open_entries(login);
            match (login.state, open.as_slice()) {
                (LoginState::MustChangePassword, _) => {
                    (said(settings.intermediate_code, "USER_MUST_CHANGE_PASSWORD"), Some(begin()))
                }
                (_, []) => (said(-1, "LOGIN_NOT_ENABLED_FOR_USER"), None),
                (_, [entry]) => {
                    if let Err(constant) = may_enter(shared, &settings, login) {
                        (said(-1, constant), None)
                    } else {
                        let cookie = begin();
                        (entered(shared, &world, &cookie, (login, entry)), Some(cookie))
                    }
                }
                (_, entries) => {
                    let tenants = entries.iter().filter_map(|entry| tenant(&world, entry.tenant)).collect();
                    let cookie = begin();
                    let token = settings.gives_early_token.then(|| shared.sessions.early_token(&cookie));
                    let reply = LoginReply {
                        accessible_tenants_list: tenants,
                        user_token: token.flatten().map(Secret::new),
                        ..said(settings.intermediate_code, "TENANT_SELECTION_REQUIRED")
                    };
                    (reply, Some(cookie))
                }
            }
        }
    };
    drop(world);
    let mut response = server::write(shared, endpoint, &reply, admitted.spoil.as_ref());
    let cookie = cookie.map(|cookie| format!("JSESSIONID={cookie}; Path=/portal; HttpOnly"));
    if let Some(Ok(cookie)) = cookie.map(HeaderValue::try_from) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

pub(super) fn authorize(shared: &Shared, endpoint: Endpoint, admitted: &Admitted) -> Response {
    if admitted.body.contains_key("authToken") && !server::copy(&shared.settings).takes_early_token {
        return server::bad_request();
    }
    let reply = choose(shared, admitted).unwrap_or_else(|constant| said(-1, constant));
    server::write(shared, endpoint, &reply, admitted.spoil.as_ref())
}

fn choose(shared: &Shared, admitted: &Admitted) -> Result<LoginReply, &'static str> {
    let settings = server::copy(&shared.settings);
    let world = shared.world.read().unwrap_or_else(PoisonError::into_inner);
    let (Some(cookie), Some(session)) = (&admitted.cookie, &admitted.session) else {
        return Err("AUTHORIZE_USER_TO_TENANT_FAILED");
    };
    let text = |name: &str| match admitted.body.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let name = text("username").ok_or("AUTHORIZE_USER_TO_TENANT_FAILED_REQD_LOGIN_NM_MISSING")?;
    let id = text("idProgram").ok_or("AUTHORIZE_USER_TO_TENANT_FAILED_REQD_ID_PROGRAM_MISSING")?;
    let name = dialect::decode(settings.tenant_selection_encoding, &name);
    let owns = name.is_some_and(|name| name.eq_ignore_ascii_case(&session.login));
    let token = text("authToken");
    if !owns || (token.is_some() && token != session.token) {
        return Err("AUTHORIZE_USER_TO_TENANT_FAILED_USER_TOKEN_DOES_NOT_MATCH");
    }
    let id = id.parse().map(TenantId).ok().filter(|id| world.tenant(*id).is_some());
    let id = id.ok_or("AUTHORIZE_USER_TO_TENANT_FAILED_TENANT_NOT_FOUND")?;
    let login = world.login(&session.login).filter(|login| login.state != LoginState::MustChangePassword);
    let login = login.ok_or("AUTHORIZE_USER_TO_TENANT_FAILED_USER_NOT_AUTHORIZED")?;
    let entry = world.open_entries(login).into_iter().find(|entry| entry.tenant == id);
    let entry = entry.ok_or("AUTHORIZE_USER_TO_TENANT_FAILED_USER_NOT_AUTHORIZED")?;
    may_enter(shared, &settings, login)?;
    Ok(entered(shared, &world, cookie, (login, entry)))
}

pub(super) fn logout(shared: &Shared, endpoint: Endpoint, admitted: &Admitted) -> Response {
    let ended = admitted.session.is_some()
        && admitted.cookie.as_deref().is_some_and(|cookie| shared.sessions.end(cookie));
    let (code, constant) = if ended { (0, "LOGOUT_SUCCESSFUL") } else { (-1, "USER_ALREADY_LOGGED_OUT") };
    let reply = Envelope { code: Some(code), code_message: Some(constant.to_owned()), ..Envelope::default() };
    server::write(shared, endpoint, &reply, admitted.spoil.as_ref())
}

/// Whose login name and password these are, or the constant that says what is wrong with them.
fn recognise<'a>(
    world: &'a World,
    settings: &Settings,
    body: &Map<String, Value>,
) -> Result<&'a Login, &'static str> {
    let name = name_in(body, settings).ok_or("INVALID_LOGIN_NAME_NOT_IN_EXPECTED_FORMAT")?;
    let instance = Login::instance(&name).ok_or("INVALID_LOGIN_NAME_NOT_IN_EXPECTED_FORMAT")?;
    if world.tenant_by_prefix(instance).is_none() {
        return Err("INVALID_LOGIN_NAME");
    }
    let login = world.login(&name).ok_or("LDAP_AUTHENTICATION_FAILED_USER_NOT_FOUND")?;
    let password = body.get("password").and_then(Value::as_str);
    let password = password.and_then(|password| dialect::decode(settings.login_encoding, password));
    let right = password.is_some_and(|password| password == login.password);
    match login.state {
        LoginState::NotInPortal => Err("INVALID_LOGIN_NAME"),
        LoginState::NotInDirectory => Err("LDAP_AUTHENTICATION_FAILED_USER_NOT_FOUND"),
        LoginState::Locked => Err("LDAP_AUTHENTICATION_FAILED_ACCOUNT_LOCKED"),
        LoginState::Disabled => Err("LDAP_AUTHENTICATION_FAILED_ACCOUNT_DISABLED"),
        LoginState::Expired => Err("LDAP_AUTHENTICATION_FAILED_ACCOUNT_EXPIRED"),
        _ if !right => Err("LDAP_AUTHENTICATION_FAILED"),
        LoginState::PasswordExpired => Err("LDAP_AUTHENTICATION_FAILED_PASSWORD_EXPIRED"),
        LoginState::NotInSecurityGroup => Err("LDAP_AUTHORIZATION_FAILED"),
        LoginState::NotEnabled => Err("LOGIN_NOT_ENABLED_FOR_USER"),
        LoginState::Active | LoginState::MustChangePassword | LoginState::Duplicate => Ok(login),
    }
}

fn may_enter(shared: &Shared, settings: &Settings, login: &Login) -> Result<(), &'static str> {
    if login.state == LoginState::Duplicate {
        return Err("AUTHORIZE_USER_TO_TENANT_FAILED_USER_DATA_PROBLEM_FOUND_DUPLICATE");
    }
    if shared.sessions.count(&login.name, settings, shared.clock.now()) >= login.max_sessions {
        return Err("AUTHORIZE_USER_TO_TENANT_FAILED_USER_ALREADY_LOGGED_ON_ANOTHER_SESSION");
    }
    Ok(())
}

fn said(code: i64, constant: &str) -> LoginReply {
    LoginReply { code: Some(code), code_message: Some(constant.to_owned()), ..LoginReply::default() }
}

fn tenant(world: &World, id: TenantId) -> Option<Arc<Tenant>> {
    let tenant = world.tenant(id)?;
    Some(Arc::new(Tenant {
        program_prefix: Some(tenant.prefix.clone()),
        program_nm: Some(tenant.name.clone()),
        id_program: Some(id),
        ..Tenant::default()
    }))
}

/// Enters a tenant and says everything the guide lists of it.
fn entered(shared: &Shared, world: &World, cookie: &str, (login, entry): (&Login, &Entry)) -> LoginReply {
    let token = shared.sessions.enter(cookie, entry.tenant);
    let tenant = world.tenant(entry.tenant);
    let prefix = tenant.map(|tenant| tenant.prefix.clone());
    let user = tenant.and_then(|tenant| tenant.users.get(&entry.user));
    let administers = entry.visibility == Visibility::All;
    let roles: BTreeMap<String, bool> =
        [("USER_ADMINISTRATION", true), ("TENANT_ADMINISTRATION", administers)]
            .map(|(role, granted)| (role.to_owned(), granted))
            .into();
    let person = LoggedUser {
        user_email: user.and_then(|user| user.email.clone()).map(String::from),
        first_name: user.and_then(|user| user.first_nm.clone()).map(String::from),
        first_part_of_user_name: login.name.split('@').next().map(str::to_owned),
        user_type_level: user.and_then(|user| user.user_type_level).map(|level| level.to_string()),
        internal_user: user.and_then(|user| user.internal_user),
        user_type_code: user.and_then(|user| user.user_type_code.clone()).map(String::from),
        program_prefix: prefix.clone(),
        last_name: user.and_then(|user| user.last_nm.clone()).map(String::from),
        username: Some(login.name.clone()),
        ..LoggedUser::default()
    };
    LoginReply {
        application_codes_enabled: ["USERS", "SKILLS", "CALLBACK"].map(str::to_owned).into(),
        logged_user_info: Some(Arc::new(person)),
        ucce_version: Some("12.6".to_owned()),
        schedules_notification_enabled: Some(false),
        deployment_type: Some("CONTACT_CENTER".to_owned()),
        user_domain: prefix.as_ref().map(|prefix| format!("{prefix}.test")),
        access_roles_map: roles.clone(),
        email_enabled: Some(true),
        ad_read_only_enabled: Some(false),
        feedback_features_enabled_map: [("SURVEYS".to_owned(), false)].into(),
        ipt_enabled: Some(true),
        user_token: token.map(Secret::new),
        login_expiring: Some(false),
        id_program: Some(entry.tenant),
        max_allowed_connections_to_tenant: i64::try_from(login.max_sessions).ok(),
        sso_enabled: Some(false),
        icm_user_nm_format: Some(1),
        program_user_roles_map: roles,
        enable_usage: Some(true),
        program_prefix: prefix,
        icm_sso_mode: Some(0),
        sac_notifications_enabled: Some(false),
        sso_type: Some(0),
        login_expiry_days: Some(90),
        id_program_user: Some(entry.user),
        sso_logged_user: Some(false),
        internal: Some(false),
        ..said(0, SIGNED_IN)
    }
}
