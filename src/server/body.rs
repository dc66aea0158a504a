//! `Body`: an answer's bytes, with what is made of them once: their tag, and the same packed for each coding asked for.

use std::sync::OnceLock;

use axum::http::HeaderValue;
use bytes::Bytes;
use tokio::sync::OnceCell;

use super::encoding::{Encoding, Takes};
use super::etag;

/// What fits into one packet is not worth packing.
const PACKED_FROM_BYTES: usize = 1024;
/// Longer texts are packed off the runtime's threads, so that others' answers do not wait.
const PACKED_ASIDE_FROM_BYTES: usize = 32 * 1024;
/// Longer texts get their tag there.
const TAGGED_ASIDE_FROM_BYTES: usize = 512 * 1024;

/// An answer's bytes.
pub(super) struct Body {
    pub(super) plain: Bytes,
    tag: OnceLock<HeaderValue>,
    /// By coding; `None` where packing does not halve it.
    packed: [OnceCell<Option<Bytes>>; Encoding::ALL.len()],
}

impl Body {
    pub(super) fn new(plain: Vec<u8>) -> Self {
        Self { plain: plain.into(), tag: OnceLock::new(), packed: Default::default() }
    }

    /// What it takes of memory at most, once it has been asked for in every coding.
    pub(super) fn weight(&self) -> usize {
        self.plain.len() + self.plain.len() / 2 * Encoding::ALL.len()
    }

    /// What its bytes are recognised by.
    pub(super) async fn tag(&self) -> HeaderValue {
        if let Some(tag) = self.tag.get() {
            return tag.clone();
        }
        let plain = self.plain.clone();
        let aside = if plain.len() < TAGGED_ASIDE_FROM_BYTES {
            None
        } else {
            tokio::task::spawn_blocking(move || etag::tag(&plain)).await.ok()
        };
        self.tag.get_or_init(|| aside.unwrap_or_else(|| etag::tag(&self.plain))).clone()
    }

    /// The same packed, if the client takes it so and it is worth it, or if it takes it in no other way.
    pub(super) async fn packed(&self, takes: Takes) -> Option<(Encoding, Bytes)> {
        let encoding = takes.encoding?;
        let packed = if self.plain.len() < PACKED_FROM_BYTES {
            None
        } else {
            let packed = self.packed[encoding as usize].get_or_init(|| async {
                self.pack(encoding).await.filter(|packed| packed.len() <= self.plain.len() / 2)
            });
            packed.await.clone()
        };
        match packed {
            None if !takes.plain => Some((encoding, self.pack(encoding).await?)),
            packed => Some((encoding, packed?)),
        }
    }

    async fn pack(&self, encoding: Encoding) -> Option<Bytes> {
        let plain = self.plain.clone();
        let packed = if plain.len() < PACKED_ASIDE_FROM_BYTES {
            encoding.pack(&plain)
        } else {
            tokio::task::spawn_blocking(move || encoding.pack(&plain)).await.ok()?
        };
        packed.ok().map(Bytes::from)
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[tokio::test]
    async fn what_is_short_or_does_not_shrink_goes_out_plain_if_it_may() {
        let noise = (0..125_u8).flat_map(|number| Sha256::digest([number])).collect();
        for text in [vec![b'a'; PACKED_FROM_BYTES - 1], noise] {
            let body = Body::new(text);
            for encoding in Encoding::ALL {
                let takes = |plain| Takes { encoding: Some(encoding), plain };
                assert!(body.packed(takes(true)).await.is_none(), "{encoding:?}");
                assert!(body.packed(takes(false)).await.is_some(), "{encoding:?}");
            }
        }
        let body = Body::new(vec![b'a'; PACKED_FROM_BYTES]);
        assert!(body.packed(Takes { encoding: Some(Encoding::Gzip), plain: true }).await.is_some());
        assert!(body.packed(Takes { encoding: None, plain: true }).await.is_none());
    }

    #[tokio::test]
    async fn it_is_packed_once_for_each_coding_and_within_its_weight() {
        let body = Body::new("{\"name\":\"somebody\"},".repeat(5_000).into_bytes());
        let mut weight = body.plain.len();
        for encoding in Encoding::ALL {
            let takes = Takes { encoding: Some(encoding), plain: true };
            let (_, first) = body.packed(takes).await.unwrap();
            let (_, again) = body.packed(takes).await.unwrap();
            assert_eq!(first.as_ptr(), again.as_ptr(), "{encoding:?}");
            weight += first.len();
        }
        assert!(weight <= body.weight());
    }
}
