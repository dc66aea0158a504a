//! What reading an answer of getUsers costs beside reading six of its fields borrowed, finding its end, and leaving all to
//! `serde_json`.
//!
//! `cargo bench --bench decode` prints microseconds and the ratio to the six borrowed fields; with `-- 5000` for so many users.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on should stop")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use portalgraph::config::{Config, Encoding};
use portalgraph::portal::auth::Login;
use portalgraph::portal::user::{GetUsers, GetUsersReply, User};
use portalgraph::portal::{Credentials, Portal, Reply as _, dialect};
use portalgraph::simulator::{SIZED_LOGIN, Simulator, World};
use portalgraph::upstream::Secret;
use serde::Deserialize;
use serde::de::IgnoredAny;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 300;

/// What a proxy written by hand would read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Six<'a> {
    #[serde(borrow)]
    login_nm: Option<&'a str>,
    first_nm: Option<&'a str>,
    last_nm: Option<&'a str>,
    email: Option<&'a str>,
    phone: Option<&'a str>,
    status: Option<bool>,
}

impl Six<'_> {
    /// Looks at every field, so that none is left unread.
    fn told(&self) -> usize {
        let texts = [self.login_nm, self.first_nm, self.last_nm, self.email, self.phone];
        texts.into_iter().flatten().map(str::len).sum::<usize>() + usize::from(self.status == Some(true))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sixes<'a> {
    #[serde(borrow)]
    user_agent_info_list: Vec<Six<'a>>,
}

/// The body of a getUsers answer over so many users, as the simulator writes it.
async fn body(users: usize) -> Vec<u8> {
    let simulator = Simulator::local(World::sized(users)).await;
    let mut settings = Config::default().portal;
    settings.url = simulator.url();
    let portal = Portal::new(settings).unwrap();
    let encoded = |text| Some(Secret::new(dialect::encode(Encoding::Base64, text)));
    let (name, password) = SIZED_LOGIN;
    let login = Login { username: encoded(name), password: encoded(password), ..Login::default() };
    let answer = portal.call(&login, None).await.unwrap();
    let credentials = Credentials::new(answer.cookie.unwrap(), answer.reply.user_token);
    let ask = GetUsers { page_size: Some(0), ..GetUsers::default() };
    let answer = portal.call(&ask, Some(&credentials)).await.unwrap();
    let body = serde_json::to_vec(&answer.reply).unwrap();
    assert_eq!(body.len(), answer.size.bytes);
    body
}

/// The median of a step, and of dropping what it made.
fn measure<T>(step: impl Fn() -> T) -> (Duration, Duration) {
    let (mut made, mut dropped) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let thing = black_box(step());
        made.push(started.elapsed());
        let started = Instant::now();
        drop(thing);
        dropped.push(started.elapsed());
    }
    made.sort();
    dropped.sort();
    (made[ROUNDS / 2], dropped[ROUNDS / 2])
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let users = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(200);
    let body = body(users).await;
    println!("{users} users, {} bytes; a User is {} bytes", body.len(), size_of::<User>());
    let text = std::str::from_utf8(&body).unwrap();
    let sixes = || serde_json::from_slice::<Sixes<'_>>(&body).unwrap();
    let told = sixes().user_agent_info_list.iter().map(Six::told).sum::<usize>();
    assert!(told > users, "every user has names");
    let (base, _) = measure(sixes);
    let report = |name: &str, (made, dropped): (Duration, Duration)| {
        let ratio = made.as_secs_f64() / base.as_secs_f64();
        println!("{name:24} {:8.1} us {ratio:6.2}   dropped {:6.1} us", micro(made), micro(dropped));
    };
    report("six fields, borrowed", measure(sixes));
    report("no field", measure(|| serde_json::from_slice::<IgnoredAny>(&body).unwrap()));
    report("every field, serde_json", measure(|| serde_json::from_str::<GetUsersReply>(text).unwrap()));
    report("every field, as used", measure(|| GetUsersReply::read(&body).unwrap()));
}

fn micro(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}
