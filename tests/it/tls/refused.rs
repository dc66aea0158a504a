//! Certificates and keys that cannot be used: the program does not start, names the setting, and quotes nothing.

use super::Folder;
use super::authority::Authority;
use crate::program::program;

/// What `serve` says of these settings, and how it ends.
fn serve(settings: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = program(&["serve", "--listen", "127.0.0.1:0"]);
    command
        .env("PORTALGRAPH__PORTAL__URL", "https://127.0.0.1:1")
        .env("PORTALGRAPH__ICWS__URL", "https://127.0.0.1:1");
    let said = command.envs(settings.iter().copied()).output().unwrap();
    assert!(said.stdout.is_empty(), "it says that it serves");
    (said.status.code(), String::from_utf8(said.stderr).unwrap())
}

#[test]
fn files_that_do_not_fit_end_it_at_the_start() {
    let (authority, folder) = (Authority::new(), Folder::new());
    let (one, other) = (authority.issue(), authority.issue());
    let (certificate, key) = folder.pair("one", &one);
    let (_, other_key) = folder.pair("other", &other);
    let none = folder.path().join("none.pem").to_str().unwrap().to_owned();
    let garbage = "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n";
    let broken = folder.write("broken.pem", garbage);
    let empty = folder.write("empty.pem", "");
    for (section, certificate_file, key_file) in [
        ("server", "tls_certificate_file", "tls_key_file"),
        ("portal", "client_certificate_file", "client_key_file"),
        ("icws", "client_certificate_file", "client_key_file"),
    ] {
        let variable = |name: &str| format!("PORTALGRAPH__{section}__{name}").to_uppercase();
        let named = |name: &str| format!("{section}.{name}");
        for (certificate, key, wrong, expected) in [
            (&none, &key, certificate_file, " cannot be read from "),
            (&certificate, &none, key_file, " cannot be read from "),
            (&empty, &key, certificate_file, " holds no certificate in PEM"),
            (&key, &key, certificate_file, " holds no certificate in PEM"),
            (&certificate, &empty, key_file, " holds no private key in PEM"),
            (&certificate, &broken, key_file, " holds "),
            (&certificate, &other_key, key_file, " holds the key of another certificate than "),
        ] {
            let settings =
                [(variable(certificate_file), certificate.as_str()), (variable(key_file), key.as_str())];
            let settings = settings.each_ref().map(|(name, value)| (name.as_str(), *value));
            let (status, said) = serve(&settings);
            assert_eq!(status, Some(1), "{said}");
            assert!(said.contains(&format!("{}{expected}", named(wrong))), "{said}");
            for secret in [one.secret(), other.secret(), "hunter2"] {
                assert!(!said.contains(secret), "{said}");
            }
        }
        for (set, missing) in [(certificate_file, key_file), (key_file, certificate_file)] {
            let (status, said) = serve(&[(&variable(set), &certificate)]);
            let expected = format!("{} is not set; expected a file in PEM", named(missing));
            assert!(status == Some(2) && said.contains(&expected), "{said}");
        }
    }
    for section in ["PORTAL", "ICWS"] {
        let (status, said) = serve(&[(&format!("PORTALGRAPH__{section}__CA_FILE"), &broken)]);
        let expected = format!("{}.ca_file holds no certificate in PEM", section.to_lowercase());
        assert!(status == Some(1) && said.contains(&expected) && !said.contains("hunter2"), "{said}");
    }
}
