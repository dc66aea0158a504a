//! Invented rights: for every name of the release a value, assigned here, inherited there, the same in every run.

use std::sync::Arc;

use super::rights::{self, Shape};
use super::role::{Grouped, Inheritable, Inherited, Reference, Right, RightSheet, Role};
use super::wire_enum::{Grouping, ObjectType, SourceKind};
use crate::simulator::random::Random;

/// The three rights objects of a role.
#[derive(Clone)]
pub(super) struct Rights {
    security: Arc<RightSheet>,
    access: Arc<RightSheet>,
    administrative: Arc<RightSheet>,
}

/// What rights are inherited from, and what they reach over.
pub(super) struct Around {
    /// One of each kind that can hand rights down.
    pub(super) sources: [(Reference, SourceKind); 4],
    /// Objects that rights name, one of each type.
    pub(super) objects: [(Reference, ObjectType); 4],
}

impl Around {
    /// Objects whose names begin with a word.
    pub(super) fn named(word: &str) -> Self {
        let named = |kind: &str, rest: &str| {
            let name = format!("{word} {rest}");
            Reference::new(kind, &name, &name)
        };
        Self {
            sources: [
                (named("workgroups", "workgroup"), SourceKind::Workgroup),
                (named("roles", "base role"), SourceKind::Role),
                (Reference::new("default-user", "DefaultUser", "Default user"), SourceKind::DefaultUser),
                (
                    named("client-configuration-templates", "template"),
                    SourceKind::ClientConfigurationTemplate,
                ),
            ],
            objects: [
                (named("access-control-groups", "access"), ObjectType::AccessControlGroup),
                (named("workgroups", "workgroup"), ObjectType::Workgroup),
                (named("line-groups", "lines"), ObjectType::LineGroup),
                (named("feedback-survey-groups", "surveys"), ObjectType::FeedbackSurveyGroup),
            ],
        }
    }

    fn source<T>(&self, random: &mut Random, values: T) -> Inherited<T> {
        let (from, kind) = &self.sources[random.below(self.sources.len())];
        Inherited { from: from.clone(), kind: *kind, values }
    }

    fn grouped(&self, random: &mut Random) -> Grouped {
        let (object, object_type) = &self.objects[random.below(self.objects.len())];
        match random.below(4) {
            0 => Grouped { object: None, object_type: *object_type, grouping: Grouping::All },
            1 => {
                Grouped { object: Some(object.clone()), object_type: *object_type, grouping: Grouping::Group }
            }
            _ => Grouped {
                object: Some(object.clone()),
                object_type: *object_type,
                grouping: Grouping::Single,
            },
        }
    }
}

impl Rights {
    /// Rights of which about so many in a hundred are granted.
    pub(super) fn invent(around: &Around, percent: usize, random: &mut Random) -> Self {
        let mut sheet = |object| Arc::new(sheet(object, around, (percent, &mut *random)));
        Self {
            security: sheet("securityRights"),
            access: sheet("accessRights"),
            administrative: sheet("administrativeRights"),
        }
    }

    /// Gives them to a role.
    pub(super) fn give(self, role: &mut Role) {
        role.security_rights = Some(self.security);
        role.access_rights = Some(self.access);
        role.administrative_rights = Some(self.administrative);
    }
}

fn sheet(object: &str, around: &Around, (percent, random): (usize, &mut Random)) -> RightSheet {
    rights::shapes(object)
        .map(|(name, shape)| {
            let granted = random.below(100) < percent;
            let right = match shape {
                Shape::Flag => Right::Flag(Inheritable {
                    actual: Some(granted),
                    inherited: (0..sources(random))
                        .map(|_| {
                            let value = random.below(100) < percent;
                            around.source(random, value)
                        })
                        .collect(),
                }),
                Shape::Grouped => Right::Grouped(Inheritable {
                    actual: Some(if granted { vec![around.grouped(random)] } else { Vec::new() }),
                    inherited: (0..sources(random))
                        .map(|_| {
                            let value = vec![around.grouped(random)];
                            around.source(random, value)
                        })
                        .collect(),
                }),
            };
            (name.to_owned(), right)
        })
        .collect()
}

/// Most rights are inherited from nowhere, some from one source, a few from two.
fn sources(random: &mut Random) -> usize {
    [0, 0, 0, 0, 0, 1, 1, 2][random.below(8)]
}
