//! What the documents show is true: queries run, settings are accepted, links lead somewhere, references are what the
//! program prints. Commands are run by `tests/clients/docs.test.mjs`.

mod block;
mod errors;
mod graphql;
mod link;
mod settings;
mod shell;
