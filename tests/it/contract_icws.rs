//! Nothing of ICWS's contract is lost: every operation, parameter, property, value of an enum, type and id of an error
//! has its counterpart in the floor `icws`; the graph's half is in `contract_icws_shown.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use portalgraph::config::{Config, IcwsContentType};
use portalgraph::icws::code::{
    Code, Grouping, InheritedFromType, LicenseErrorType, ObjectType, ValidationErrorType,
};
use portalgraph::icws::{
    Condition, ConditionOperator, ConditionProperty, ConfigurationId, CreateRole, CustomAttribute, ERROR_IDS,
    ERROR_PROPERTIES, ErrorType, GroupedConfigurationId, Icws, InheritableCollection, InheritableFlag,
    Inherited, Items, LicenseError, ListRoles, MAX_ROWS_WITH_SELECT, NewRight, NewRole, Order, OrderBy,
    Properties, Property, RightsFilter, Role, RolePage, UpdateOperationResult, ValidationError,
};
use portalgraph::upstream::{Call, Noun, Secret};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Guide {
    wire: Wire,
    error_types: BTreeMap<String, String>,
    common_parameters: Vec<Parameter>,
    operations: Vec<Operation>,
    types: BTreeMap<String, Type>,
    enums: BTreeMap<String, Enum>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    content_type: String,
}

#[derive(Deserialize)]
struct Operation {
    id: String,
    method: String,
    path: String,
    access: String,
    parameters: Vec<Parameter>,
    limits: Option<Limits>,
    responses: Vec<Answer>,
}

#[derive(Deserialize)]
struct Parameter {
    #[serde(rename = "in")]
    place: String,
    name: String,
    #[serde(default)]
    operators: BTreeMap<String, String>,
    #[serde(default)]
    directions: BTreeMap<String, String>,
    #[serde(default)]
    properties: Vec<String>,
    #[serde(default, rename = "enum")]
    values: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Limits {
    with_select: usize,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    errors: Vec<Error>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Error {
    error_id: String,
}

#[derive(Deserialize)]
struct Type {
    urn: Option<String>,
    fields: Vec<Field>,
}

#[derive(Deserialize)]
struct Field {
    json: String,
    #[serde(default, rename = "readOnly")]
    read_only: bool,
}

#[derive(Deserialize)]
struct Enum {
    values: Vec<EnumValue>,
}

#[derive(Deserialize)]
struct EnumValue {
    name: String,
    value: i64,
}

fn guide() -> Guide {
    serde_saphyr::from_str(include_str!("contract/icws.yaml")).unwrap()
}

impl Operation {
    fn parameter(&self, name: &str) -> &Parameter {
        self.parameters.iter().find(|parameter| parameter.name == name).unwrap()
    }

    fn names<'a>(&'a self, place: &str) -> BTreeSet<&'a str> {
        let here = self.parameters.iter().filter(|parameter| parameter.place == place);
        here.map(|parameter| parameter.name.as_str()).collect()
    }
}

fn words<'a, T>(all: &'a [(T, &'static str)]) -> BTreeSet<&'a str> {
    all.iter().map(|(_, word)| *word).collect()
}

fn texts(all: &[String]) -> BTreeSet<&str> {
    all.iter().map(String::as_str).collect()
}

#[test]
fn every_operation_is_built_and_no_other_is_made_up() {
    let guide = guide();
    let built = [(ListRoles::NAME, "read"), (CreateRole::NAME, "write")];
    let offered: Vec<_> =
        guide.operations.iter().map(|offer| (offer.id.as_str(), offer.access.as_str())).collect();
    assert_eq!(built.as_slice(), offered);
    assert_eq!((ListRoles::READS, ListRoles::WRITES), ([Noun::IcwsRole].as_slice(), [].as_slice()));
    assert_eq!((CreateRole::READS, CreateRole::WRITES), ([].as_slice(), [Noun::IcwsRole].as_slice()));
}

#[test]
fn every_value_of_every_enum_has_its_number_and_its_name() {
    fn told<C: Code>() -> (&'static str, Vec<(i64, &'static str)>) {
        (C::NAME, C::ALL.iter().map(|(_, number, name)| (*number, *name)).collect())
    }
    let built: BTreeMap<_, _> = [
        told::<ObjectType>(),
        told::<Grouping>(),
        told::<InheritedFromType>(),
        told::<LicenseErrorType>(),
        told::<ValidationErrorType>(),
    ]
    .into();
    let guide = guide();
    let values = |one: &'static str| {
        let values = guide.enums[one].values.iter().map(|value| (value.value, value.name.as_str()));
        values.collect::<Vec<_>>()
    };
    assert_eq!(built.keys().copied().collect::<Vec<_>>(), guide.enums.keys().collect::<Vec<_>>());
    for (name, numbers) in &built {
        assert_eq!(*numbers, values(name), "{name}");
    }
}

#[test]
fn every_property_of_every_type_is_read() {
    let built: BTreeMap<&str, &[&str]> = [
        ("roles", RolePage::PROPERTIES),
        ("role", Role::PROPERTIES),
        ("configurationId", ConfigurationId::PROPERTIES),
        ("customAttribute", CustomAttribute::PROPERTIES),
        ("groupedConfigurationId", GroupedConfigurationId::PROPERTIES),
        ("inheritableGroupedConfigurationIdCollection", InheritableCollection::PROPERTIES),
        ("inheritedGroupedConfigurationId", Inherited::<Vec<GroupedConfigurationId>>::PROPERTIES),
        ("inheritableBooleanProperty", InheritableFlag::PROPERTIES),
        ("inheritedBooleanValue", Inherited::<bool>::PROPERTIES),
        ("updateOperationResult", UpdateOperationResult::PROPERTIES),
        ("validationError", ValidationError::PROPERTIES),
        ("licenseError", LicenseError::PROPERTIES),
        // All kinds of error are read by one reader.
        ("error", ERROR_PROPERTIES),
        ("getObjectListError", ERROR_PROPERTIES),
        ("configurationError", ERROR_PROPERTIES),
    ]
    .into();
    let guide = guide();
    assert_eq!(built.keys().copied().collect::<Vec<_>>(), guide.types.keys().collect::<Vec<_>>());
    for (name, offered) in &guide.types {
        let read: BTreeSet<_> = built[name.as_str()].iter().copied().collect();
        let offered_names: BTreeSet<_> = offered.fields.iter().map(|field| field.json.as_str()).collect();
        if name.ends_with("rror") && offered.urn.is_some() {
            assert!(offered_names.is_subset(&read), "{name}");
        } else {
            assert_eq!(offered_names, read, "{name}");
        }
    }
}

#[test]
fn every_property_of_a_role_can_be_selected_but_for_its_identity() {
    let guide = guide();
    let offered = guide.types["role"].fields.iter().map(|field| field.json.as_str());
    let offered: BTreeSet<_> = offered.filter(|name| *name != "configurationId").collect();
    assert_eq!(words(Property::ALL), offered);
    assert_eq!(Properties::all().names().collect::<BTreeSet<_>>(), offered);
}

#[test]
fn every_word_of_a_query_is_known() {
    let guide = guide();
    let list = &guide.operations[0];
    let condition = list.parameter("where");
    assert_eq!(words(&ConditionProperty::ALL), texts(&condition.properties));
    assert_eq!(words(&ConditionOperator::ALL), condition.operators.keys().map(String::as_str).collect());
    let order = list.parameter("orderBy");
    assert_eq!(words(&OrderBy::ALL), texts(&order.properties));
    assert_eq!(
        order.directions.keys().collect::<Vec<_>>(),
        ["asc", "desc"],
        "one is said, the other assumed"
    );
    assert_eq!(words(&RightsFilter::ALL), texts(&list.parameter("rightsFilter").values));
    assert_eq!(list.limits.as_ref().map(|limits| limits.with_select), Some(MAX_ROWS_WITH_SELECT));
}

#[test]
fn every_error_has_its_id_and_its_type() {
    let guide = guide();
    let answers = guide.operations.iter().flat_map(|operation| &operation.responses);
    let ids: BTreeSet<_> =
        answers.flat_map(|answer| &answer.errors).map(|error| error.error_id.as_str()).collect();
    assert_eq!(BTreeSet::from(ERROR_IDS), ids);
    let known = words(&ErrorType::ALL);
    for urn in guide.error_types.values().chain(guide.types.values().filter_map(|offer| offer.urn.as_ref())) {
        assert!(known.contains(urn.as_str()), "{urn}");
    }
}

#[test]
fn the_media_type_is_the_vendors() {
    assert_eq!(IcwsContentType::Vendor.as_str(), guide().wire.content_type);
    assert_eq!(Config::default().icws.dialect.content_type, IcwsContentType::Vendor);
}

/// A call as a server sees it.
struct Seen {
    method: String,
    path: String,
    query: BTreeSet<String>,
    headers: HeaderMap,
}

/// What a server is sent for a list of everything and for a role with everything.
async fn sent() -> Vec<Seen> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let journal = Arc::clone(&seen);
    let answer = move |request: Request| {
        let query = request.uri().query().unwrap_or_default().split('&');
        let query = query.map(|pair| pair.split('=').next().unwrap_or_default().to_owned());
        let call = Seen {
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
            query: query.filter(|name| !name.is_empty()).collect(),
            headers: request.headers().clone(),
        };
        let (status, body) = match (call.method.as_str(), call.path.as_str()) {
            (_, "/icws/connection") => (StatusCode::CREATED, r#"{"sessionId": "7", "csrfToken": "t"}"#),
            ("POST", _) => (StatusCode::CREATED, r#"{"id": "lead"}"#),
            _ => (StatusCode::OK, r#"{"items": []}"#),
        };
        journal.lock().unwrap().push(call);
        let headers = [(header::CONTENT_TYPE, "application/json"), (header::SET_COOKIE, "icws_7=c; Path=/")];
        std::future::ready((status, headers, body))
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut settings = Config::default().icws;
    settings.url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    let icws = Icws::new(&settings).unwrap();
    let session = icws.connect("jane", &Secret::new("p")).await.unwrap().credentials;
    let (property, operator) = (ConditionProperty::Id, ConditionOperator::Eq);
    let list = ListRoles {
        select: Properties::all(),
        conditions: vec![Condition { property, operator, value: "lead".to_owned() }],
        order: Some(Order { by: OrderBy::Id, descending: true }),
        rights_filter: RightsFilter::View,
        actual_values: true,
        inherited_values: true,
        range: Some(Items { first: 0, last: 9 }),
    };
    list.ask(&icws, &session).await.unwrap();
    let create = CreateRole { role: NewRole::new("lead"), transaction_id: Some("tx".to_owned()) };
    create.ask(&icws, &session).await.unwrap();
    let mut seen = std::mem::take(&mut *seen.lock().unwrap());
    seen.remove(0);
    seen
}

#[tokio::test]
async fn every_parameter_of_every_operation_is_sent() {
    let guide = guide();
    let sent = sent().await;
    assert_eq!(sent.len(), guide.operations.len());
    for (offer, sent) in guide.operations.iter().zip(&sent) {
        assert_eq!(sent.method, offer.method);
        assert_eq!(sent.path, offer.path.replace("{sessionId}", "7"));
        assert_eq!(sent.query.iter().map(String::as_str).collect::<BTreeSet<_>>(), offer.names("query"));
        for name in offer.names("header") {
            assert!(sent.headers.contains_key(name), "{}: {name}", offer.id);
        }
        for common in guide.common_parameters.iter().filter(|common| common.place == "header") {
            assert!(sent.headers.contains_key(&common.name), "{}", common.name);
        }
    }
}

#[test]
fn every_property_of_a_role_but_its_dates_can_be_given_to_a_new_one() {
    let mut role = NewRole::new("lead");
    let id = || ConfigurationId::new("x");
    role.notes = Some("n".to_owned());
    role.custom_attributes = vec![CustomAttribute { name: "a".to_owned(), value: None }];
    role.access_control_group_assignment = Some(id());
    role.client_configuration_template = Some(id());
    (role.password_policies, role.users, role.workgroups) = (vec![id()], vec![id()], vec![id()]);
    let rights = || BTreeMap::from([("r".to_owned(), NewRight::Flag(true))]);
    (role.security_rights, role.access_rights, role.administrative_rights) = (rights(), rights(), rights());
    let body = serde_json::to_value(&role).unwrap();
    let sent: BTreeSet<_> = body.as_object().unwrap().keys().map(String::as_str).collect();
    let guide = guide();
    let fields = guide.types["role"].fields.iter().filter(|field| !field.read_only);
    assert_eq!(sent, fields.map(|field| field.json.as_str()).collect());
}
