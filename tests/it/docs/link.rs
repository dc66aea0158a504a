//! Links between documents lead somewhere, to the heading they name, and the README leads to every document.

use std::collections::BTreeSet;
use std::path::Path;

use super::block::pages;

/// The documents without their blocks of code, where brackets mean something else.
fn texts() -> Vec<(String, String)> {
    let mut texts = pages();
    for (_, text) in &mut texts {
        let mut is_code = false;
        let lines = text.lines().filter(|line| {
            let is_fence = line.trim_start().starts_with("```");
            is_code ^= is_fence;
            !is_code && !is_fence
        });
        *text = lines.collect::<Vec<_>>().join("\n");
    }
    texts
}

/// Where the links of a page lead: Markdown's and those of its pictures.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let marked = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let pictures = text
        .split("src=\"")
        .chain(text.split("srcset=\""))
        .filter(|rest| !rest.starts_with(['<', '#', '\n']));
    marked.chain(
        pictures
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .filter(|link| link.contains('.') && !link.contains(' ')),
    )
}

/// The names by which a page's headings are linked to.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let kept = line.trim_start_matches('#').trim().to_lowercase();
            let kept = kept.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
            kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
        })
        .collect()
}

#[test]
fn every_link_leads_to_a_file_and_a_heading_of_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let texts = texts();
    for (page, text) in &texts {
        let folder = Path::new(page).parent().unwrap();
        for link in links(text).filter(|link| !link.contains("://")) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { root.join(page) } else { root.join(folder).join(path) };
            let target = target.canonicalize().unwrap_or_else(|_| panic!("{page}: nothing is at {link}"));
            if anchor.is_empty() {
                continue;
            }
            let name =
                target.strip_prefix(root.canonicalize().unwrap()).unwrap().to_str().unwrap().to_owned();
            let (_, text) =
                texts.iter().find(|(page, _)| *page == name).unwrap_or_else(|| panic!("{page}: {link}"));
            assert!(anchors(text).contains(anchor), "{page}: {name} has no heading for #{anchor}");
        }
    }
}

#[test]
fn the_readme_leads_to_every_document() {
    let texts = texts();
    let (_, readme) = texts.iter().find(|(page, _)| page == "README.md").unwrap();
    let linked: BTreeSet<_> = links(readme).map(|link| link.split('#').next().unwrap_or_default()).collect();
    for (page, _) in texts.iter().filter(|(page, _)| page != "README.md") {
        assert!(linked.contains(page.as_str()), "README.md does not lead to {page}");
    }
}
