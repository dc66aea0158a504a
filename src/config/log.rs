//! `[log]`: what is written down.

use serde::{Deserialize, Serialize};
use tracing_subscriber::filter::{LevelFilter, Targets};

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// For collectors.
    Json,
}

/// What is written down.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Which messages are written.
    pub level: String,
    /// How they are written.
    pub format: LogFormat,
    /// Where the audit log goes: `stderr`, `off`, or a file.
    pub audit: String,
}

impl Log {
    /// What a `log.level` asks for: a level, and levels of the targets that begin with a name, with commas between them;
    /// nothing if it is none of that.
    pub fn targets(level: &str) -> Option<Targets> {
        let directives = level.split(',').map(str::trim).filter(|directive| !directive.is_empty());
        let mut directives = directives.peekable();
        directives.peek()?;
        directives.try_fold(Targets::new(), |targets, directive| match directive.split_once('=') {
            // A word that is no level is no target either: "inof" would silence everything else.
            None => Some(targets.with_default(directive.parse::<LevelFilter>().ok()?)),
            Some((target, level)) if is_path(target) && !level.is_empty() => {
                Some(targets.with_target(target, level.parse::<LevelFilter>().ok()?))
            }
            Some(_) => None,
        })
    }
}

/// The path of a module, or of what is below it.
fn is_path(target: &str) -> bool {
    !target.is_empty()
        && target.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directive_is_a_level_or_a_level_of_a_target() {
        for level in ["warn", "INFO", "off", "info, portalgraph::portal=debug", "portalgraph=trace,"] {
            assert!(Log::targets(level).is_some(), "{level}");
        }
        for level in
            ["", " , ", "inof", "info,portalgraph=loud", "portalgraph=", "=info", "portalgraph[query]=trace"]
        {
            assert!(Log::targets(level).is_none(), "{level}");
        }
    }
}
