//! The headers that traces are sent with, from a file or the environment; what is in them is told nobody.

use std::{env, fs};

use percent_encoding::percent_decode_str;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::config::Telemetry;

/// Reads them; told by the setting if they cannot be.
pub(super) fn read(settings: &Telemetry) -> Result<HeaderMap, String> {
    let Telemetry { headers_file, headers_environment, .. } = settings;
    let (setting, text) = if !headers_file.is_empty() {
        ("telemetry.headers_file", fs::read_to_string(headers_file).ok())
    } else if !headers_environment.is_empty() {
        ("telemetry.headers_environment", env::var(headers_environment).ok())
    } else {
        return Ok(HeaderMap::new());
    };
    let text = text.ok_or_else(|| format!("{setting}: what it names is not there, or cannot be read"))?;
    parse(&text)
        .ok_or_else(|| format!("{setting}: expected NAME=VALUE, with commas or line ends between several"))
}

fn parse(text: &str) -> Option<HeaderMap> {
    let pairs = text.split([',', '\n', '\r']).map(str::trim).filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=')?;
            let value = percent_decode_str(value.trim()).decode_utf8().ok()?;
            let mut value = HeaderValue::from_str(&value).ok()?;
            value.set_sensitive(true);
            Some((HeaderName::from_bytes(name.trim().as_bytes()).ok()?, value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_pairs_and_their_values_are_shown_nobody() {
        let headers = parse(" authorization = Bearer%20a%3D \r\n\nx-one=1,x-two=a=b==,\n").unwrap();
        assert_eq!(headers["authorization"], "Bearer a=");
        assert_eq!(
            (&headers["x-one"], &headers["x-two"]),
            (&"1".parse().unwrap(), &"a=b==".parse().unwrap())
        );
        assert!(!format!("{headers:?}").contains("Bearer"));
        assert_eq!(parse("").map(|headers| headers.len()), Some(0));
        for wrong in ["secret", "a b=c", "=c", "a=%0a", "a=%ff"] {
            assert!(parse(wrong).is_none(), "{wrong}");
        }
    }
}
