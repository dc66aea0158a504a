//! What wraps every answer: `code`, `codeMessage` and two texts for people, beside the reply's own fields.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::record::{Record as _, record};
use super::spelling::Spelling;
use crate::upstream::json;

/// A reply: its own fields, and the portal's verdict on the call.
pub trait Reply: Serialize + DeserializeOwned + PartialEq + Send + Sync + 'static {
    /// 0 is success, anything else a refusal, even with HTTP 200.
    fn code(&self) -> Option<i64>;

    /// The constant that explains the code; it never decides.
    fn code_message(&self) -> Option<&str>;

    /// How many records it holds.
    fn records(&self) -> usize {
        0
    }

    /// Called once after reading, for replies that need to look again at what was not recognised.
    fn settle(&mut self) {}

    /// How its fields are spelt; one that is not documented has none.
    #[must_use]
    fn spellings() -> &'static [Spelling] {
        &[]
    }

    /// The list that `settle` finds by what it holds, whatever it is called.
    #[must_use]
    fn nameless() -> Option<&'static str> {
        None
    }

    /// How a body is read; an operation without a documented reply reads none.
    fn read(body: &[u8]) -> Result<Self, serde_json::Error> {
        json::read_bytes(body)
    }
}

record! {
    /// The totals of a paged reply.
    pub struct Paging {
        /// Count of pages.
        total_pages: Option<i64> = "totalPages",
        /// Count of elements.
        total_elements: Option<i64> = "totalElements",
    }
}

record! {
    /// A reply that says no more than whether the call succeeded.
    pub struct Envelope {
        /// 0 is success, -1 failure.
        code: Option<i64> = "code",
        /// The constant that says what happened.
        code_message: Option<String> = "codeMessage",
        /// Text for people.
        error_message: Option<String> = "errorMessage",
        /// More text for people.
        free_text_response: Option<String> = "freeTextResponse",
    }
}

impl Reply for Envelope {
    fn code(&self) -> Option<i64> {
        self.code
    }

    fn code_message(&self) -> Option<&str> {
        self.code_message.as_deref()
    }

    fn spellings() -> &'static [Spelling] {
        Self::SPELLINGS
    }
}

/// Declares a reply: a record with the envelope's four fields before its own.
macro_rules! reply {
    ($(#[$meta:meta])* pub struct $name:ident { $($fields:tt)* } $(settle = $settle:expr, finds = $finds:literal;)?) => {
        $crate::portal::record::record! {
            $(#[$meta])*
            pub struct $name {
                /// 0 is success, -1 failure.
                code: Option<i64> = "code",
                /// The constant that says what happened.
                code_message: Option<String> = "codeMessage",
                /// Text for people.
                error_message: Option<String> = "errorMessage",
                /// More text for people.
                free_text_response: Option<String> = "freeTextResponse",
                $($fields)*
            }
        }

        impl $crate::portal::Reply for $name {
            fn code(&self) -> Option<i64> {
                self.code
            }

            fn code_message(&self) -> Option<&str> {
                self.code_message.as_deref()
            }

            fn spellings() -> &'static [$crate::portal::spelling::Spelling] {
                <Self as $crate::portal::Record>::SPELLINGS
            }

            fn records(&self) -> usize {
                $crate::portal::Record::records(self)
            }

            $(fn settle(&mut self) {
                let settle: fn(&mut Self) = $settle;
                settle(self);
            }

            fn nameless() -> Option<&'static str> {
                Some($finds)
            })?
        }
    };
}
pub(crate) use reply;
