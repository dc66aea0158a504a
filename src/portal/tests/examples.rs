//! Odd answers one by one: what each is read as, or that it is refused without telling a value.

use serde_json::{Value, json};

use super::Sample;
use crate::portal::Reply as _;
use crate::portal::access::GetManageableAccessCollectionsReply;
use crate::portal::agent::{GetAllAgentsForSkillReply, GetAllAgentsReply};
use crate::portal::auth::LoginReply;
use crate::portal::callback::{Callback, GetDialedNumberListReply};
use crate::portal::precision_queue::{GetPQByIDReply, PrecisionQueue};
use crate::portal::record::Record;
use crate::portal::reference::{GetAllRolesReply, ReferenceReply, Site};
use crate::portal::skill_group::SkillGroup;
use crate::portal::user::{GetUsersReply, User};
use crate::upstream::json;

fn read<R: Record>(text: &str) -> R {
    json::read(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn refusal<R: Record>(text: &str) -> String {
    json::read::<R>(text).err().unwrap_or_else(|| panic!("read: {text}")).to_string()
}

/// Runs a check on records of every shape the portal has.
macro_rules! on_every_record {
    ($check:ident) => {
        $check::<Sample>();
        $check::<GetManageableAccessCollectionsReply>();
        $check::<GetAllAgentsForSkillReply>();
        $check::<GetAllAgentsReply>();
        $check::<LoginReply>();
        $check::<Callback>();
        $check::<GetDialedNumberListReply>();
        $check::<GetPQByIDReply>();
        $check::<PrecisionQueue>();
        $check::<GetAllRolesReply>();
        $check::<ReferenceReply>();
        $check::<Site>();
        $check::<SkillGroup>();
        $check::<GetUsersReply>();
        $check::<User>();
    };
}

#[test]
fn null_and_empty_are_absence_in_every_field() {
    fn check<R: Record>() {
        for nothing in ["null", "\"\"", "{}"] {
            let members: Vec<_> = R::FIELDS.iter().map(|field| format!("\"{field}\": {nothing}")).collect();
            let record: R = read(&format!("{{{}}}", members.join(", ")));
            assert!(record.is_blank(), "{nothing}: {}", serde_json::to_string(&record).unwrap());
        }
    }
    on_every_record!(check);
}

#[test]
fn a_secret_in_the_wrong_place_is_not_told_by_the_error() {
    fn check<R: Record>() {
        let wrong = [
            json!("marker"),
            json!(770_770_770_i64),
            json!(77_077.5),
            json!(["marker"]),
            json!([770_770_770_i64]),
            json!([77_077.5]),
            json!([["marker"]]),
            json!({"marker": "marker"}),
            json!({"marker": {"marker": "marker"}}),
            json!({"marker": ["marker", 770_770_770_i64]}),
            json!({"marker": 770_770_770_i64}),
        ];
        let bodies =
            wrong.iter().flat_map(|value| R::FIELDS.iter().map(move |field| json!({ *field: value })));
        for body in bodies.chain(wrong.clone()) {
            if let Err(error) = json::read::<R>(&body.to_string()) {
                let text = error.to_string();
                assert!(!text.contains("marker") && !text.contains("77077"), "{text}: {body}");
            }
        }
    }
    on_every_record!(check);
}

#[test]
fn a_value_that_is_no_object_is_no_record() {
    for text in ["1", "-1", "1.5", "true", "\"text\"", "\"\"", "[]", "null"] {
        assert!(json::read::<Sample>(text).is_err(), "{text}");
    }
}

#[test]
fn ten_thousand_levels_are_an_error_and_not_a_crash() {
    let levels = 10_000;
    for (open, close) in [("[", "]"), ("{\"x\":", "}"), ("{\"deeperRows\":", "}"), ("[{\"wrapper\":", "}]")] {
        let nested = format!("{}1{}", open.repeat(levels), close.repeat(levels));
        for field in ["x", "wholeNumber", "someText", "listOfWords", "flagsMap", "innerObject", "innerRows"] {
            let text = refusal::<Sample>(&format!("{{\"{field}\": {nested}}}"));
            assert!(text.len() < 10_000, "{field}: {}", text.len());
        }
        refusal::<Sample>(&nested);
    }
}

#[test]
fn wrappers_within_wrappers_are_taken_off() {
    let rows = r#"{"a": {"b": [{"c": {"innerName": "n"}}, {"innerName": "m"}]}}"#;
    let sample: Sample = read(&format!("{{\"innerRows\": {rows}}}"));
    let names: Vec<_> = sample.rows.iter().filter_map(|row| row.name.as_deref()).collect();
    assert_eq!(names, ["n", "m"]);
}

#[test]
fn an_empty_wrapper_wraps_nothing() {
    for rows in
        [r#"{"row": null}"#, r#"{"row": ""}"#, r#"{"row": []}"#, r#"{"row": {}}"#, r#"[{"row": null}]"#]
    {
        let sample: Sample = read(&format!("{{\"innerRows\": {rows}}}"));
        assert!(sample.rows.is_empty(), "{rows}");
    }
}

#[test]
fn huge_numbers_are_refused_where_a_number_is_wanted_and_kept_where_text_is() {
    for number in
        ["9223372036854775808", "18446744073709551615", "99999999999999999999", "1e300", "-1e19", "1.5"]
    {
        refusal::<Sample>(&format!("{{\"wholeNumber\": {number}}}"));
        refusal::<Sample>(&format!("{{\"wholeNumber\": \"{number}\"}}"));
        refusal::<Sample>(&format!("{{\"lastChangedAt\": {number}}}"));
    }
    refusal::<Sample>("{\"wholeNumber\": 1e400}");
    let whole = |text: &str| read::<Sample>(&format!("{{\"wholeNumber\": {text}}}")).whole;
    assert_eq!(whole("9223372036854775807"), Some(i64::MAX));
    assert_eq!(whole("\"-9223372036854775808\""), Some(i64::MIN));
    assert_eq!([whole("1e3"), whole("-0"), whole("5.0")], [Some(1_000), Some(0), Some(5)]);
    let text = |text: &str| read::<Sample>(&format!("{{\"someText\": {text}}}")).text;
    assert_eq!(text("18446744073709551615").as_deref(), Some("18446744073709551615"));
    assert_eq!(text("\"99999999999999999999\"").as_deref(), Some("99999999999999999999"));
}

#[test]
fn of_two_equal_keys_the_later_counts_and_of_two_spellings_the_contracts_own() {
    let whole = |text: &str| read::<Sample>(text).whole;
    assert_eq!(whole(r#"{"wholeNumber": 1, "wholeNumber": 2}"#), Some(2));
    assert_eq!(whole(r#"{"count": 1, "wholeNumber": 2}"#), Some(2));
    assert_eq!(whole(r#"{"wholeNumber": 2, "count": 1}"#), Some(2));
    assert_eq!(whole(r#"{"wholeNumber": 2, "WHOLE_NUMBER": null, "count": ""}"#), Some(2));
    assert_eq!(whole(r#"{"wholeNumber": null, "count": 3}"#), Some(3));
}

#[test]
fn blank_text_is_absence_where_no_text_is_wanted() {
    let sample: Sample =
        read(r#"{"wholeNumber": " ", "isFlagged": "\t", "lastChangedAt": " ", "someText": " "}"#);
    assert_eq!((sample.whole, sample.flag, sample.changed_at), (None, None, None));
    assert_eq!(sample.text.as_deref(), Some(" "));
}

#[test]
fn role_groups_are_found_under_any_name_by_what_they_hold() {
    let body =
        json!({"code": 0, "somethingElse": [1], "unheardOf": [{"idProgramGroup": "7"}], "other": {"a": 1}});
    let mut reply: GetAllRolesReply = read(&body.to_string());
    reply.settle();
    let ids: Vec<_> =
        reply.site_info_list.iter().map(|group| group.id_program_group.map(|id| id.0)).collect();
    assert_eq!(ids, [Some(7)]);
}

#[test]
fn the_guides_words_for_no_filter_are_read_as_none() {
    let record: User = read(r#"{"status": {}, "firstNm": {}, "idUser": {}}"#);
    assert!(record.is_blank());
}

#[test]
fn a_record_prints_its_name_and_nothing_of_what_it_holds() {
    let record: LoginReply =
        read(r#"{"userToken": "marker", "programPrefix": "marker", "unknown": "marker"}"#);
    assert_eq!(format!("{record:?}"), "LoginReply { .. }");
    assert_eq!(record.rest.get("unknown"), Some(&Value::from("marker")));
}
