//! The schema is the product: it is committed, described throughout, and the program prints just that.

use portalgraph::graph;

/// Refresh with `make schema`.
#[test]
fn the_committed_schema_is_the_one_the_program_prints() {
    let committed = include_str!("../../schema.graphql");
    assert!(
        committed == graph::sdl(),
        "schema.graphql is not what `portalgraph schema` prints: run `make schema`"
    );
}
