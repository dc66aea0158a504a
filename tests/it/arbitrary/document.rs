//! Made-up documents with fragments and aliases, and what each comes to, counted while it is made up.

use std::fmt::Write as _;

use crate::everything::Draw;

/// What a document comes to, fragments spread.
#[derive(Clone, Copy, Debug, Default)]
pub struct Size {
    pub depth: usize,
    pub aliases: usize,
    pub spreads: usize,
    pub fields: usize,
}

/// What is allowed.
pub const LIMITS: Size = Size { depth: 9, aliases: 8, spreads: 6, fields: 40 };

impl Size {
    pub fn is_within(self, limits: Self) -> bool {
        self.depth <= limits.depth
            && self.aliases <= limits.aliases
            && self.spreads <= limits.spreads
            && self.fields <= limits.fields
    }

    fn beside(self, other: Self) -> Self {
        Self {
            depth: self.depth.max(other.depth),
            aliases: self.aliases + other.aliases,
            spreads: self.spreads + other.spreads,
            fields: self.fields + other.fields,
        }
    }

    fn below_field(self, is_aliased: bool) -> Self {
        let aliases = self.aliases + usize::from(is_aliased);
        Self { depth: self.depth + 1, aliases, fields: self.fields + 1, ..self }
    }
}

/// A document of one operation and up to three fragments, each of which is spread.
pub fn document(random: &mut Draw) -> (String, Size) {
    let mut fragments = Vec::new();
    let mut text = String::new();
    for nth in 0..random.below(4) {
        let (selection, size) = of_user(3, &fragments, random);
        write!(text, " fragment F{nth} on User {selection}").unwrap();
        fragments.push(size);
    }
    let (mut selection, mut size) = of_user(4, &fragments, random);
    for (nth, fragment) in fragments.iter().enumerate() {
        write!(selection, " ...F{nth}").unwrap();
        size = size.beside(spread(*fragment));
    }
    let whole = size.below_field(false);
    (format!("{{ user(by: {{ databaseId: 1 }}) {{ ... {selection} }} }}{text}"), whole)
}

fn spread(fragment: Size) -> Size {
    Size { spreads: fragment.spreads + 1, ..fragment }
}

/// Some fields of a user, in braces.
fn of_user(depth: usize, fragments: &[Size], random: &mut Draw) -> (String, Size) {
    let mut text = String::from("{");
    let mut size = Size::default();
    for nth in 0..=random.below(3) {
        let is_aliased = random.below(5) == 0;
        let alias = if is_aliased { format!("a{nth}: ") } else { String::new() };
        match random.below(4) {
            0 if depth > 0 => {
                let (below, its) = of_user(depth - 1, fragments, random);
                // The keys of what has fields below it differ, so that no two have to be merged.
                let key = format!("d{nth}_{depth}_{}: ", random.below(1_000_000));
                write!(text, " {key}department {{ users(first: 1) {{ nodes {below} }} }}").unwrap();
                let its = its.below_field(false).below_field(false).below_field(true);
                size = size.beside(its);
            }
            1 if !fragments.is_empty() => {
                let which = random.below(fragments.len());
                write!(text, " ...F{which}").unwrap();
                size = size.beside(spread(fragments[which]));
            }
            2 => {
                let (below, its) = of_user(depth.saturating_sub(1).min(1), fragments, random);
                write!(text, " ... on User {below}").unwrap();
                size = size.beside(its);
            }
            _ => {
                write!(text, " {alias}loginName").unwrap();
                size = size.beside(Size::default().below_field(is_aliased));
            }
        }
    }
    (text + " }", size)
}
