//! The codes of errors, by which clients branch: one list, of which `docs/errors.md` is printed.

/// Declares the codes: what each means is its doc, and beside its name stands what a client does about it.
macro_rules! codes {
    ($($(#[doc = $meaning:literal])+ $name:ident = $text:literal: $advice:literal;)+) => {
        /// The codes a client can branch on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $($(#[doc = $meaning])+ $name,)+
        }

        impl Code {
            /// All there are; no error has another.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The code as clients read it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            /// What it means, in sentences.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($meaning,)+).trim(),)+
                }
            }

            /// What a client does about it, in sentences.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self {
                    $(Self::$name => $advice,)+
                }
            }
        }
    };
}

codes! {
    /// There is no session, or it has ended; or what was sent to prove one opens nothing.
    Unauthenticated = "UNAUTHENTICATED": "Sign in, again if need be.";
    /// The session may not do this, has not selected a tenant, or the operator has not allowed it.
    Forbidden = "FORBIDDEN": "Read the message: it names the setting, or the mutation to call first.";
    /// The request asks for something that cannot be, or cannot be read.
    BadUserInput = "BAD_USER_INPUT": "Mend the request or its variables.";
    /// The document is not GraphQL.
    GraphqlParseFailed = "GRAPHQL_PARSE_FAILED": "Mend the document at `locations`.";
    /// The document does not fit the schema.
    GraphqlValidationFailed = "GRAPHQL_VALIDATION_FAILED": "Mend the document at `locations`.";
    /// The request is beyond a limit, or needs more calls than one may make.
    QueryTooCostly = "QUERY_TOO_COSTLY": "Ask for less at once; the message names the limit.";
    /// As many subscriptions are open as there may be.
    TooManySubscriptions = "TOO_MANY_SUBSCRIPTIONS": "End another one first.";
    /// There were more requests than the settings allow.
    RateLimited = "RATE_LIMITED": "Wait as long as `Retry-After` says.";
    /// No document of this id is known.
    PersistedQueryNotFound = "PERSISTED_QUERY_NOT_FOUND":
        "With automatic persisted queries send the text along; else ask the operator to list the document.";
    /// Documents are not found by id here.
    PersistedQueryNotSupported = "PERSISTED_QUERY_NOT_SUPPORTED": "Send the text of the document.";
    /// The gateway, or this service account, takes documents of a list alone, and this one is not on it.
    DocumentNotAllowed = "DOCUMENT_NOT_ALLOWED": "Ask the operator to list the document.";
    /// The service account changes nothing.
    ServiceAccountReadOnly = "SERVICE_ACCOUNT_READ_ONLY":
        "Ask the operator for `read_only = false`, if it is to change something.";
    /// The upstream does not let the service account in.
    ServiceAccountRefused = "SERVICE_ACCOUNT_REFUSED":
        "Tell the operator; `Retry-After` says when the gateway tries again.";
    /// A write met a session of the service account that had ended: it was not carried out.
    ServiceAccountSignedOut = "SERVICE_ACCOUNT_SIGNED_OUT": "Send it again.";
    /// The portal or ICWS refused the call; `portalCode` says with which constant, where it gave one.
    PortalRefused = "PORTAL_REFUSED": "Look `portalCode` up in the portal's guide; asking again changes nothing.";
    /// The portal or ICWS could not be reached, or is not configured.
    PortalUnreachable = "PORTAL_UNREACHABLE": "If it is `retryable`, try later.";
    /// What was asked was not answered in time.
    PortalTimeout = "PORTAL_TIMEOUT": "If it is `retryable`, try later, or allow it more time.";
    /// The portal or ICWS has too much to do, or too many calls are waiting for it.
    PortalOverloaded = "PORTAL_OVERLOADED": "Try again after `retryAfterSeconds`.";
    /// The portal or ICWS answered something that is not an answer.
    PortalUnintelligible = "PORTAL_UNINTELLIGIBLE": "Tell the operator; asking again changes nothing.";
    /// The store that replicas of the gateway share is gone: nothing was sent.
    StoreUnavailable = "STORE_UNAVAILABLE": "Try again in a moment; keep the session's token.";
    /// The gateway itself has too much to do, or is stopping.
    Overloaded = "OVERLOADED": "Try again after `Retry-After`.";
    /// There is nothing at this address.
    NotFound = "NOT_FOUND": "Mend the address: the graph is at `/graphql`.";
    /// A defect of the gateway.
    Internal = "INTERNAL": "Report it, with the `requestId`.";
}

impl Code {
    /// The code that is spelt like this.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }
}
