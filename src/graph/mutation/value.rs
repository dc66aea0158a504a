//! Whether a value fits an attribute's type.

use crate::graph::attribute::AttributeDataType;
use crate::portal::attribute::Attribute;

/// The value as the portal writes it, or what is expected instead, in a sentence.
pub fn check_value(attribute: &Attribute, value: &str) -> Result<String, String> {
    let value = value.trim();
    let name = attribute.name.as_deref().unwrap_or("The attribute");
    let whole = value.parse::<i64>().ok();
    let expected = match AttributeDataType::of(attribute) {
        AttributeDataType::Boolean => {
            let flag = value.to_ascii_lowercase();
            if matches!(flag.as_str(), "true" | "false") {
                return Ok(flag);
            }
            "true or false"
        }
        AttributeDataType::Proficiency if whole.is_some_and(|number| (1..=10).contains(&number)) => {
            return Ok(whole.unwrap_or_default().to_string());
        }
        AttributeDataType::Proficiency => "a whole number from 1 to 10",
        AttributeDataType::Integer if whole.is_some() => return Ok(value.to_owned()),
        AttributeDataType::Integer => "a whole number",
        AttributeDataType::Text | AttributeDataType::Unknown if !value.is_empty() => {
            return Ok(value.to_owned());
        }
        AttributeDataType::Text | AttributeDataType::Unknown => "a text that is not empty",
    };
    Err(format!("{name} takes {expected}."))
}
