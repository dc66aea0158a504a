//! `portalgraph schema`: the graph as clients see it, in the schema definition language.

use clap::Args;

use super::failure::Failure;
use crate::graph;

const EXAMPLES: &str = "\
Example:
  portalgraph schema > schema.graphql
      For code generators and editors; no portal and no settings are needed.";

/// Print the schema in GraphQL's schema definition language.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {}

pub(super) fn run(_: &Arguments) -> Result<(), Failure> {
    super::print(&graph::sdl())
}
