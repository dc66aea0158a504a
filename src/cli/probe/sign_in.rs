//! Signing in for the probe: the encoding of the login fields is found without ever risking a password, and a tenant is
//! entered where there are several.

use super::door::Door;
use crate::cli::failure::Failure;
use crate::config::{Encoding, Portal};
use crate::portal::auth::{AuthorizeUserToTenant, Login, LoginReply, Outcome, Tenant};
use crate::portal::dialect::encode;
use crate::portal::{PortalError, Secret, TenantId, UserId};

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
    /// The tenant to enter, where there are several.
    pub(super) tenant: Option<TenantId>,
    /// The one encoding to try; without it, the others too.
    pub(super) encoding: Option<Encoding>,
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
            let only = reply.accessible_tenants_list.first().map(|tenant| Tenant::clone(tenant));
            (reply, only)
        };
        let listed = tenant.and_then(|tenant| tenant.program_prefix);
        let in_name = || visitor.username.rsplit_once('@').map(|(_, prefix)| prefix.to_owned());
        let prefix = reply.program_prefix.clone().or(listed).or_else(in_name);
        return Ok(SignedIn { encoding, refused, prefix, user: reply.id_program_user });
    }
    Err(Failure::Unreadable { tried: encodings.into_iter().map(spelling).collect() })
}

/// Enters the tenant that was given; without one, tells which there are.
async fn enter(
    door: &mut Door,
    settings: &Portal,
    visitor: &Visitor,
    reply: &LoginReply,
) -> Result<(LoginReply, Option<Tenant>), Failure> {
    let Some(tenant) = visitor.tenant else {
        let listed = reply.accessible_tenants_list.iter().map(|tenant| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let id = tenant.id_program.map(|id| id.to_string()).unwrap_or_default();
            format!("  {id:<10} {:<6} {}\n", text(&tenant.program_prefix), text(&tenant.program_nm))
        });
        crate::cli::print(&format!("The tenants of this user:\n\n{}\n", listed.collect::<String>()))?;
        return Err(Failure::Tenant);
    };
    let operation = AuthorizeUserToTenant {
        username: Some(encode(settings.tenant_selection_encoding, &visitor.username)),
        id_program: Some(tenant),
        auth_token: door.credentials().and_then(|credentials| credentials.token().cloned()),
        ..AuthorizeUserToTenant::default()
    };
    let entered = door.enter(&operation).await?.map_err(|error| refusal(&error))?;
    let listed = reply.accessible_tenants_list.iter().find(|listed| listed.id_program == Some(tenant));
    Ok((entered, listed.map(|tenant| Tenant::clone(tenant))))
}

/// Why there is no session, and what to change.
fn refusal(error: &PortalError) -> Failure {
    let constant = match error {
        PortalError::Refused { code_message, .. } => code_message.as_deref().unwrap_or("(no constant)"),
        PortalError::Unreachable { .. } | PortalError::TimedOut { .. } => {
            return Failure::SignIn {
                reason: error.to_string(),
                advice: "check --url, and that this machine may reach it",
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
