//! Many users with forty fields each, by hand: read under the portal's names, shown under the graph's.

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use super::portal::{Session, Text, read};

/// How many fields of a user are asked for.
pub(crate) const FIELDS: usize =
    Person::SHOWN.len() + Telephony::SHOWN.len() + Access::SHOWN.len() + Agent::SHOWN.len();

/// The row as the portal writes it, and the objects that the graph makes of it, field by field.
macro_rules! row {
    ($($object:ident {
        texts { $($text:ident = $text_wire:literal as $text_shown:literal,)* }
        others { $($other:ident: $type:ty = $other_wire:literal as $other_shown:literal,)* }
    })*) => {
        #[derive(Deserialize)]
        struct Row<'a> {
            $(
                $(#[serde(borrow, rename = $text_wire)] $text: Option<Text<'a>>,)*
                $(#[serde(rename = $other_wire)] $other: Option<$type>,)*
            )*
        }

        $(
            struct $object<'r, 'a>(&'r Row<'a>);

            impl $object<'_, '_> {
                const SHOWN: &'static [&'static str] = &[$($text_shown,)* $($other_shown,)*];

                fn show<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                    $(map.serialize_entry($text_shown, &self.0.$text)?;)*
                    $(map.serialize_entry($other_shown, &self.0.$other)?;)*
                    Ok(())
                }
            }
        )*
    };
}

row! {
    Person {
        texts {
            login_name = "loginNm" as "loginName",
            first_name = "firstNm" as "firstName",
            last_name = "lastNm" as "lastName",
            email = "email" as "email",
            phone = "phone" as "phone",
            type_code = "userTypeCode" as "userTypeCode",
            type_name = "userTypeNm" as "userTypeName",
            status_name = "contactCenterUserStatusNm" as "contactCenterStatusName",
            created = "createDateStr" as "createdAtText",
        }
        others {
            id: i64 = "idProgramUser" as "databaseId",
            account: i64 = "idUser" as "accountDatabaseId",
            active: bool = "status" as "isActive",
            active_in_icm: bool = "icmStatus" as "isActiveInIcm",
            type_level: i64 = "userTypeLevel" as "userTypeLevel",
            type_id: i64 = "idUserType" as "userTypeDatabaseId",
            manager: bool = "manager" as "isManager",
            internal: bool = "internalUser" as "isInternal",
            single_sign_on: bool = "ssoEnabledUser" as "isSingleSignOnEnabled",
            can_edit: bool = "allowedToEdit" as "canEdit",
            status_id: i64 = "idContactCenterUserStatus" as "contactCenterStatusDatabaseId",
            source: i64 = "sourceIdProgramUser" as "sourceDatabaseId",
            person: i64 = "personId" as "personDatabaseId",
            system: i64 = "idSourceSystem" as "sourceSystemDatabaseId",
        }
    }
    Telephony {
        texts {
            line = "unityPhoneLine" as "voicemailPhoneLine",
        }
        others {
            call_manager_user: i64 = "idUcmEndUser" as "callManagerUserDatabaseId",
            cluster: i64 = "cmClusterId" as "callManagerClusterDatabaseId",
            primary_phone: i64 = "primaryIdPhone" as "primaryPhoneDatabaseId",
            voicemail_user: i64 = "idProgramUnityUser" as "voicemailUserDatabaseId",
        }
    }
    Access {
        texts {
            access_code = "accessTypeCode" as "typeCode",
            access_name = "accessTypeNm" as "typeName",
        }
        others {
            edits: bool = "allowedToEditCollection" as "canEditCollection",
            manages: bool = "allowedToManageObjectsInCollection" as "canManageObjects",
            assigns: bool = "allowedToAssignUsersOrGroupsToCollection" as "canAssignUsersOrGroups",
        }
    }
    Agent {
        texts {
            number = "peripheralNumber" as "agentNumber",
            description = "agentDescription" as "description",
            enterprise_name = "agentEnterpriseName" as "enterpriseName",
            platform = "platform" as "platformName",
        }
        others {
            primary: bool = "primaryFlag" as "isPrimary",
            team_primary: bool = "teamPrimary" as "isTeamPrimary",
            groups: i64 = "totalAssignedSkills" as "skillGroupCount",
        }
    }
}

/// The query that asks for so many users with all of these.
pub(crate) fn document(users: usize) -> String {
    format!(
        "{{ users(first: {users}) {{ nodes {{ {} telephony {{ {} }} collectionAccess {{ {} }} agent {{ {} }} }} }} }}",
        Person::SHOWN.join(" "),
        Telephony::SHOWN.join(" "),
        Access::SHOWN.join(" "),
        Agent::SHOWN.join(" "),
    )
}

macro_rules! serialize {
    ($($object:ident)*) => {$(
        impl Serialize for $object<'_, '_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                self.show(&mut map)?;
                map.end()
            }
        }
    )*};
}

serialize!(Telephony Access Agent);

impl Serialize for Person<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.show(&mut map)?;
        map.serialize_entry("telephony", &Telephony(self.0))?;
        map.serialize_entry("collectionAccess", &Access(self.0))?;
        let is_agent = self.0.type_code.as_ref().is_some_and(|code| matches!(code.0.as_ref(), "A" | "S"));
        map.serialize_entry("agent", &is_agent.then_some(Agent(self.0)))?;
        map.end()
    }
}

#[derive(Deserialize)]
struct Reply<'a> {
    #[serde(borrow, rename = "userAgentInfoList")]
    rows: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Nodes<T> {
    nodes: T,
}

#[derive(Serialize)]
struct Users<T> {
    users: T,
}

#[derive(Serialize)]
struct Data<T> {
    data: T,
}

/// The answer to the same.
pub(super) async fn users(session: &Session, count: usize) -> Vec<u8> {
    let answer = session.ask("users/getUsers", ",\"pageSize\":0").await;
    let reply: Reply<'_> = read(&answer);
    let nodes: Vec<_> = reply.rows.iter().take(count).map(Person).collect();
    serde_json::to_vec(&Data { data: Users { users: Nodes { nodes } } }).unwrap()
}
