//! Who comes to the door and agrees on no TLS is let go of, and others are served meanwhile.

use std::time::Duration;

use portalgraph::simulator::DEMO_LOGIN;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::served::Rig;
use crate::house::Client;

const DEPARTMENTS: &str = "{ departments { name } }";

async fn connect(rig: &Rig) -> TcpStream {
    TcpStream::connect(rig.url.trim_start_matches("https://")).await.unwrap()
}

async fn rest(mut connection: TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    // One that is reset is closed too.
    let _ = connection.read_to_end(&mut bytes).await;
    bytes
}

#[tokio::test]
async fn what_is_no_tls_ends_at_once_and_harms_nobody() {
    for threads in [0, 2] {
        let rig = Rig::new(|config| {
            // Longer than the test may take: nothing but the door's own judgement ends these.
            (config.server.header_timeout_seconds, config.server.worker_threads) = (3_600, threads);
        })
        .await;
        let client = Client::sign_in(&rig.http(), &rig.url, DEMO_LOGIN).await;
        let noise = [0xff_u8; 4_096];
        let plain = b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n";
        for bytes in [&plain[..], b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &noise] {
            let mut connection = connect(&rig).await;
            connection.write_all(bytes).await.unwrap();
            let said = rest(connection).await;
            // An alert of TLS at most, and nothing of HTTP.
            assert!(said.len() <= 7 && !said.starts_with(b"HTTP"), "{said:?}");
        }
        client.data(DEPARTMENTS).await;
        assert_eq!(rig.simulator.journal().counts()["getAllDepartments"], 1);
    }
}

#[tokio::test]
async fn who_does_not_come_to_the_end_of_a_handshake_is_cut_off_and_has_a_place_until_then() {
    for threads in [0, 2] {
        let rig = Rig::new(|config| {
            config.server.max_connections = 3;
            config.server.header_timeout_seconds = 1;
            config.server.worker_threads = threads;
        })
        .await;
        let client = Client::sign_in(&rig.http(), &rig.url, DEMO_LOGIN).await;
        // Who has signed in has one place; these take the others, and one more waits for a third.
        let mut hello = connect(&rig).await;
        hello.write_all(&[0x16, 0x03, 0x01, 0x02, 0x00, 0x01]).await.unwrap();
        let silent = connect(&rig).await;
        let other = tokio::spawn({
            let (http, url) = (rig.http(), format!("{}/health/live", rig.url));
            async move { http.get(url).send().await.unwrap().status() }
        });
        client.data(DEPARTMENTS).await;
        assert_eq!(rest(silent).await, b"");
        rest(hello).await;
        assert_eq!(other.await.unwrap(), reqwest::StatusCode::OK, "once those are cut off");
        // A little at a time is no way around it: the head of a record, and then its body byte by byte.
        let mut drip = connect(&rig).await;
        drip.write_all(&[0x16, 0x03, 0x01, 0x02, 0x00]).await.unwrap();
        while drip.write_all(&[0x01]).await.is_ok() {
            sleep(Duration::from_millis(100)).await;
        }
        client.data(DEPARTMENTS).await;
        assert_eq!(rig.simulator.journal().counts()["getAllDepartments"], 1);
    }
}
