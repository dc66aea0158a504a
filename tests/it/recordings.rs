//! Recordings of portals, made by `portalgraph probe --record`: each is read as the gateway reads it, down to the last
//! key. Those committed are of the simulated portal, in its usual spelling and in every odd one; to make them anew, run
//! the test of recordings in `probe.rs` and copy what it leaves in `target/tmp/probe/recording-*/answers`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use portalgraph::portal::agent::GetAllAgents;
use portalgraph::portal::expected::{ELSEWHERE, UNREAD, is_filled_elsewhere};
use portalgraph::portal::skill_group::{GetSkillGroups, GetSkillsForAgent};
use portalgraph::portal::user::GetUsers;
use portalgraph::portal::{Operation, Reply as _, Spelt};
use serde::Serialize;

use crate::operations::reads;

/// The recordings, each with the keys that are in all of its answers although nobody knows them.
const RECORDINGS: [(&str, &[&str]); 2] = [("usual", &[]), ("odd", &["UNKNOWNKEY1"])];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/recordings").join(name)
}

/// Reads one answer of a recording, which must leave nothing unread but these keys.
fn check<O: Operation>(recording: &str, everywhere: &[&str])
where
    O::Reply: Serialize,
{
    let name = O::NAME;
    let text = fs::read(folder(recording).join(format!("{name}.json"))).unwrap();
    let mut reply = O::Reply::read(&text).unwrap_or_else(|error| panic!("{recording} {name}: {error}"));
    reply.settle();
    assert!(O::accepts(&reply), "{recording} {name}");
    let received = Spelt::read::<O::Reply>(&serde_json::from_slice(&text).unwrap());
    assert!(received.rows > 0, "{recording} {name}: no rows");
    let here = UNREAD.iter().filter(|(operation, _)| *operation == name).flat_map(|(_, keys)| keys.iter());
    let expected: BTreeSet<_> = here.chain(everywhere).map(|key| key.to_uppercase()).collect();
    let unknown: BTreeSet<_> = received.unknown.iter().map(|key| key.to_uppercase()).collect();
    assert_eq!(unknown, expected, "{recording} {name}");
    // The list of what only other answers fill is neither too short nor too long.
    let elsewhere =
        ELSEWHERE.iter().find(|(operation, _)| *operation == name).map_or(0, |(_, fields)| fields.len());
    assert_eq!(received.missing.len(), elsewhere, "{recording} {name}: {:?}", received.missing);
    assert!(received.missing.iter().all(|field| is_filled_elsewhere(name, field)), "{:?}", received.missing);
    // What was read, written again, has the contract's own spelling throughout; what was not read shows.
    let kept = Spelt::read::<O::Reply>(&serde_json::to_value(&reply).unwrap());
    assert_eq!(kept.rows, received.rows, "{recording} {name}");
    assert_eq!(kept.unknown, received.unknown, "{recording} {name}");
    assert_eq!(kept.missing, received.missing, "{recording} {name}");
    assert!(kept.others.is_empty(), "{recording} {name}: {:?}", kept.others);
}

macro_rules! check_each {
    ($recording:expr, $expected:expr, [$($operation:ty,)*]) => {{
        $(check::<$operation>($recording, $expected);)*
        [$(<$operation>::NAME),*].len()
    }};
}

#[test]
fn every_recording_is_read_to_the_last_key() {
    for (recording, unknown) in RECORDINGS {
        let count = reads!(check_each, recording, unknown);
        assert_eq!(fs::read_dir(folder(recording)).unwrap().count(), count, "{recording}");
    }
}

/// Masked, agents are still found among the users, and groups among those of an agent.
#[test]
fn what_belongs_together_still_does() {
    for (recording, _) in RECORDINGS {
        let users: <GetUsers as Operation>::Reply = read::<GetUsers>(recording);
        let numbers: BTreeSet<_> =
            users.user_agent_info_list.iter().filter_map(|user| user.agent_number()).collect();
        let agents = read::<GetAllAgents>(recording).agents;
        let known =
            agents.iter().filter(|agent| agent.number().is_some_and(|number| numbers.contains(&number)));
        assert!(known.count() == agents.len() && agents.len() > 1, "{recording}");
        let groups: BTreeSet<_> = read::<GetSkillGroups>(recording)
            .skill_group_list
            .iter()
            .filter_map(|group| group.skill_target_id)
            .collect();
        let of_agent = read::<GetSkillsForAgent>(recording).skill_group_list;
        assert!(of_agent.iter().all(|group| group.skill_target_id.is_some_and(|id| groups.contains(&id))));
    }
}

fn read<O: Operation>(recording: &str) -> O::Reply {
    let text = fs::read(folder(recording).join(format!("{}.json", O::NAME))).unwrap();
    O::Reply::read(&text).unwrap()
}
