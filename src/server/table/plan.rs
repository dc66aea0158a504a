//! Which columns a document's table has, of which type, and where their values stand in its answer: told by the document and
//! the schema alone, so that a table without rows has the columns of one with many.

use std::collections::{HashMap, HashSet, VecDeque};

use super::selection::{Node, Tree};
use crate::server::refusal::{BAD_USER_INPUT, Refusal};

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnType {
    String,
    Number,
    Boolean,
    Time,
}

impl ColumnType {
    fn of(kind: &str) -> Self {
        match kind {
            "Int" | "Float" => Self::Number,
            "Boolean" => Self::Boolean,
            "DateTime" => Self::Time,
            _ => Self::String,
        }
    }

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Time => "time",
        }
    }
}

/// A column.
#[derive(Debug)]
pub(super) struct Column {
    /// The keys that lead to it, joined by dots.
    pub(super) name: String,
    /// The same for a member of an object, without dots: most tools take one for a path.
    pub(super) member: String,
    pub(super) kind: ColumnType,
}

/// Where a value of a row stands.
#[derive(Debug)]
pub(super) struct Cell {
    /// From the item on.
    pub(super) path: Vec<String>,
    pub(super) column: usize,
    pub(super) content: Content,
}

/// What becomes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// It is one.
    Plain,
    /// It is a list of values, which are joined.
    Joined,
    /// It is a list of records, which are counted.
    Counted,
}

/// What a row takes of an item of a list.
#[derive(Debug, Default)]
pub(super) struct Level {
    pub(super) cells: Vec<Cell>,
    /// The list in it of which each item makes a row of its own.
    pub(super) list: Option<(Vec<String>, Box<Self>)>,
}

/// How a table is made of an answer.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) columns: Vec<Column>,
    /// Where the list stands whose items are rows; without one the whole answer is one row.
    pub(super) rows: Option<Vec<String>>,
    pub(super) level: Level,
}

/// A list that is met, with the keys that lead to it.
type Met<'a> = (Vec<&'a str>, &'a Node);

impl Plan {
    /// The plan for what an operation selects. Rows are of the list that is named, or of the first there is.
    pub(super) fn of(tree: &Tree, rows: Option<&str>) -> Result<Self, Refusal> {
        let lists = match rows {
            Some(path) => named(tree, path)?,
            None => first(tree).into_iter().collect(),
        };
        let mut drawing = Drawing { names: Vec::new(), is_named: rows.is_some() };
        let mut lists = lists.into_iter();
        let (rows, level) = match lists.next() {
            None => (None, drawing.level(tree, (&[], &[]), &[])),
            Some((path, list)) => {
                let inner: Vec<_> = lists.collect();
                (Some(owned(&path)), drawing.level(&list.below, (&[], &[]), &inner))
            }
        };
        Ok(Self { columns: drawing.columns(), rows, level })
    }
}

/// The first list of records, breadth first.
fn first(tree: &Tree) -> Option<Met<'_>> {
    let mut levels = VecDeque::from([(Vec::new(), tree)]);
    while let Some((path, tree)) = levels.pop_front() {
        for node in tree.iter() {
            let here = [path.as_slice(), &[node.key.as_str()]].concat();
            if let Some((below, list)) = node.list() {
                return Some(([here, below].concat(), list));
            }
            if node.is_composite {
                levels.push_back((here, &node.below));
            }
        }
    }
    None
}

/// The lists on a path of keys, each from an item of the one before. `nodes`, `edges` and `node` may be left out.
fn named<'a>(tree: &'a Tree, path: &str) -> Result<Vec<Met<'a>>, Refusal> {
    let refuse = || {
        let message = "`rows` must name a list of records of the document by the keys that lead to it, such as agents or \
             agents.skillGroups.";
        Refusal::of_request(BAD_USER_INPUT, message)
    };
    let (mut lists, mut tree, mut keys) = (Vec::new(), tree, Vec::new());
    let mut entered: &[&str] = &[];
    let mut wrappers;
    for key in path.split('.') {
        // What was entered already may be named all the same.
        if entered.contains(&key) && tree.get(key).is_none() {
            continue;
        }
        if tree.get(key).is_none()
            && let Some(node) = tree.iter().find(|node| node.is_wrapper && !node.is_list)
        {
            keys.push(node.key.as_str());
            tree = &node.below;
        }
        let node = tree.get(key).ok_or_else(refuse)?;
        keys.push(node.key.as_str());
        tree = &node.below;
        entered = &[];
        if let Some((below, list)) = node.list() {
            keys.extend(&below);
            lists.push((std::mem::take(&mut keys), list));
            tree = &list.below;
            wrappers = below;
            entered = &wrappers;
        }
    }
    // What is named last is the list.
    if lists.is_empty() || !keys.is_empty() { Err(refuse()) } else { Ok(lists) }
}

/// Gathers columns in the order in which they are selected.
struct Drawing {
    /// Short and full name of each, and its type.
    names: Vec<(String, String, ColumnType)>,
    /// Whether it is said which lists make rows.
    is_named: bool,
}

/// Something that stands in an item.
enum Part<'a> {
    Cell(Vec<&'a str>, Vec<&'a str>, Content, &'a str),
    List(Vec<&'a str>, Vec<&'a str>, &'a Node),
}

impl Drawing {
    /// What rows take of an item, which is reached by these keys, of which the second leave out what says nothing.
    fn level(&mut self, tree: &Tree, (full, short): (&[&str], &[&str]), lists: &[Met<'_>]) -> Level {
        let mut parts = Vec::new();
        survey(tree, (&[], &[]), &mut parts);
        let count = parts.iter().filter(|part| matches!(part, Part::List(..))).count();
        let mut level = Level::default();
        for part in parts {
            match part {
                Part::Cell(path, brief, content, kind) => {
                    let kind =
                        if content == Content::Plain { ColumnType::of(kind) } else { ColumnType::String };
                    let column = self.column((&[full, &path].concat(), &[short, &brief].concat()), kind);
                    level.cells.push(Cell { path: owned(&path), column, content });
                }
                Part::List(path, brief, list) => {
                    let is_expanded = match lists.first() {
                        Some((wanted, _)) => *wanted == path,
                        None => !self.is_named && count == 1,
                    };
                    let (full, short) = ([full, &path].concat(), [short, &brief].concat());
                    if is_expanded {
                        let below = lists.get(1..).unwrap_or_default();
                        let inner = self.level(&list.below, (&full, &short), below);
                        level.list = Some((owned(&path), Box::new(inner)));
                        continue;
                    }
                    let names =
                        (&[&full[..], &["count"]].concat()[..], &[&short[..], &["count"]].concat()[..]);
                    let column = self.column(names, ColumnType::Number);
                    level.cells.push(Cell { path: owned(&path), column, content: Content::Counted });
                }
            }
        }
        level
    }

    fn column(&mut self, (full, short): (&[&str], &[&str]), kind: ColumnType) -> usize {
        self.names.push((full.join("."), short.join("."), kind));
        self.names.len() - 1
    }

    /// The columns, by their short names where no two would be the same.
    fn columns(self) -> Vec<Column> {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for (_, short, _) in &self.names {
            *counts.entry(short.clone()).or_default() += 1;
        }
        let (mut names, mut members) = (HashSet::new(), HashSet::new());
        let columns = self.names.into_iter().map(|(full, short, kind)| {
            let name = if counts[&short] == 1 { short } else { full };
            let member = unused(&name.replace('.', "_"), &mut members);
            Column { name: unused(&name, &mut names), member, kind }
        });
        columns.collect()
    }
}

/// The name, or the name with a number, if it is another's already.
fn unused(name: &str, taken: &mut HashSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    let name = std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken.contains(name));
    let name = name.unwrap_or_default();
    taken.insert(name.clone());
    name
}

fn survey<'a>(tree: &'a Tree, (path, brief): (&[&'a str], &[&'a str]), parts: &mut Vec<Part<'a>>) {
    for node in tree.iter() {
        let path = [path, &[node.key.as_str()]].concat();
        let brief = if node.is_wrapper { brief.to_vec() } else { [brief, &[node.key.as_str()]].concat() };
        match (node.is_list, node.is_composite) {
            (true, true) => parts.push(Part::List(path, brief, node)),
            (true, false) => parts.push(Part::Cell(path, brief, Content::Joined, &node.kind)),
            (false, true) => survey(&node.below, (&path, &brief), parts),
            (false, false) => parts.push(Part::Cell(path, brief, Content::Plain, &node.kind)),
        }
    }
}

fn owned(path: &[&str]) -> Vec<String> {
    path.iter().map(|key| (*key).to_owned()).collect()
}

#[cfg(test)]
#[path = "plan/tests.rs"]
mod tests;
