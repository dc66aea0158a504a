//! How a type tells its fields: `row!`.

use async_graphql::Context;
use futures_util::future::BoxFuture;

use super::Row;
use super::branch::{Branch, Branching, Children};
use crate::graph::error::GraphError;

/// A field that failed. Boxed, because there is room for it beside each record of a level, of which few fail.
#[derive(Clone, Debug)]
pub enum Failed {
    /// The field may be null, and is.
    Here(Box<GraphError>),
    /// The field may not be null: what it is a field of is null in its place, or what that is a field of.
    Above(Box<GraphError>),
}

impl From<GraphError> for Failed {
    fn from(error: GraphError) -> Self {
        Self::Above(Box::new(error))
    }
}

impl Failed {
    /// The same failure of a field that may be null.
    #[must_use]
    pub fn here(self) -> Self {
        match self {
            Self::Here(error) | Self::Above(error) => Self::Here(error),
        }
    }
}

/// Writes what a record holds itself.
pub(super) type Leaf<T> = fn(&T, &Context<'_>, &mut Vec<u8>) -> Result<(), Failed>;

/// Finds what stands below a field, for every record of a level.
pub(super) type Find<T, U> = for<'a> fn(&'a Context<'a>, &'a [T]) -> BoxFuture<'a, Vec<Children<U>>>;

/// How a field of `T` is written.
pub enum Field<T> {
    /// From the record itself.
    Leaf(Leaf<T>),
    /// As a level of its own below this one.
    Branch(Box<dyn Branching<T>>),
}

impl<T: Row> Field<T> {
    /// A scalar or an enum.
    pub fn leaf(write: Leaf<T>) -> Self {
        Self::Leaf(write)
    }

    /// Records below this one.
    pub fn branch<U: Row>(find: Find<T, U>) -> Self {
        Self::Branch(Box::new(Branch(find)))
    }
}

/// Whether a field of the graph is answered by this method: `loginName` by `login_name`.
#[must_use]
pub fn is_answered_by(field: &str, method: &str) -> bool {
    let mut letters = method.bytes();
    let of_method = std::iter::from_fn(|| {
        let mut letter = letters.next()?;
        if letter == b'_' {
            letter = letters.next()?.to_ascii_uppercase();
        }
        Some(letter)
    });
    field.bytes().eq(of_method)
}

/// Declares the fields of a type that lists write themselves, each by the resolver of its name, or by the method after `=`:
///
/// - `leaf`, `enumeration`: a resolver that needs nothing but the record; `own`: a method that is no resolver; `value`: a
///   member of the record.
/// - `child`: a method that answers the records below this one, from the record alone.
/// - `edge`: a function from all records of a level to what stands below each; `each`: a resolver, asked for each of them.
macro_rules! row {
    ($type:ident $(<$parameter:ident: $bound:path>)?; $($kind:ident $($field:ident $(= $method:ident)?),+;)*) => {
        impl $(<$parameter: $bound>)? $crate::graph::level::Row for $type $(<$parameter>)? {
            fn field(name: &str) -> Option<$crate::graph::level::Field<Self>> {
                $($(if $crate::graph::level::is_answered_by(name, stringify!($field)) {
                    return Some($crate::graph::level::row!(@$kind $field $(= $method)?));
                })+)*
                None
            }
        }
    };
    (@leaf $field:ident) => {
        $crate::graph::level::Field::leaf(|row: &Self, ctx, json| {
            $crate::graph::level::Written::write(row.$field(ctx), json)
        })
    };
    (@enumeration $field:ident) => {
        $crate::graph::level::Field::leaf(|row: &Self, ctx, json| {
            $crate::graph::level::Written::write($crate::graph::level::Enumeration(row.$field(ctx)), json)
        })
    };
    (@own $field:ident = $method:ident) => {
        $crate::graph::level::Field::leaf(|row: &Self, _, json| {
            $crate::graph::level::Written::write(row.$method(), json)
        })
    };
    (@value $field:ident) => {
        $crate::graph::level::Field::leaf(|row: &Self, _, json| {
            $crate::graph::level::Written::write(&row.$field, json)
        })
    };
    (@child $field:ident = $method:ident) => {
        $crate::graph::level::Field::branch(|_, rows: &[Self]| {
            let children = rows.iter().map(|row| $crate::graph::level::IntoChildren::into_children(row.$method()));
            Box::pin(::std::future::ready(children.collect()))
        })
    };
    (@edge $field:ident = $method:ident) => {
        $crate::graph::level::Field::branch(|ctx, rows| Box::pin(Self::$method(ctx, rows)))
    };
    (@each $field:ident) => {
        $crate::graph::level::Field::branch(|ctx, rows: &[Self]| {
            Box::pin($crate::graph::level::each(rows.iter().map(move |row| row.$field(ctx))))
        })
    };
}
pub(in crate::graph) use row;

#[cfg(test)]
mod tests {
    use super::is_answered_by;

    #[test]
    fn a_field_is_answered_by_the_method_of_its_name() {
        assert!(is_answered_by("isSingleSignOnEnabled", "is_single_sign_on_enabled"));
        assert!(is_answered_by("addressLine1", "address_line1"));
        for (field, method) in [("loginName", "login"), ("login", "login_name"), ("loginname", "login_name")]
        {
            assert!(!is_answered_by(field, method), "{field} {method}");
        }
    }
}
