//! Everything goes in through HTTP and looks at two things: the answer, and the portal calls it cost.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod attacks;
mod audit;
mod command_line;
mod connection;
mod contract;
mod contract_icws;
mod contract_icws_shown;
mod cookie;
mod cors;
mod cost;
mod dialect;
mod estimate;
mod everything;
mod failure;
mod house;
mod http;
mod icws;
mod isolation;

mod kept_answers;
mod levels;
mod limits;
mod log_lines;
mod metrics;
mod node;
mod operations;
mod own_sessions;
mod page;
mod plan;
mod plan_same;
mod plan_waves;
mod probe;
mod program;
mod propagation;
mod queries;
mod rate;
mod recordings;
mod redaction;
mod redis;
mod responsiveness;
mod schema;
mod service;
mod sharing;
mod sign_in;
mod spent;
mod threads;
mod tidy;
mod trusted;
mod user_writes;
mod violations;
mod visibility;
mod write_dialect;
mod writes;
