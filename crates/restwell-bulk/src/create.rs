use restwell_core::Result;
use restwell_db::Context;
use restwell_serializers::{Draft, Mode, parse_many, validate};
use restwell_views::extension::{give_parent, json_body, wanted};
use restwell_views::{InputOf, Reply, ViewSet};

use crate::kind::Creation;
use crate::preferences::Preferences;
use crate::rows::Rows;
use crate::write::{Item, write};

/// `POST` of an array: 201 with the new objects.
pub(crate) fn create<V: ViewSet>(most: usize, viewset: &V, cx: &mut Context) -> Result<Reply> {
    let asked = (Preferences::of(cx.request())?, wanted::<V::Serializer>(cx)?);
    cx.release();
    let mut drafts = parse_many::<InputOf<V::Create>>(json_body(cx)?, most)?;
    for draft in &mut drafts {
        give_parent(draft, cx);
    }
    let rows = new_rows(Rows::new(drafts), cx)?;
    write(Creation, viewset, rows, asked, cx)
}

/// The new rows of drafts, validated.
pub(crate) fn new_rows<V: ViewSet>(
    drafts: Rows<Draft<InputOf<V::Create>>>,
    cx: &mut Context,
) -> Result<Rows<Item<V, Creation>>> {
    let rows = drafts.try_map_all(|drafts| validate(drafts, &[], Mode::Create, cx))?;
    rows.try_map(|input| {
        Ok(Item {
            instance: None,
            input: Some(input),
        })
    })
}
