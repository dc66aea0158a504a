//! One example a rule.

use serde_json::{Value, json};

use crate::portal::AttributeId;

use super::super::{
    AgentOrdering, AgentValues, AttributeKey, CompiledQueue, Condition, MissingAttribute, Options, Problem,
};
use super::{
    AND, EQUAL, HAS, HAS_NOT, MORE, NOT_EQUAL, OR, accepts, agent, compile, of_steps, of_term, problems,
    read, term,
};

#[test]
fn the_vendors_example_reads_as_its_parentheses_say() {
    let queue = of_steps([json!([
        term(0, 1, ("sales", MORE, "7")),
        term(OR, -1, ("expertSales", EQUAL, "true")),
        term(AND, 0, ("english", EQUAL, "true")),
    ])]);
    assert_eq!(problems(&queue), []);
    assert!(!queue.steps()[0].mixes_relations());
    assert!(accepts(&queue, &[("sales", "8"), ("english", "true")]));
    assert!(accepts(&queue, &[("sales", "1"), ("expertSales", "TRUE"), ("english", "1")]));
    assert!(!accepts(&queue, &[("sales", "7"), ("expertSales", "false"), ("english", "true")]));
    assert!(!accepts(&queue, &[("sales", "10"), ("expertSales", "true")]));
    let names: Vec<_> = queue.attributes().iter().filter_map(AttributeKey::name).collect();
    assert_eq!(names, ["sales", "expertSales", "english"]);
}

#[test]
fn numbers_compare_as_numbers_flags_as_flags_and_text_only_for_equality() {
    let holds =
        |held: &str, relation: i64, value: &str| accepts(&of_term("a", relation, value), &[("a", held)]);
    assert!(holds("10", 5, "9") && holds("9", 3, "10") && holds(" 07 ", 1, "7"));
    assert!(holds("True", 1, "1") && holds("false", 1, "0") && holds("true", 2, "FALSE"));
    assert!(holds("gold", 1, "gold") && holds("gold", 2, "Gold") && holds("gold", 2, "7"));
    for relation in [3, 4, 5, 6] {
        assert!(!holds("gold", relation, "gold") && !holds("true", relation, "true"));
    }
}

#[test]
fn an_agent_without_the_attribute_differs_from_a_value_only_where_asked() {
    let queue = read(json!({"steps": [{"terms": [term(0, 0, ("sales", NOT_EQUAL, "5"))]}]}));
    let lenient =
        Options { missing_attribute: MissingAttribute::DiffersFromEveryValue, ..Options::default() };
    let [strict, lenient] = [Options::default(), lenient].map(|options| CompiledQueue::new(&queue, options));
    for (attributes, [in_strict, in_lenient]) in [
        (&[("sales", "4")][..], [true, true]),
        (&[("sales", "5")], [false, false]),
        (&[("english", "true")], [false, true]),
        (&[("sales", "")], [false, true]),
        (&[], [false, false]),
    ] {
        assert_eq!([accepts(&strict, attributes), accepts(&lenient, attributes)], [in_strict, in_lenient]);
    }
}

#[test]
fn has_and_has_not_need_no_value_but_an_agent_with_attributes() {
    let [has, has_not] = [HAS, HAS_NOT].map(|relation| of_term("sales", relation, ""));
    assert_eq!((problems(&has), problems(&has_not)), (vec![], vec![]));
    assert!(accepts(&has, &[("sales", "")]) && !accepts(&has, &[("english", "true")]));
    assert!(accepts(&has_not, &[("english", "true")]) && !accepts(&has_not, &[("sales", "1")]));
    assert!(!accepts(&has, &[]) && !accepts(&has_not, &[]));
}

#[test]
fn an_attribute_is_found_by_the_id_in_its_reference_then_by_id_then_by_name() {
    let by = |attribute: Value| {
        let term = json!({"attribute": attribute, "attributeRelation": 1, "value1": "7"});
        compile(json!({"steps": [{"terms": [term]}]}))
    };
    let agent = json!({"attributes": [
        {"attribute": {"refURL": "/unifiedconfig/config/attribute/1", "name": "sales"}, "attributeValue": "7"},
        {"attribute": {"refURL": "/unifiedconfig/config/attribute/2/", "name": "support"}, "attributeValue": "1"},
    ]});
    let agent = AgentValues::of(&serde_json::from_value(agent).expect("an agent"));
    for (attribute, is_found) in [
        (json!({"refURL": "/config/attribute/1", "id": 2, "name": "support"}), true),
        (json!({"id": 1, "name": "support"}), true),
        (json!({"id": 2, "name": "sales"}), false),
        (json!({"id": 3, "name": " sales "}), true),
        (json!({"name": "Sales"}), false),
    ] {
        assert_eq!(by(attribute.clone()).first_match(&agent).is_some(), is_found, "{attribute}");
    }
    assert_eq!(by(json!({"id": 1})).attributes()[0].id(), Some(AttributeId(1)));
}

#[test]
fn text_beside_a_code_counts_only_where_the_code_is_missing() {
    let spelt = |relation: &str, junction: &str| {
        let terms = json!([
            {"attribute": {"name": "a"}, "attributeRelationString": relation, "value1": "5"},
            {"attribute": {"name": "b"}, "attributeRelation": 1, "attributeRelationString": "!=",
                "termRelationString": junction, "value1": "true"},
        ]);
        of_steps([terms])
    };
    for (relation, held) in [
        ("==", "5"),
        ("Equals", "5"),
        ("<>", "4"),
        ("not equal", "4"),
        ("less than", "4"),
        ("Less Than Or Equal", "5"),
        (">", "6"),
        ("greater than or equal", "5"),
    ] {
        assert!(accepts(&spelt(relation, "AND"), &[("a", held), ("b", "true")]), "{relation}");
        assert!(!accepts(&spelt(relation, "&&"), &[("a", held), ("b", "false")]), "{relation}");
        assert!(accepts(&spelt(relation, "||"), &[("a", held), ("b", "false")]), "{relation}");
    }
    assert_eq!(problems(&spelt("like", "AND")), [(0, Problem::MissingRelation { term: 0 })]);
    assert_eq!(problems(&spelt("=", "xor")), [(0, Problem::MissingTermRelation { term: 1 })]);
}

#[test]
fn a_step_that_cannot_be_evaluated_accepts_nobody_and_says_why() {
    let good = ("a", EQUAL, "1");
    let one = |changes: Value| {
        let mut term = term(0, 0, good);
        let changes = changes.as_object().expect("an object").clone();
        term.as_object_mut().expect("an object").extend(changes);
        json!([term])
    };
    for (terms, expected) in [
        (json!([]), Problem::NoTerms),
        (json!(vec![term(AND, 0, good); 201]), Problem::TooManyTerms { count: 201 }),
        (one(json!({"parenCount": 1})), Problem::UnbalancedParentheses),
        (one(json!({"parenCount": i64::MIN})), Problem::UnbalancedParentheses),
        (one(json!({"termRelation": 1})), Problem::RelationOnFirstTerm),
        (one(json!({"termRelation": 3})), Problem::UnsupportedTermRelation { term: 0, code: 3 }),
        (json!([term(0, 0, good), term(0, 0, good)]), Problem::MissingTermRelation { term: 1 }),
        (one(json!({"attribute": null})), Problem::MissingAttribute { term: 0 }),
        (
            one(json!({"attribute": {"refURL": "/attribute/", "name": " "}})),
            Problem::MissingAttribute { term: 0 },
        ),
        (one(json!({"value1": " "})), Problem::MissingValue { term: 0 }),
        (one(json!({"attributeRelation": 0})), Problem::UnsupportedRelation { term: 0, code: 0 }),
        (one(json!({"attributeRelation": 7})), Problem::UnsupportedRelation { term: 0, code: 7 }),
        (one(json!({"attributeRelation": 11})), Problem::UnsupportedRelation { term: 0, code: 11 }),
    ] {
        let queue = of_steps([terms, json!([term(0, 0, good)])]);
        assert_eq!(problems(&queue), [(0, expected)]);
        assert_eq!(queue.first_match(&agent(&[("a", "1")])).map(|found| found.step), Some(1));
    }
}

#[test]
fn any_number_of_parentheses_may_stand_before_one_term() {
    let of = |second, third| {
        of_steps([json!([
            term(0, i64::MAX, ("a", HAS, "")),
            term(OR, second, ("b", HAS, "")),
            term(AND, third, ("c", HAS, "")),
        ])])
    };
    assert!(!accepts(&of(-1, 1 - i64::MAX), &[("a", "1")]));
    assert!(accepts(&of(0, -i64::MAX), &[("a", "1")]));
    assert!(of(0, -i64::MAX).steps()[0].mixes_relations());
}

#[test]
fn a_conditional_step_is_marked_until_its_condition_is_supposed() {
    let one = |value: &str| json!([term(0, 0, ("sales", EQUAL, value))]);
    let queue = compile(json!({"steps": [
        {"terms": one("1"), "considerIf": "PQ1.LongestCallInQueue > 60"},
        {"terms": [term(0, 0, ("sales", MORE, "0"))], "considerIf": " "},
        {"terms": one("-1"), "considerIf": "PQ1.CallsInQueue > 3"},
    ]}));
    let [both, last, none] = ["1", "-1", "0"].map(|value| agent(&[("sales", value)]));
    let steps = |queue: &CompiledQueue, agent: &AgentValues| -> Vec<_> {
        queue.matches(agent).map(|found| (found.step, found.is_conditional)).collect()
    };
    assert_eq!(steps(&queue, &both), [(0, true), (1, false)]);
    assert_eq!(steps(&queue, &last), [(2, true)]);
    assert!(!queue.matches_only_conditionally(&both) && !queue.matches_only_conditionally(&none));
    assert!(queue.matches_only_conditionally(&last));
    let queue =
        queue.supposing(0, Condition::Holds).supposing(1, Condition::Fails).supposing(2, Condition::Fails);
    assert_eq!(steps(&queue.clone().supposing(9, Condition::Fails), &both), [(0, false), (1, false)]);
    assert_eq!(steps(&queue, &last), []);
}

#[test]
fn agents_come_by_first_step_then_by_proficiency_and_ties_keep_their_order() {
    let queue = |ordering: i64| {
        let typed = |name: &str, kind: &str| json!({"attribute": {"name": name, "dataType": kind}, "attributeRelation": MORE, "value1": "0"});
        let mut terms = [typed("sales", "4"), typed("sales", "4"), typed("support", "4"), typed("vip", "3")];
        for term in &mut terms[1..] {
            term["termRelation"] = json!(OR);
        }
        let first = json!({"terms": [term(0, 0, ("first", EQUAL, "true"))]});
        compile(json!({"agentOrdering": ordering, "steps": [first, {"terms": terms}]}))
    };
    let agents = [
        agent(&[("sales", "3"), ("support", "2")]),
        agent(&[("sales", "9"), ("vip", "1")]),
        agent(&[("support", "5"), ("vip", "1")]),
        agent(&[("sales", "0")]),
        agent(&[("first", "true"), ("sales", "1")]),
    ];
    let order = |ordering| -> Vec<_> {
        queue(ordering).eligible_among(&agents).iter().map(|found| found.agent).collect()
    };
    assert_eq!(order(1), [4, 0, 1, 2]);
    assert_eq!(order(2), [4, 1, 0, 2]);
    assert_eq!(order(3), [4, 0, 2, 1]);
    assert_eq!(queue(7).ordering(), AgentOrdering::LongestAvailable);
    let pools = queue(2).pools_among(&agents);
    assert_eq!((&pools[0].agents, &pools[0].cumulative), (&vec![4], &None));
    assert_eq!((&pools[1].agents, &pools[1].cumulative), (&vec![1, 0, 2, 4], &None));
}

#[test]
fn a_pool_tells_agents_of_earlier_steps_only_where_there_are_more() {
    let queue = compile(json!({"steps": [
        {"terms": [term(0, 0, ("sales", MORE, "8"))]},
        {"terms": [term(0, 0, ("sales", EQUAL, "5"))], "considerIf": "x"},
        {"terms": [term(0, 0, ("sales", MORE, "1"))]},
    ]}));
    let agents = ["9", "5", "2"].map(|value| agent(&[("sales", value)]));
    let pools = |queue: &CompiledQueue| -> Vec<_> {
        let pools = queue.pools_among(&agents).into_iter();
        pools.map(|pool| (pool.step, pool.agents, pool.cumulative)).collect()
    };
    let [first, last] = [(0, vec![0], None), (2, vec![0, 1, 2], None)];
    assert_eq!(pools(&queue), [first.clone(), (1, vec![1], Some(vec![0, 1])), last.clone()]);
    assert_eq!(pools(&queue.supposing(1, Condition::Fails)), [first, last]);
}
