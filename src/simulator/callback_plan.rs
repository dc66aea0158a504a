//! Made-up callbacks, their queues and their dispositions.

use std::sync::Arc;

use super::plan::Plan;
use super::staff::instant;
use super::world::Tenant;
use crate::portal::callback::{Callback, CallbackDisposition, CallbackQueue};
use crate::portal::{CallbackDispositionId, CallbackId, CallbackQueueId};

impl Plan {
    /// Adds two callback queues and four dispositions.
    pub(super) fn add_callback_catalogues(&self, tenant: &mut Tenant) {
        let queue = |(place, (number, name)): (usize, (&str, &str))| {
            Arc::new(CallbackQueue {
                id_program_dn: Some(CallbackQueueId(self.row(900, place))),
                id_call_me_pod: Some(1),
                program_dn: Some(number.to_owned()),
                program_dn_display_nm: Some(name.to_owned()),
                min_queue_calls: Some(1),
                max_queue_calls: Some(50),
                id_program: Some(self.id),
                ..CallbackQueue::default()
            })
        };
        let queues = [("2001", "Sales callbacks"), ("2002", "Billing callbacks")];
        tenant.callback_queues = queues.into_iter().enumerate().map(queue).collect();
        let disposition = |(id, name): (i64, &str)| {
            Arc::new(CallbackDisposition {
                status_id: Some(CallbackDispositionId(id)),
                status_nm: Some(name.to_owned()),
                ..CallbackDisposition::default()
            })
        };
        let dispositions = [(11, "Reached"), (12, "No answer"), (13, "Wrong number"), (14, "Call again")];
        tenant.callback_dispositions = dispositions.map(disposition).into();
    }

    /// A callback about something, in one of the tenant's queues.
    pub(super) fn callback(
        &self,
        tenant: &Tenant,
        (id, about): (CallbackId, &str),
        queue: usize,
    ) -> Arc<Callback> {
        let queue = tenant.callback_queues.get(queue);
        let number = id.0;
        let variable = |place: i64| Some(format!("{place}-{about}"));
        Arc::new(Callback {
            id_call_back: Some(id),
            id_program: Some(self.id),
            id_call_me_pod: Some(1),
            id_program_call_me_instance: Some(1),
            schedule_time: instant(number * 60_000),
            phone_number: Some(format!("555{number:07}")),
            label: Some(format!("8{number}")),
            status_time: instant(number * 60_000 + 30_000),
            // One in four has not been disposed of.
            status_code: Some(number % 4 + 10),
            create_time: instant(number * 60_000 - 600_000),
            dialed_number: queue.and_then(|queue| queue.program_dn.clone()),
            retry_count: Some(number % 3),
            p_variable1: variable(1),
            p_variable2: variable(2),
            p_variable3: variable(3),
            p_variable4: variable(4),
            p_variable5: variable(5),
            p_variable6: variable(6),
            p_variable7: variable(7),
            p_variable8: variable(8),
            p_variable9: variable(9),
            p_variable10: variable(10),
            dialog_id: Some(number + 1),
            invoke_id: Some(number + 2),
            send_sequence_number: Some(1),
            contact_id: Some(format!("C{number}")),
            router_call_key: Some((number + 3).to_string()),
            msg_file_name: Some(format!("{number}.wav")),
            ced: Some("1".to_owned()),
            msg_file_play_duration_in_secs: Some(12),
            router_call_key_day: Some(152_000),
            max_replays: Some(3),
            auto_dial_enabled: Some(true),
            ic_call_me_instance_id: Some("1".to_owned()),
            program_dn_display_nm: queue.and_then(|queue| queue.program_dn_display_nm.clone()),
            lpdm_enabled: Some(false),
            ..Callback::default()
        })
    }
}
