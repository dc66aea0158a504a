//! What `ListRoles` puts into its query, which conditions it may send, and how the same is judged here.

use proptest::prelude::*;

use crate::config::{Config, TextComparison};
use crate::icws::role::Role;
use crate::icws::shape::read;
use crate::icws::{
    Condition, ConditionOperator, ConditionProperty, Items, ListRoles, Order, OrderBy, Properties, Property,
    RightsFilter,
};

fn condition(value: &str) -> Condition {
    let (property, operator) = (ConditionProperty::Id, ConditionOperator::StartsWith);
    Condition { property, operator, value: value.to_owned() }
}

fn role(id: &str, name: Option<&str>) -> Role {
    let role = serde_json::json!({"configurationId": {"id": id, "displayName": name}});
    read(role.to_string().as_bytes()).unwrap()
}

#[test]
fn what_icws_assumes_is_left_out() {
    assert_eq!(ListRoles::default().query(), None);
    let admin = ListRoles { rights_filter: RightsFilter::Admin, ..ListRoles::default() };
    assert_eq!(admin.query(), None);
}

#[test]
fn a_query_says_all_that_was_asked() {
    let name = Condition {
        property: ConditionProperty::DisplayName,
        operator: ConditionOperator::Contains,
        value: "Größe & mehr".to_owned(),
    };
    let call = ListRoles {
        select: [Property::Users, Property::Notes].into_iter().collect(),
        conditions: vec![condition("a+b=c"), name],
        order: Some(Order { by: OrderBy::Id, descending: true }),
        rights_filter: RightsFilter::View,
        actual_values: true,
        inherited_values: true,
        range: Some(Items { first: 0, last: 9 }),
    };
    let expected = "select=notes,users&where=configurationId.id%20sw%20a%2Bb%3Dc,configurationId.displayName%20ct%20\
                    Gr%C3%B6%C3%9Fe%20%26%20mehr&orderBy=configurationId.id%20desc&rightsFilter=view\
                    &actualValues=true&inheritedValues=true";
    assert_eq!(call.query().as_deref(), Some(expected));
    let ascending = ListRoles {
        order: Some(Order { by: OrderBy::DisplayName, descending: false }),
        ..ListRoles::default()
    };
    assert_eq!(ascending.query().as_deref(), Some("orderBy=configurationId.displayName"));
    assert!(!format!("{call:?}").contains("mehr"), "a value is what a person typed");
}

#[test]
fn a_range_without_select_is_sent_where_the_settings_say_so() {
    let mut dialect = Config::default().icws.dialect;
    let range = Some(Items { first: 0, last: 9 });
    let bare = ListRoles { range, ..ListRoles::default() };
    let selecting = ListRoles { select: Properties::all(), ..bare.clone() };
    assert_eq!((bare.asked(&dialect), selecting.asked(&dialect)), (range, range));
    dialect.sends_range_without_select = false;
    assert_eq!((bare.asked(&dialect), selecting.asked(&dialect)), (None, range));
}

#[test]
fn what_where_cannot_say_is_not_sent() {
    for value in ["Lead", "Team Lead", "Größe", "a-b_c.d%", "(x)"] {
        assert!(condition(value).can_be_sent(), "{value}");
    }
    for value in [
        "",
        "a,b",
        " a",
        "a ",
        "a  b",
        "a\tb",
        "a\nb",
        "a\"b",
        "it's",
        "a\\b",
        "a\u{a0}b",
        "\0",
        &"a".repeat(501),
    ] {
        assert!(!condition(value).can_be_sent(), "{value:?}");
    }
}

#[test]
fn a_condition_is_judged_here_as_icws_judges_it() {
    use ConditionOperator::{Contains, Eq, StartsWith};
    use TextComparison::{Exact, IgnoreCase};
    let lead = role("Team-Lead", None);
    let holds = |operator, value: &str, comparison| {
        let condition = Condition { property: ConditionProperty::Id, operator, value: value.to_owned() };
        condition.holds(&lead, comparison)
    };
    assert!(
        holds(Eq, "team-lead", IgnoreCase) && !holds(Eq, "team-lead", Exact) && holds(Eq, "Team-Lead", Exact)
    );
    assert!(holds(StartsWith, "TEAM", IgnoreCase) && !holds(StartsWith, "Lead", IgnoreCase));
    assert!(holds(Contains, "m-l", IgnoreCase) && !holds(Contains, "m-l", Exact));
    let name = Condition { property: ConditionProperty::DisplayName, ..condition("") };
    assert!(!name.holds(&lead, IgnoreCase), "what is absent meets no condition");
}

proptest! {
    #[test]
    fn a_query_never_breaks_out_of_its_value(value in "\\PC{0,60}") {
        let condition = condition(&value);
        let call = ListRoles { conditions: vec![condition.clone()], ..ListRoles::default() };
        let query = call.query().unwrap();
        prop_assert!(query.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~,%=".contains(&byte)), "{}", query);
        prop_assert_eq!(query.matches('=').count(), 1);
        let decoded = percent_encoding::percent_decode_str(&query["where=".len()..]).decode_utf8().unwrap();
        let expected = format!("configurationId.id sw {value}");
        prop_assert_eq!(decoded.as_ref(), expected.as_str());
        if condition.can_be_sent() {
            prop_assert_eq!(decoded.split(',').count(), 1);
        }
    }
}
