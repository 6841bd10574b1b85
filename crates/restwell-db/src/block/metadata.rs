use restwell_core::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use crate::{Changes, Model};

/// How many tags a row has at most.
pub const MOST_TAGS: usize = 100;
/// How many characters a tag has at most.
pub const LONGEST_TAG: usize = 64;

/// A model with the block `metadata`: what nobody planned a column for.
///
/// The fields are `metadata`, a `serde_json::Value` that holds an object, `tags`, a `Vec<String>`
/// that is kept as a JSON array, so that a tag may have any letters, commas too, and `notes`, a
/// `String`.
///
/// What is set here is set in the row at hand; [`metadata_changes`](Self::metadata_changes) is what
/// an update writes of it.
pub trait Metadata: Model {
    /// The columns of the block.
    #[doc(hidden)]
    fn metadata_columns(&self) -> MetadataColumns<'_>;

    /// The same, to be changed.
    #[doc(hidden)]
    fn metadata_columns_mut(&mut self) -> MetadataColumnsMut<'_>;

    /// The value under `key` of the metadata, if there is one.
    ///
    /// # Errors
    /// 500 when it is of another type.
    fn metadata_value<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        let value = self.metadata_columns().metadata.get(key);
        let value = value.cloned().map(serde_json::from_value);
        value.transpose().map_err(Error::internal)
    }

    /// Puts `value` under `key` of the metadata, in place of an earlier one.
    ///
    /// # Errors
    /// 500 when the value has no form in JSON.
    fn set_metadata_value(&mut self, key: &str, value: &impl Serialize) -> Result<()> {
        let value = serde_json::to_value(value).map_err(Error::internal)?;
        let own = self.metadata_columns_mut().metadata;
        let mut members = members(own);
        members.insert(key.to_owned(), value);
        *own = Json::Object(members);
        Ok(())
    }

    /// Takes the value under `key` out of the metadata. Whether there was one.
    fn remove_metadata_value(&mut self, key: &str) -> bool {
        let own = self.metadata_columns_mut().metadata;
        let mut members = members(own);
        let removed = members.remove(key);
        *own = Json::Object(members);
        removed.is_some()
    }

    /// Whether the row has the tag.
    fn has_tag(&self, tag: &str) -> bool {
        let own = self.metadata_columns().tags;
        own.iter().any(|own| own == tag.trim())
    }

    /// Adds a tag behind the others, without the space around it, unless it is there.
    ///
    /// # Errors
    /// 400 of the field `tags` when the tag is blank, has more than [`LONGEST_TAG`] characters, or
    /// is one more than [`MOST_TAGS`].
    fn add_tag(&mut self, tag: &str) -> Result<()> {
        let tag = tag.trim();
        if self.has_tag(tag) {
            return Ok(());
        }
        let tags = self.metadata_columns_mut().tags;
        refuse_tag(tag)?;
        if tags.len() >= MOST_TAGS {
            let message = format!("Ensure this field has no more than {MOST_TAGS} elements.");
            return Err(Error::field("tags", "max_length", message));
        }
        tags.push(tag.to_owned());
        Ok(())
    }

    /// Takes a tag away. Whether it was there.
    fn remove_tag(&mut self, tag: &str) -> bool {
        let tags = self.metadata_columns_mut().tags;
        let before = tags.len();
        tags.retain(|own| own != tag.trim());
        tags.len() < before
    }

    /// What an update writes of the block.
    fn metadata_changes(&self) -> Changes<Self>;
}

/// The members of the object, taken out; what is no object has none.
fn members(json: &mut Json) -> Map<String, Json> {
    match json.take() {
        Json::Object(members) => members,
        _ => Map::new(),
    }
}

fn refuse_tag(tag: &str) -> Result<()> {
    if tag.is_empty() {
        return Err(Error::field(
            "tags",
            "blank",
            "This field may not be blank.",
        ));
    }
    if tag.chars().count() > LONGEST_TAG {
        let message = format!("Ensure this field has no more than {LONGEST_TAG} characters.");
        return Err(Error::field("tags", "max_length", message));
    }
    Ok(())
}

/// The columns of the block `metadata`.
#[doc(hidden)]
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "what is in it is nobody's")]
pub struct MetadataColumns<'a> {
    pub metadata: &'a Json,
    pub tags: &'a Vec<String>,
    pub notes: &'a String,
}

/// The same, to be changed.
#[doc(hidden)]
#[allow(missing_debug_implementations, reason = "what is in it is nobody's")]
pub struct MetadataColumnsMut<'a> {
    pub metadata: &'a mut Json,
    pub tags: &'a mut Vec<String>,
    pub notes: &'a mut String,
}
