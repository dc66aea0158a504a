//! Why a mutation did nothing: what its caller can mend, typed and with the place in the input; or a failure.

use std::borrow::Cow;

use async_graphql::resolver_utils::{EnumType, enum_value};
use async_graphql::{Context, ID, Object, OutputType, TypeName, Value};

use crate::caller::CallerError;
use crate::graph::deed::Deed;
use crate::graph::error::GraphError;
use crate::graph::id::Kind;
use crate::graph::level::Item;
use crate::graph::list::List;
use crate::graph::lookup::key_of;
use crate::portal::{PortalError, TenantId};

/// What a mutation's caller can mend; declared with `user_errors!`.
pub trait UserErrorCode: OutputType + EnumType + PartialEq {
    /// The mutation's name with a capital: `UpdateUser`.
    const MUTATION: &'static str;
    /// What to read to find out whether a write whose answer was lost was carried out.
    const FIND_OUT: &'static str;
    /// The portal's constants that its caller can mend.
    const CALLER_ERRORS: &'static [(&'static str, Self)];
    /// The portal's constants that its caller cannot mend; they end as errors of the field.
    const FAILURES: &'static [&'static str];
    /// Those of them after which the portal may have done a part of the write.
    const PARTLY: &'static [&'static str];
    /// Stands for a constant the contract does not name.
    const UNKNOWN: Self;
    /// The field of the input that is to be mended.
    fn field(self) -> Option<&'static str>;
    /// The reason in words.
    fn message(self) -> String;
}

/// Declares the reasons of one mutation. A reason's doc is both its description and its message; the name in
/// parentheses is the field of the input it is about; after `=` come the portal's constants that mean it. `failures` are
/// the constants its caller cannot mend, and `partly` those of them that leave a part of the write done.
macro_rules! user_errors {
    (
        $(#[doc = $about:literal])+
        $code:ident of $mutation:literal, find out by $find_out:literal {
            $($(#[doc = $doc:literal])+ $reason:ident $(($field:literal))? $(= $first:literal $(| $other:literal)*)?,)*
        }
        failures [$($failure:literal),* $(,)?]
        $(partly [$($partly:literal),* $(,)?])?
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, ::async_graphql::Enum)]
        pub enum $code {
            $($(#[doc = $doc])+ $reason,)*
            /// The upstream refused for another reason; `portalCode` has its word.
            Unknown,
        }

        impl $crate::graph::mutation::refusal::UserErrorCode for $code {
            const MUTATION: &'static str = $mutation;
            const FIND_OUT: &'static str = $find_out;
            const CALLER_ERRORS: &'static [(&'static str, Self)] =
                &[$($(($first, Self::$reason), $(($other, Self::$reason),)*)?)*];
            const FAILURES: &'static [&'static str] = &[$($failure,)* $($($partly,)*)?];
            const PARTLY: &'static [&'static str] = &[$($($partly,)*)?];
            const UNKNOWN: Self = Self::Unknown;

            fn field(self) -> Option<&'static str> {
                match self {
                    $($(Self::$reason => Some($field),)?)*
                    _ => None,
                }
            }

            fn message(self) -> String {
                let doc = match self {
                    $(Self::$reason => concat!($($doc),+),)*
                    Self::Unknown => "The upstream refused for a reason this gateway does not know.",
                };
                doc.trim().to_owned()
            }
        }
    };
}
pub(super) use user_errors;

/// A reason why a mutation did nothing, for people and for programs.
#[derive(Clone)]
pub struct UserError<C> {
    code: C,
    field: Option<Vec<String>>,
    message: String,
    portal_code: Option<String>,
}

impl<C: UserErrorCode> Item for UserError<C> {}

impl<C: UserErrorCode> UserError<C> {
    /// The reason as clients read it.
    fn name(&self) -> String {
        match enum_value(self.code) {
            Value::Enum(name) => name.to_string(),
            _ => String::new(),
        }
    }
}

impl<C: UserErrorCode> TypeName for UserError<C> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Error", C::MUTATION).into()
    }
}

/// A reason why the mutation did nothing, which its caller can mend.
#[Object(name_type)]
impl<C: UserErrorCode> UserError<C> {
    /// The reason.
    async fn code(&self) -> C {
        self.code
    }

    /// The path into the arguments of what must be mended; null where that is none of them.
    async fn field(&self) -> Option<List<String>> {
        self.field.clone().map(List)
    }

    /// The reason in words.
    async fn message(&self) -> &str {
        &self.message
    }

    /// The upstream's own constant, where it was the upstream that refused.
    async fn portal_code(&self) -> Option<&str> {
        self.portal_code.as_deref()
    }
}

/// Every violation found in one input, so that all are told at once.
pub struct Violations<C>(Vec<UserError<C>>);

impl<C: UserErrorCode> Violations<C> {
    /// None so far.
    pub fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds the reason at its own field.
    pub fn add(&mut self, code: C) {
        self.add_with(code, code.message());
    }

    /// Adds the reason at its own field, in other words than its description.
    pub fn add_with(&mut self, code: C, message: impl Into<String>) {
        self.add_at(code, code.field().into_iter().map(str::to_owned), message);
    }

    /// Adds the reason at a place below `input`: names of fields, and positions in lists from 0.
    pub fn add_at(&mut self, code: C, path: impl IntoIterator<Item = String>, message: impl Into<String>) {
        let field: Vec<_> = std::iter::once("input".to_owned()).chain(path).collect();
        let field = (field.len() > 1).then_some(field);
        self.0.push(UserError { code, field, message: message.into(), portal_code: None });
    }

    /// The portal's key of the record that an id names; an id of another type, tenant or maker is a violation.
    pub fn key(&mut self, id: &ID, kinds: &[Kind], tenant: TenantId, code: C) -> Option<i64> {
        let key = key_of(id, kinds, tenant);
        if key.is_none() {
            self.add(code);
        }
        key
    }

    /// Adds a reason that the upstream gave in a word of its own, about something it names in its own way.
    pub fn add_said(&mut self, word: &str, path: Vec<String>, about: &str) {
        let known = C::CALLER_ERRORS.iter().find(|(known, _)| *known == word);
        self.add_told((word, known.map_or(C::UNKNOWN, |(_, code)| *code)), path, about);
    }

    /// Adds a reason, and the upstream's own word for it.
    pub fn add_told(&mut self, (word, code): (&str, C), path: Vec<String>, about: &str) {
        let message = if about.is_empty() { code.message() } else { format!("{about}: {}", code.message()) };
        self.add_at(code, path, message);
        if let Some(added) = self.0.last_mut().filter(|_| !word.is_empty()) {
            added.portal_code = Some(word.to_owned());
        }
    }

    /// Whether there is none so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The refusal they come to.
    pub fn refusal(self) -> Refusal<C> {
        Refusal::Mendable(self.0)
    }

    /// What to answer when looking further fails: what was found so far can be mended, and else it is the failure.
    pub fn or(self, failure: impl Into<GraphError>) -> Refusal<C> {
        if self.is_empty() { Refusal::Failure(failure.into()) } else { Refusal::Mendable(self.0) }
    }

    /// Refuses the mutation if there was any.
    pub fn check(self) -> Result<(), Refusal<C>> {
        if self.0.is_empty() { Ok(()) } else { Err(Refusal::Mendable(self.0)) }
    }
}

/// Why a mutation did nothing.
pub enum Refusal<C> {
    /// Its caller can mend it.
    Mendable(Vec<UserError<C>>),
    /// Its caller cannot.
    Failure(GraphError),
}

impl<C: UserErrorCode> Refusal<C> {
    /// One reason at its own field.
    pub fn one(code: C) -> Self {
        let mut violations = Violations::new();
        violations.add(code);
        Self::Mendable(violations.0)
    }

    /// What the portal said in a constant of its own, or without one.
    pub fn said(constant: Option<&str>) -> Self {
        let known = C::CALLER_ERRORS.iter().find(|(known, _)| Some(*known) == constant);
        let code = known.map_or(C::UNKNOWN, |(_, code)| *code);
        let field = code.field().map(|field| vec!["input".to_owned(), field.to_owned()]);
        let portal_code = constant.map(str::to_owned);
        Self::Mendable(vec![UserError { code, field, message: code.message(), portal_code }])
    }

    /// One reason at a place below `input`.
    pub fn at(code: C, path: &[&str]) -> Self {
        let mut violations = Violations::new();
        violations.add_at(code, path.iter().map(|step| (*step).to_owned()), code.message());
        Self::Mendable(violations.0)
    }

    /// What the portal refused the mutation's own write with, or that nobody knows whether it was carried out.
    pub fn of_write(error: CallerError) -> Self {
        match error {
            CallerError::Portal(PortalError::Refused { code_message: Some(constant), .. })
                if !C::FAILURES.contains(&&*constant) =>
            {
                Self::said(Some(&constant))
            }
            CallerError::Portal(PortalError::Refused { code_message: Some(ref constant), .. })
                if C::PARTLY.contains(&&**constant) =>
            {
                Self::Failure(GraphError::from(error).with_part_done(C::FIND_OUT))
            }
            CallerError::OutcomeUnknown(lost) => {
                Self::Failure(GraphError::from(CallerError::clone(&lost)).with_outcome_unknown(C::FIND_OUT))
            }
            error => error.into(),
        }
    }

    /// What the mutation answers: a payload with or without the reasons, or a failure.
    pub fn settle<T>(
        ctx: &Context<'_>,
        result: Result<T, Self>,
    ) -> Result<(Option<T>, Vec<UserError<C>>), GraphError> {
        let refused = match &result {
            Err(Self::Mendable(errors)) => errors.iter().map(UserError::name).collect(),
            _ => Vec::new(),
        };
        Deed::note(ctx, refused);
        match result {
            Ok(done) => Ok((Some(done), Vec::new())),
            Err(Self::Mendable(errors)) => Ok((None, errors)),
            Err(Self::Failure(error)) => Err(error),
        }
    }
}

impl<C> From<GraphError> for Refusal<C> {
    fn from(error: GraphError) -> Self {
        Self::Failure(error)
    }
}

/// What was read before the write failed; its caller cannot mend that.
impl<C> From<CallerError> for Refusal<C> {
    fn from(error: CallerError) -> Self {
        Self::Failure(error.into())
    }
}
