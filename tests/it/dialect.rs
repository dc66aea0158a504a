//! However the portal spells its answers, clients see the same bytes, for the same number of portal calls.

use std::collections::BTreeMap;

use portalgraph::simulator::{DEMO_LOGIN, Quirks, World};

use crate::house::House;

/// Between them they read every operation and show nearly every field.
const QUESTIONS: [&str; 9] = [
    "{ viewer { loginName email shortLoginName isInternal domain loginExpiresInDays
         tenant { databaseId name programPrefix } accessRoles { name isGranted } roles { name isGranted }
         features { ucceVersion maxSessionCount applicationCodes feedbackFeatures { name isGranted }
           isEmailEnabled singleSignOnTypeCode } } }",
    "{ users(first: 100) { totalCount nodes { id databaseId accountDatabaseId loginName displayName email phone isActive
         isActiveInIcm userType userTypeCode userTypeLevel isManager isInternal isSingleSignOnEnabled canEdit
         contactCenterStatusName statusChangedAt createdAtText createdAt sourceDatabaseId
         telephony { callManagerUserDatabaseId callManagerClusterDatabaseId primaryPhoneDatabaseId voicemailPhoneLine }
         collectionAccess { typeCode typeName canManageObjects }
         department { id code name description canEdit } site { name addressLine1 city state postalCode isInternal }
         billingUnit { name code } roleGroup { name typeCode isDeleted userCount featureCount }
         agentProfile { name description userCount } } } }",
    "{ agents(first: 100, orderBy: {field: LAST_NAME}) { totalCount nodes { agentNumber enterpriseName description
         isSupervisor isPrimary isTeamPrimary skillGroupCount skillTargetDatabaseId platformName
         platform { id name code } team { id name description } deskSettings { name }
         skillGroups { id name } attributes { value description attribute { name dataType } }
         precisionQueues { name } } } }",
    "{ skillGroups(first: 50) { totalCount nodes { databaseId name description enterpriseName peripheralName
         peripheralNumber mediaRoutingDomainName platformName transferNumber serviceLevelThresholdSeconds agentCount
         isChecked canEdit agents(first: 5) { totalCount nodes { agentNumber } }
         assignableAgents(first: 3) { totalCount nodes { agentNumber } } } } }",
    "{ precisionQueues(first: 50) { nodes { databaseId name description agentCount agentOrdering agentOrderingCode
         agentOrderingName callOrderingCode serviceLevelType serviceLevelTypeName serviceLevelThresholdSeconds
         changeStamp canEdit eligibleAgentCount attributes { name }
         eligibleAgents(first: 4) { nodes { stepNumber proficiency isConditional agent { agentNumber } } }
         steps { stepNumber waitSeconds agentCount considerIf isConditional problems
           terms { value attributeRelation attributeRelationCode attributeRelationName termRelation termRelationCode
             parenthesisCount attribute { name dataType } } } } } }",
    "{ attributes(first: 50) { nodes { databaseId name description dataType dataTypeCode dataTypeName defaultValue
         changeStamp canEdit agents(first: 3) { totalCount nodes { value agent { agentNumber } } }
         precisionQueues { name } } } }",
    "{ user(by: {loginName: \"ben.birch@dmn\"}) { displayName
         accessSummary { groups { name collections { name objects { databaseId name textKey typeName } } } }
         cloneOptions { selectedUserCollections { ...c } otherUserCollections { ...c }
           selectedAgentCollections { ...c } otherAgentCollections { ...c } } }
       viewer { user { displayName accessSummary { groups { name collections { name objects { name } } } }
         cloneOptions { selectedUserCollections { ...c } otherUserCollections { ...c }
           selectedAgentCollections { ...c } otherAgentCollections { ...c } } } } }
     fragment c on AccessCollection { databaseId name description objectTypeName typeName typeDescription isChecked
         canManage isSystemManaged objectCount userCount groupCount }",
    "{ callback(databaseId: 7001) { databaseId phoneNumber dialedNumber queueName scheduledAt createdAt statusChangedAt
         statusCode retryCount agentExtension callerEnteredDigits voiceMessageSeconds maxReplayCount
         isAutomaticDialingEnabled routerCallKey contactDatabaseId callMeInstanceName variables { number name value }
         queue { name minQueuedCallCount maxQueuedCallCount } disposition { name } }
       callbackQueues { databaseId name dialedNumber } callbackDispositions { databaseId name }
       isCallbackServiceAvailable }",
    "{ departments { name } sites { name } billingUnits { name } roleGroups { databaseId name typeCode }
       platforms { name } agentProfiles { name isSystemManaged } agentDeskSettings { databaseId name } }",
];

/// What each question is answered and what it costs, asked in turn by one client.
async fn answers(quirks: Quirks) -> Vec<(String, BTreeMap<&'static str, usize>)> {
    let house = House::over(World::demo()).await;
    house.simulator.quirks(quirks);
    let client = house.sign_in(DEMO_LOGIN).await;
    let mut answers = Vec::new();
    for question in QUESTIONS {
        house.calls();
        let data = client.data(question).await.to_string();
        answers.push((data, house.calls()));
    }
    answers
}

fn quirks() -> Vec<(&'static str, Quirks)> {
    let usual = Quirks::default;
    let roles = |name: &str| Quirks { roles_list_name: name.to_owned(), ..Quirks::default() };
    vec![
        ("keys in upper case, code among them", Quirks { upper_case_keys: true, ..usual() }),
        ("numbers as text", Quirks { numbers_as_text: true, ..usual() }),
        ("wrappers left by XML", Quirks { xml_wrappers: true, ..usual() }),
        ("one object for a list of one", Quirks { single_object_for_list: true, ..usual() }),
        ("instants as ISO 8601", Quirks { iso_dates: true, ..usual() }),
        ("keys that no table lists", Quirks { extra_keys: true, ..usual() }),
        ("the names that the contract lists second", Quirks { other_names: true, ..usual() }),
        ("role groups in a list of another name", roles("programGroupInfoList")),
        ("role groups in a list of a name unheard of", roles("unheardOf")),
        (
            "wrappers around one object",
            Quirks { xml_wrappers: true, single_object_for_list: true, ..usual() },
        ),
        ("every quirk at once", Quirks::every()),
    ]
}

#[tokio::test]
async fn every_spelling_gives_the_same_answers_for_the_same_calls() {
    let expected = answers(Quirks::default()).await;
    for (name, quirks) in quirks() {
        let answers = answers(quirks).await;
        for ((question, answer), expected) in QUESTIONS.iter().zip(&answers).zip(&expected) {
            assert_eq!(answer.0, expected.0, "{name}: {question}");
            assert_eq!(answer.1, expected.1, "{name}: the calls of {question}");
        }
    }
}

/// A question that shows nothing would be answered alike in any spelling.
#[tokio::test]
async fn the_questions_leave_little_of_the_portal_unread() {
    let expected = answers(Quirks::default()).await;
    let operations: std::collections::BTreeSet<_> =
        expected.iter().flat_map(|(_, calls)| calls.keys().copied()).collect();
    assert!(operations.len() >= 18, "{operations:?}");
    for (question, (answer, _)) in QUESTIONS.iter().zip(&expected) {
        let (nulls, values) = (answer.matches(":null").count(), answer.matches(':').count());
        assert!(nulls * 4 < values, "{nulls} of {values} are null: {question}");
    }
}
