use restwell_core::{Action, Result, encode_path_segment};
use restwell_db::{Context, Model};
use restwell_serializers::Mode;

use super::{shown, wanted};
use crate::object::{PK, validated};
use crate::{Options, Reply, ViewSet};

/// `POST` on a collection: 201 with the new object and where it is.
pub(crate) fn create<V: ViewSet>(
    viewset: &V,
    options: &Options<V::Model>,
    cx: &mut Context,
) -> Result<Reply> {
    let mask = wanted::<V::Serializer>(cx)?;
    let mut input = validated::<V::Create>(None, Mode::Create, cx)?;
    options.atomicity.write(cx, |cx| {
        viewset.before(Action::Create, cx)?;
        viewset.prepare_create(cx, &mut input)?;
        let row = viewset.perform_create(cx, input)?;
        viewset
            .permission(Action::Create)
            .check_object(Action::Create, &row, cx)?;
        viewset.after(Action::Create, &row, cx)?;
        let reply = shown::<V::Serializer>(&row, mask, cx)?.status(201);
        Ok(match location(&row, cx) {
            Some(location) => reply.header("location", location),
            None => reply,
        })
    })
}

/// Where the new object is, if objects of its kind have routes of their own.
fn location<M: Model>(row: &M, cx: &Context) -> Option<String> {
    let detail = cx.local::<DetailPath>()?;
    let key = row.key().to_string();
    let mut location = cx.request().origin.clone();
    for segment in detail.0.split('/').skip(1) {
        location.push('/');
        let placeholder = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}'));
        match placeholder {
            None => location.push_str(segment),
            Some(PK) => location.push_str(&encode_path_segment(&key)),
            Some(name) => {
                let name = name.split(':').next().unwrap_or(name);
                location.push_str(&encode_path_segment(cx.request().param(name)?));
            }
        }
    }
    Some(location)
}

/// The pattern of the route at which the objects of a resource are read one by one.
#[derive(Clone, Debug)]
pub(crate) struct DetailPath(pub(crate) String);
