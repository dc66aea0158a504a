//! The threads that serve clients: what one of them has under way is everybody's, and stopping leaves nothing half done.

use std::time::Duration;

use futures_util::future::join_all;
use portalgraph::config::Config;
use portalgraph::simulator::{DEMO_LOGIN, Simulator, World};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::house::{self, Client, http};

const GROUPS: &str = "{ skillGroups { nodes { name } } }";

/// A gateway on so many threads, until the sender says so.
async fn on_threads(
    simulator: &Simulator,
    worker_threads: usize,
) -> (String, oneshot::Sender<()>, JoinHandle<()>) {
    let mut config = Config::default();
    config.portal.url = simulator.url();
    config.server.worker_threads = worker_threads;
    house::stoppable(config).await
}

/// Clients of one session, each with a connection of its own.
async fn clients(url: &str, count: usize) -> Vec<Client> {
    let first = Client::sign_in(&http(), url, DEMO_LOGIN).await;
    let others = (1..count).map(|_| Client::nobody(&http(), url).holding(&first.token));
    [first.clone()].into_iter().chain(others).collect()
}

#[tokio::test]
async fn what_one_thread_asks_all_threads_wait_for() {
    let simulator = Simulator::local(World::demo()).await;
    let (url, _stop, _serving) = on_threads(&simulator, 4).await;
    let clients = clients(&url, 12).await;
    simulator.journal().take();
    simulator.settings(|settings| settings.delay = Duration::from_millis(300));
    let asked = clients.iter().map(|client| client.data(GROUPS));
    let answers = join_all(asked).await;
    assert!(
        answers.iter().all(|answer| *answer == answers[0] && answer["skillGroups"]["nodes"][0].is_object())
    );
    assert_eq!(simulator.journal().take().len(), 1);
}

#[tokio::test]
async fn requests_under_way_on_every_thread_are_answered_before_it_stops() {
    let simulator = Simulator::local(World::demo()).await;
    let (url, stop, serving) = on_threads(&simulator, 2).await;
    let clients = clients(&url, 6).await;
    simulator.settings(|settings| settings.delay = Duration::from_millis(400));
    let asked = clients.iter().map(|client| {
        let client = client.clone();
        tokio::spawn(async move { client.data(GROUPS).await })
    });
    let asked: Vec<_> = asked.collect();
    sleep(Duration::from_millis(150)).await;
    stop.send(()).unwrap();
    for answer in asked {
        assert!(answer.await.unwrap()["skillGroups"]["nodes"][0].is_object());
    }
    timeout(Duration::from_secs(20), serving).await.expect("it stops").unwrap();
    assert!(is_refused(&url).await, "nobody listens any more");
}

async fn is_refused(url: &str) -> bool {
    http().get(format!("{url}/health/live")).send().await.is_err_and(|error| error.is_connect())
}

#[tokio::test]
async fn who_never_ends_a_request_is_cut_off_when_time_is_up() {
    let simulator = Simulator::local(World::demo()).await;
    let mut config = Config::default();
    config.portal.url = simulator.url();
    (config.server.worker_threads, config.server.deadline_seconds) = (2, 1);
    let (url, stop, serving) = house::stoppable(config).await;
    let mut slow = TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
    slow.write_all(b"POST /graphql HTTP/1.1\r\nhost: ").await.unwrap();
    sleep(Duration::from_millis(100)).await;
    stop.send(()).unwrap();
    timeout(Duration::from_secs(20), serving).await.expect("it stops").unwrap();
    let cut = timeout(Duration::from_secs(20), slow.read(&mut [0; 64])).await;
    assert!(matches!(cut.expect("it is not left open"), Ok(0) | Err(_)));
}
