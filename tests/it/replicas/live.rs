//! What is written through one replica is told at once to who subscribes at another.

use portalgraph::simulator::{DEMO_LOGIN, World};
use serde_json::json;

use super::Pair;
use crate::live::{Socket, hardly_ever};
use crate::redis::Redis;

#[tokio::test]
async fn a_write_through_a_replica_is_told_by_the_other() {
    let pair = Pair::with(World::demo(), Redis::start(), hardly_ever).await;
    let client = pair.house.sign_in(DEMO_LOGIN).await;
    let mut socket = Socket::of(&pair.beside(&client)).await;
    let first = socket
        .first("subscription { users { added { id databaseId firstName } changed { id firstName } } }")
        .await;
    let id = first["users"]["added"][0]["id"].clone();
    let document = "mutation($input: UpdateUserInput!) { updateUser(input: $input) { userErrors { code } } }";
    let answer = client.ask_with(document, json!({"input": {"userId": id, "firstName": "Renamed"}})).await;
    assert_eq!(answer.body["data"]["updateUser"]["userErrors"], json!([]), "{}", answer.body);
    let told = socket.data().await;
    assert_eq!(told["users"]["changed"], json!([{"id": id, "firstName": "Renamed"}]));
}
