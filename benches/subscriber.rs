//! `Subscriber`: one client of `graphql-transport-ws`, as bare as can be.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// An open connection whose session is known.
pub struct Subscriber(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Subscriber {
    /// Connects with a session's token.
    pub async fn of(url: &str, token: &str) -> Self {
        let mut request = format!("{}/graphql", url.replace("http", "ws")).into_client_request().unwrap();
        request.headers_mut().append("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let (socket, _) = connect_async(request).await.unwrap();
        let mut subscriber = Self(socket);
        let payload = json!({ "authorization": format!("Bearer {token}") });
        subscriber.say(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(subscriber.hear().await.unwrap()["type"], "connection_ack");
        subscriber
    }

    async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    /// Subscribes.
    pub async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(json!({ "type": "subscribe", "id": id, "payload": { "query": query } })).await;
    }

    /// What is said next; `None` once the connection is closed.
    pub async fn hear(&mut self) -> Option<Value> {
        loop {
            match self.0.next().await?.ok()? {
                Message::Text(text) => return serde_json::from_str(text.as_str()).ok(),
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }
}
