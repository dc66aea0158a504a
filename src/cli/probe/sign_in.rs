//! Signing in for the probe: the encoding of the login fields is found without ever risking a password, and a tenant is
//! entered where there are several.

use super::door::Door;
use crate::cli::failure::Failure;
use crate::config::{Encoding, Portal};
use crate::portal::auth::{AuthorizeUserToTenant, Login, LoginReply, Outcome, Tenant};
use crate::portal::dialect::encode;
use crate::portal::{PortalError, TenantId, UserId};
use crate::upstream::Secret;

/// What the portal says of a login field that it cannot read, before it looks at the password: the one answer after
/// which another encoding may be tried. After any other the account might be locked.
const NOT_READABLE: &str = "INVALID_LOGIN_NAME_NOT_IN_EXPECTED_FORMAT";

/// The encodings, likeliest first.
const ENCODINGS: [Encoding; 6] = [
    Encoding::Base64,
    Encoding::Hex,
    Encoding::HexOfBase64,
    Encoding::Base64OfHex,
    Encoding::Base64url,
    Encoding::Plain,
];

/// Who signs in, and how.
pub(super) struct Visitor {
    pub(super) username: String,
    pub(super) password: Secret,
    /// The tenant to enter, where there are several, or to be in: its number, prefix or name.
    pub(super) tenant: Option<String>,
    /// The one encoding to try; without it, the others too.
    pub(super) encoding: Option<Encoding>,
}

/// Whether a login name has the portal's form; one without would be refused in every encoding, one after the other.
pub(super) fn is_login_name(name: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && !part.contains(|c: char| c == '@' || c.is_whitespace());
    name.split_once('@').is_some_and(|(name, customer)| is_part(name) && is_part(customer))
}

/// What signing in brought.
pub(super) struct SignedIn {
    pub(super) encoding: Encoding,
    /// How many encodings were tried before it.
    pub(super) refused: usize,
    /// The prefix of the tenant, which callbacks go by.
    pub(super) prefix: Option<String>,
    /// The user who signed in.
    pub(super) user: Option<UserId>,
}

/// Signs in and enters a tenant.
pub(super) async fn sign_in(
    door: &mut Door,
    settings: &Portal,
    visitor: &Visitor,
) -> Result<SignedIn, Failure> {
    let first = visitor.encoding.unwrap_or(settings.login_encoding);
    let mut encodings = vec![first];
    if visitor.encoding.is_none() {
        encodings.extend(ENCODINGS.into_iter().filter(|other| *other != first));
    }
    for (refused, encoding) in encodings.iter().copied().enumerate() {
        let login = Login {
            username: Some(Secret::new(encode(encoding, &visitor.username))),
            password: Some(Secret::new(encode(encoding, visitor.password.expose()))),
            ..Login::default()
        };
        eprintln!("signing in, login fields as {}", spelling(encoding));
        let reply = match door.log_in(&login).await? {
            Err(PortalError::Refused { code_message: Some(constant), .. }) if &*constant == NOT_READABLE => {
                continue;
            }
            reply => reply.map_err(|error| refusal(&error))?,
        };
        if reply.outcome() == Outcome::MustChangePassword {
            return Err(Failure::SignIn {
                reason: "USER_MUST_CHANGE_PASSWORD".to_owned(),
                advice: "change the password in the portal, or give another --username",
            });
        }
        if door.credentials().is_none() {
            return Err(Failure::SignIn {
                reason: "its answer sets no JSESSIONID cookie".to_owned(),
                advice: "check that --url leads to the portal itself",
            });
        }
        let (reply, tenant) = if reply.outcome() == Outcome::TenantSelectionRequired {
            enter(door, settings, visitor, &reply).await?
        } else {
            let only = only(&reply);
            check(visitor, &only)?;
            (reply, Some(only))
        };
        let listed = tenant.and_then(|tenant| tenant.program_prefix);
        let in_name = || visitor.username.rsplit_once('@').map(|(_, prefix)| prefix.to_owned());
        let prefix = reply.program_prefix.clone().or(listed).or_else(in_name);
        return Ok(SignedIn { encoding, refused, prefix, user: reply.id_program_user });
    }
    Err(Failure::Unreadable { tried: encodings.into_iter().map(spelling).collect() })
}

/// The tenant of a user who has one, as far as the portal tells it.
fn only(reply: &LoginReply) -> Tenant {
    let listed =
        reply.accessible_tenants_list.first().map(|tenant| Tenant::clone(tenant)).unwrap_or_default();
    Tenant {
        id_program: reply.id_program.or(listed.id_program),
        program_prefix: reply.program_prefix.clone().or(listed.program_prefix),
        ..listed
    }
}

/// Fails if another tenant was meant than the one there is.
fn check(visitor: &Visitor, only: &Tenant) -> Result<(), Failure> {
    match &visitor.tenant {
        Some(_) if *only == Tenant::default() => {
            eprintln!("the portal does not tell which tenant this is, so --tenant was not compared with it");
            Ok(())
        }
        Some(given) if !is_named(only, given) => {
            list([only])?;
            Err(Failure::NoSuchTenant { given: given.clone() })
        }
        _ => Ok(()),
    }
}

/// Whether a tenant is meant, by its number, prefix or name.
fn is_named(tenant: &Tenant, given: &str) -> bool {
    let is =
        |text: &Option<String>| text.as_ref().is_some_and(|text| text.to_lowercase() == given.to_lowercase());
    tenant.id_program.is_some_and(|id| id.to_string() == given)
        || is(&tenant.program_prefix)
        || is(&tenant.program_nm)
}

fn list<'a>(tenants: impl IntoIterator<Item = &'a Tenant>) -> Result<(), Failure> {
    let lines = tenants.into_iter().map(|tenant| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let id = tenant.id_program.map(|id| id.to_string()).unwrap_or_default();
        format!("  {id:<10} {:<6} {}\n", text(&tenant.program_prefix), text(&tenant.program_nm))
    });
    crate::cli::print(&format!("The tenants of this user:\n\n{}\n", lines.collect::<String>()))
}

/// Enters the tenant that was given; without one, and with one that is not there, tells which there are.
async fn enter(
    door: &mut Door,
    settings: &Portal,
    visitor: &Visitor,
    reply: &LoginReply,
) -> Result<(LoginReply, Option<Tenant>), Failure> {
    let all = || reply.accessible_tenants_list.iter().map(|tenant| &**tenant);
    let Some(given) = &visitor.tenant else {
        list(all())?;
        return Err(Failure::Tenant);
    };
    let chosen = all().find(|tenant| is_named(tenant, given)).cloned();
    // A portal that lists none may know the number all the same.
    let unlisted = given.parse().ok().filter(|_| reply.accessible_tenants_list.is_empty()).map(TenantId);
    let Some(tenant) = chosen.as_ref().and_then(|tenant| tenant.id_program).or(unlisted) else {
        list(all())?;
        return Err(Failure::NoSuchTenant { given: given.clone() });
    };
    let operation = AuthorizeUserToTenant {
        username: Some(encode(settings.tenant_selection_encoding, &visitor.username)),
        id_program: Some(tenant),
        auth_token: door.credentials().and_then(|credentials| credentials.token().cloned()),
        ..AuthorizeUserToTenant::default()
    };
    let entered = door.enter(&operation).await?.map_err(|error| refusal(&error))?;
    Ok((entered, chosen))
}

/// Why there is no session, and what to change.
fn refusal(error: &PortalError) -> Failure {
    let constant = match error {
        PortalError::Refused { code_message, .. } => code_message.as_deref().unwrap_or("(no constant)"),
        PortalError::Unreachable { .. } | PortalError::TimedOut { .. } => {
            return Failure::SignIn {
                reason: error.to_string(),
                advice: "check --url, and that this machine reaches it and trusts its certificate",
            };
        }
        _ => {
            return Failure::SignIn {
                reason: error.to_string(),
                advice: "check that --url leads to the portal itself",
            };
        }
    };
    let advice = match constant {
        "LDAP_AUTHENTICATION_FAILED" => {
            "check the password; nothing more was tried, because accounts lock after a few wrong ones"
        }
        NOT_READABLE | "INVALID_LOGIN_NAME" | "LDAP_AUTHENTICATION_FAILED_USER_NOT_FOUND" => {
            "check --username, which is a name, @, and the three characters of the customer"
        }
        constant if constant.starts_with("AUTHORIZE_USER_TO_TENANT") => {
            "check --tenant; if the name is what does not match, try another portal.tenant_selection_encoding in --config"
        }
        _ => "give another --username, or have the account put right; nothing more was tried",
    };
    Failure::SignIn { reason: constant.to_owned(), advice }
}

/// An encoding as the settings spell it.
pub(super) fn spelling(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Base64 => "base64",
        Encoding::Base64url => "base64url",
        Encoding::Hex => "hex",
        Encoding::HexOfBase64 => "hex_of_base64",
        Encoding::Base64OfHex => "base64_of_hex",
        Encoding::Plain => "plain",
    }
}
