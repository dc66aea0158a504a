//! Attributes of agents: getAllAttributes, saveAttributesToAgent, updateAgentAttributes.

use std::sync::Arc;

use super::envelope::{Envelope, Paging, reply};
use super::operation::{Authentication, Operation};
use super::record::record;
use super::scalar::AttributeId;
use crate::config::Catalogue;
use crate::upstream::{Noun, Shareable};

record! {
    /// Lists the attributes of agents (attributes/getAllAttributes).
    pub struct GetAllAttributes {
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
    /// Every attribute.
    pub struct GetAllAttributesReply {
        /// Attributes.
        attributes: Vec<Arc<Attribute>> = "attributes" | "attribute" | "attributeList" | "attributeInfoList",
        /// Page and element totals.
        paging_info: Option<Arc<Paging>> = "pagingInfo",
    }
}

record! {
    /// An attribute that agents can have.
    pub struct Attribute {
        /// ID.
        id: Option<AttributeId> = "id",
        /// Name.
        name: Option<String> = "name",
        /// Description.
        description: Option<String> = "description" | "desc",
        /// Data type code of the attribute.
        data_type: Option<String> = "dataType",
        /// Data type name of the attribute.
        data_type_string: Option<String> = "dataTypeString",
        /// Default value.
        default_value: Option<String> = "defaultValue",
        /// Change stamp for update checks.
        change_stamp: Option<i64> = "changeStamp",
        /// Reference URL of the object.
        ref_url: Option<String> = "refURL",
        /// Caller may edit this object.
        allowed_to_edit: Option<bool> = "allowedToEdit" | "isAllowedToEdit",
    }
}

impl Operation for GetAllAttributes {
    const NAME: &'static str = "getAllAttributes";
    const PATH: &'static str = "/portal/services/protected/attributes/getAllAttributes";
    const READS: &'static [Noun] = &[Noun::Attribute];
    const SHAREABLE: Option<Shareable<Self::Reply>> = Some(Shareable::under(Catalogue::Attributes));
    type Reply = GetAllAttributesReply;
}

record! {
    /// Gives attributes to agents (attributes/saveAttributesToAgent).
    pub struct SaveAttributesToAgent {
        /// Agents to give the attributes to.
        agents_ids: Vec<String> = "agentsIds" | "agentIds",
        /// Attributes to give, each with the value in the field that `dialect` names.
        attributes_info: Vec<Arc<Attribute>> = "attributesInfo" | "attributeInfo",
    }
}

record! {
    /// Takes one attribute from an agent (attributes/updateAgentAttributes), whatever its name says.
    pub struct UpdateAgentAttributes {
        /// Agent ID.
        agent_id: Option<String> = "agentId",
        /// Attribute ID.
        attribute_id: Option<String> = "attributeId",
    }
}

impl Operation for SaveAttributesToAgent {
    const NAME: &'static str = "saveAttributesToAgent";
    const PATH: &'static str = "/portal/services/protected/attributes/saveAttributesToAgent";
    const AUTHENTICATION: Authentication = Authentication::CookieAndToken { documented: false };
    const WRITES: &'static [Noun] = &[Noun::Attribute, Noun::PrecisionQueue];
    type Reply = Envelope;
}

impl Operation for UpdateAgentAttributes {
    const NAME: &'static str = "updateAgentAttributes";
    const PATH: &'static str = "/portal/services/protected/attributes/updateAgentAttributes";
    const AUTHENTICATION: Authentication = Authentication::CookieAndToken { documented: false };
    const WRITES: &'static [Noun] = &[Noun::Attribute, Noun::PrecisionQueue];
    type Reply = Envelope;
}
