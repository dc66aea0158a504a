//! How an error travels: a field that must not be null and fails takes its parent with it, and so on up to the nearest
//! place that may be null, with the path of the field that failed; everything beside that place stands
//! (GraphQL specification, section 6.4.4).

mod properties;

use std::future::{Ready, ready};

use async_graphql::{EmptyMutation, EmptySubscription, Interface, Object, Request, Schema};
use portalgraph::graph::{
    Children, Code, Field, GraphError, IntoChildren, List, Nullable, Row, Writing, Written as _, write_value,
};
use portalgraph::portal::UserId;
use portalgraph::simulator::{DEMO_LOGIN, World};
use serde_json::{Value, json};

use crate::house::House;

/// An object with a field of every nullability, whose odd ones fail where they are asked to.
#[derive(Clone, Copy)]
struct Level(i32);

/// Another type behind the same interface.
struct Other;

#[derive(Interface)]
#[graphql(field(name = "fails", ty = "&str"))]
enum Either {
    Level(Level),
    Other(Other),
}

/// Fails after others had a turn, as a call of the portal does.
async fn failure<T>() -> Result<T, GraphError> {
    tokio::task::yield_now().await;
    Err(failed())
}

fn failed() -> GraphError {
    GraphError::new(Code::Internal, "It failed.")
}

fn three<T>(make: fn(Level) -> T) -> List<T> {
    (0..3).map(Level).map(make).collect()
}

#[Object]
impl Level {
    async fn number(&self) -> i32 {
        self.0
    }

    /// `String!`, and fails.
    async fn fails(&self) -> Result<&str, GraphError> {
        failure().await
    }

    /// `String!`, and fails where the number is odd.
    async fn fails_if_odd(&self) -> Result<&str, GraphError> {
        if self.0 % 2 == 1 { failure().await } else { Ok("even") }
    }

    /// `String`, and fails.
    async fn fails_alone(&self) -> Nullable<&str> {
        Some(failure().await)
    }

    /// `Level!`
    async fn next(&self) -> Level {
        *self
    }

    /// `Level`
    async fn maybe(&self) -> Nullable<Level> {
        Some(Ok(*self))
    }

    /// `[Level!]!`
    async fn list(&self) -> List<Level> {
        three(|level| level)
    }

    /// `[Level!]`
    async fn maybe_list(&self) -> Nullable<List<Level>> {
        Some(Ok(three(|level| level)))
    }

    /// `[Level]!`
    async fn list_of_maybe(&self) -> List<Nullable<Level>> {
        three(|level| Some(Ok(level)))
    }

    /// `[[Level!]!]!`
    async fn grid(&self) -> List<List<Level>> {
        three(|_| three(|level| level))
    }

    /// `[[Level!]]!`
    async fn grid_of_maybe_rows(&self) -> List<Nullable<List<Level>>> {
        three(|_| Some(Ok(three(|level| level))))
    }

    /// `[[Level]!]!`
    async fn grid_of_maybe(&self) -> List<List<Nullable<Level>>> {
        three(|_| three(|level| Some(Ok(level))))
    }

    /// `Either!`
    async fn either(&self) -> Either {
        if self.0 % 2 == 1 { Either::Other(Other) } else { Either::Level(*self) }
    }

    /// `[Level!]!`, by the engine's own list.
    async fn engines_list(&self) -> Vec<Level> {
        three(|level| level).0
    }

    /// `String`, the way the engine suggests.
    async fn engines_nullable(&self) -> Result<Option<&str>, GraphError> {
        failure().await
    }
}

#[Object]
impl Other {
    async fn fails(&self) -> Result<&str, GraphError> {
        failure().await
    }

    async fn label(&self) -> &str {
        "other"
    }
}

/// Lists of levels know the half of its fields themselves, and leave the other half to the engine.
impl Row for Level {
    fn field(name: &str) -> Option<Field<Self>> {
        fn below<C: IntoChildren<Child = Level>>(
            levels: &[Level],
            make: fn(Level) -> C,
        ) -> Ready<Vec<Children<Level>>> {
            ready(levels.iter().map(|level| make(*level).into_children()).collect())
        }
        fn three_of(_: Level) -> List<Level> {
            three(|level| level)
        }
        Some(match name {
            "number" => Field::leaf(|level, _, json| level.0.write(json)),
            "failsAlone" => Field::leaf(|_, _, json| Some(Err::<&str, _>(failed())).write(json)),
            "failsIfOdd" => Field::leaf(|level, _, json| {
                let answer = if level.0 % 2 == 1 { Err(failed()) } else { Ok("even") };
                answer.write(json)
            }),
            "next" => Field::branch(|_, levels| Box::pin(below(levels, |level| level))),
            "maybe" => Field::branch(|_, levels| Box::pin(below(levels, |level| Some(Ok(level))))),
            "list" => Field::branch(|_, levels| Box::pin(below(levels, three_of))),
            "maybeList" => {
                Field::branch(|_, levels| Box::pin(below(levels, |level| Some(Ok(three_of(level))))))
            }
            _ => return None,
        })
    }
}

/// The data and the path of each error, in no order.
async fn answer(query: &str, writing: Writing) -> (Value, Vec<Value>) {
    let schema = Schema::new(Level(0), EmptyMutation, EmptySubscription);
    let response = schema.execute(Request::new(query).data(writing)).await;
    let mut data = Vec::new();
    write_value(&response.data, &mut data);
    let errors = serde_json::to_value(&response.errors).unwrap();
    let mut paths: Vec<_> = errors.as_array().unwrap().iter().map(|error| error["path"].clone()).collect();
    paths.sort_by_key(Value::to_string);
    (serde_json::from_slice(&data).unwrap(), paths)
}

async fn assert_answers(cases: &[(&str, Value, Value)]) {
    for (query, data, paths) in cases {
        for writing in [Writing::ByItem, Writing::ByLevel] {
            let (found, found_paths) = answer(query, writing).await;
            assert_eq!((&found, &Value::Array(found_paths)), (data, paths), "{query} {writing:?}");
        }
    }
}

#[tokio::test]
async fn a_nullable_field_that_fails_is_null_alone() {
    assert_answers(&[
        ("{ number failsAlone }", json!({"number": 0, "failsAlone": null}), json!([["failsAlone"]])),
        (
            "{ next { again: failsAlone failsAlone number } }",
            json!({"next": {"again": null, "failsAlone": null, "number": 0}}),
            json!([["next", "again"], ["next", "failsAlone"]]),
        ),
        (
            "{ list { number failsAlone } }",
            json!({"list": ([0, 1, 2].map(|number| json!({"number": number, "failsAlone": null})))}),
            json!([["list", 0, "failsAlone"], ["list", 1, "failsAlone"], ["list", 2, "failsAlone"]]),
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_failure_that_reaches_the_top_leaves_no_data() {
    assert_answers(&[
        ("{ fails }", json!(null), json!([["fails"]])),
        ("{ maybe { number } fails }", json!(null), json!([["fails"]])),
        ("{ next { next { next { fails } } } }", json!(null), json!([["next", "next", "next", "fails"]])),
        ("{ list { failsIfOdd } }", json!(null), json!([["list", 1, "failsIfOdd"]])),
        ("{ grid { failsIfOdd } }", json!(null), json!([["grid", 0, 1, "failsIfOdd"]])),
    ])
    .await;
}

#[tokio::test]
async fn a_failure_nulls_the_nearest_nullable_parent_from_every_depth() {
    for depth in 0..=6 {
        let query = format!(
            "{{ number maybe {{ number {} fails {} }} }}",
            "next { ".repeat(depth),
            "}".repeat(depth)
        );
        let mut path = vec!["maybe"];
        path.extend(vec!["next"; depth]);
        path.push("fails");
        assert_answers(&[(&query, json!({"number": 0, "maybe": null}), json!([path]))]).await;
    }
    assert_answers(&[(
        "{ maybe { number maybe { maybe { fails } } beside: maybe { number } } }",
        json!({"maybe": {"number": 0, "maybe": {"maybe": null}, "beside": {"number": 0}}}),
        json!([["maybe", "maybe", "maybe", "fails"]]),
    )])
    .await;
}

#[tokio::test]
async fn a_failure_in_a_list_takes_the_item_or_the_list() {
    assert_answers(&[
        (
            "{ listOfMaybe { failsIfOdd } }",
            json!({"listOfMaybe": [{"failsIfOdd": "even"}, null, {"failsIfOdd": "even"}]}),
            json!([["listOfMaybe", 1, "failsIfOdd"]]),
        ),
        (
            "{ listOfMaybe { next { list { failsIfOdd } } number } }",
            json!({"listOfMaybe": [null, null, null]}),
            json!(([0, 1, 2].map(|place| json!(["listOfMaybe", place, "next", "list", 1, "failsIfOdd"])))),
        ),
        (
            "{ number maybeList { next { failsIfOdd } } }",
            json!({"number": 0, "maybeList": null}),
            json!([["maybeList", 1, "next", "failsIfOdd"]]),
        ),
        (
            "{ maybe { list { failsIfOdd } } number }",
            json!({"maybe": null, "number": 0}),
            json!([["maybe", "list", 1, "failsIfOdd"]]),
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_failure_in_a_list_of_lists_takes_the_item_the_row_or_all() {
    let row = json!([{"failsIfOdd": "even"}, null, {"failsIfOdd": "even"}]);
    let at = |field: &str| json!(([0, 1, 2].map(|place| json!([field, place, 1, "failsIfOdd"]))));
    assert_answers(&[
        ("{ gridOfMaybe { failsIfOdd } }", json!({"gridOfMaybe": [row, row, row]}), at("gridOfMaybe")),
        (
            "{ gridOfMaybeRows { failsIfOdd } }",
            json!({"gridOfMaybeRows": [null, null, null]}),
            at("gridOfMaybeRows"),
        ),
        (
            "{ maybe { grid { failsIfOdd } } }",
            json!({"maybe": null}),
            json!([["maybe", "grid", 0, 1, "failsIfOdd"]]),
        ),
    ])
    .await;
}

#[tokio::test]
async fn fragments_and_interfaces_change_nothing_about_it() {
    assert_answers(&[
        (
            "{ maybe { ...F } } fragment F on Level { number ...G } fragment G on Level { next { fails } }",
            json!({"maybe": null}),
            json!([["maybe", "next", "fails"]]),
        ),
        (
            "{ maybe { number ... on Level @include(if: true) { fails } ... @skip(if: true) { fails } } }",
            json!({"maybe": null}),
            json!([["maybe", "fails"]]),
        ),
        (
            "{ maybe { either { ... on Level { fails } } } }",
            json!({"maybe": null}),
            json!([["maybe", "either", "fails"]]),
        ),
        (
            "{ listOfMaybe { either { ... on Level { number } ... on Other { label fails } } } }",
            json!({"listOfMaybe": [{"either": {"number": 0}}, null, {"either": {"number": 2}}]}),
            json!([["listOfMaybe", 1, "either", "fails"]]),
        ),
    ])
    .await;
}

/// Why lists and nullable fields of the graph are not the engine's: if one of these is no longer so, `List` or
/// `Nullable` may have become unnecessary.
#[tokio::test]
async fn what_the_engine_itself_would_do() {
    // The path ends at the item; the field that failed, which the specification wants named, is cut off.
    let (_, paths) = answer("{ maybe { enginesList { next { failsIfOdd } } } }", Writing::ByItem).await;
    assert_eq!(paths, [json!(["maybe", "enginesList", 1])]);
    // A nullable field that fails takes its parent with it, although it could be null alone.
    let (data, paths) = answer("{ maybe { number enginesNullable } }", Writing::ByItem).await;
    assert_eq!((data, paths), (json!({"maybe": null}), vec![json!(["maybe", "enginesNullable"])]));
    // A field asked of an interface itself fails without a path. The graph has one such field, `Node.id`, and a record
    // that was found by its id has one.
    let (data, paths) = answer("{ maybe { either { fails } } }", Writing::ByItem).await;
    assert_eq!((data, paths), (json!({"maybe": null}), vec![Value::Null]));
    // A field that is named twice is resolved twice; if the second failure should take the parent, the first still
    // stands there, without what was asked second.
    let (data, paths) = answer("{ maybe { number } ... { maybe { fails } } }", Writing::ByItem).await;
    assert_eq!((data, paths), (json!({"maybe": {"number": 0}}), vec![json!(["maybe", "fails"])]));
}

#[tokio::test]
async fn a_record_without_its_key_takes_its_list_but_nothing_beside_it() {
    let house = House::over(World::demo()).await;
    house.simulator.world(|world| {
        let user = world.tenants[0].users.get_mut(&UserId(10_100_004)).unwrap();
        std::sync::Arc::make_mut(user).id_program_user = None;
    });
    let client = house.sign_in(DEMO_LOGIN).await;
    let answer = client.ask("{ users { nodes { loginName databaseId } } sites { name } }").await;
    assert_eq!(answer.body["data"]["users"], Value::Null);
    assert_eq!(answer.body["data"]["sites"].as_array().unwrap().len(), 3);
    assert_eq!(answer.body["errors"].as_array().unwrap().len(), 1);
    assert_eq!(answer.body["errors"][0]["path"], json!(["users", "nodes", 3, "databaseId"]));
    assert_eq!(answer.codes(), ["PORTAL_UNINTELLIGIBLE"]);
}
