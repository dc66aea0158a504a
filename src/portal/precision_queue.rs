//! Precision queues: getAllPrecisionQueues, getPQByID, updatePrecisionQueue.

use std::sync::Arc;

use super::attribute::Attribute;
use super::envelope::{Envelope, Paging, reply};
use super::operation::{Authentication, Operation};
use super::record::record;
use super::scalar::PrecisionQueueId;
use crate::upstream::Noun;

record! {
    /// Lists precision queues, without their steps (precisionQueues/getAllPrecisionQueues).
    pub struct GetAllPrecisionQueues {
        /// Rows per page; 0 asks for all rows unpaged.
        page_size: Option<i64> = "pageSize",
        /// Page wanted.
        page_number: Option<i64> = "pageNumber",
        /// Columns to sort by.
        sort_by: Vec<String> = "sortBy",
        /// Sort direction.
        direction: Option<String> = "direction",
    }
}

reply! {
    /// Every precision queue.
    pub struct GetAllPrecisionQueuesReply {
        /// Precision queues.
        precision_queues: Vec<Arc<PrecisionQueue>> = "precisionQueues",
        /// Page and element totals.
        paging_info: Option<Arc<Paging>> = "pagingInfo",
    }
}

record! {
    /// Reads one precision queue with its steps (precisionQueues/getPQByID).
    pub struct GetPQByID {
        /// Precision queue ID.
        id: Option<PrecisionQueueId> = "id",
    }
}

reply! {
    /// The precision queue.
    pub struct GetPQByIDReply {
        /// The precision queue.
        precision_queue_info: Option<Arc<PrecisionQueue>> = "precisionQueueInfo",
    }
}

record! {
    /// A precision queue, with its steps where it was read by id.
    pub struct PrecisionQueue {
        /// ID.
        id: Option<PrecisionQueueId> = "id",
        /// Change stamp for update checks.
        change_stamp: Option<i64> = "changeStamp",
        /// Description.
        description: Option<String> = "description" | "desc",
        /// Name.
        name: Option<String> = "name",
        /// Count of agents.
        agent_count: Option<i64> = "agentCount",
        /// Agent ordering code.
        agent_ordering: Option<i64> = "agentOrdering",
        /// Call ordering code.
        call_ordering: Option<i64> = "callOrdering",
        /// Service level threshold.
        service_level_threshold: Option<i64> = "serviceLevelThreshold",
        /// Service level type code.
        service_level_type: Option<i64> = "serviceLevelType",
        /// Agent ordering name.
        agent_ordering_string: Option<String> = "agentOrderingString",
        /// Service level type name.
        service_level_type_string: Option<String> = "serviceLevelTypeString",
        /// Caller may edit this object.
        allowed_to_edit: Option<bool> = "allowedToEdit" | "isAllowedToEdit",
        /// Steps of the precision queue.
        steps: Vec<Arc<Step>> = "steps",
    }
}

record! {
    /// A step of a precision queue.
    pub struct Step {
        /// Terms of the step.
        terms: Vec<Arc<Term>> = "terms",
        /// Wait time of the step.
        wait_time: Option<i64> = "waitTime",
        /// Count of agents.
        agent_count: Option<i64> = "agentCount",
        /// Consider-if expression of the step.
        consider_if: Option<String> = "considerIf",
    }
}

record! {
    /// A term of a step: an attribute compared with a value.
    pub struct Term {
        /// The attribute.
        attribute: Option<Arc<Attribute>> = "attribute",
        /// Relation between attribute and value, code.
        attribute_relation: Option<i64> = "attributeRelation",
        /// Parenthesis count around the term.
        paren_count: Option<i64> = "parenCount",
        /// Relation to the previous term, code.
        term_relation: Option<i64> = "termRelation",
        /// Relation to the previous term, text.
        term_relation_string: Option<String> = "termRelationString",
        /// Relation between attribute and value, text.
        attribute_relation_string: Option<String> = "attributeRelationString",
        /// Value compared with the attribute.
        value1: Option<String> = "value1" | "value",
    }
}

impl Operation for GetAllPrecisionQueues {
    const NAME: &'static str = "getAllPrecisionQueues";
    const PATH: &'static str = "/portal/services/protected/precisionQueues/getAllPrecisionQueues";
    const READS: &'static [Noun] = &[Noun::PrecisionQueue];
    type Reply = GetAllPrecisionQueuesReply;
}

impl Operation for GetPQByID {
    const NAME: &'static str = "getPQByID";
    const PATH: &'static str = "/portal/services/protected/precisionQueues/getPQByID";
    const AUTHENTICATION: Authentication = Authentication::CookieAndToken { documented: false };
    const READS: &'static [Noun] = &[Noun::PrecisionQueue, Noun::Attribute];
    const IS_POINT: bool = true;
    type Reply = GetPQByIDReply;
}

record! {
    /// Replaces a precision queue by the one sent, if its change stamp is the current one (precisionQueues/updatePrecisionQueue).
    pub struct UpdatePrecisionQueue {
        /// The whole queue as it was read, with what is to change.
        precision_queue: Option<Arc<PrecisionQueue>> = "precisionQueue",
    }
}

impl Operation for UpdatePrecisionQueue {
    const NAME: &'static str = "updatePrecisionQueue";
    const PATH: &'static str = "/portal/services/protected/precisionQueues/updatePrecisionQueue";
    const AUTHENTICATION: Authentication = Authentication::CookieAndToken { documented: false };
    const WRITES: &'static [Noun] = &[Noun::PrecisionQueue];
    type Reply = Envelope;
}
