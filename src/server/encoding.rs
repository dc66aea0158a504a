//! Content codings: which of them a client takes, and a text packed in one.

use std::io::{self, Write as _};

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_ENCODING;
use brotli::CompressorWriter;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::media_type::thousandths;

/// Of brotli's 0 to 11: as fast as gzip and a little smaller; 5 takes twice as long for a tenth less.
const BROTLI_QUALITY: u32 = 4;
/// Brotli's window of 4 MiB, beyond which answers seldom reach.
const BROTLI_WINDOW: u32 = 22;
/// Of zstd's 1 to 22: its own default.
const ZSTD_LEVEL: i32 = 3;
/// Of gzip's 0 to 9: half the time of 6, to a twentieth more bytes.
const GZIP_LEVEL: u32 = 4;

/// A coding answers are packed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// `zstd`.
    Zstd,
    /// `br`.
    Brotli,
    /// `gzip`.
    Gzip,
}

/// What a client takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Takes {
    /// The coding it likes best; `None` if it likes none better than none.
    pub(super) encoding: Option<Encoding>,
    /// Whether it takes answers that are not packed.
    pub(super) plain: bool,
}

impl Encoding {
    /// Of those a client likes equally, the first is used: zstd packs several times as fast as brotli, to about the same
    /// size.
    pub(super) const ALL: [Self; 3] = [Self::Zstd, Self::Brotli, Self::Gzip];

    /// The value of `Content-Encoding`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// Packs a text.
    pub(super) fn pack(self, plain: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::Zstd => zstd::bulk::compress(plain, ZSTD_LEVEL),
            Self::Brotli => {
                let mut packed = Vec::with_capacity(plain.len() / 4);
                let mut packing = CompressorWriter::new(&mut packed, 4096, BROTLI_QUALITY, BROTLI_WINDOW);
                packing.write_all(plain)?;
                drop(packing);
                Ok(packed)
            }
            Self::Gzip => {
                let mut packing =
                    GzEncoder::new(Vec::with_capacity(plain.len() / 4), Compression::new(GZIP_LEVEL));
                packing.write_all(plain)?;
                packing.finish()
            }
        }
    }
}

impl Takes {
    /// What these headers say, as RFC 9110 reads them. Who says nothing is sent plain text.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut named = [None; Encoding::ALL.len()];
        let (mut plain, mut others) = (None, None);
        let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        for item in values.flat_map(|value| value.split(',')) {
            let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
            let quality = parameters.split(';').find_map(|parameter| {
                let (name, value) = parameter.split_once('=')?;
                name.trim().eq_ignore_ascii_case("q").then(|| thousandths(value.trim()).unwrap_or(0))
            });
            let quality = Some(quality.unwrap_or(1000));
            let name = name.trim();
            let is = |coding: &str| name.eq_ignore_ascii_case(coding);
            if is("identity") {
                plain = quality;
            } else if is("*") {
                others = quality;
            } else if let Some(place) = Encoding::ALL.iter().position(|coding| is(coding.name())) {
                named[place] = quality;
            }
        }
        let mut best = (None, 0);
        for (encoding, quality) in Encoding::ALL.into_iter().zip(named) {
            let quality = quality.or(others).unwrap_or(0);
            if quality > best.1 {
                best = (Some(encoding), quality);
            }
        }
        let plain = plain.or(others);
        let is_plain_better = plain.is_some_and(|plain| plain > best.1);
        Self { encoding: best.0.filter(|_| !is_plain_better), plain: plain != Some(0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(value: &'static str) -> (Option<&'static str>, bool) {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, value.parse().unwrap());
        let Takes { encoding, plain } = Takes::of(&headers);
        (encoding.map(Encoding::name), plain)
    }

    #[test]
    fn the_coding_of_the_highest_quality_is_used() {
        assert_eq!(Takes::of(&HeaderMap::new()), Takes { encoding: None, plain: true });
        for (accepted, used) in [
            ("", None),
            ("deflate", None),
            ("gzip", Some("gzip")),
            ("GZIP;Q=0.2", Some("gzip")),
            ("gzip, deflate, br, zstd", Some("zstd")),
            ("gzip, br", Some("br")),
            ("gzip;q=1.0, br;q=0.9, zstd;q=0.8", Some("gzip")),
            ("gzip;q=0.5, *;q=0.1", Some("gzip")),
            ("*", Some("zstd")),
            ("*, zstd;q=0", Some("br")),
            ("zstd;q=0, br;q=0.0, gzip;q=0.000", None),
            ("br;q=2", None),
            ("br; q=0.5 ;x=y", Some("br")),
            ("identity", None),
            ("identity, gzip;q=0.5", None),
            ("identity;q=0.5, gzip;q=0.5", Some("gzip")),
        ] {
            assert_eq!(takes(accepted), (used, true), "{accepted}");
        }
    }

    #[test]
    fn plain_text_can_be_refused() {
        for (accepted, used) in [
            ("identity;q=0, gzip", Some("gzip")),
            ("gzip, *;q=0", Some("gzip")),
            ("identity;q=0", None),
            ("*;q=0", None),
        ] {
            assert_eq!(takes(accepted), (used, false), "{accepted}");
        }
        assert_eq!(takes("*;q=0, identity"), (None, true));
    }
}
