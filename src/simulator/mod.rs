//! A portal in a box: a real HTTP server that speaks the portal's API over an in-memory world, and that of ICWS.
//!
//! Not a mock of the client: connections, headers, time-outs and decoding are all exercised. It keeps sessions as the
//! portal does, shows each user only what that user may see, notes what was asked, and goes wrong when told to.
//!
//! An operation is served by one function from the world to the reply, in the file of its noun, and one line in
//! `routes.rs`.

mod accepted;
mod access;
mod agent;
mod attribute;
mod attribute_change;
mod auth;
mod callback;
mod callback_change;
mod callback_plan;
mod clock;
mod clone;
mod clone_place;
mod count;
mod demo;
mod edit;
mod eligible;
mod faults;
pub mod icws;
mod journal;
mod listing;
mod login;
mod password;
mod plan;
mod precision_queue;
mod precision_queue_change;
mod quirks;
mod random;
mod reference;
mod routes;
mod server;
mod session;
mod settings;
mod sized;
mod skill_group;
mod skill_group_change;
#[cfg(test)]
mod smoke;
#[cfg(test)]
mod smoke_callbacks;
#[cfg(test)]
mod smoke_clones;
#[cfg(test)]
mod smoke_users;
#[cfg(test)]
mod smoke_writes;
mod staff;
mod switch;
mod user;
mod user_change;
mod user_end;
mod view;
mod world;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::serve::ListenerExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub use demo::{DEMO_LOGIN, DEMO_PASSWORD};
pub use faults::{ANY, Fault, Faults};
pub use icws::{
    DEMO_ICWS_LOGIN, DEMO_ICWS_PASSWORD, DEMO_ICWS_VIEWER, SIZED_ICWS_LOGIN, SIZED_ICWS_LOGIN_EAST,
    SIZED_ICWS_LOGIN_WEST, SIZED_ICWS_PASSWORD,
};
pub use journal::{Call, Journal};
pub use login::{Entry, Login, LoginState, Visibility};
pub use quirks::Quirks;
pub use random::Random;
pub use settings::Settings;
pub use sized::{SIZED_LOGIN, SIZED_LOGIN_EAST, SIZED_LOGIN_WEST, SIZED_PASSWORD};
pub use world::{AccessMembership, CollectionMembership, Tenant, Thing, Work, World};

/// What the server's tasks and the test beside them share.
struct Shared {
    world: RwLock<World>,
    settings: RwLock<Settings>,
    quirks: RwLock<Quirks>,
    sessions: session::Sessions,
    icws_sessions: icws::Sessions,
    icws_written: icws::Written,
    journal: Journal,
    faults: Faults,
    clock: clock::Clock,
}

/// A running portal. It ends when dropped.
pub struct Simulator {
    shared: Arc<Shared>,
    address: std::net::SocketAddr,
    stop: watch::Sender<bool>,
}

impl Simulator {
    /// Serves a world on a listener, the paths of the portal, the callback service and ICWS, on the current runtime.
    ///
    /// # Panics
    /// If the listener has no address.
    #[must_use]
    pub fn start(world: World, listener: TcpListener) -> Self {
        let shared = Arc::new(Shared {
            world: RwLock::new(world),
            settings: RwLock::default(),
            quirks: RwLock::default(),
            sessions: session::Sessions::default(),
            icws_sessions: icws::Sessions::default(),
            icws_written: icws::Written::default(),
            journal: Journal::default(),
            faults: Faults::default(),
            clock: clock::Clock::default(),
        });
        let address = listener.local_addr().expect("a bound listener has an address");
        let (stop, mut stopped) = watch::channel(false);
        let router = routes::router(&shared);
        tokio::spawn(async move {
            let ended = async move {
                // An error means that the simulator was dropped, which ends it too.
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            let listener = listener.tap_io(|connection| {
                // Without it the end of a long answer waits for the client's delayed acknowledgement.
                let _ = connection.set_nodelay(true);
            });
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(ended).await {
                tracing::error!(error = %error, "the simulator's listener failed");
            }
        });
        Self { shared, address, stop }
    }

    /// Serves a world on a free loopback port.
    ///
    /// # Panics
    /// If the machine has no free loopback port.
    pub async fn local(world: World) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback has a free port");
        Self::start(world, listener)
    }

    /// The address without a path, for `portal.url`, `portal.callback_url` and `icws.url` alike.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Looks at the world or changes it; calls wait meanwhile, so keep it short.
    pub fn world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut self.shared.world.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks at the portal's settings or changes them.
    pub fn settings<T>(&self, look: impl FnOnce(&mut Settings) -> T) -> T {
        look(&mut self.shared.settings.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Chooses the odd but allowed spellings of later answers.
    pub fn quirks(&self, quirks: Quirks) {
        *self.shared.quirks.write().unwrap_or_else(PoisonError::into_inner) = quirks;
    }

    /// What was called.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.shared.journal
    }

    /// What goes wrong next.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// Lets the portal's clock jump ahead, so that sessions grow old.
    pub fn advance(&self, by: Duration) {
        self.shared.clock.advance(by);
    }

    /// Forgets every session of the portal and of ICWS, as a restart does.
    pub fn forget_sessions(&self) {
        self.shared.sessions.clear();
        self.shared.icws_sessions.clear();
    }

    /// What proves the sessions there are, of the portal and of ICWS: nobody else may come to know it.
    #[must_use]
    pub fn proofs(&self) -> Vec<String> {
        [self.shared.sessions.proofs(), self.shared.icws_sessions.proofs()].concat()
    }

    /// Ends every ICWS session of a user.
    pub fn end_icws_sessions(&self, user: &str) {
        self.shared.icws_sessions.end_of(user);
    }

    /// How many live ICWS sessions a user has.
    #[must_use]
    pub fn icws_sessions(&self, user: &str) -> usize {
        let settings = self.settings(|settings| settings.icws.clone());
        self.shared.icws_sessions.count(user, &settings, self.shared.clock.now())
    }

    /// How many live sessions a login has.
    #[must_use]
    pub fn sessions(&self, login: &str) -> usize {
        let settings = self.settings(|settings| settings.clone());
        self.shared.sessions.count(login, &settings, self.shared.clock.now())
    }

    /// Stops serving and waits until new connections are refused; idle ones are closed.
    pub async fn stop(&self) {
        self.stop.send_replace(true);
        while TcpStream::connect(self.address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}
