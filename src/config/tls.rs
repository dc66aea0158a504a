//! What the settings that name certificates and keys accept alone but not together.

use std::collections::BTreeMap;

use super::Config;
use super::error::{Origin, Problem};

/// A certificate without its key, a key without its certificate, and what has no effect without them.
pub(super) fn problems(config: &Config, origins: &BTreeMap<String, Origin>) -> Vec<Problem> {
    let Config { server, portal, icws, .. } = config;
    let pairs = [
        ("server.tls_certificate_file", &server.tls_certificate_file),
        ("server.tls_key_file", &server.tls_key_file),
        ("portal.client_certificate_file", &portal.client_certificate_file),
        ("portal.client_key_file", &portal.client_key_file),
        ("icws.client_certificate_file", &icws.client_certificate_file),
        ("icws.client_key_file", &icws.client_key_file),
    ];
    let refuse = |key: &str, beside: &str, given: String, expected: String| Problem::Refused {
        origin: origins.get(key).or_else(|| origins.get(beside)).cloned().unwrap_or(Origin::Default),
        key: key.to_owned(),
        given,
        expected,
    };
    let mut problems = Vec::new();
    for pair in pairs.chunks(2) {
        let (set, missing) = match pair {
            [(certificate, path), (key, other)] if path.is_empty() && !other.is_empty() => (key, certificate),
            [(certificate, path), (key, other)] if !path.is_empty() && other.is_empty() => (certificate, key),
            _ => continue,
        };
        let expected = format!("a file in PEM, because {set} is set: a certificate and its key go together");
        problems.push(refuse(missing, set, "not set".to_owned(), expected));
    }
    if server.hsts_max_age_seconds > 0 && !server.is_tls() {
        let expected =
            "0, because server.tls_certificate_file is not set: whoever terminates TLS in front says it";
        let (key, given) = ("server.hsts_max_age_seconds", server.hsts_max_age_seconds.to_string());
        problems.push(refuse(key, key, given, expected.to_owned()));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(environment: &[(&str, &str)]) -> Result<Config, String> {
        let environment =
            environment.iter().map(|(name, value)| (format!("PORTALGRAPH__{name}"), (*value).to_owned()));
        Config::load(None, environment).map_err(|error| error.to_string())
    }

    #[test]
    fn a_certificate_and_its_key_go_together() {
        for (section, certificate, key) in [
            ("server", "tls_certificate_file", "tls_key_file"),
            ("portal", "client_certificate_file", "client_key_file"),
            ("icws", "client_certificate_file", "client_key_file"),
        ] {
            let variable = |name: &str| format!("{section}__{name}");
            let both = [(&*variable(certificate), "a.pem"), (&*variable(key), "b.pem")];
            assert!(load(&both).is_ok());
            for (set, missing) in [(certificate, key), (key, certificate)] {
                let refusal = load(&[(&*variable(set), "a.pem")]).unwrap_err();
                let expected = format!(
                    "{section}.{missing} is not set; expected a file in PEM, because {section}.{set} is set"
                );
                assert!(refusal.contains(&expected), "{refusal}");
            }
        }
    }

    #[test]
    fn what_only_tls_may_say_is_not_said_without() {
        let hsts = ("SERVER__HSTS_MAX_AGE_SECONDS", "300");
        let refusal = load(&[hsts]).unwrap_err();
        assert!(refusal.contains("server.hsts_max_age_seconds is 300; expected 0, because"), "{refusal}");
        let tls = [("SERVER__TLS_CERTIFICATE_FILE", "a.pem"), ("SERVER__TLS_KEY_FILE", "b.pem")];
        assert!(load(&[hsts, tls[0], tls[1]]).is_ok());
    }
}
