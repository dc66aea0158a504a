//! `Decision`: which of two ways an edge was asked, why, and what either would have cost.

use super::Path;
use crate::caller::plan::{Direction, Price, Reason};

/// A choice between the two ways of an edge, made for all records of a level together.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The setting that can name a way for good.
    pub setting: &'static str,
    /// The fields whose records it was made for.
    pub paths: Vec<Path>,
    /// How many different records they are.
    pub keys: usize,
    /// How many of them are asked for one by one, where the inverse way was taken.
    pub alone: usize,
    /// The way that was taken.
    pub chosen: Direction,
    /// What decided.
    pub reason: Reason,
    /// One call for each record.
    pub forward: Alternative,
    /// From the other end.
    pub inverse: Alternative,
}

/// One of the two ways.
#[derive(Clone, Copy, Debug)]
pub struct Alternative {
    /// The operations it asks, in this order.
    pub operations: &'static [&'static str],
    /// What it would have cost then; `None` where that was not known.
    pub price: Option<Price>,
}

/// Different paths in the order in which they come.
pub(in crate::caller) fn distinct(paths: impl IntoIterator<Item = Option<Path>>) -> Vec<Path> {
    let mut distinct: Vec<Path> = Vec::new();
    for path in paths.into_iter().flatten() {
        if distinct.len() < super::MOST_PATHS && !distinct.contains(&path) {
            distinct.push(path);
        }
    }
    distinct
}
