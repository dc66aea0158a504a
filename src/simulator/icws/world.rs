//! The configuration behind ICWS: who may connect, the roles, and the objects that roles refer to.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::role::{Reference, Role};

/// Everything ICWS knows.
#[derive(Clone, Debug, Default)]
pub struct Icws {
    /// The server's name, `icServer`.
    pub server: String,
    /// Who may connect.
    pub users: Vec<User>,
    /// The roles.
    pub roles: Vec<Arc<Role>>,
    /// The users that can be members; whoever may connect need not be among them.
    pub members: Vec<Reference>,
    /// The workgroups.
    pub workgroups: Vec<Reference>,
    /// The password policies.
    pub password_policies: Vec<Reference>,
    /// The client templates.
    pub client_templates: Vec<Reference>,
    /// The access control groups.
    pub access_control_groups: Vec<Reference>,
}

/// Someone who may connect.
#[derive(Clone, Debug)]
pub struct User {
    /// `userID`, compared without regard to case.
    pub id: String,
    /// The password.
    pub password: String,
    /// `userDisplayName`.
    pub display_name: String,
    /// The roles shown with `rightsFilter` admin.
    pub administers: Reach,
    /// The roles shown with `rightsFilter` view, beside those administered.
    pub views: Reach,
    /// Whether roles may be created.
    pub may_create: bool,
    /// `daysUntilPasswordExpiration`; none where the password does not expire.
    pub days_until_password_expiration: Option<i64>,
    /// What it is good for, in a sentence.
    pub shows: String,
}

/// Which roles a user reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Every role.
    All,
    /// The roles with these ids.
    Of(BTreeSet<String>),
}

impl Reach {
    /// No role.
    #[must_use]
    pub fn none() -> Self {
        Self::Of(BTreeSet::new())
    }

    /// Whether the role with this id is within.
    #[must_use]
    pub fn covers(&self, role: &str) -> bool {
        match self {
            Self::All => true,
            Self::Of(roles) => roles.contains(role),
        }
    }
}

impl User {
    /// A user who may administer every role and create some.
    #[must_use]
    pub fn new((id, password): (&str, &str), display_name: &str) -> Self {
        Self {
            id: id.to_owned(),
            password: password.to_owned(),
            display_name: display_name.to_owned(),
            administers: Reach::All,
            views: Reach::All,
            may_create: true,
            days_until_password_expiration: Some(30),
            shows: String::new(),
        }
    }

    /// The same user with a sentence on what it is good for.
    #[must_use]
    pub fn showing(self, shows: &str) -> Self {
        Self { shows: shows.to_owned(), ..self }
    }
}

impl Icws {
    /// The user with this id.
    #[must_use]
    pub fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id.eq_ignore_ascii_case(id))
    }

    /// The role with this id, seen already or not.
    #[must_use]
    pub fn role(&self, id: &str) -> Option<&Arc<Role>> {
        self.roles.iter().find(|role| role.identity.id == id)
    }

    /// Adds a role, and lets a user reach it.
    pub(super) fn add(&mut self, role: Role, creator: &str) {
        if let Some(user) = self.users.iter_mut().find(|user| user.id.eq_ignore_ascii_case(creator)) {
            for reach in [&mut user.administers, &mut user.views] {
                if let Reach::Of(roles) = reach {
                    roles.insert(role.identity.id.clone());
                }
            }
        }
        self.roles.push(Arc::new(role));
    }
}
