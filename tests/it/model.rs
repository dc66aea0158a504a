//! What is kept, against a model of what may be shown: made-up rows of reads, writes, lost writes, changes by others and
//! waiting, by two people through three queries. Nobody is shown what was there before a write of the gateway, and what
//! others change is there when its time is over. While the portal fails, what was there since the last write may be shown.

use std::sync::Arc;
use std::time::Duration;

use portalgraph::portal::SkillGroupId;
use portalgraph::simulator::{ANY, Fault, SIZED_LOGIN, SIZED_PASSWORD, World};
use serde_json::{Value, json};

use crate::everything::Draw;
use crate::house::{Answer, Client, House};

const ROWS: u64 = 8;
const STEPS: usize = 40;
/// How long skill groups are kept.
const KEPT: Duration = Duration::from_secs(1);

const SAVE: &str =
    "mutation ($input: SaveSkillGroupInput!) { saveSkillGroup(input: $input) { userErrors { code } } }";

/// The description of one group, by each way that leads to it.
const READS: [(&str, &str); 3] = [
    ("query ($key: Int!) { skillGroup(by: {databaseId: $key}) { description } }", "/skillGroup/description"),
    ("{ skillGroups(first: 1) { nodes { description } } }", "/skillGroups/nodes/0/description"),
    (
        "query ($key: Int!) { skillGroup(by: {databaseId: $key}) { agents(first: 1) { nodes { skillGroups { databaseId
            description } } } } }",
        "/skillGroup/agents/nodes/0/skillGroups",
    ),
];

/// One row of steps, and what may be shown after them.
struct Row {
    house: House,
    people: [Client; 2],
    group: (i64, Value),
    /// What the portal has, and what it had since everything kept was last known to be as new.
    allowed: Vec<String>,
    /// What the portal had since the last write of the gateway.
    since_write: Vec<String>,
    written: usize,
}

impl Row {
    async fn new() -> Self {
        let house = House::with(World::sized(30), |config| {
            config.cache.skill_group_seconds = KEPT.as_secs();
            // Whoever writes next waits for as long as a lost write may still be carried out.
            config.portal.call_timeout_milliseconds = 2_000;
        });
        let house = house.await;
        let people = [house.sign_in(SIZED_LOGIN).await, house.sign_in(("load0@siz", SIZED_PASSWORD)).await];
        let found = people[0].ask("{ skillGroups(first: 1) { nodes { id databaseId description } } }").await;
        let node = &found.body["data"]["skillGroups"]["nodes"][0];
        let group = (node["databaseId"].as_i64().unwrap(), node["id"].clone());
        let allowed = vec![node["description"].as_str().unwrap().to_owned()];
        Self { house, people, group, since_write: allowed.clone(), allowed, written: 0 }
    }

    fn next_text(&mut self) -> String {
        self.written += 1;
        format!("text {}", self.written)
    }

    /// What is shown to one of them by one of the ways.
    async fn read(&self, random: &mut Draw) -> Option<(String, &'static str)> {
        let answer = self.ask(random).await;
        assert!(answer.0.body["errors"].is_null(), "{}", answer.0.body);
        self.shown(answer)
    }

    /// The same while the portal fails; nothing is shown of which nothing is kept.
    async fn read_in_vain(&self, random: &mut Draw) -> Option<(String, &'static str)> {
        self.house.simulator.faults().always(ANY, Fault::Status(500));
        let answer = self.ask(random).await;
        self.house.simulator.faults().clear();
        self.shown(answer)
    }

    async fn ask(&self, random: &mut Draw) -> (Answer, (&'static str, &'static str)) {
        let way = READS[random.below(READS.len())];
        let person = &self.people[random.below(2)];
        (person.ask_with(way.0, json!({"key": self.group.0})).await, way)
    }

    fn shown(
        &self,
        (answer, (query, place)): (Answer, (&'static str, &'static str)),
    ) -> Option<(String, &'static str)> {
        let shown = answer.body["data"].pointer(place)?;
        let shown = match shown.as_array() {
            Some(groups) => &groups.iter().find(|group| group["databaseId"] == self.group.0)?["description"],
            None => shown,
        };
        Some((shown.as_str().unwrap().to_owned(), query))
    }

    async fn write(&mut self, fault: Option<Fault>, random: &mut Draw) {
        let text = self.next_text();
        let is_done = !matches!(fault, Some(Fault::Reset));
        let is_told = fault.is_none();
        if let Some(fault) = fault {
            self.house.simulator.faults().next("saveSkillGroup", fault, 1);
        }
        let input = json!({"input": {"skillGroupId": self.group.1, "description": text}});
        let answer = self.people[random.below(2)].ask_with(SAVE, input).await;
        assert_eq!(answer.body["errors"].is_null(), is_told, "{}", answer.body);
        let now = if is_done { text } else { self.allowed.pop().unwrap() };
        self.since_write = vec![now.clone()];
        self.allowed = vec![now];
    }

    /// Somebody changes it at the portal itself.
    fn change(&mut self) {
        let text = self.next_text();
        let key = Some(SkillGroupId(self.group.0));
        self.house.simulator.world(|world| {
            let groups = &mut world.tenants[0].skill_groups;
            let group = groups.iter_mut().find(|group| group.skill_target_id == key).unwrap();
            Arc::make_mut(group).description = Some(text.as_str().into());
        });
        self.since_write.push(text.clone());
        self.allowed.push(text);
    }

    /// Until nothing that is kept is fresh.
    async fn wait(&mut self) {
        tokio::time::sleep(KEPT + Duration::from_millis(200)).await;
        self.allowed.drain(..self.allowed.len() - 1);
    }
}

/// How often something was shown that was no longer so: from what is kept, and while the portal failed.
async fn walk(seed: u64) -> (usize, usize) {
    let mut random = Draw(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let mut row = Row::new().await;
    let mut done = Vec::new();
    let (mut stale, mut in_vain) = (0, 0);
    for _ in 0..STEPS {
        match random.below(20) {
            0..=1 => {
                row.change();
                done.push("changed elsewhere");
            }
            2..=4 => {
                row.write(None, &mut random).await;
                done.push("written");
            }
            5 => {
                row.write(Some(Fault::ResetAfter), &mut random).await;
                done.push("written, and the answer lost");
            }
            6 => {
                row.write(Some(Fault::Reset), &mut random).await;
                done.push("lost on the way");
            }
            7 => {
                row.wait().await;
                done.push("waited");
            }
            8 => {
                row.read(&mut random).await;
                row.change();
                row.wait().await;
                done.push("read, changed elsewhere, waited, and read in vain");
                for _ in 0..4 {
                    let Some((shown, query)) = row.read_in_vain(&mut random).await else { continue };
                    let since_write = &row.since_write;
                    assert!(
                        since_write.contains(&shown),
                        "{seed}: {shown}, {since_write:?}: {done:?} {query}"
                    );
                    in_vain += usize::from(!row.allowed.contains(&shown));
                }
            }
            _ => {
                if let Some((shown, query)) = row.read(&mut random).await {
                    assert!(
                        row.allowed.contains(&shown),
                        "{seed}: {shown} is not {:?}: {done:?} {query}",
                        row.allowed
                    );
                    stale += usize::from(row.allowed.last() != Some(&shown));
                }
            }
        }
    }
    (stale, in_vain)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_is_what_a_model_allows() {
    let rows = futures_util::future::join_all((1..=ROWS).map(walk)).await;
    // Where nothing was ever shown from what is kept, nothing was tried.
    assert!(
        rows.iter().any(|(stale, _)| *stale > 0) && rows.iter().any(|(_, in_vain)| *in_vain > 0),
        "{rows:?}"
    );
}
